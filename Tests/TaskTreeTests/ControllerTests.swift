import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

private struct Broken: Error, Equatable { var part = 0 }

/// A controller: start, wait and stop, in any order and any number of times.
@Suite struct ControllerTests {
    private func controller(_ tree: WatchedTree, policy: Policy = .failFast) throws -> TaskController {
        try TaskController("pool", policy: policy, engine: tree.engine)
    }

    @Test func waitEndsWhenNothingIsAliveAndMoreMayCome() async throws {
        let tree = WatchedTree()
        let pool = try controller(tree)
        try await pool.wait()
        for number in 0..<10 {
            let job = try pool.start("job") { _ in number }
            #expect(try await job.value == number)
            try await pool.wait()
        }
        #expect(await pool.stop().isClean)
        try tree.promises()
    }

    @Test func whoWaitsIsWokenByTheEndOfTheLast() async throws {
        let tree = WatchedTree()
        let pool = try controller(tree)
        let gate = Gate()
        for _ in 0..<3 { try pool.start("job") { _ in await gate.pass() } }
        await gate.arrivals(3)
        let waits = (0..<3).map { _ in Task { try await pool.wait() } }
        for _ in 0..<100 { await Task.yield() }
        #expect(!tree.trace.contains("-job succeeded"))
        gate.open()
        for wait in waits { try await wait.value }
        #expect(tree.trace.count { $0 == "-job succeeded" } == 3)
        #expect(!tree.trace.contains { $0.hasPrefix("-pool") })
        #expect(await pool.stop().isClean)
        try tree.promises()
    }

    @Test func theFirstFailureGoesToEachWhoWaits() async throws {
        let tree = WatchedTree()
        let pool = try controller(tree)
        let gate = Gate()
        try pool.start("sibling") { await $0.cancelled() }
        try pool.start("broken") { _ in
            await gate.pass()
            throw Broken(part: 1)
        }
        let waits = (0..<5).map { _ in
            Task { () -> Int? in
                do {
                    try await pool.wait()
                    return nil
                } catch { return ((error as? TaskFailure)?.error as? Broken)?.part }
            }
        }
        await gate.arrivals(1)
        gate.open()
        for wait in waits { #expect(await wait.value == 1) }
        await #expect(throws: TaskFailure.self) { try await pool.wait() }
        #expect(throws: ScopeClosed.self) { try pool.start("late") { _ in } }
        let report = await pool.stop()
        #expect((report.failure as? TaskFailure)?.name == "broken")
        try tree.promises()
    }

    @Test func stopBeforeStartStopsAndStopTwiceIsOnce() async throws {
        let tree = WatchedTree()
        let pool = try controller(tree)
        #expect(await pool.stop().isClean)
        #expect(throws: ScopeClosed.self) { try pool.start("late") { _ in } }
        #expect(await pool.stop().isClean)
        try await pool.wait()
        #expect(tree.trace == ["+pool", "-pool succeeded", "shutdown done"])
    }

    @Test func manyWhoStopGetTheSameReport() async throws {
        let tree = WatchedTree { $0.grace = .seconds(1) }
        let pool = try controller(tree)
        let gate = Gate()
        try pool.start("stuck") { _ in await gate.pass() }
        try pool.start("good") { await $0.cancelled() }
        await gate.arrivals(1)
        let stops = (0..<4).map { _ in Task { await pool.stop(within: .seconds(5)) } }
        for step in [100, 900] {
            await tree.clock.alarm(within: .milliseconds(step))
            tree.clock.advance(by: .milliseconds(step))
        }
        for stop in stops {
            let report = await stop.value
            #expect(report.abandoned.map(\.name) == ["stuck"])
            #expect(!report.isClean && report.failure == nil)
        }
        #expect(
            tree.events.count {
                if case .shutdownPhase(let now) = $0.change { now.phase == .cancelling } else { false }
            } == 1)
        gate.open()
        await tree.first { $0.kind == .taskReturned ? true : nil }
        try tree.promises()
    }

    @Test func aStopTakesNoLongerThanItHas() async throws {
        let tree = WatchedTree { $0.grace = .seconds(60) }
        let pool = try controller(tree)
        let gate = Gate()
        try pool.start("stuck") { _ in await gate.pass() }
        await gate.arrivals(1)
        let stop = Task { await pool.stop(within: .seconds(2)) }
        await tree.first { $0.kind == .cancelRequested ? true : nil }
        tree.clock.advance(by: .seconds(2))
        #expect(await stop.value.abandoned.map(\.name) == ["stuck"])
        gate.open()
    }

    @Test func aStopThatDrainsLetsTheTasksFinish() async throws {
        let tree = WatchedTree()
        let pool = try controller(tree)
        let job = try pool.start("worker") { worker in
            await worker.draining()
            return "finished"
        }
        let report = await pool.stop(within: .seconds(5), draining: .seconds(2))
        #expect(report.isClean)
        #expect(try await job.value == "finished")
        #expect(!tree.trace.contains { $0.hasPrefix("mark") })
        try tree.promises()
    }

    @Test func aControllerInAScopeEndsWithIt() async throws {
        let tree = WatchedTree()
        let kept = Lock<TaskController?>(nil)
        try? await tree.engine.run("root") { root in
            let outer = try TaskController("outer", under: root)
            let inner = try TaskController("inner", under: outer.scope, policy: .isolate)
            try inner.start("worker") { await $0.cancelled() }
            kept.withLock { $0 = inner }
            let report = await outer.stop()
            #expect(report.isClean)
            try await inner.wait()
        }
        #expect(throws: ScopeClosed.self) { try kept.withLock { $0 }?.start("late") { _ in } }
        #expect(
            tree.trace.filter { $0.hasPrefix("-") } == [
                "-worker succeeded", "-inner cancelled", "-outer cancelled", "-root succeeded",
            ])
        try tree.promises()
    }

    @Test func aControllerThatIsDroppedIsCancelled() async throws {
        let tree = WatchedTree()
        let job = try controller(tree).start("job") { await $0.cancelled() }
        #expect(await job.join() == .succeeded)
        let cause = await tree.first { if case .cancelRequested(let cancel) = $0 { cancel.cause } else { nil } }
        #expect(cause.message == "its controller was dropped")
    }

    @Test func theThreeRacedInAnyOrderEndOnceEach() async throws {
        for seed in 0..<300 {
            let tree = WatchedTree()
            let pool = try controller(tree, policy: seed % 2 == 0 ? .isolate : .failFast)
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        _ = try? pool.start("job-\(number)") { job in
                            try job.own("held", 1) { _, _ in }
                            if number == 1 { throw Broken() }
                            await job.cancelled()
                        }
                    }
                    group.addTask { _ = await pool.stop() }
                    group.addTask { try? await pool.wait() }
                }
            }
            let report = await pool.stop()
            #expect(report.isClean)
            try tree.promises()
        }
    }
}
