import EventBus
import Glibc
import Measure
import Recording
import Synchronization
import TaskTree

/// What recording adds to an engine whose log is on: the same trees in turns, with the log in memory and in a file.
enum RecordingCost {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let tasks = isQuick ? 20_000 : 200_000
        let turns = isQuick ? 5 : 15
        var figures: [Figure] = []
        for (name, work) in [("spawn and finish", finish), ("cascade", cascade)] {
            var (plain, recorded): ([Double], [Double]) = ([], [])
            for turn in 0..<turns {
                // Who comes first takes turns, too.
                for isRecorded in turn % 2 == 0 ? [false, true] : [true, false] {
                    let time = try run(tasks, isRecorded, work)
                    if isRecorded { recorded.append(time) } else { plain.append(time) }
                }
            }
            let ratios = zip(recorded, plain).map { $0 / $1 }
            figures += [
                Figure("\(name), \(tasks) tasks: in memory", plain.quantile(0.5), "ns/task"),
                Figure("\(name), \(tasks) tasks: recorded", recorded.quantile(0.5), "ns/task"),
                Figure("\(name): recorded / in memory", ratios.quantile(0.5), "", .atMost(1.05)),
            ]
        }
        return figures
    }

    private typealias Work = @Sendable (TreeEngine, Int) async throws -> Int64

    /// Nanoseconds a task.
    private static func run(_ tasks: Int, _ isRecorded: Bool, _ work: @escaping Work) throws -> Double {
        let folder = try Folder()
        let session = SessionInfo(name: "bench")
        let recording = isRecorded ? try SessionRecording(to: folder["a.treetop"], for: session) : nil
        let log = recording?.makeLog(session) ?? EventLog(session)
        let engine = TreeEngine(log: log)
        let result = Mutex<Result<Int64, any Error>?>(nil)
        let done = DispatchFlag()
        Task {
            do {
                let time = try await work(engine, tasks)
                result.withLock { $0 = .success(time) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
            done.raise()
        }
        done.wait()
        engine.endSession(.finished)
        if let failure = recording?.end().failure { throw Wrong(failure) }
        guard let time = try result.withLock({ try $0?.get() }) else { throw Wrong("there is no time") }
        return Double(time) / Double(tasks)
    }

    /// Tasks that end at once, each with something that it holds, until the tree is over.
    @Sendable private static func finish(_ engine: TreeEngine, _ tasks: Int) async throws -> Int64 {
        let begin = Machine.now
        try await engine.run("finish") { root in
            for _ in 0..<tasks {
                try root.spawn("task") { task in
                    try task.own("held", 0) { _, _ in }
                    return
                }
            }
        }
        return Machine.now - begin
    }

    /// From the cancel of tasks that wait for it until the tree is over.
    @Sendable private static func cascade(_ engine: TreeEngine, _ tasks: Int) async throws -> Int64 {
        let began = Atomic<Int64>(0)
        let waiting = Atomic<Int>(0)
        do {
            try await engine.run("cascade") { root in
                for _ in 0..<tasks {
                    try root.spawn("task") { task in
                        try task.own("held", 0) { _, _ in }
                        waiting.add(1, ordering: .relaxed)
                        await task.cancelled()
                    }
                }
                while waiting.load(ordering: .relaxed) < tasks { await Task.yield() }
                began.store(Machine.now, ordering: .relaxed)
                root.cancel("bench")
            }
        } catch is TaskCancelled {}
        return Machine.now - began.load(ordering: .relaxed)
    }
}

/// Raised once by one thread, and waited for by another.
private final class DispatchFlag: Sendable {
    nonisolated(unsafe) private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    deinit { semaphore.deallocate() }
    func raise() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
