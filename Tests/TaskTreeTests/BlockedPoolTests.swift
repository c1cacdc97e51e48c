import Dispatch
import EventBus
import Foundation
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

/// Time goes on when the program's own code blocks all of Swift's pool.
@Suite struct BlockedPoolTests {
    @Test func aDeadlineComesAlthoughEveryPoolThreadIsBlocked() async throws {
        let engine = TreeEngine(log: EventLog(SessionInfo(name: "blocked")))
        let began = Tally()
        let root = Handed<TaskScope>()
        let running = Task {
            try await engine.run("root", policy: .isolate) { scope in
                root.set(scope)
                await scope.cancelled()
            }
        }
        let scope = await root.get()
        // On a thread of its own: from here on, none of the pool's goes on.
        let cancelled = await withCheckedContinuation { continuation in
            let hasStarted = startThread("test") {
                let blockers = Blockers()
                let late = try? scope.spawn("late", deadline: .milliseconds(20)) { late in
                    began.add()
                    await late.cancelled()
                }
                let reader = engine.log.makeReader()
                var marked: TaskID?
                while marked == nil {
                    _ = reader.wait(timeoutMilliseconds: nil)
                    reader.read { event in
                        if case .taskCancelling(let mark) = event.change { marked = mark.task }
                    }
                }
                let isStarved = began.count == 0
                blockers.release()
                continuation.resume(returning: (marked, late?.id, isStarved))
            }
            precondition(hasStarted)
        }
        #expect(cancelled.0 != nil && cancelled.0 == cancelled.1)
        #expect(cancelled.2, "its body began: the pool was not blocked")
        scope.cancel()
        _ = await running.result
        #expect(began.count == 1)
        engine.endSession(.finished)
        try expectPromises(of: engine.log)
    }
}

/// Holds every thread of the pool: more blockers than there are threads, made on a thread of one's own.
private final class Blockers: Sendable {
    private static let count = 256
    private let held = DispatchSemaphore(value: 0)

    /// Returns when as many run as there are processors.
    init() {
        let running = DispatchSemaphore(value: 0)
        let held = held
        for _ in 0..<Self.count {
            Task.detached {
                running.signal()
                Self.block(held)
            }
        }
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { running.wait() }
    }

    private static func block(_ semaphore: DispatchSemaphore) { semaphore.wait() }

    func release() {
        for _ in 0..<Self.count { held.signal() }
    }
}
