import Recording
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

@Suite struct PatienceTests {
    @Test func aStuckTaskIsNamedThenAbandonedAndMayComeHome() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                let stuck = try root.spawn("stuck", grace: .seconds(2)) { stuck in
                    try stuck.own("kept", 1) { _, _ in }
                    await gate.pass()
                }
                await gate.arrivals(1)
                stuck.cancel()
                await #expect(throws: TaskAbandoned.self) { try await stuck.value }
            }
        }
        await gate.arrivals(1)
        await tree.clock.alarm(within: .milliseconds(200))
        tree.clock.advance(by: .milliseconds(200))
        await tree.first { $0.kind == .taskOverdue ? true : nil }
        await tree.clock.alarm(within: .milliseconds(1800))
        #expect(!tree.trace.contains("-stuck abandoned"))
        tree.clock.advance(by: .milliseconds(1800))
        try await run.value
        #expect(tree.engine.abandoned.map(\.name) == ["stuck"])
        #expect(tree.trace.suffix(3) == ["quarantine kept", "-stuck abandoned", "-root succeeded"])
        gate.open()
        await tree.first { if case .resourceReleased = $0 { true } else { nil } }
        #expect(tree.trace.suffix(3) == ["returned stuck", "release kept", "released kept ok"])
        #expect(tree.engine.abandoned.isEmpty)
        #expect(tree.engine.abandonedInAll == 1)
    }

    @Test func waitingForChildrenIsNeverOverdue() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                let parent = try root.spawn("parent", grace: .seconds(1)) { parent in
                    let child = try parent.spawn("child", grace: .seconds(60)) { _ in await gate.pass() }
                    await child.join()
                }
                await gate.arrivals(1)
                parent.cancel()
                await parent.join()
            }
        }
        await gate.arrivals(1)
        // The child's own patience: 250 ms of its grace of a minute.
        await tree.clock.alarm(within: .milliseconds(250))
        tree.clock.advance(by: .seconds(30))
        await tree.first { $0.kind == .taskOverdue ? true : nil }
        gate.open()
        try await run.value
        #expect(tree.trace.filter { $0.hasPrefix("overdue") } == ["overdue child"])
        #expect(!tree.trace.contains { $0.contains("abandoned") })
    }

    @Test func aForcedCancelOfARunningCascadeAbandonsAtOnce() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.spawn("stuck", grace: .seconds(600)) { _ in await gate.pass() }
                await root.cancelled()
            }
        }
        await gate.arrivals(1)
        let root = await tree.started("root")
        tree.engine.cancel(root, cause: Cause(.user, by: "key x"))
        await tree.clock.alarm(within: .seconds(60))
        let cascade = await tree.first { change -> CascadeID? in
            if case .cancelRequested(let request) = change { request.cascade } else { nil }
        }
        #expect(tree.engine.escalate(cascade, by: "key X"))
        _ = await run.result
        #expect(await tree.finished("stuck").outcome == .abandoned)
        gate.open()
        await tree.first { $0.kind == .taskReturned ? true : nil }
        #expect(!tree.engine.escalate(cascade))
    }

    /// Abandons a task that opens something, which comes when the gate opens.
    private func abandonWhileItOpens(
        _ tree: WatchedTree, _ gate: Gate, release: @escaping @Sendable () async -> Void
    ) async throws {
        let run = Task {
            try await tree.engine.run("root") { root in
                let stuck = try root.spawn("stuck", grace: .seconds(1)) { stuck in
                    _ = try await stuck.acquire("late") {
                        await gate.pass()
                        return 1
                    } release: { _, _ in
                        await release()
                    }
                }
                await gate.arrivals(1)
                stuck.cancel()
                await stuck.join()
            }
        }
        await gate.arrivals(1)
        for step in [100, 900] {
            await tree.clock.alarm(within: .milliseconds(step))
            tree.clock.advance(by: .milliseconds(step))
        }
        try await run.value
    }

    @Test func aLateValueOfAnAbandonedTaskIsReleased() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let released = Atomic<Int>(0)
        try await abandonWhileItOpens(tree, gate) { released.add(1, ordering: .relaxed) }
        gate.open()
        await tree.first { if case .resourceReleased = $0 { true } else { nil } }
        await tree.first { $0.kind == .taskReturned ? true : nil }
        #expect(released.load(ordering: .relaxed) == 1)
    }

    /// The log ends before the release does, and says so of what is left.
    @Test func aSessionMayEndBeforeALateValueIsReleased() async throws {
        let tree = WatchedTree()
        let (gate, release) = (Gate(), Gate())
        try await abandonWhileItOpens(tree, gate) { await release.pass() }
        gate.open()
        await release.arrivals(1)
        tree.engine.endSession(.finished)
        let events = tree.events
        #expect(Check.verdict(of: events).result == .holds)
        #expect(events.count { $0.change.kind == .resourceQuarantined } == 1)
        release.open()
    }
}
