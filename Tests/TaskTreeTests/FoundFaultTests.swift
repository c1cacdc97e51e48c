import EventBus
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

/// What random scripts found, each as small as it can be.
@Suite struct FoundFaultTests {
    /// Nobody has the handle, so nobody could give it back.
    @Test func aLeaseThatWasCancelledWhileItOpenedHasNotLeaked() async throws {
        let tree = WatchedTree(seed: 1)
        try await tree.drive {
            _ = try? await tree.engine.run("root") { root in
                try await root.lease("file") {
                    root.cancel()
                    return 1
                } release: { _, _ in
                }
            }
        }
        try tree.promises()
        expect(tree) { $0.contains("released file ok") }
    }

    @Test func whenGraceEndsAllReleasesThatRunHaveTimedOut() async throws {
        let tree = WatchedTree(seed: 1) {
            $0.releaseBudget = .seconds(60)
            $0.shutdownTotal = .seconds(1)
        }
        try await tree.drive {
            _ = try? await tree.engine.run("root") { root in
                for name in ["one", "two"] {
                    try root.own(name, after: [], 1) { _, _ in await tree.clock.sleep(for: .seconds(10)) }
                }
                tree.engine.shutDown(cause: Cause(.signal))
            }
        }
        try tree.promises()
        expect(tree) {
            $0.contains("released one timedOut") && $0.contains("released two timedOut")
        }
    }

    @Test func whatWasLentAndCameBackKeepsItsOrder() async throws {
        let tree = WatchedTree(seed: 1) { $0.grace = .seconds(1) }
        try await tree.drive {
            try await tree.engine.run("root") { root in
                let base = try root.own("base", 1) { _, _ in }
                let user = try root.own("user", after: [base.resource], 2) { _, _ in
                    await tree.clock.sleep(for: .seconds(1))
                }
                let stuck = try root.spawn("stuck", lending: [user.resource]) { _ in
                    await tree.clock.sleep(for: .seconds(3))
                }
                await tree.clock.sleep(for: .milliseconds(1))
                stuck.cancel()
                await tree.clock.sleep(for: .seconds(5))
            }
        }
        try tree.promises()
        expect(tree) { isBefore("released user ok", "release base", $0) }
    }

    @Test func anAbandonedTaskKeepsWhatItHasUntilItReturnsItself() async throws {
        let tree = WatchedTree(seed: 1) { $0.grace = .seconds(1) }
        try await tree.drive {
            try await tree.engine.run("root") { root in
                let owner = try root.spawn("owner") { owner in
                    let held = try owner.own("held", 1) { _, _ in }
                    try owner.spawn("borrower", lending: [held.resource]) { _ in
                        await tree.clock.sleep(for: .seconds(3))
                    }
                    await tree.clock.sleep(for: .seconds(5))
                }
                await tree.clock.sleep(for: .milliseconds(1))
                owner.cancel()
            }
        }
        try tree.promises()
        expect(tree) { isBefore("returned owner", "release held", $0) }
    }

    /// It has no body that could return, so what it held would never be released.
    @Test func aScopeWithoutABodyIsNeverAbandoned() async throws {
        let log = EventLog(SessionInfo(name: "stops"))
        let engine = TreeEngine(log: log)
        for _ in 0..<1000 {
            let pool = try TaskController("pool", engine: engine)
            let group = try pool.scope.scope("group")
            try group.own("held", 1) { _, _ in }
            try group.spawn("child") { await $0.cancelled() }
            await pool.stop(within: .zero)
        }
        engine.endSession(.finished)
        var held = 0
        log.makeReader().read { event in
            if case .resourceAcquired = event.change { held += 1 }
            if case .resourceReleased = event.change { held -= 1 }
        }
        #expect(held == 0)
    }

    /// Also where nothing was to be cancelled.
    @Test func aStopReportsTheReleasesThatFailed() async throws {
        let tree = WatchedTree(seed: 1)
        let report = try await tree.drive {
            let pool = try TaskController("pool", engine: tree.engine)
            try pool.scope.own("held", 1) { _, _ in throw FakeFault(name: "held") }
            try pool.start("worker") { await $0.draining() }
            return await pool.stop(within: .seconds(5), draining: .seconds(2))
        }
        try tree.promises()
        #expect(report.releasesFailed == 1 && !report.isClean)
    }

    /// A controller within the one that is stopped has nothing to finish.
    @Test func aStopWaitsForNoScopeThatIsIdle() async throws {
        let tree = WatchedTree(seed: 1)
        try await tree.drive {
            let outer = try TaskController("outer", engine: tree.engine)
            let inner = try TaskController("inner", under: outer.scope)
            await outer.stop(within: .seconds(5), draining: .seconds(2))
            withExtendedLifetime(inner) {}
        }
        try tree.promises()
        let end = tree.events.last { $0.change.kind == .taskFinished }
        #expect(end?.t == 0)
    }

    private func isBefore(_ first: String, _ second: String, _ trace: [String]) -> Bool {
        guard let first = trace.firstIndex(of: first), let second = trace.firstIndex(of: second) else { return false }
        return first < second
    }

    private func expect(_ tree: WatchedTree, _ isRight: ([String]) -> Bool) {
        let trace = tree.trace
        #expect(isRight(trace), "\(trace)")
    }
}
