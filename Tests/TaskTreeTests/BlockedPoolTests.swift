import Dispatch
import EventBus
import Foundation
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

/// Time goes on when the program's own code blocks all of Swift's pool.
@Suite struct BlockedPoolTests {
    @Test func aDeadlineAndACascadeComeAlthoughEveryPoolThreadIsBlocked() async throws {
        let engine = TreeEngine(log: EventLog(SessionInfo(name: "blocked")))
        let began = Tally()
        let root = Handed<TaskScope>()
        let running = Task {
            try await engine.run("root", policy: .isolate) { scope in
                try scope.spawn("parked") { await $0.cancelled() }
                root.set(scope)
                await scope.cancelled()
            }
        }
        let scope = await root.get()
        // On a thread of its own: from here on, none of the pool's goes on.
        let (marked, isStarved) = await withCheckedContinuation { continuation in
            let hasStarted = startThread("test") {
                let reader = engine.log.makeReader()
                let blockers = Blockers()
                _ = try? scope.spawn("late", deadline: .milliseconds(20)) { late in
                    began.add()
                    await late.cancelled()
                }
                var marked = Self.marks(1, reader)
                engine.cancel(scope.id, cause: Cause(.user))
                marked += Self.marks(2, reader)
                let isStarved = began.count == 0
                blockers.release()
                continuation.resume(returning: (marked, isStarved))
            }
            precondition(hasStarted)
        }
        // First the late one, by its deadline; then the root and the one that was parked.
        #expect(marked == [TaskID(3), TaskID(1), TaskID(2)])
        #expect(isStarved, "its body began: the pool was not blocked")
        _ = await running.result
        #expect(began.count == 1)
        engine.endSession(.finished)
        try expectPromises(of: engine.log)
    }

    /// The next so many tasks that the log says are cancelled; fewer if for half a minute nothing comes.
    private static func marks(_ count: Int, _ reader: EventReader) -> [TaskID] {
        var marked: [TaskID] = []
        while marked.count < count, reader.wait(timeoutMilliseconds: 30_000) {
            reader.read { event in
                if case .taskCancelling(let mark) = event.change { marked.append(mark.task) }
            }
        }
        return marked
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
