import EventBus
import Glibc
import Measure
import Recording
import TreeModel

/// From an append in one process until another one has the event.
enum Following {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        var figures: [Figure] = []
        for (name, pause, count) in [("busy, 1 ms apart", 1, 5_000), ("quiet, 100 ms apart", 100, 100)] {
            let lags = try lags(pauseMilliseconds: pause, count: isQuick ? count / 5 : count)
            figures += [
                Figure("follow, \(name): median lag", lags.quantile(0.5), "ms", .atMost(5)),
                Figure("follow, \(name): 99 of 100", lags.quantile(0.99), "ms"),
            ]
        }
        return figures + [try stopped(isQuick ? 1_000 : 10_000)]
    }

    private static func lags(pauseMilliseconds: Int, count: Int) throws -> [Double] {
        let folder = try Folder()
        let session = SessionInfo(name: "followed")
        let recording = try SessionRecording(to: folder["a.treetop"], for: session)
        let log = recording.makeLog(session)
        let follower = try ChildProcess(.follower, [folder["a.treetop"]])
        guard follower.line() == "ready" else { throw Wrong("the follower did not begin") }
        for number in 1...count {
            // Not always at the same place of its pause.
            usleep(UInt32(pauseMilliseconds * 500 + Int.random(in: 0..<pauseMilliseconds * 1000)))
            // Both processes read the same clock.
            log.append(TreeEvent.TaskFinished(task: TaskID(UInt64(number)), outcome: .succeeded), at: Machine.now)
        }
        log.end(.finished, at: Machine.now)
        var lags: [Double] = []
        while let line = follower.line() { lags.append((Double(line) ?? .infinity) / 1e6) }
        follower.wait()
        guard lags.count == count else { throw Wrong("the follower had \(lags.count) of \(count) events") }
        return lags
    }

    /// What an append costs beside a follower that is stopped, to what it costs beside none.
    private static func stopped(_ blocks: Int) throws -> Figure {
        var times: [[Double]] = [[], []]
        for turn in 0..<6 {
            let folder = try Folder()
            let session = SessionInfo(name: "followed")
            let recording = try SessionRecording(to: folder["a.treetop"], for: session)
            let log = recording.makeLog(session)
            let follower = turn % 2 == 1 ? try ChildProcess(.follower, [folder["a.treetop"]]) : nil
            if let follower {
                _ = follower.line()
                kill(follower.pid, SIGSTOP)
            }
            var producer = Producer(log)
            for _ in 0..<blocks {
                let begin = Machine.now
                for _ in 0..<1000 { producer.append() }
                times[turn % 2].append(Double(Machine.now - begin) / 1000)
            }
            log.end(.finished, at: .max)
            guard let follower else { continue }
            kill(follower.pid, SIGKILL)
            follower.wait()
        }
        let ratio = times[1].quantile(0.5) / times[0].quantile(0.5)
        return Figure("append beside a stopped follower / beside none", ratio, "", .atMost(1.05))
    }

    /// In the other process: prints how late each event came.
    static func follow(_ path: String) throws {
        let follower = try SessionFollower(path)
        print("ready")
        fflush(nil)
        var lags: [Int64] = []
        while follower.state == .goesOn {
            let count = try follower.read { event in
                if event.change.kind == .taskFinished { lags.append(Machine.now - event.t) }
            }
            if count == 0 { follower.wait() }
        }
        for lag in lags { print(lag) }
    }
}
