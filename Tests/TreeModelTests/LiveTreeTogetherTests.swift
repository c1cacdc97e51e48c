import Testing
import TreeModel

@Suite struct LiveTreeTogetherTests {
    private func cancel(_ tree: inout LiveTree, _ cascade: UInt64, at t: Int64, ends: Int64?) {
        let task = TaskID(cascade + 1)
        func apply(_ t: Int64, _ change: TreeEvent.Change) {
            tree.apply(TreeEvent(seq: tree.seq + 1, t: t, change: change))
        }
        apply(t, .taskStarted(.init(task: task, parent: TaskID(1), name: "t\(cascade)")))
        apply(
            t,
            .cancelRequested(
                .init(cascade: CascadeID(cascade), task: task, force: false, cause: Cause(.user, by: "key x"))))
        apply(t, .taskCancelling(.init(task: task, cascade: CascadeID(cascade))))
        guard let ends else { return }
        apply(ends, .taskFinished(.init(task: task, outcome: .cancelled)))
        apply(
            ends,
            .cancelCompleted(
                .init(
                    cascade: CascadeID(cascade), tasks: 1, resources: 0, failed: 0, timedOut: 0, abandoned: 0,
                    duration: UInt64(ends - t))))
    }

    private func tree() -> LiveTree {
        var tree = LiveTree()
        tree.apply(TreeEvent(seq: 1, t: 0, change: .taskStarted(.init(task: TaskID(1), name: "root"))))
        return tree
    }

    @Test func cascadesAddUp() throws {
        var tree = tree()
        cancel(&tree, 1, at: 10, ends: 30)
        cancel(&tree, 2, at: 40, ends: 45)
        let both = try #require(LiveTree.Cascade(together: tree.cascades))
        #expect(both.marked == 2)
        #expect(both.endedCount == 2)
        #expect(both.requestedAt == 10)
        #expect(both.completedAt == 45)
        #expect(both.completed?.tasks == 2)
        #expect(both.order.map(\.name) == ["t1", "t2"])
        #expect(both.lastEnd?.name == "t2")
    }

    @Test func theyAreOverWhenTheLastIs() throws {
        var tree = tree()
        cancel(&tree, 1, at: 10, ends: 30)
        cancel(&tree, 2, at: 11, ends: nil)
        let both = try #require(LiveTree.Cascade(together: tree.cascades))
        #expect(both.completedAt == nil)
        #expect(both.completed == nil)
        #expect(both.endedCount == 1)
        #expect(LiveTree.Cascade(together: []) == nil)
    }

    @Test func pinnedOnesAreRememberedHoweverManyFollow() {
        var tree = tree()
        cancel(&tree, 1, at: 1, ends: 2)
        cancel(&tree, 2, at: 3, ends: 4)
        tree.pinned = [CascadeID(1)]
        for number in 3...100 { cancel(&tree, UInt64(number), at: Int64(number) * 10, ends: Int64(number) * 10 + 1) }
        #expect(tree.cascade(CascadeID(1)) != nil)
        #expect(tree.cascade(CascadeID(2)) == nil)
        #expect(tree.cascades.count == 64)
        tree.pinned = []
        cancel(&tree, 101, at: 2_000, ends: 2_001)
        #expect(tree.cascade(CascadeID(1)) == nil)
        #expect(tree.cascades.count == 64)
    }

    @Test func releasesOfAllAreThereInTheirOrder() throws {
        var tree = tree()
        for (cascade, at) in [(1, 40), (2, 20)] as [(UInt64, Int64)] {
            cancel(&tree, cascade, at: 10, ends: nil)
            let (resource, task) = (ResourceID(cascade), TaskID(cascade + 1))
            tree.apply(
                TreeEvent(
                    seq: tree.seq + 1, t: 10,
                    change: .resourceAcquired(.init(resource: resource, task: task, name: "r\(cascade)"))))
            tree.apply(
                TreeEvent(
                    seq: tree.seq + 1, t: at,
                    change: .resourceReleased(.init(resource: resource, task: task, outcome: .ok, duration: 5))))
        }
        let both = try #require(LiveTree.Cascade(together: tree.cascades))
        #expect(both.releases.map(\.release.name) == ["r2", "r1"])
        #expect(both.releasedCount == 2)
    }
}
