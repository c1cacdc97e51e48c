import Testing
import TestSupport
import TreeModel

@Suite("What the tree knows")
struct LiveTreeReadingTests {
    private let second: Int64 = 1_000_000_000

    /// A tree that has seen these changes, each at its time in seconds.
    private func tree(_ changes: (Double, TreeEvent.Change)...) -> LiveTree {
        var tree = LiveTree()
        for (index, (t, change)) in changes.enumerated() {
            tree.apply(TreeEvent(seq: UInt64(index + 1), t: Int64(t * 1e9), change: change))
        }
        tree.settle()
        return tree
    }

    private func start(_ id: UInt64, in parent: UInt64? = nil, _ name: String = "t") -> TreeEvent.Change {
        .taskStarted(.init(task: TaskID(id), parent: parent.map { TaskID($0) }, name: name))
    }

    private func wait(_ id: UInt64, _ kind: String, _ name: String? = nil, deadline: Int64? = nil) -> TreeEvent.Change {
        .taskWaiting(.init(task: TaskID(id), on: WaitTarget(kind: kind, name: name), since: 0, deadline: deadline))
    }

    private func hold(_ id: UInt64, _ task: UInt64, _ name: String, _ kind: String? = nil) -> TreeEvent.Change {
        .resourceAcquired(.init(resource: ResourceID(id), task: TaskID(task), name: name, kind: kind))
    }

    @Test("one that waited for longer is a trouble as soon as the one that was said before it goes on")
    func waitsTooLongBehindAnother() {
        func waits(_ id: UInt64, since: Int64) -> TreeEvent.Change {
            .taskWaiting(.init(task: TaskID(id), on: WaitTarget(kind: "lock"), since: since))
        }
        var tree = tree(
            (0, start(1)), (0, start(2)), (10, waits(1, since: 10 * second)), (11, waits(2, since: 2 * second)))
        #expect(tree.totals.waitTooLong == 0)
        tree.apply(TreeEvent(seq: 5, t: 12 * second, change: .taskResumed(.init(task: TaskID(1)))))
        #expect(tree.totals.waitTooLong == 1 && tree.task(TaskID(2))!.waitsTooLong)
    }

    @Test("a wait without a deadline is a trouble after five seconds, one that is what a task is for never")
    func waitsTooLong() {
        var tree = tree(
            (0, start(1)), (0, wait(1, "lock", "a")), (0, start(2)), (0, wait(2, "idle")),
            (0, start(3)), (0, wait(3, "io", deadline: 9_000_000_000)))
        tree.advance(to: 5 * second - 1)
        #expect(tree.totals.waitTooLong == 0)
        tree.advance(to: 5 * second)
        #expect(tree.totals.waitTooLong == 1)
        #expect(tree.task(TaskID(1))!.waitsTooLong)
        tree.settle()
        #expect(tree.troubles(tree.slot(of: TaskID(1))) == 1)
        tree.apply(TreeEvent(seq: 9, t: 6 * second, change: .taskResumed(.init(task: TaskID(1)))))
        tree.settle()
        #expect(tree.totals.waitTooLong == 0)
        #expect(tree.troubles(tree.slot(of: TaskID(1))) == 0)
    }

    @Test("who holds what is waited for: by id, else by name, never the waiting task itself")
    func holders() {
        let tree = tree(
            (0, start(1, "a")), (0, start(2, "b")), (0, hold(7, 1, "lock", "file")), (0, hold(8, 2, "lock", "lock")),
            (0, hold(9, 2, "other")))
        func holder(_ target: WaitTarget, _ waiter: UInt64) -> UInt64? {
            tree.holder(of: target, for: TaskID(waiter))?.task.rawValue
        }
        #expect(holder(WaitTarget(kind: "lock", id: 7), 9) == 1)
        #expect(holder(WaitTarget(kind: "lock", name: "lock"), 9) == 2)
        #expect(holder(WaitTarget(kind: "lock", name: "lock"), 2) == 1)
        #expect(holder(WaitTarget(kind: "lock", name: "none"), 9) == nil)
        #expect(holder(WaitTarget(kind: "task", id: 2), 9) == 2)
    }

