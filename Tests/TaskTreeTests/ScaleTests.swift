import EventBus
import Synchronization
import TaskTree
import Testing
import TreeModel

/// Trees of a size at which recursion, or a lock held for a whole subtree, would show.
@Suite(.serialized) struct ScaleTests {
    /// What a hold of the lock changed is in the log with one time: so the longest run of events with the same time
    /// is the most that one hold did.
    private struct Holds {
        var longest = 0
        var started = 0
        var finished = 0
        var marked = 0
        /// Looks that called tasks overdue although hundreds had ended since the look before: the others had no turn yet. On
        /// threads that somebody else has, fewer end, and then some are overdue.
        var hasty = 0
        private var run = 0
        private var last: Int64 = -1
        /// When the last 512 ended, in a ring, and when somebody was called overdue last.
        private var ends = [Int64](repeating: .min / 2, count: 512)
        private var lastOverdue: Int64 = .min / 2

        mutating func see(_ event: TreeEvent) {
            run = event.t == last ? run + 1 : 1
            last = event.t
            longest = max(longest, run)
            switch event.change.kind {
            case .taskStarted: started += 1
            case .taskFinished:
                ends[finished % ends.count] = event.t
                finished += 1
            case .taskCancelling: marked += 1
            case .taskOverdue:
                // The first of a look: 512 before it ended in less time than is between two looks.
                if event.t - lastOverdue > 1_000_000_000, event.t - ends[finished % ends.count] < 200_000_000 {
                    hasty += 1
                }
                lastOverdue = event.t
            default: break
            }
        }
    }

    /// Follows the log from another thread, as a dashboard does, so that nothing is lost while it is bounded.
    private static func follow(_ log: EventLog) -> Task<Holds, Never> {
        Task.detached {
            var holds = Holds()
            for await event in log.makeReader().events() { holds.see(event) }
            return holds
        }
    }

    /// Runs a body where it leaves the threads of Swift's default pool to the other tests: at background priority, and
    /// waited for in a way that does not raise it.
    private func inBackground(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            Task.detached(priority: .background) {
                do {
                    try await body()
                    continuation.resume()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    @Test func aMillionWideIsCancelledInSlices() async throws {
        try await inBackground {
            let width = 1_000_000
            let log = EventLog(SessionInfo(name: "wide"), retaining: 1 << 30)
            let engine = TreeEngine(log: log)
            let watching = Self.follow(log)
            try? await engine.run("root") { root in
                for _ in 0..<width { try root.spawn("leaf") { await $0.cancelled() } }
                root.cancel()
            }
            engine.endSession(.finished)
            let holds = await watching.value
            #expect(holds.started == width + 1)
            #expect(holds.finished == width + 1)
            #expect(holds.marked == width + 1)
            #expect(holds.hasty == 0, "who was slow was only waiting for its turn")
            #expect(holds.longest <= 600)
        }
    }

    @Test func aHundredThousandDeepIsCancelledWithoutRecursion() async throws {
        try await inBackground {
            let depth = 100_000
            let log = EventLog(SessionInfo(name: "deep"), retaining: 1 << 30)
            let engine = TreeEngine(log: log)
            let watching = Self.follow(log)
            @Sendable func descend(_ scope: TaskScope, _ left: Int) async throws {
                try scope.own("held", left) { _, _ in }
                if left > 0 {
                    try scope.spawn("deeper") { try await descend($0, left - 1) }
                } else {
                    engine.cancel(TaskID(1), cause: Cause(.user, by: "test"))
                }
                await scope.cancelled()
            }
            try? await engine.run("root") { try await descend($0, depth) }
            engine.endSession(.finished)
            let holds = await watching.value
            #expect(holds.finished == depth + 1)
            #expect(holds.marked == depth + 1)
            #expect(holds.longest <= 600)
        }
    }

    @Test func aChainThatEndsByItselfIsWalkedUpInALoop() async throws {
        try await inBackground {
            let depth = 100_000
            let log = EventLog(SessionInfo(name: "chain"), retaining: 1 << 30)
            let engine = TreeEngine(log: log)
            let watching = Self.follow(log)
            @Sendable func descend(_ scope: TaskScope, _ left: Int) async throws {
                if left > 0 { try scope.spawn("deeper") { try await descend($0, left - 1) } }
            }
            try await engine.run("root") { try await descend($0, depth) }
            engine.endSession(.finished)
            let holds = await watching.value
            #expect(holds.finished == depth + 1)
            #expect(holds.longest <= 600)
        }
    }

    @Test func aScopeThatSpawnsForEverKeepsNothingOfTheChildrenThatEnded() async throws {
        try await inBackground {
            let log = EventLog(SessionInfo(name: "short"), retaining: 1 << 20)
            let engine = TreeEngine(log: log)
            let alive = Alive()
            try await engine.run("root") { root in
                for _ in 0..<50_000 {
                    try await root.call("short") { task in try task.own("counted", Counted(alive)) { _, _ in } }
                }
                // The thread that released the last one may be about to let it go.
                for _ in 0..<100_000 where alive.count.load(ordering: .relaxed) != 0 { await Task.yield() }
                #expect(alive.count.load(ordering: .relaxed) == 0)
            }
            var lost: UInt64 = 0
            log.makeReader().read { if case .gap(let gap) = $0.change { lost = gap.lost } }
            #expect(lost > 0, "the log keeps its last part only, and says what it dropped")
        }
    }

    private final class Alive: Sendable {
        let count = Atomic<Int>(0)
    }

    /// A value that says whether it is alive.
    private final class Counted: Sendable {
        private let alive: Alive
        init(_ alive: Alive) {
            self.alive = alive
            alive.count.add(1, ordering: .relaxed)
        }
        deinit { alive.count.subtract(1, ordering: .relaxed) }
    }
}
