import Testing
import TreeModel

@Suite struct EventQueryTests {
    /// A root with two orders; the second waits, is cancelled, and its lock's release times out and returns.
    private static let events: [TreeEvent] = {
        let changes: [TreeEvent.Change] = [
            .taskStarted(.init(task: TaskID(1), name: "shop")),
            .taskStarted(.init(task: TaskID(2), parent: TaskID(1), name: "order-7", labels: [Label("who", "Ann")])),
            .taskStarted(.init(task: TaskID(3), parent: TaskID(1), name: "order-8")),
            .taskStarted(.init(task: TaskID(4), parent: TaskID(3), name: "charge")),
            .resourceAcquired(.init(resource: ResourceID(1), task: TaskID(4), name: "8.lock", kind: "lock")),
            .taskWaiting(.init(task: TaskID(4), on: WaitTarget(kind: "read", name: "Bank"), since: 6)),
            .taskFinished(
                .init(task: TaskID(2), outcome: .failed, error: Failure(type: "Timeout", message: "no answer"))),
            .cancelRequested(
                .init(cascade: CascadeID(1), task: TaskID(3), force: false, cause: Cause(.user, by: "key x"))),
            .taskCancelling(.init(task: TaskID(3), cascade: CascadeID(1))),
            .taskCancelling(.init(task: TaskID(4), cascade: CascadeID(1))),
            .resourceReleased(.init(resource: ResourceID(1), task: TaskID(4), outcome: .timedOut, duration: 1)),
            .taskFinished(.init(task: TaskID(4), outcome: .cancelled)),
            .taskFinished(.init(task: TaskID(3), outcome: .cancelled)),
            .cancelCompleted(
                .init(
                    cascade: CascadeID(1), tasks: 2, resources: 1, failed: 0, timedOut: 1, abandoned: 0, duration: 1)),
            .resourceReturned(.init(resource: ResourceID(1), outcome: .ok, duration: 2)),
            .taskFinished(.init(task: TaskID(1), outcome: .succeeded)),
            .sessionEnded(.init(reason: .finished)),
        ]
        return changes.enumerated().map { TreeEvent(seq: UInt64($0 + 1), t: Int64($0 + 1), change: $1) }
    }()

    private func picked(_ set: (inout EventQuery) -> Void) -> [UInt64] {
        var query = EventQuery()
        set(&query)
        return Self.events.filter { query.picks($0) }.map(\.seq)
    }

    @Test func withoutAConditionItIsAll() {
        #expect(picked { _ in } == Array(1...17))
    }

    @Test func aKindIsOneOfThoseNamed() {
        #expect(picked { $0.kinds = ["task.finished"] } == [7, 12, 13, 16])
        #expect(picked { $0.kinds = ["resource.*", "session.ended"] } == [5, 11, 15, 17])
    }

    @Test func aTaskIsAllBelowItAndWhatThatHolds() {
        #expect(picked { $0.task = TaskID(2) } == [2, 7])
        #expect(picked { $0.task = TaskID(4) } == [4, 5, 6, 10, 11, 12, 15])
        #expect(picked { $0.task = TaskID(3) } == [3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15])
    }

    @Test func aNameIsThatOfATaskOrAResource() {
        #expect(picked { $0.names = ["order-*"] } == [2, 3, 7, 8, 9, 13, 14])
        #expect(picked { $0.names = ["8.lock"] } == [5, 11])
        #expect(picked { $0.names = ["shop", "*.lock"] } == [1, 5, 11, 16])
    }

    @Test func aTextIsAnywhereInAnEvent() {
        #expect(picked { $0.texts = ["TIMEOUT"] } == [7])
        #expect(picked { $0.texts = ["bank"] } == [6])
        #expect(picked { $0.texts = ["key x"] } == [8])
        #expect(picked { $0.texts = ["ann"] } == [2])
        #expect(picked { $0.texts = ["order", "8"] } == [3])
    }

    @Test func allConditionsHold() {
        #expect(
            picked {
                $0.kinds = ["task.*"]
                $0.task = TaskID(3)
                $0.from = 9
                $0.to = 12
            } == [9, 10, 12])
    }

    @Test(arguments: [
        ("a", "a", true), ("a", "ab", false), ("a*", "ab", true), ("*", "", true), ("*b", "ab", true),
        ("*b", "ba", false),
        ("a*b*c", "axbyc", true), ("a*b*c", "acb", false), ("ab*ba", "aba", false), ("", "", true), ("", "a", false),
    ])
    func aStarIsAnyText(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(EventQuery.matches(pattern, text) == matches)
    }
}
