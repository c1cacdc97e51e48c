import EventBus
import Glibc
import Measure
import TaskTree

/// How late a timer of 20 ms is while every thread of Swift's pool is blocked for 300.
private enum BlockedPool {
    static let due: Int64 = 20_000_000

    /// Blocks them; all are free again when this returns.
    static func block() async {
        let threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let tasks = (0..<threads).map { _ in Task { _ = usleep(300_000) } }
        for task in tasks { await task.value }
    }
}

extension TreetopSubject {
    /// From the log, by the engine's own clock: a deadline, and the cancel that it asked for.
    func timer(_ sample: Sample) async throws -> Measurement {
        var measurement = Measurement(tasks: sample.tasks)
        for _ in 0..<sample.rounds {
            let log = EventLog(SessionInfo(name: "bench"))
            let engine = TreeEngine(log: log)
            try? await engine.run("root") { scope in
                try scope.spawn("due", deadline: .nanoseconds(BlockedPool.due)) { await $0.cancelled() }
                await BlockedPool.block()
            }
            engine.endSession(.finished)
            var deadline: Int64?
            log.makeReader().read { event in
                switch event.change {
                case .taskStarted(let started): deadline = started.deadline ?? deadline
                case .cancelRequested: if let deadline { measurement.add(event.t - deadline, per: 1) }
                default: break
                }
            }
        }
        guard measurement.values.count == sample.rounds else { throw Wrong(description: "a timer did not fire") }
        return measurement
    }
}

extension SwiftTaskSubject {
    func timer(_ sample: Sample) async throws -> Measurement {
        var measurement = Measurement(tasks: sample.tasks)
        for _ in 0..<sample.rounds {
            let begin = Machine.now
            let sleeper = Task.immediate { () -> Int64 in
                try? await Task.sleep(for: .nanoseconds(BlockedPool.due))
                return Machine.now
            }
            await BlockedPool.block()
            measurement.add(await sleeper.value - begin - BlockedPool.due, per: 1)
        }
        return measurement
    }
}
