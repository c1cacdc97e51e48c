import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

/// Declared order of releases, leases, and what is lent to a child.
@Suite struct OrderTests {
    @Test func whatNeedsAnotherIsReleasedBeforeItAndTheRestAtOnce() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                let database = try root.own("database", 1) { _, _ in }.resource
                let cache = try root.own("cache", after: [database], 2) { _, _ in await gate.pass() }.resource
                try root.own("metrics", after: [], 3) { _, _ in await gate.pass() }
                try root.own("http", after: [cache, database], 4) { _, _ in }
            }
        }
        // Both are released at the same time: each waits at the gate.
        await gate.arrivals(2)
        gate.open()
        try await run.value
        let trace = tree.trace.filter { $0.hasPrefix("release") }
        func place(_ word: String) -> Int { trace.firstIndex(of: word) ?? -1 }
        #expect(place("released http ok") < place("release cache"))
        #expect(place("released cache ok") < place("release database"))
        #expect(place("release metrics") < place("released cache ok"))
        #expect(trace.count == 8)
        try tree.promises()
    }

    @Test func inADeclaredOrderOneThatIsStuckHoldsUpOnlyWhatItNeeds() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                let pool = try root.own("pool", 1) { _, _ in }.resource
                try root.own("stuck", after: [pool], budget: .seconds(1), 2) { _, _ in await gate.pass() }
                try root.own("other", after: [], 3) { _, _ in }
            }
        }
        await tree.first { if case .resourceReleased(let end) = $0 { end } else { nil } }
        await gate.arrivals(1)
        #expect(!tree.trace.contains("release pool"))
        await tree.clock.alarm(within: .seconds(1))
        tree.clock.advance(by: .seconds(1))
        try await run.value
        #expect(
            tree.trace.filter { $0.hasPrefix("released ") }.suffix(2) == [
                "released stuck timedOut", "released pool ok",
            ])
        gate.open()
        await tree.first { $0.kind == .resourceReturned ? true : nil }
        try tree.promises()
    }

    @Test func anEarlyReleaseFreesWhatWaitedForIt() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let base = try root.own("base", 1) { _, _ in }.resource
            let user = try root.own("user", after: [base], 2) { _, _ in }
            try await user.release()
        }
        #expect(tree.trace.filter { $0.hasPrefix("released ") } == ["released user ok", "released base ok"])
        try tree.promises()
    }

    @Test func anOrderThatCannotBeKeptIsRefusedAtOnce() async throws {
        let (tree, other) = (WatchedTree(), WatchedTree())
        try await other.engine.run("other") { foreign in
            let theirs = try foreign.own("theirs", 1) { _, _ in }.resource
            try await tree.engine.run("root") { root in
                #expect(throws: InvalidSetting.self) { try root.own("mine", after: [theirs], 1) { _, _ in } }
                #expect(throws: InvalidSetting.self) { try root.spawn("child", lending: [theirs]) { _ in } }
                let early = try root.own("early", 1) { _, _ in }
                try await early.release()
                #expect(throws: InvalidSetting.self) { try root.own("late", after: [early.resource], 1) { _, _ in } }
                let sibling = try root.scope("sibling")
                let beside = try sibling.own("beside", 1) { _, _ in }.resource
                try await root.call("child") { child in
                    #expect(throws: InvalidSetting.self) { try child.own("no", after: [beside], 1) { _, _ in } }
                    let above = try root.own("above", 1) { _, _ in }.resource
                    try child.own("yes", after: [above], 1) { _, _ in }
                }
                await #expect(throws: InvalidSetting.self) {
                    try await root.hold("budget", budget: .seconds(-1)) {
                        1
                    } release: { _, _ in
                    }
                }
            }
        }
        try tree.promises()
    }

    @Test func aLeaseThatIsDroppedIsSaidToHaveLeakedAndIsReleased() async throws {
        let tree = WatchedTree()
        let released = Atomic<Int>(0)
        try await tree.engine.run("root") { root in
            do {
                let lease = try await root.lease("file", kind: "file") {
                    1
                } release: { _, _ in
                    released.add(1, ordering: .relaxed)
                }
                #expect(lease.value == 1)
            }
            await tree.first { $0.kind == .resourceReleased ? true : nil }
        }
        #expect(released.load(ordering: .relaxed) == 1)
        #expect(tree.trace.contains("released file leaked"))
        try tree.promises()
    }

    @Test func aLeaseThatIsReleasedHasNotLeakedHoweverManyAsk() async throws {
        let tree = WatchedTree()
        let released = Atomic<Int>(0)
        try await tree.engine.run("root") { root in
            let lease = try await root.lease("file") {
                1
            } release: { _, _ in
                released.add(1, ordering: .relaxed)
            }
            for _ in 0..<3 { try await lease.release() }
        }
        #expect(released.load(ordering: .relaxed) == 1)
        #expect(tree.trace.filter { $0.hasPrefix("released") } == ["released file ok"])
        try tree.promises()
    }

    @Test func aLeaseThatOutlivesItsTaskIsFoundAtTheEnd() async throws {
        let tree = WatchedTree()
        let lease = try await tree.engine.run("root") { root in
            try await root.lease("file") {
                1
            } release: { _, _ in
            }
        }
        #expect(tree.trace.suffix(2) == ["released file leaked", "-root succeeded"])
        try await lease.release()
        #expect(tree.trace.count { $0.hasPrefix("released") } == 1)
        try tree.promises()
    }

    @Test func aLeaseGivenBackWhenTheBodyIsOverHasNotLeaked() async throws {
        let tree = WatchedTree()
        let kept = Lock<Lease<Int>?>(nil)
        try await tree.engine.run("root") { root in
            let lease = try await root.lease("file") {
                1
            } release: { _, _ in
            }
            kept.withLock { $0 = lease }
            try root.spawn("child") { _ in
                await tree.first { $0.kind == .taskJoining ? true : nil }
                try await kept.withLock { $0 }?.release()
                kept.withLock { $0 = nil }
            }
        }
        #expect(tree.trace.filter { $0.hasPrefix("released") } == ["released file ok"])
        try tree.promises()
    }

    @Test func aLeaseDroppedByAChildThatIsCancelledLeaksOnce() async throws {
        for _ in 0..<200 {
            let tree = WatchedTree()
            let released = Atomic<Int>(0)
            try? await tree.engine.run("root") { root in
                try root.spawn("child") { child in
                    let lease = try await child.lease("file") {
                        1
                    } release: { _, _ in
                        released.add(1, ordering: .relaxed)
                    }
                    await child.cancelled()
                    _ = lease.value
                }
                _ = await tree.acquired("file")
                root.cancel()
            }
            #expect(released.load(ordering: .relaxed) == 1)
            #expect(tree.trace.count { $0 == "released file leaked" } == 1)
            try tree.promises()
        }
    }

    @Test func whatIsLentToAnAbandonedTaskIsKeptForIt() async throws {
        let tree = WatchedTree { $0.grace = .seconds(1) }
        let gate = Gate()
        let released = Lock<[String]>([])
        let run = Task {
            try? await tree.engine.run("root") { root in
                try root.own("base", 0) { _, _ in released.withLock { $0.append("base") } }
                let database = try root.own("database", 1) { _, _ in released.withLock { $0.append("database") } }
                try root.own("other", 2) { _, _ in released.withLock { $0.append("other") } }
                try root.spawn("stuck", lending: [database.resource]) { stuck in
                    try stuck.own("own", 3) { _, _ in released.withLock { $0.append("own") } }
                    await gate.pass()
                }
                await gate.arrivals(1)
                root.cancel()
            }
        }
        await gate.arrivals(1)
        for step in [100, 900] {
            await tree.clock.alarm(within: .milliseconds(step))
            tree.clock.advance(by: .milliseconds(step))
        }
        await run.value
        #expect(released.withLock { $0 } == ["other", "base"])
        #expect(tree.trace.filter { $0.hasPrefix("quarantine") } == ["quarantine own", "quarantine database"])
        gate.open()
        await tree.first { if case .resourceReleased(let end) = $0, end.resource == ResourceID(2) { end } else { nil } }
        #expect(released.withLock { $0 } == ["other", "base", "own", "database"])
        try tree.promises()
    }

    @Test func whatWasLentAndComesBackInTimeIsReleasedByItsOwner() async throws {
        let tree = WatchedTree { $0.grace = .seconds(1) }
        let gate = Gate()
        let returned = Gate()
        let run = Task {
            try? await tree.engine.run("root") { root in
                let database = try root.own("database", 1) { _, _ in }
                let stuck = try root.spawn("stuck", lending: [database.resource]) { _ in await gate.pass() }
                await gate.arrivals(1)
                stuck.cancel()
                await stuck.join()
                // Not pulled from under it.
                try await database.release()
                #expect(!tree.trace.contains("release database"))
                await returned.pass()
                // It is released as soon as it is back, since that was asked for.
                await tree.first { $0.kind == .resourceReleased ? true : nil }
                #expect(tree.trace.contains("released database ok"))
            }
        }
        await gate.arrivals(1)
        for step in [100, 900] {
            await tree.clock.alarm(within: .milliseconds(step))
            tree.clock.advance(by: .milliseconds(step))
        }
        await tree.first { $0.kind == .resourceQuarantined ? true : nil }
        await returned.arrivals(1)
        gate.open()
        await tree.first { $0.kind == .taskReturned ? true : nil }
        returned.open()
        await run.value
        try tree.promises()
    }

    private enum Request: ScopeKey { static let defaultValue = "none" }

    @Test func valuesGoDownTheTreeAndNotSideways() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            #expect(root[Request.self] == "none")
            try await root.with(Request.self, "42").call("handler") { handler in
                #expect(handler[Request.self] == "42")
                try await handler.call("inner") { inner in
                    #expect(inner[Request.self] == "42")
                    #expect(TaskScope.current?[Request.self] == "42")
                    try await inner.with(Request.self, "43").call("innermost") { #expect($0[Request.self] == "43") }
                }
                let group = try handler.scope("group")
                try group.spawn("in group") { #expect($0[Request.self] == "42") }
            }
            try root.spawn("sibling") { #expect($0[Request.self] == "none") }
        }
    }
}