    @Test(
        "a holder by name is found again after others with that name released theirs",
        arguments: 0..<20 as Range<UInt64>)
    func holdersAfterReleases(seed: UInt64) {
        var generator = Seeded(seed)
        var tree = tree((0, start(1)), (0, start(2)))
        var held: Set<UInt64> = []
        for step in 0..<300 as Range<UInt64> {
            if let id = held.randomElement(using: &generator), Bool.random(using: &generator) {
                held.remove(id)
                tree.apply(
                    TreeEvent(
                        seq: step, t: 1,
                        change: .resourceReleased(
                            .init(resource: ResourceID(id), task: TaskID(1), outcome: .ok, duration: 1))))
            } else {
                held.insert(step + 100)
                tree.apply(TreeEvent(seq: step, t: 1, change: hold(step + 100, 1, "same")))
            }
            let holder = tree.holder(of: WaitTarget(kind: "x", name: "same"), for: TaskID(2))
            #expect((holder != nil) == !held.isEmpty, "seed \(seed)")
            if let resource = holder?.resource { #expect(held.contains(resource.id.rawValue), "seed \(seed)") }
        }
    }

    @Test("snapshot rows make the same tree again")
    func snapshotRoundTrip() {
        for seed in 0..<30 as Range<UInt64> {
            var events = RandomEvents(seed: seed)
            var tree = LiveTree()
            for _ in 0..<300 { tree.apply(events.next()) }
            let rows = tree.snapshotRows()
            var copy = LiveTree()
            for row in rows { copy.apply(TreeEvent(seq: tree.seq, t: tree.now, change: row)) }
            copy.settle()
            expectConsistent(copy, "seed \(seed)")
            #expect(copy.totals.live == tree.totals.live, "seed \(seed)")
            let different = Set(copy.snapshotRows().map { withoutParent($0) })
                .symmetricDifference(rows.map { withoutParent($0) })
            #expect(different.isEmpty, "seed \(seed)")
        }
    }

    /// A row without the parent, which in a copy may be unknown because it has ended.
    private func withoutParent(_ change: TreeEvent.Change) -> TreeEvent.Change {
        guard case .snapshotTask(var row) = change else { return change }
        row.started.parent = nil
        row.cause = nil
        return .snapshotTask(row)
    }

    @Test("after a gap, what a snapshot does not name is gone, and what it names stays")
    func gaps() {
        var tree = tree(
            (0, start(1)), (0, start(2, in: 1)), (0, start(3, in: 1)), (0, hold(5, 2, "r")), (0, hold(6, 3, "s")))
        var rows: [TreeEvent.Change] = [.gap(.init(lost: 40)), .snapshotBegin(.init())]
        for (id, parent) in [(1, nil), (3, 1), (4, 3)] as [(UInt64, UInt64?)] {
            var row = TreeEvent.SnapshotTask()
            row.started = .init(task: TaskID(id), parent: parent.map { TaskID($0) }, name: "t")
            rows.append(.snapshotTask(row))
        }
        var held = TreeEvent.SnapshotResource()
        held.acquired = .init(resource: ResourceID(6), task: TaskID(3), name: "s")
        rows += [.snapshotResource(held), .snapshotEnd(.init())]
        for row in rows { tree.apply(TreeEvent(seq: 50, t: second, change: row)) }
        tree.settle()
        #expect(tree.totals.live == 3)
        #expect(tree.totals.held == 1)
        #expect(tree.totals.lost == 40)
        #expect(tree.task(TaskID(2)) == nil)
        #expect(tree.task(TaskID(4))?.parent == TaskID(3))
        #expect(tree.live(tree.root) == 3)
        expectConsistent(tree, "after the gap")
    }

    @Test("rows of a snapshot may come after events about their children")
    func orphansAreAdopted() {
        var tree = LiveTree()
        var parent = TreeEvent.SnapshotTask()
        parent.started = .init(task: TaskID(1), name: "parent")
        for change: TreeEvent.Change in [
            .snapshotBegin(.init()), start(2, in: 1), start(3, in: 2), .snapshotTask(parent), .snapshotEnd(.init()),
        ] {
            tree.apply(TreeEvent(seq: 1, t: 0, change: change))
        }
        tree.settle()
        #expect(tree.rootCount == 1)
        #expect(tree.live(tree.root) == 3)
        #expect(tree.depth(tree.slot(of: TaskID(3))) == 2)
        expectConsistent(tree, "adopted")
    }

    @Test("ended tasks stay a while, failed ones longer, and parents as long as their children")
    func lingering() {
        var tree = tree(
            (0, start(1)), (0, start(2, in: 1)), (0, start(3, in: 2)), (0, start(4, in: 1)),
            (1, .taskFinished(.init(task: TaskID(3), outcome: .failed))),
            (1, .taskFinished(.init(task: TaskID(2), outcome: .succeeded))),
            (1, .taskFinished(.init(task: TaskID(4), outcome: .succeeded))))
        tree.advance(to: 3 * second)
        #expect(tree.task(TaskID(4)) != nil)
        tree.advance(to: 4 * second)
        #expect(tree.task(TaskID(4)) == nil)
        #expect(tree.task(TaskID(2)) != nil)
        tree.advance(to: 61 * second)
        #expect(tree.task(TaskID(3)) == nil)
        #expect(tree.task(TaskID(2)) == nil)
        #expect(tree.count == 1)
    }

    @Test("a cascade adds up: marks, ends by outcome, releases, who held it up")
    func cascades() {
        let tree = tree(
            (0, start(1, "a")), (0, start(2, in: 1, "b")), (0, hold(1, 1, "r")), (0, hold(2, 2, "s")),
            (1, .cancelRequested(.init(cascade: CascadeID(1), task: TaskID(1), force: false, cause: Cause(.user)))),
            (1, .taskCancelling(.init(task: TaskID(1), cascade: CascadeID(1)))),
            (1, .taskCancelling(.init(task: TaskID(2), cascade: CascadeID(1)))),
            (1.3, .taskOverdue(.init(task: TaskID(2), since: 0, grace: 5))),
            (6, .taskFinished(.init(task: TaskID(2), outcome: .abandoned))),
            (6, .resourceQuarantined(.init(resource: ResourceID(2), task: TaskID(2), because: TaskID(2)))),
            (6, .resourceReleased(.init(resource: ResourceID(1), task: TaskID(1), outcome: .timedOut, duration: 7))),
            (6, .taskFinished(.init(task: TaskID(1), outcome: .cancelled))))
        let cascade = tree.cascade(CascadeID(1))!
        #expect(cascade.marked == 2)
        #expect(cascade.resources == 2)
        #expect(cascade.ended == [.abandoned: 1, .cancelled: 1])
        #expect(cascade.released == [.timedOut: 1])
        #expect(cascade.quarantined == 1)
        #expect(cascade.heldUp?.task == TaskID(2))
        #expect(cascade.heldUp?.duration == 5 * second)
        #expect(tree.totals.quarantined == 1)
        #expect(tree.totals.held == 0)
    }

    @Test("the blocker of a cancel is what is overdue, else the deepest that is alive")
    func blockers() {
        var tree = tree((0, start(1)), (0, start(2, in: 1)), (0, start(3, in: 2)), (0, start(4, in: 1)))
        #expect(tree.blocker(below: tree.root).map { tree.id($0) } == TaskID(3))
        tree.apply(
            TreeEvent(
                seq: 5, t: 0,
                change: .cancelRequested(
                    .init(cascade: CascadeID(1), task: TaskID(1), force: false, cause: Cause(.user)))))
        for id in 1...4 as ClosedRange<UInt64> {
            tree.apply(TreeEvent(seq: 5, t: 0, change: .taskCancelling(.init(task: TaskID(id), cascade: CascadeID(1)))))
        }
        tree.apply(TreeEvent(seq: 6, t: 1, change: .taskOverdue(.init(task: TaskID(4), since: 0, grace: 5))))
        tree.settle()
        #expect(tree.blocker(below: tree.root).map { tree.id($0) } == TaskID(4))
    }

    @Test("release times and recent events are those below a task")
    func histories() {
        var tree = tree((0, start(1)), (0, start(2, in: 1, "a")), (0, start(3, in: 1, "b")))
        for id in 1...100 as ClosedRange<UInt64> {
            let owner = TaskID(id % 2 == 0 ? 2 : 3)
            tree.apply(TreeEvent(seq: id, t: 1, change: hold(id, owner.rawValue, "r\(id)")))
            tree.apply(
                TreeEvent(
                    seq: id, t: 1,
                    change: .resourceReleased(.init(resource: ResourceID(id), task: owner, outcome: .ok, duration: id)))
            )
        }
        let times = tree.releaseTimes(below: TaskID(2))!
        #expect(times.count == 50)
        #expect(times.worst == 100)
        #expect(times.worstName == "r100")
        #expect(tree.releaseTimes(below: TaskID(1))!.count == 100)
        // Those of both, each once: of 1 ns, of 2 and 3, of 4 to 7, and so on.
        let both = tree.releaseTimes(below: [TaskID(3), TaskID(2), TaskID(1)])!
        #expect(both.count == 100 && both.median == 51)
        #expect(both.spread == [1, 2, 4, 8, 16, 32, 37])
        #expect(tree.releaseTimes(below: []) == nil && tree.taskTimes(below: [TaskID(1)]) == nil)
        tree.apply(
            TreeEvent(seq: 101, t: 9, change: .taskFinished(.init(task: TaskID(2), outcome: .succeeded))))
        let lives = tree.taskTimes(below: [TaskID(1)])!
        #expect(lives.count == 1 && lives.worst == 9 && lives.worstName == "a" && lives.spread == [1])
        #expect(tree.recent(below: TaskID(3), limit: 5).allSatisfy { $0.name == "b" })
    }
}
