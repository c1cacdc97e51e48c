import Testing
import TestSupport
import TreeModel

@Suite("What the tree remembers")
struct LiveTreeLedgerTests {
    private var seq: UInt64 = 0
    private var tree = LiveTree()

    private mutating func see(_ seconds: Double, _ change: TreeEvent.Change) {
        seq += 1
        tree.apply(TreeEvent(seq: seq, t: Int64(seconds * 1e9), change: change))
    }

    private func start(_ id: UInt64, in parent: UInt64? = nil, _ name: String = "t") -> TreeEvent.Change {
        .taskStarted(.init(task: TaskID(id), parent: parent.map { TaskID($0) }, name: name))
    }

    private func hold(_ id: UInt64, _ kind: String?) -> TreeEvent.Change {
        .resourceAcquired(.init(resource: ResourceID(id), task: TaskID(1), name: "r\(id)", kind: kind))
    }

    private func release(_ id: UInt64, _ outcome: ReleaseOutcome) -> TreeEvent.Change {
        .resourceReleased(.init(resource: ResourceID(id), task: TaskID(1), outcome: outcome, duration: 5))
    }

    @Test("counts what became of the resources of each kind, and keeps those that went wrong")
    mutating func kinds() throws {
        see(0, start(1, "root"))
        for (id, kind) in [(1, "file"), (2, "lock"), (3, "file"), (4, nil), (5, "file")] as [(UInt64, String?)] {
            see(1, hold(id, kind))
        }
        see(2, release(1, .ok))
        see(2, release(3, .timedOut))
        see(2, release(2, .leaked))
        see(3, .resourceQuarantined(.init(resource: ResourceID(5), task: TaskID(1), because: TaskID(1))))
        let files = try #require(tree.kinds.first { $0.kind == "file" })
        #expect((files.held, files.quarantined, files.acquired, files.released) == (0, 1, 3, 2))
        #expect((files.leaked, files.failed, files.timedOut) == (0, 0, 1))
        #expect(tree.kinds.first { $0.kind == "lock" }?.leaked == 1)
        #expect(tree.kinds.first { $0.kind == nil }?.held == 1)
        #expect(tree.badReleases.map(\.resource) == [ResourceID(3), ResourceID(2)])
        #expect(tree.badReleases.last?.path == "root")
        #expect(tree.ledger(limit: 10).map(\.id) == [ResourceID(4), ResourceID(5)])
        #expect(tree.ledger(limit: 1).count == 1)
        see(4, release(5, .ok))
        #expect(tree.kinds.first { $0.kind == "file" }?.quarantined == 0)
    }

    @Test("knows who waits for what somebody else holds, and who waits longest")
    mutating func wanted() {
        for id in 1...4 as ClosedRange<UInt64> { see(0, start(id, in: id > 1 ? 1 : nil, "t\(id)")) }
        see(1, hold(9, "lock"))
        for (id, since) in [(2, 3), (3, 2)] as [(UInt64, Int64)] {
            let on = WaitTarget(kind: "lock", name: "r9")
            see(4, .taskWaiting(.init(task: TaskID(id), on: on, since: since * 1_000_000_000)))
        }
        see(4, .taskWaiting(.init(task: TaskID(4), on: WaitTarget(kind: "idle", name: "r9"), since: 0)))
        tree.settle()
        let wanted = tree.wanted()
        #expect(wanted.count == 1)
        #expect(wanted[ResourceID(9)]?.name == "t3")
        #expect(wanted[ResourceID(9)]?.since == 2_000_000_000)
        #expect(wanted[ResourceID(9)]?.count == 2)
    }

