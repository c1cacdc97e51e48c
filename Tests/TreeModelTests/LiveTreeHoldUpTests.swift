import Testing
import TestSupport
import TreeModel

@Suite("Who held a cancel up, and the end of a session")
struct LiveTreeHoldUpTests {
    private let second: Int64 = 1_000_000_000

    /// A tree of a root 1 with a subtree 2 and tasks 3, 4 and 5 in it, after these changes, each at its time in seconds.
    private func tree(_ changes: (Double, TreeEvent.Change)...) -> LiveTree {
        var tree = LiveTree()
        let start = [(1, nil), (2, 1), (3, 2), (4, 2), (5, 2)] as [(UInt64, UInt64?)]
        let started = start.map { id, parent in
            (
                0.0,
                TreeEvent.Change.taskStarted(.init(task: TaskID(id), parent: parent.map { TaskID($0) }, name: "t\(id)"))
            )
        }
        for (index, (t, change)) in (started + changes).enumerated() {
            tree.apply(TreeEvent(seq: UInt64(index + 1), t: Int64(t * 1e9), change: change))
        }
        tree.settle()
        return tree
    }

    private func cancel(_ cascade: UInt64, _ task: UInt64) -> TreeEvent.Change {
        .cancelRequested(.init(cascade: CascadeID(cascade), task: TaskID(task), force: false, cause: Cause(.user)))
    }

    private func mark(_ cascade: UInt64, _ task: UInt64) -> TreeEvent.Change {
        .taskCancelling(.init(task: TaskID(task), cascade: CascadeID(cascade)))
    }

    private func end(_ task: UInt64, _ outcome: Outcome = .cancelled) -> TreeEvent.Change {
        .taskFinished(.init(task: TaskID(task), outcome: outcome))
    }

    private func overdue(_ task: UInt64) -> TreeEvent.Change {
        .taskOverdue(.init(task: TaskID(task), since: 0, grace: 1))
    }

    private func names(_ tree: LiveTree, _ cascade: UInt64 = 1) -> [String] {
        tree.cascade(CascadeID(cascade))?.mainHoldUps.map(\.name) ?? []
    }

    @Test("an abandoned task comes before an overdue one, and that before a mere gap")
    func ranks() {
        let marks = [(1.0, cancel(1, 2)), (1, mark(1, 2)), (1, mark(1, 3)), (1, mark(1, 4)), (1, mark(1, 5))]
        var tree = tree(
            marks[0], marks[1], marks[2], marks[3], marks[4], (1.2, overdue(4)), (1.2, overdue(5)), (4, end(3)),
            (4.01, end(4)), (4.02, end(5, .abandoned)), (4.03, end(2)))
        #expect(tree.cascade(CascadeID(1))?.heldUp?.name == "t5")
        tree = self.tree(
            marks[0], marks[1], marks[2], marks[3], marks[4], (1.2, overdue(4)), (1.2, end(5)), (4, end(3)),
            (4.01, end(4)), (4.03, end(2)))
        #expect(tree.cascade(CascadeID(1))?.heldUp?.name == "t4")
        tree = self.tree(
            marks[0], marks[1], marks[2], marks[3], marks[4], (1, end(4)), (1, end(5)), (4, end(3)), (4.03, end(2)))
        #expect(names(tree) == ["t3"])
        tree = self.tree(
            marks[0], marks[1], marks[2], marks[3], marks[4], (1.01, end(4)), (1.02, end(5)), (1.03, end(3)),
            (1.04, end(2)))
        #expect(names(tree) == [])
    }

    @Test("two that held it up are both named, the longest first")
    func two() {
        let tree = tree(
            (1, cancel(1, 2)), (1, mark(1, 2)), (1, mark(1, 3)), (1, mark(1, 4)), (1, end(5)), (3, end(3, .abandoned)),
            (6, end(4)), (6, end(2)))
        #expect(names(tree) == ["t4", "t3"])
    }

    @Test("a parent that waited for a task of an earlier cascade names that task")
    func earlier() {
        let tree = tree(
            (1, cancel(1, 3)), (1, mark(1, 3)), (2, cancel(2, 2)), (2, mark(2, 2)), (2, mark(2, 4)), (2, mark(2, 5)),
            (2, end(4)), (2, end(5)), (6, end(3, .abandoned)), (6, end(2)))
        #expect(names(tree, 2) == ["t3"])
        #expect(tree.cascade(CascadeID(2))?.heldUp?.duration == 4 * second)
    }

    @Test("what comes home after a cascade is over does not change what it came to")
    func settled() {
        let resource = ResourceID(1)
        let tree = tree(
            (1, cancel(1, 3)), (1, mark(1, 3)), (2, end(3, .abandoned)),
            (
                2,
                .cancelCompleted(
                    .init(
                        cascade: CascadeID(1), tasks: 1, resources: 0, failed: 0, timedOut: 0, abandoned: 1,
                        duration: 1_000_000_000))
            ), (3, .resourceAcquired(.init(resource: resource, task: TaskID(3), name: "late"))),
            (3, .resourceReleased(.init(resource: resource, task: TaskID(3), outcome: .ok, duration: 1))))
        #expect(tree.cascade(CascadeID(1))?.resources == 0)
        #expect(tree.cascade(CascadeID(1))?.releasedCount == 0)
    }

    @Test("a drain waits for the longest wait for what others have, else for who is at work")
    func laggard() {
        let tree = tree(
            (0, .taskWaiting(.init(task: TaskID(3), on: WaitTarget(kind: "idle"), since: 0))),
            (1, .taskWaiting(.init(task: TaskID(5), on: WaitTarget(kind: "lock", name: "a"), since: second))))
        #expect(tree.laggard(below: tree.slot(of: TaskID(2))) == tree.slot(of: TaskID(5)))
        let working = self.tree((0, .taskWaiting(.init(task: TaskID(3), on: WaitTarget(kind: "idle"), since: 0))))
        #expect(working.laggard(below: working.slot(of: TaskID(2))) == working.slot(of: TaskID(4)))
    }

    @Test("after the end of the session no time passes and nothing leaves")
    func standsStill() {
        var tree = tree((1, end(3, .succeeded)), (2, .sessionEnded(.init(reason: .finished))))
        let version = tree.version
        tree.advance(to: 900 * second)
        #expect(tree.now == 2 * second)
        #expect(tree.version == version)
        #expect(tree.task(TaskID(3)) != nil)
    }
}
