import Dispatch
import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

/// Releases that need no suspension run on the thread that comes to them, and keep the same promises.
@Suite struct AtOnceTests {
    private struct Broken: Error, Equatable {}

    @Test func oneDoesNotSeeTheCancelThatCausedIt() async throws {
        let tree = WatchedTree()
        let seen = Lock<[Bool]>([])
        try? await tree.engine.run("root") { root in
            try root.spawn("child") { child in
                try child.own("held", 1) { _, context in
                    seen.withLock { $0.append(Task.isCancelled) }
                    #expect(context.cause?.kind == .code)
                }
                await child.cancelled()
                #expect(Task.isCancelled)
            }
            _ = await tree.acquired("held")
            root.cancel()
        }
        #expect(seen.withLock { $0 } == [false])
    }

    /// The body's own Swift task performs it, and is cancelled as soon as it is over, and not before.
    @Test func aCancelThatComesMeanwhileWaitsForIt() async throws {
        let tree = WatchedTree(seed: 1)
        let seen = Lock<[Bool]>([])
        try await tree.drive {
            try await tree.engine.run("root") { root in
                let child = try root.spawn("child") { child in
                    let held = try child.own("held", 1) { _, _ in
                        child.cancel()
                        seen.withLock { $0.append(Task.isCancelled) }
                    }
                    try await held.release()
                    seen.withLock { $0.append(Task.isCancelled) }
                }
                await child.join()
            }
        }
        #expect(seen.withLock { $0 } == [false, true])
        try tree.promises()
    }

    /// It was asked for before the release began, and comes while that is under way: the threads that cancel Swift tasks
    /// are held up by a handler before, and say when they are through.
    @Test func oneDoesNotSeeACancelThatWasOnItsWay() async throws {
        let tree = WatchedTree()
        let (mayGoOn, isThrough, isMarked) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), Gate())
        let seen = Lock<[Bool]>([])
        try? await tree.engine.run("root") { root in
            let (ready, isHeard) = (Gate(), Gate())
            // The newest hears of it first.
            try root.spawn("last") { _ in
                await withTaskCancellationHandler {
                    ready.open()
                    await isHeard.pass()
                } onCancel: {
                    isHeard.open()
                    isThrough.signal()
                }
            }
            await ready.pass()
            try root.spawn("releases") { task in
                let held = try task.own("held", 1) { _, _ in
                    mayGoOn.signal()
                    isThrough.wait()
                    seen.withLock { $0.append(Task.isCancelled) }
                }
                await isMarked.pass()
                try await held.release()
            }
            _ = await tree.acquired("held")
            let busy = Gate()
            try root.spawn("first") { _ in
                await withTaskCancellationHandler {
                    busy.open()
                    await isMarked.pass()
                } onCancel: {
                    isMarked.open()
                    mayGoOn.wait()
                }
            }
            await busy.pass()
            root.cancel()
        }
        #expect(seen.withLock { $0 } == [false])
    }

    /// Its body hears of the cancel when the budget is over.
    @Test func oneThatIsStuckKeepsTheCancelFromItsBodyUpToItsBudget() async throws {
        let tree = WatchedTree(seed: 1)
        let seen = Lock<[Bool]>([])
        try await tree.drive {
            try await tree.engine.run("root") { root in
                let child = try root.spawn("child") { child in
                    let held = try child.own("held", budget: .seconds(3), 1) { _, _ in
                        child.cancel()
                        tree.clock.advance(by: .seconds(2.9))
                        seen.withLock { $0.append(Task.isCancelled) }
                        tree.clock.advance(by: .seconds(0.2))
                        seen.withLock { $0.append(Task.isCancelled) }
                    }
                    await #expect(throws: ReleaseTimedOut.self) { try await held.release() }
                }
                await child.join()
            }
        }
        #expect(seen.withLock { $0 } == [false, true])
    }

    @Test func oneThatACancelledBodyAsksForDoesNotSeeThat() async throws {
        let tree = WatchedTree()
        let seen = Lock<[Bool]>([])
        try await tree.engine.run("root") { root in
            let child = try root.spawn("child") { child in
                let held = try child.own("held", 1) { _, _ in seen.withLock { $0.append(Task.isCancelled) } }
                try? await child.sleep(for: .seconds(60))
                #expect(Task.isCancelled)
                try await held.release()
            }
            // It sleeps: then it cancels its own Swift task as it wakes.
            await tree.clock.alarm(within: .seconds(61))
            child.cancel()
            await child.join()
        }
        #expect(seen.withLock { $0 } == [false])
    }

    @Test func oneThatItsBodyAsksForRunsInNobodysScopeAndThrowsToWhoAsks() async throws {
        let tree = WatchedTree()
        let scopes = Lock<[String?]>([])
        try await tree.engine.run("root") { root in
            let held = try root.own("held", 1) { _, _ in
                scopes.withLock { $0.append(TaskScope.current?.name) }
                throw Broken()
            }
            await #expect(throws: Broken()) { try await held.release() }
            await #expect(throws: Broken()) { try await held.release() }
            #expect(TaskScope.current?.name == "root")
        }
        #expect(scopes.withLock { $0 } == [nil])
        #expect(tree.trace.count { $0 == "released held failed" } == 1)
    }

    /// Nobody can take its thread from it; the tree goes on without it all the same.
    @Test func oneOverItsBudgetIsLeftBehindAndMayReturn() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            try root.own("fine", 1) { _, _ in }
            try root.own("slow", budget: .seconds(3), 2) { _, _ in
                tree.clock.advance(by: .seconds(2.9))
                #expect(!tree.trace.contains("released slow timedOut"))
                tree.clock.advance(by: .seconds(0.2))
                #expect(tree.trace.contains("released slow timedOut"))
            }
        }
        await tree.first { $0.kind == .resourceReturned ? true : nil }
        #expect(tree.trace.count { $0 == "late slow ok" } == 1)
        #expect(tree.trace.filter { $0.hasPrefix("released") } == ["released slow timedOut", "released fine ok"])
    }

    /// Those with and without a suspension in one task, in the order of all.
    @Test func theyKeepTheirPlaceAmongOthers() async throws {
        let tree = WatchedTree()
        let released = Lock<[Int]>([])
        try await tree.engine.run("root") { root in
            try root.spawn("child") { child in
                for index in 0..<6 {
                    if index.isMultiple(of: 2) {
                        try child.own("r", index) { index, _ in released.withLock { $0.append(index) } }
                    } else {
                        try child.own("r", index) { index, _ in
                            await Task.yield()
                            released.withLock { $0.append(index) }
                        }
                    }
                }
            }
        }
        #expect(released.withLock { $0 } == [5, 4, 3, 2, 1, 0])
    }

    /// A release that belongs to the main actor is taken, and runs there.
    @Test func oneOfTheMainActorRunsThere() async throws {
        let tree = WatchedTree()
        let released = Lock<[Int]>([])
        try await tree.engine.run("root") { root in
            try root.own("window", 1) { @MainActor number, _ in
                MainActor.assertIsolated()
                released.withLock { $0.append(number) }
            }
            try root.defer("bell") { @MainActor _ in released.withLock { $0.append(2) } }
        }
        #expect(released.withLock { $0 } == [2, 1])
    }
}