    @Test("adds up over the kinds to what is held and quarantined, for random logs", arguments: 0..<40 as Range<UInt64>)
    func kindsAddUp(seed: UInt64) {
        var events = RandomEvents(seed: seed)
        var tree = LiveTree()
        for step in 0..<400 {
            tree.apply(events.next())
            #expect(tree.kinds.reduce(0) { $0 + $1.held } == tree.totals.held, "seed \(seed), step \(step)")
            #expect(
                tree.kinds.reduce(0) { $0 + $1.quarantined } == tree.totals.quarantined, "seed \(seed), step \(step)")
            #expect(tree.kinds.reduce(0) { $0 + $1.acquired } == tree.totals.acquired, "seed \(seed), step \(step)")
            #expect(tree.ledger(limit: .max).count == tree.resourceCount, "seed \(seed), step \(step)")
        }
    }

    @Test("tells 64 kinds apart, and counts all others together")
    mutating func manyKinds() {
        see(0, start(1))
        for id in 1...200 as ClosedRange<UInt64> { see(1, hold(id, "kind \(id)")) }
        #expect(tree.kinds.count == 65)
        #expect(tree.kinds.last?.kind == "other")
        #expect(tree.kinds.last?.held == 136)
        see(2, release(200, .ok))
        #expect(tree.kinds.last?.held == 135)
    }

    @Test("keeps the lines of a subtree, however deep, and steps never push lines of logs out")
    mutating func lines() {
        see(0, start(1))
        for id in 2...40 as ClosedRange<UInt64> { see(0, start(id, in: id - 1)) }
        see(1, .taskLog(.init(task: TaskID(40), level: "info", message: "deep")))
        for number in 0..<3_000 as Range<UInt64> { see(2, .taskProgress(.init(task: TaskID(2), completed: number))) }
        #expect(tree.lines(below: TaskID(1)).first?.message == "deep")
        #expect(tree.lines(below: TaskID(1)).count == 1_025)
        #expect(tree.lines(below: TaskID(39)).map(\.message) == ["deep"])
        #expect(tree.lines(below: TaskID(2)).last?.completed == 2_999)
        see(3, .taskLog(.init(task: TaskID(1), level: "warning", message: "above")))
        #expect(!tree.lines(below: TaskID(2)).contains { $0.message == "above" })
        #expect(tree.lines().count == 1_026)
    }

    @Test("remembers tasks that ended and left the tree, each below the nearest one that is known")
    mutating func ended() {
        see(0, start(1))
        see(0, start(2, in: 1, "worker"))
        see(1, start(3, in: 2, "order"))
        see(1, start(4, in: 3, "charge"))
        for id in [4, 3] as [UInt64] {
            see(2, .taskFinished(.init(task: TaskID(id), outcome: .succeeded)))
        }
        see(60, start(5, in: 1))
        #expect(tree.slot(of: TaskID(3)) < 0)
        let ended = tree.ended(below: TaskID(2))
        #expect(ended.map(\.name) == ["charge", "order"])
        #expect(ended.map(\.parent) == [TaskID(3), TaskID(2)])
        #expect(ended.map(\.startedAt) == [1_000_000_000, 1_000_000_000])
        #expect(tree.ended(below: TaskID(5)).isEmpty)
    }

    @Test("cancels that went smoothly do not push out one that a user asked for")
    mutating func cascades() {
        see(0, start(1))
        see(0, start(2, in: 1))
        func cancel(_ id: UInt64, _ kind: CauseKind, _ task: UInt64) {
            see(
                1, .cancelRequested(.init(cascade: CascadeID(id), task: TaskID(task), force: false, cause: Cause(kind)))
            )
            see(
                1,
                .cancelCompleted(
                    .init(
                        cascade: CascadeID(id), tasks: 0, resources: 0, failed: 0, timedOut: 0, abandoned: 0,
                        duration: 1)))
        }
        cancel(1, .user, 2)
        for id in 2...300 as ClosedRange<UInt64> { cancel(id, .deadline, 1) }
        #expect(tree.cascades.count == 64)
        #expect(tree.cascades.first?.id == CascadeID(1))
        #expect(tree.cascades.dropFirst().map(\.id) == (238...300).map { CascadeID($0) })
        for id in 301...400 as ClosedRange<UInt64> { cancel(id, .user, 1) }
        #expect(tree.cascades.map(\.id) == (337...400).map { CascadeID($0) })
    }
}
