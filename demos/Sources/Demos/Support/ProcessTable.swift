import Synchronization
import TaskTree

/// The child processes of one run, so that its end can wait for all of them, also for those whose release was given up.
final class ProcessTable: Sendable {
    private let running = Mutex<[ChildProcess]>([])

    /// Has a task own a process: resource `gzip 41877` of kind `process`, ended and reaped when it is released.
    func own(
        _ scope: TaskScope, budget: Duration? = nil, patience: Duration = .milliseconds(500),
        _ start: () throws -> ChildProcess
    ) async throws -> ChildProcess {
        try scope.checkCancelled()
        let process = try start()
        running.withLock { running in
            running.removeAll { $0.ended.isOpen }
            running.append(process)
        }
        return try await scope.adopt("\(process.program) \(process.pid)", kind: "process", budget: budget, process) {
            await $0.terminate(patience: patience)
        }.value
    }

    /// Ends those that are left, and waits until they were reaped.
    func end() async {
        for process in running.withLock({ $0 }) { await process.terminate(patience: .zero) }
    }
}
