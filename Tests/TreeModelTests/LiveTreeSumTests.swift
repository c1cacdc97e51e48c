import Testing
import TestSupport
import TreeModel

@Suite("Sums over subtrees")
struct LiveTreeSumTests {
    /// Nothing is evicted, so that the naive tree can be compared with.
    private var patient: LiveTree.Limits {
        var limits = LiveTree.Limits()
        limits.lingers = .max / 4
        limits.keeps = .max / 4
        limits.waitsTooLong = .max / 4
        return limits
    }

    @Test("are those of a tree folded naively, for random logs", arguments: 0..<60 as Range<UInt64>)
    func agreeWithANaiveTree(seed: UInt64) {
        var events = RandomEvents(seed: seed)
        var tree = LiveTree(limits: patient)
        var naive = NaiveTree()
        for step in 0..<400 {
            let event = events.next()
            tree.apply(event)
            naive.apply(event.change)
            guard step % Int(seed % 7 + 1) == 0 else { continue }
            tree.settle()
            for id in naive.tasks.keys {
                let slot = tree.slot(of: TaskID(id))
                guard slot >= 0 else {
                    Issue.record("seed \(seed), step \(step): task \(id) is missing")
                    return
                }
                let sums = naive.sums(id)
                guard tree.live(slot) == sums.live, tree.held(slot) == sums.held, tree.troubles(slot) == sums.troubles
                else {
                    Issue.record("seed \(seed), step \(step): task \(id) has \(tree.info(slot)), not \(sums)")
                    return
                }
            }
            #expect(tree.totals.live == naive.tasks.values.count { $0.isLive })
            #expect(tree.totals.quarantined == naive.quarantined.count)
            #expect(tree.totals.held == naive.owners.count - naive.quarantined.count)
        }
    }

    @Test("stay right while tasks are evicted", arguments: 100..<160 as Range<UInt64>)
    func staysRightWhileTasksAreEvicted(seed: UInt64) {
        var events = RandomEvents(seed: seed)
        events.ids = 60
        var limits = LiveTree.Limits()
        limits.lingers = 200_000_000
        limits.keeps = 500_000_000
        limits.kept = 5
        var tree = LiveTree(limits: limits)
        for _ in 0..<3_000 {
            tree.apply(events.next())
            if Int.random(in: 0..<9, using: &events.generator) == 0 { tree.settle() }
        }
        tree.settle()
        expectConsistent(tree, "seed \(seed)")
    }

    @Test("never trap and stay consistent, whatever the log says", arguments: 200..<300 as Range<UInt64>)
    func surviveHostileLogs(seed: UInt64) {
        var events = RandomEvents(seed: seed)
        events.wildTimes = true
        var tree = LiveTree()
        for _ in 0..<2_000 {
            tree.apply(events.next())
            if Int.random(in: 0..<50, using: &events.generator) == 0 { tree.settle() }
        }
        tree.advance(to: .max)
        tree.settle()
        expectConsistent(tree, "seed \(seed)")
        _ = tree.snapshotRows()
        _ = tree.recent(limit: 100)
    }

    @Test("cost no more for a chain of 100,000")
    func deepChain() {
        var tree = LiveTree()
        let n: UInt64 = 100_000
        for id in 1...n {
            tree.apply(started(id, parent: id > 1 ? id - 1 : nil, seq: id))
        }
        tree.settle()
        #expect(tree.live(tree.root) == Int(n))
        #expect(tree.depth(tree.slot(of: TaskID(n))) == Int(n) - 1)
        for id in (1...n).reversed() {
            tree.apply(finished(id, seq: n + 1 + (n - id), t: 5))
        }
        tree.settle()
        #expect(tree.totals.live == 0)
        tree.advance(to: 100_000_000_000)
        tree.settle()
        #expect(tree.count == 0)
        #expect(tree.root == -1)
    }

    @Test("cost no more for 200,000 siblings, cancelled")
    func wide() {
        var tree = LiveTree()
        let n: UInt64 = 200_000
        tree.apply(started(1, parent: nil, seq: 1))
        for id in 2...n { tree.apply(started(id, parent: 1, seq: id)) }
        tree.apply(
            TreeEvent(
                seq: n + 1, t: 1,
                change: .cancelRequested(
                    .init(cascade: CascadeID(1), task: TaskID(1), force: false, cause: Cause(.user)))))
        for id in 1...n {
            tree.apply(TreeEvent(seq: 0, t: 2, change: .taskCancelling(.init(task: TaskID(id), cascade: CascadeID(1)))))
        }
        tree.settle()
        #expect(tree.live(tree.root) == Int(n))
        for id in (1...n).reversed() { tree.apply(finished(id, seq: 0, t: 3)) }
        tree.settle()
        #expect(tree.cascades.last?.endedCount == Int(n))
        #expect(tree.count <= LiveTree.Limits().kept + 1)
    }

    @Test("of a scope that spawns short children for ever: memory stays flat")
    func stayFlat() {
        var tree = LiveTree()
        tree.apply(started(1, parent: nil, seq: 1))
        var most = 0
        for id in 2...UInt64(300_000) {
            let t = Int64(id) * 1_000
            tree.apply(
                TreeEvent(seq: id, t: t, change: .taskStarted(.init(task: TaskID(id), parent: TaskID(1), name: "c"))))
            tree.apply(
                TreeEvent(
                    seq: id, t: t,
                    change: .resourceAcquired(.init(resource: ResourceID(id), task: TaskID(id), name: "r"))))
            tree.apply(
                TreeEvent(
                    seq: id, t: t,
                    change: .resourceReleased(
                        .init(resource: ResourceID(id), task: TaskID(id), outcome: .ok, duration: 1))))
            tree.apply(finished(id, seq: id, t: t))
            most = max(most, tree.count)
        }
        tree.settle()
        #expect(most <= LiveTree.Limits().lingering + 2)
        #expect(tree.live(tree.root) == 1)
    }

    private func started(_ id: UInt64, parent: UInt64?, seq: UInt64) -> TreeEvent {
        TreeEvent(
            seq: seq, t: 0, change: .taskStarted(.init(task: TaskID(id), parent: parent.map { TaskID($0) }, name: "t")))
    }

    private func finished(_ id: UInt64, seq: UInt64, t: Int64) -> TreeEvent {
        TreeEvent(seq: seq, t: t, change: .taskFinished(.init(task: TaskID(id), outcome: .succeeded)))
    }
}

/// Every sum is that of the children and the task itself, every link has its counterpart.
func expectConsistent(_ tree: LiveTree, _ comment: Comment) {
    var slot = tree.root
    var seen = 0
    var live = 0
    while slot >= 0 {
        seen += 1
        let info = tree.info(slot)
        var expected = (
            live: info.outcome == nil && info.phase != .finished ? 1 : 0, held: info.ownHeld,
            troubles: info.isTroubled ? 1 : 0
        )
        live += expected.live
        var child = tree.firstChild(slot)
        var children = 0
        while child >= 0 {
            expected.live += tree.live(child)
            expected.held += tree.held(child)
            expected.troubles += tree.troubles(child)
            children += 1
            guard tree.parent(child) == slot, tree.depth(child) == tree.depth(slot) + 1 else {
                Issue.record(comment)
                return
            }
            child = tree.nextSibling(child)
        }
        guard info.live == expected.live, info.held == expected.held, info.troubles == expected.troubles,
            info.children == children
        else {
            Issue.record("\(comment): \(info) adds up to \(expected), \(children) children")
            return
        }
        slot = tree.following(slot)
    }
    #expect(seen == tree.count, comment)
    #expect(live == tree.totals.live, comment)
}
