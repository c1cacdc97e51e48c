import EventBus
import Recording
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

private struct Broken: Error, Equatable { var part = 0 }

/// What goes wrong in lifecycle code when two things happen at once, or when the program's own code misbehaves.
@Suite struct HardCaseTests {
    @Test func noReleaseEverSeesTheCancelOfTheBodyThatEndedLast() async throws {
        let seen = Lock(0)
        for _ in 0..<60 {
            let tree = WatchedTree()
            try? await tree.engine.run("root") { root in
                for index in 0..<20 {
                    try root.spawn("task") { task in
                        try task.own("held-\(index)", 1) { _, _ in
                            for _ in 0..<20 { await Task.yield() }
                            if Task.isCancelled { seen.withLock { $0 += 1 } }
                        }
                        await task.cancelled()
                    }
                }
                for index in 0..<20 { _ = await tree.acquired("held-\(index)") }
                root.cancel()
            }
        }
        #expect(seen.withLock { $0 } == 0)
    }

    @Test func groupsInGroupsCloseWithTheirParent() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let outer = try root.scope("outer")
            let inner = try outer.scope("inner")
            try inner.own("held", 1) { _, _ in }
            let other = try root.scope("other")
            _ = try other.scope("below other")
            await other.close()
            #expect(throws: ScopeClosed.self) { try other.scope("late") }
        }
        #expect(tree.trace.count { $0.hasSuffix("succeeded") } == 5)
        #expect(tree.trace.contains("released held ok"))
    }

    @Test func withTheLogOffTheTreeIsTheSame() async throws {
        let log = EventLog(SessionInfo(name: "off"), isOn: false)
        let engine = TreeEngine(log: log)
        let released = Lock<[Int]>([])
        await #expect(throws: TaskFailure.self) {
            try await engine.run("root") { root in
                for number in 0..<3 {
                    try root.own("held", number) { held, _ in released.withLock { $0.append(held) } }
                }
                try root.spawn("sibling") { await $0.cancelled() }
                try root.spawn("broken") { _ in throw Broken() }
            }
        }
        engine.endSession(.finished)
        #expect(released.withLock { $0 } == [2, 1, 0])
        #expect(log.bytes == 0 && log.lastSeq == 0)
        #expect(log.makeReader().read { _ in } == 0)
    }

    @Test func aGroupThatIsCancelledWhileSomethingIsOpenedInItWaitsForThat() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let group = try root.scope("group")
            func open() -> Int {
                group.cancel()
                return 1
            }
            try group.own("late", open()) { _, _ in }
            let other = try root.scope("other")
            func fail() throws -> Int {
                other.cancel()
                throw Broken()
            }
            #expect(throws: Broken.self) { try other.own("none", fail()) { _, _ in } }
        }
        #expect(tree.trace.contains("released late ok"))
        #expect(tree.trace.count { $0.hasPrefix("-") } == 3)
        try tree.promises()
    }

    @Test func aGroupIsRefusedWhereTheBodyThatWouldCloseItIsOver() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        try await tree.engine.run("root") { root in
            try root.spawn("parent") { parent in
                try parent.spawn("child") { _ in
                    await gate.pass()
                    #expect(throws: ScopeClosed.self) { try parent.scope("late") }
                    // A task is welcome as long as there are children to wait for.
                    try parent.spawn("sibling") { _ in }
                }
            }
            await tree.first { $0.kind == .taskJoining ? true : nil }
            gate.open()
        }
        #expect(tree.trace.contains("-sibling succeeded"))
    }

    @Test func aChildMayAskForWhatItsParentHoldsWhenTheParentsBodyIsOver() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        try await tree.engine.run("root") { root in
            try root.spawn("parent") { parent in
                let held = try parent.own("held", 1) { _, _ in }
                try parent.spawn("child") { _ in
                    await gate.pass()
                    try await held.release()
                }
            }
            await tree.first { $0.kind == .taskJoining ? true : nil }
            gate.open()
        }
        #expect(tree.trace.suffix(4) == ["release held", "released held ok", "-parent succeeded", "-root succeeded"])
    }

    @Test func whoeverReleasesWaitsNoLongerThanTheBudget() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                let held = try root.own("slow", budget: .seconds(1), 1) { _, _ in await gate.pass() }
                await #expect(throws: ReleaseTimedOut.self) { try await held.release() }
            }
        }
        await gate.arrivals(1)
        await tree.clock.alarm(within: .seconds(1))
        tree.clock.advance(by: .seconds(1))
        try await run.value
        gate.open()
        await tree.first { $0.kind == .resourceReturned ? true : nil }
    }

    @Test func anAbandonedBodyMayReleaseWhatItHasAndThenReturns() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                let stuck = try root.spawn("stuck", grace: .seconds(1)) { stuck in
                    let held = try stuck.own("kept", 1) { _, _ in }
                    await gate.pass()
                    try await held.release()
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
        gate.open()
        await tree.first { $0.kind == .taskReturned ? true : nil }
        #expect(tree.trace.suffix(3) == ["release kept", "released kept ok", "returned stuck"])
    }

    @Test func aBodyThatWasGivenUpReleasesNothingThatItsChildrenMayUse() async throws {
        let tree = WatchedTree(seed: 1)
        try await tree.drive {
            try await tree.engine.run("root") { root in
                let stuck = try root.spawn("stuck", grace: .seconds(1)) { stuck in
                    let held = try stuck.own(FakeResource("lent"))
                    try stuck.spawn("child", grace: .seconds(60)) { _ in await tree.clock.sleep(for: .seconds(9)) }
                    await tree.clock.sleep(for: .seconds(5))
                    try await held.release()
                    #expect(!tree.trace.contains("release lent"))
                    await tree.clock.sleep(for: .seconds(10))
                }
                _ = await tree.started("child")
                stuck.cancel()
                #expect(await stuck.join() == .abandoned)
            }
        }
        #expect(tree.trace.filter { $0.hasSuffix("lent") } == ["hold lent", "quarantine lent", "release lent"])
        #expect(tree.trace.last == "released lent ok")
        try tree.promises()
    }

    @Test func theShutdownTotalHoldsWhateverIsStuck() async throws {
        let tree = WatchedTree {
            $0.shutdownTotal = .seconds(3)
            $0.grace = .seconds(600)
            $0.releaseBudget = .seconds(600)
        }
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                let early = try root.spawn("cancelled before") { _ in await gate.pass() }
                try root.spawn("releases") { task in
                    for index in 0..<3 { try task.own("slow-\(index)", 1) { _, _ in await gate.pass() } }
                    await task.cancelled()
                }
                _ = await tree.acquired("slow-2")
                await gate.arrivals(1)
                early.cancel()
                await root.cancelled()
            }
        }
        await gate.arrivals(1)
        await tree.first { $0.kind == .cancelRequested ? true : nil }
        tree.engine.shutDown(cause: Cause(.signal, by: "SIGTERM"))
        await gate.arrivals(2)
        tree.clock.advance(by: .seconds(3))
        // From here on the releases get next to no time.
        for arrivals in 3...4 {
            await gate.arrivals(arrivals)
            await tree.clock.alarm(within: .milliseconds(20))
            tree.clock.advance(by: .milliseconds(20))
        }
        _ = await run.result
        let end = try #require(tree.events.last { $0.change.kind == .shutdownPhase })
        #expect(end.t < 4_000_000_000)
        #expect(tree.trace.count { $0.hasSuffix("timedOut") } == 3)
        gate.open()
    }

    @Test func aForcedCancelOfAPartLeavesItsSiblingsTheirGrace() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let other = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.spawn("part", grace: .seconds(600)) { _ in await gate.pass() }
                try root.spawn("sibling", grace: .seconds(600)) { _ in await other.pass() }
                await root.cancelled()
            }
        }
        await gate.arrivals(1)
        await other.arrivals(1)
        tree.engine.cancel(TaskID(1), cause: Cause(.user, by: "key x"))
        await tree.clock.alarm(within: .seconds(60))
        let part = await tree.started("part")
        #expect(tree.engine.cancel(part, cause: Cause(.user, by: "key X"), force: true))
        #expect(await tree.finished("part").outcome == .abandoned)
        #expect(!tree.trace.contains("-sibling abandoned"))
        other.open()
        #expect(await tree.finished("sibling").outcome == .succeeded)
        _ = await run.result
        gate.open()
    }

    @Test func aCancellationHandlerThatBlocksHoldsUpNobodyElse() async throws {
        let tree = WatchedTree()
        let blocked = Gate()
        let release = Blocker()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.spawn("bad") { _ in
                    await withTaskCancellationHandler {
                        await blocked.pass()
                    } onCancel: {
                        release.wait()
                    }
                }
                for index in 0..<50 {
                    try root.spawn("good-\(index)") { _ in try await Task.sleep(for: .seconds(600)) }
                }
                await blocked.arrivals(1)
                root.cancel()
            }
        }
        for index in 0..<50 { _ = await tree.finished("good-\(index)") }
        #expect(!tree.trace.contains { $0.hasPrefix("-bad") })
        release.open()
        blocked.open()
        _ = await run.result
    }

    @Test func aMissedDeadlineThatIsNotHeededIsNoSuccess() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.spawn("deaf", deadline: .seconds(1), grace: .seconds(1)) { _ in await gate.pass() }
                await root.cancelled()
            }
        }
        await gate.arrivals(1)
        for step in [1000, 100, 900] {
            await tree.clock.alarm(within: .milliseconds(step))
            tree.clock.advance(by: .milliseconds(step))
        }
        let failure = await #expect(throws: TaskFailure.self) { try await run.value }
        #expect(failure?.error is DeadlineExceeded)
        gate.open()
    }

    @Test func anErrorThatTheBodyPassesOnIsNotCountedTwice() async throws {
        let tree = WatchedTree()
        let failure = await #expect(throws: TaskFailure.self) {
            try await tree.engine.run("root") { root in
                try await root.spawn("child") { _ in throw Broken(part: 1) }.value
            }
        }
        #expect(failure?.suppressed.isEmpty == true)
        let other = await #expect(throws: TaskFailure.self) {
            try await tree.engine.run("other") { root in
                await root.spawnAndJoin { throw Broken(part: 1) }
                throw Broken(part: 2)
            }
        }
        #expect(other?.suppressed.compactMap { $0 as? Broken } == [Broken(part: 2)])
        #expect(await tree.finished("other").suppressed.count == 1)
    }

    @Test func afterAShutdownNoRootStarts() async throws {
        let tree = WatchedTree()
        tree.engine.shutDown(cause: Cause(.signal, by: "SIGTERM"))
        #expect(tree.engine.isShuttingDown)
        await #expect(throws: ScopeClosed.self) { try await tree.engine.run("root") { _ in } }
        #expect(tree.trace.isEmpty)
    }

    @Test func aWaitForTheDrainHeedsSwiftsOwnCancel() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            await withTaskGroup { group in
                group.addTask { #expect(await !root.draining()) }
                group.cancelAll()
            }
        }
    }

    @Test func aHandlerIsOverBeforeItsTaskReleasesAnything() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.own("held", 1) { _, _ in }
                root.onDrain("uses what is held") {
                    await gate.pass()
                    #expect(!tree.trace.contains("release held"))
                }
                root.drain()
            }
        }
        await gate.arrivals(1)
        #expect(!tree.trace.contains("release held"))
        gate.open()
        try await run.value
    }

    @Test func aReleaseRunsInNobodysScope() async throws {
        let tree = WatchedTree()
        let scopes = Lock<[String?]>([])
        try await tree.engine.run("root") { root in
            try root.spawn("task") { task in
                try task.own("held", 1) { _, _ in scopes.withLock { $0.append(TaskScope.current?.name) } }
                #expect(TaskScope.current?.name == "task")
            }
        }
        #expect(scopes.withLock { $0 } == [nil])
    }

    @Test func timesBeyondAllMeasureDoNotWrap() async throws {
        let tree = WatchedTree()
        let run = Task {
            try await tree.engine.run("root", deadline: .seconds(Int64.max)) { root in
                try await root.sleep(for: .seconds(Int64.max))
            }
        }
        await tree.clock.alarm(within: .seconds(Int64.max / 4_000_000_000 + 1))
        tree.clock.advance(by: .seconds(3600))
        #expect(!tree.trace.contains("mark root"))
        run.cancel()
        _ = await run.result
    }

    @Test func manyWhoSleepInOneScopeAreNoBurden() async throws {
        let tree = WatchedTree()
        try? await tree.engine.run("root") { root in
            for _ in 0..<20_000 { try root.spawn("sleeper") { _ in await root.cancelled() } }
            for _ in 0..<20_000 { _ = try root.scope("group") }
            root.cancel()
        }
        #expect(tree.trace.count { $0.hasPrefix("-") } == 40_001)
    }
}

extension TaskScope {
    /// Spawns a task and waits for its end, whatever that is.
    fileprivate func spawnAndJoin(_ body: @escaping @Sendable () async throws -> Void) async {
        await (try? spawn("child") { _ in try await body() })?.join()
    }
}

/// Blocks a thread until it is opened.
private final class Blocker: Sendable {
    private let monitor = Monitor()
    private nonisolated(unsafe) var isOpen = false  // guarded by the monitor

    func wait() { monitor.withLock { while !isOpen { monitor.wait() } } }
    func open() {
        monitor.withLock {
            isOpen = true
            monitor.signal()
        }
    }
}
