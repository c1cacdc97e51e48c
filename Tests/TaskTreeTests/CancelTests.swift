import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

@Suite struct CancelTests {
    @Test func cancelGoesDownAndNeverUpOrSideways() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let left = try root.spawn("left") { left in
                try left.spawn("leaf") { await $0.cancelled() }
                await left.cancelled()
            }
            let right = try root.spawn("right") { await $0.cancelled() }
            _ = await tree.started("leaf")
            left.cancel("enough")
            await left.join()
            #expect(!root.isCancelled)
            #expect(tree.trace.filter { $0.hasPrefix("mark") } == ["mark left", "mark leaf"])
            right.cancel()
        }
        #expect(tree.trace.last == "-root succeeded")
    }

    @Test func everyTaskIsMarkedBeforeAnythingIsReleased() async throws {
        let tree = WatchedTree()
        try? await tree.engine.run("root") { root in
            for index in 0..<500 {
                try root.spawn("task-\(index)") { task in
                    try task.own("held-\(index)", index) { _, _ in }
                    await task.cancelled()
                }
            }
            for index in 0..<500 { _ = await tree.acquired("held-\(index)") }
            root.cancel()
        }
        let trace = tree.trace
        let lastMark = try #require(trace.lastIndex { $0.hasPrefix("mark") })
        let firstRelease = try #require(trace.firstIndex { $0.hasPrefix("release ") })
        #expect(trace.count { $0.hasPrefix("mark") } == 501)
        #expect(lastMark < firstRelease)
    }

    @Test func theFirstCauseWinsAndTwiceIsOnce() async throws {
        let tree = WatchedTree()
        await #expect(throws: TaskCancelled(cause: Cause(.user, by: "key x"))) {
            try await tree.engine.run("root") { root in
                tree.engine.cancel(root.id, cause: Cause(.user, by: "key x"))
                tree.engine.cancel(root.id, cause: Cause(.code, message: "later"))
                try root.checkCancelled()
            }
        }
        let requests = tree.events.filter { $0.change.kind == .cancelRequested }
        #expect(requests.count == 1)
    }

    @Test func aSpawnOnACancelledScopeIsRefusedWithoutAnEvent() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            root.cancel()
            #expect(throws: ScopeClosed.self) { try root.spawn("late") { _ in } }
            #expect(throws: ScopeClosed.self) { try root.own("late", 1) { _, _ in } }
        }
        #expect(!tree.trace.contains("+late"))
    }

    @Test func aTaskThatIsRefusedBecauseItIsCancelledIsNoFailure() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let child = try root.spawn("child") { child in
                await child.cancelled()
                try child.spawn("late") { _ in }
            }
            child.cancel()
            #expect(await child.join() == .cancelled)
            #expect(!root.isCancelled)
        }
    }

    @Test func swiftsOwnCancellationIsHeardInTheBody() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let child = try root.spawn("child") { _ in
                try await Task.sleep(for: .seconds(3600))
            }
            child.cancel()
            #expect(await child.join() == .cancelled)
        }
    }

    @Test func whoSleepsInAScopeFromElsewhereHearsOfItsCancelBeforeItsEnd() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let gate = Gate()
            let group = try root.scope("group")
            try group.spawn("slow") { _ in await gate.pass() }
            await gate.arrivals(1)
            let elsewhere = Task.detached { await group.cancelled() }
            for _ in 0..<100 { await Task.yield() }
            group.cancel()
            await elsewhere.value
            #expect(!tree.trace.contains { $0.hasPrefix("-slow") })
            gate.open()
        }
        try tree.promises()
    }

    @Test func aHandlerRunsOffTheLockAndMaySpawnElsewhere() async throws {
        let tree = WatchedTree()
        let heard = Lock<Cause?>(nil)
        let gate = Gate()
        try await tree.engine.run("root") { root in
            let child = try root.spawn("child") { child in
                child.onCancel { cause in
                    heard.withLock { $0 = cause }
                    _ = try? root.spawn("from the handler") { _ in gate.open() }
                }
                await child.cancelled()
                await gate.pass()
            }
            _ = await tree.started("child")
            child.cancel("told")
        }
        #expect(heard.withLock { $0?.message } == "told")
        #expect(tree.trace.contains("+from the handler"))
    }

    @Test func theCallersOwnCancelIsTheOuterCause() async throws {
        let tree = WatchedTree()
        let running = Task {
            try await tree.engine.run("root") { root in await root.cancelled() }
        }
        _ = await tree.started("root")
        running.cancel()
        _ = await running.result
        let cause = await tree.first { change -> Cause? in
            if case .cancelRequested(let request) = change { request.cause } else { nil }
        }
        #expect(cause.kind == .outer)
    }

    /// A body that begins on the thread that spawns it is told while nobody knows its Swift task yet.
    @Test(.timeLimit(.minutes(10))) func aCancelThatComesBeforeTheSwiftTaskIsKnownIsNotLost() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let child = try root.spawn("child", immediate: true) { child in
                child.cancel()
                // Swift's own sleep, which only the cancel of the Swift task ends.
                try await Task.sleep(for: .seconds(3600))
            }
            #expect(await child.join() == .cancelled)
        }
    }

    /// To mark so many takes a while; meanwhile the first has seen its cancel, and one that holds something gives it back.
    @Test(.timeLimit(.minutes(10))) func whatHappensWhileOthersAreStillMarkedWaitsForTheLastMark() async throws {
        let tree = WatchedTree()
        let handled = Gate()
        try? await tree.engine.run("root") { root in
            let (begun, held) = (Gate(), try root.own("held", ()) { _, _ in })
            try root.spawn("first") { first in
                first.onCancel { _ in handled.open() }
                begun.open()
                while !first.isCancelled { await Task.yield() }
            }
            await begun.pass()
            for _ in 0..<20_000 { try root.spawn("leaf") { await $0.cancelled() } }
            root.cancel()
            try? await held.release()
        }
        // A handler that was registered runs, although its body ended before anybody was woken.
        await handled.pass()
        let events = tree.events
        let lastMark = events.last { $0.change.kind == .taskCancelling }
        let release = events.first { $0.change.kind == .resourceReleasing }
        #expect(lastMark != nil && release != nil && lastMark!.seq < release!.seq)
        try tree.promises()
    }

    @Test func aCancelRacingSpawnsLosesNone() async throws {
        for _ in 0..<200 {
            let tree = WatchedTree()
            let spawned = Atomic<Int>(0)
            try? await tree.engine.run("root") { root in
                for _ in 0..<4 {
                    try root.spawn("spawner") { spawner in
                        while (try? spawner.spawn("child") { await $0.cancelled() }) != nil {
                            spawned.add(1, ordering: .relaxed)
                            if spawned.load(ordering: .relaxed) > 300 { spawner.cancel() }
                        }
                    }
                }
                root.cancel()
            }
            let trace = tree.trace
            #expect(trace.count { $0 == "+child" } == spawned.load(ordering: .relaxed))
            #expect(trace.count { $0.hasPrefix("+") } == trace.count { $0.hasPrefix("-") })
        }
    }
}
