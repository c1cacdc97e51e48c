import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

@Suite struct ShutdownTests {
    @Test func aShutdownDrainsFirstAndEndsByItself() async throws {
        let tree = WatchedTree()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.spawn("server") { server in
                    try server.own("port", 80) { _, _ in }
                    #expect(await server.draining())
                }
                #expect(await root.draining())
            }
        }
        _ = await tree.acquired("port")
        while !tree.trace.contains("+server") { await Task.yield() }
        tree.engine.shutDown(cause: Cause(.signal, by: "SIGTERM"))
        try await run.value
        #expect(!tree.trace.contains { $0.hasPrefix("mark") })
        #expect(tree.trace.last == "shutdown done" || tree.trace.contains("shutdown done"))
        #expect(tree.events.contains { $0.change.kind == .drainCompleted })
    }

    @Test func aDrainThatTakesTooLongBecomesACancel() async throws {
        let tree = WatchedTree { $0.drainBudget = .seconds(4) }
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                root.onDrain("note") { gate.open() }
                await root.cancelled()
            }
        }
        await tree.started("root", waitsForDrain: tree)
        tree.engine.shutDown(cause: Cause(.signal, by: "SIGINT"))
        await gate.pass()
        #expect(!tree.trace.contains("mark root"))
        tree.clock.advance(by: .seconds(4))
        try await run.value
        #expect(
            tree.trace.filter { $0.hasPrefix("shutdown") } == [
                "shutdown draining", "shutdown cancelling", "shutdown done",
            ])
    }

    @Test func aDrainTakesNoLongerThanThereIsInAll() async throws {
        let tree = WatchedTree(seed: 1) {
            $0.drainBudget = .seconds(10)
            $0.shutdownTotal = .seconds(2)
        }
        try await tree.drive {
            try? await tree.engine.run("root") { root in
                root.onDrain("note") {}
                tree.engine.shutDown(cause: Cause(.signal))
                await root.cancelled()
            }
        }
        let cancelled = tree.events.first { $0.change.kind == .taskCancelling }
        #expect(cancelled?.t == 2_000_000_000)
    }

    @Test func whereNobodyDrainsItCancelsAtOnceAndAgainChangesNothing() async throws {
        let tree = WatchedTree()
        let run = Task { try await tree.engine.run("root") { await $0.cancelled() } }
        _ = await tree.started("root")
        tree.engine.shutDown(cause: Cause(.signal, by: "SIGINT"))
        tree.engine.shutDown(cause: Cause(.signal, by: "SIGINT"))
        _ = await run.result
        #expect(tree.events.count { $0.change.kind == .cancelRequested } == 1)
    }

    @Test func whenTheTotalIsOverWhatIsLeftIsAbandoned() async throws {
        let tree = WatchedTree {
            $0.shutdownTotal = .seconds(10)
            $0.grace = .seconds(600)
        }
        let gate = Gate()
        let run = Task { try await tree.engine.run("root") { _ in await gate.pass() } }
        await gate.arrivals(1)
        tree.engine.shutDown(cause: Cause(.signal, by: "SIGINT"))
        await tree.first { $0.kind == .taskCancelling ? true : nil }
        tree.clock.advance(by: .seconds(10))
        await #expect(throws: TaskAbandoned.self) { try await run.value }
        gate.open()
        await tree.first { $0.kind == .taskReturned ? true : nil }
    }

    @Test func aCancelledTaskIsStartedAgainWhereItsParentAllowsIt() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let worker = try root.spawn("worker", restartable: true) { await $0.cancelled() }
            #expect(throws: InvalidSetting.self) { try tree.engine.restart(worker.id) }
            worker.cancel()
            await worker.join()
            let again = try tree.engine.restart(worker.id)
            #expect(again != worker.id)
            #expect(throws: InvalidSetting.self) { try tree.engine.restart(worker.id) }
            tree.engine.cancel(again, cause: Cause(.user))
        }
        let restarted = await tree.first { change -> TreeEvent.TaskStarted? in
            if case .taskStarted(let task) = change, task.restartOf != nil { task } else { nil }
        }
        #expect(restarted.name == "worker")
        #expect(restarted.attempt == 2)
    }

    @Test func aScopeWithoutABodyGroupsAndCloses() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let batch = try root.scope("batch")
            try batch.own("shared", 1) { _, _ in }
            for index in 0..<3 { try batch.spawn("item-\(index)") { _ in } }
            await batch.close()
            #expect(tree.trace.contains("released shared ok"))
            #expect(throws: ScopeClosed.self) { try batch.spawn("late") { _ in } }
            _ = try root.scope("closed with its parent")
        }
        #expect(await tree.finished("closed with its parent").outcome == .succeeded)
    }
}

extension WatchedTree {
    /// Waits until a task runs whose body has said that it would notice a drain.
    fileprivate func started(_ name: String, waitsForDrain tree: WatchedTree) async {
        let id = await started(name)
        while !tree.engine.wouldNoticeDrain(id) { await Task.yield() }
    }
}
