import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

private struct Broken: Error, Equatable {}

@Suite struct ResourceTests {
    @Test func releaseComesAfterTheChildrenAndNewestFirst() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            try root.own("first", 1) { _, _ in }
            try root.own("second", 2) { _, _ in }
            try root.spawn("child") { child in
                try child.own("inner", 3) { _, _ in }
            }
            try root.defer("flush") { _ in }
        }
        #expect(
            tree.trace.filter { $0.hasPrefix("released") || $0.hasPrefix("-") } == [
                "released inner ok", "-child succeeded", "released flush ok", "released second ok",
                "released first ok", "-root succeeded",
            ])
    }

    @Test func aReleaseDoesNotSeeTheCancelThatCausedIt() async throws {
        let tree = WatchedTree()
        let seen = Lock<[Bool]>([])
        try? await tree.engine.run("root") { root in
            try root.spawn("child") { child in
                try child.own("held", 1) { _, context in
                    seen.withLock { $0.append(Task.isCancelled) }
                    #expect(context.cause?.kind == .code)
                    await Task.yield()
                    seen.withLock { $0.append(Task.isCancelled) }
                }
                await child.cancelled()
                #expect(Task.isCancelled)
            }
            _ = await tree.acquired("held")
            root.cancel()
        }
        #expect(seen.withLock { $0 } == [false, false])
    }

    @Test func manyWhoAskForAReleaseGetOne() async throws {
        for _ in 0..<200 {
            let tree = WatchedTree()
            let releases = Atomic<Int>(0)
            try await tree.engine.run("root") { root in
                let held = try await root.hold("held") {
                    1
                } release: { _, _ in
                    await Task.yield()
                    releases.add(1, ordering: .relaxed)
                }
                for index in 0..<8 { try root.spawn("asker-\(index)") { _ in try await held.release() } }
                try await held.release()
            }
            #expect(releases.load(ordering: .relaxed) == 1)
            #expect(tree.trace.count { $0 == "released held ok" } == 1)
        }
    }

    @Test func aReleaseThatThrowsIsRecordedAndTheOthersGoOn() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            try root.own("first", 1) { _, _ in }
            try root.own("broken", 2) { _, _ in throw Broken() }
            try root.own("third", 3) { _, _ in }
        }
        #expect(
            tree.trace.filter { $0.hasPrefix("released") } == [
                "released third ok", "released broken failed", "released first ok",
            ])
    }

    @Test func aReleaseOverItsBudgetIsLeftBehindAndMayReturnOnce() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.own("fine", 1) { _, _ in }
                try root.own("slow", budget: .seconds(3), 2) { _, _ in await gate.pass() }
            }
        }
        await gate.arrivals(1)
        tree.clock.advance(by: .seconds(2.9))
        #expect(!tree.trace.contains("released slow timedOut"))
        tree.clock.advance(by: .seconds(0.2))
        try await run.value
        gate.open()
        await tree.first { $0.kind == .resourceReturned ? true : nil }
        #expect(
            tree.trace.suffix(4) == ["released fine ok", "-root succeeded", "late slow ok"].suffix(4)
                || tree.trace.suffix(5) == [
                    "released slow timedOut", "release fine", "released fine ok", "-root succeeded", "late slow ok",
                ])
    }

    @Test func aValueThatComesAfterTheCancelIsReleased() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let released = Atomic<Int>(0)
        try await tree.engine.run("root") { root in
            let child = try root.spawn("child") { child in
                _ = try await child.acquire("late") {
                    await gate.pass()
                    #expect(!Task.isCancelled)
                    return 1
                } release: { _, _ in
                    released.add(1, ordering: .relaxed)
                }
                Issue.record("acquire returned in a cancelled task")
            }
            await gate.arrivals(1)
            child.cancel()
            gate.open()
            #expect(await child.join() == .cancelled)
        }
        #expect(released.load(ordering: .relaxed) == 1)
    }

    @Test func aFailedOpenHoldsNothing() async throws {
        let tree = WatchedTree()
        await #expect(throws: Broken()) {
            try await tree.engine.run("root") { root in
                _ = try await root.acquire("never") { () throws -> Int in
                    throw Broken()
                } release: { _, _ in
                }
            }
        }
        #expect(tree.events.contains { $0.change.kind == .resourceFailed })
        #expect(!tree.trace.contains("hold never"))
    }

    @Test func aThousandReleasesOfOneTaskDoNotRecurse() async throws {
        let tree = WatchedTree()
        let last = Lock(50_000)
        try await tree.engine.run("root") { root in
            for index in 0..<50_000 {
                try root.own("r", index) { value, _ in
                    let before = last.withLock { last in
                        defer { last = value }
                        return last
                    }
                    #expect(before == value + 1)
                }
            }
        }
        #expect(last.withLock { $0 } == 0)
    }

    @Test func aReleaseThatIsAskedForWhenTheBodyIsOverKeepsItsPlace() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        try await tree.engine.run("root") { root in
            let handle = Handle()
            let parent = try root.spawn("parent") { parent in
                let held = try parent.own("kept", 1) { _, _ in }
                handle.value.withLock { $0 = held }
                try parent.spawn("child") { _ in await gate.pass() }
            }
            await tree.first { $0.kind == .taskJoining ? true : nil }
            let asker = try root.spawn("asker") { asker in
                let held = try #require(handle.value.withLock { $0 })
                asker.progress("asks")
                try await held.release()
            }
            await tree.first { $0.kind == .taskProgress ? true : nil }
            gate.open()
            await parent.join()
            try await asker.value
        }
        let trace = tree.trace
        let childEnd = try #require(trace.firstIndex(of: "-child succeeded"))
        let release = try #require(trace.firstIndex(of: "release kept"))
        #expect(childEnd < release)
        #expect(trace.count { $0 == "release kept" } == 1)
    }

    @Test func anEarlyReleaseLeavesTheRestInOrder() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            try root.own("a", 1) { _, _ in }
            let middle = try root.own("b", 2) { _, _ in }
            try root.own("c", 3) { _, _ in }
            try await middle.release()
            #expect(tree.trace.last == "released b ok")
        }
        #expect(
            tree.trace.filter { $0.hasPrefix("released") } == ["released b ok", "released c ok", "released a ok"])
    }
}

/// Hands a resource from one body to another.
private final class Handle: Sendable {
    let value = Lock<Held<Int>?>(nil)
}
