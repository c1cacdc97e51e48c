import Demos
import TaskTree
import Testing
import TreeModel

@Suite("the other scenarios", .serialized, .timeLimit(.minutes(10))) struct OtherScenariosTests {
    @Test("the list begins with the default, and each has a name of its own and a line") func list() {
        #expect(Scenario.shows.map(\.name) == ["orders", "stuck", "storm"])
        #expect(Scenario.all.allSatisfy { !$0.summary.isEmpty && !$0.summary.contains("\n") })
        #expect(Set(Scenario.all.map(\.name)).count == Scenario.all.count)
        #expect(Scenario.all.filter { !$0.endsByItself }.map(\.name) == ["orders", "storm"])
    }

    @Test("the first damaged shard is the error, and what failed on the way out comes along") func firstError()
        async throws
    {
        let run = DemoRun("first-error")
        let failure = await #expect(throws: TaskFailure.self) { try await run.lines }
        #expect(failure?.name == "shard-13")
        #expect(failure?.suppressed.count == 2)
        await run.watch.until { _ in false }
        let tree = run.watch.tree
        #expect(tree.tasks[TaskID(1)]?.error?.type == "ShardDamaged")
        #expect(tree.tasks[TaskID(1)]?.suppressed.map(\.type) == ["CheckpointFailed", "CheckpointFailed"])
        #expect(tree.tasks.values.filter { $0.outcome == .failed }.count == 4)
        #expect(tree.tasks.values.filter { $0.outcome == .cancelled }.count == 17)
        #expect(tree.held.isEmpty)
        #expect(tree.resources.values.allSatisfy { $0.timesReleased == 1 })
        #expect(run.leftInDirectory.isEmpty)
    }

    @Test("what does not stop is named, given up, and comes home; a release that hangs is timed out")
    func stuck() async throws {
        let run = DemoRun("stuck") { $0.grace = .seconds(2) }
        let lines = try await run.lines
        #expect(lines.count == 2)
        #expect(lines.last?.contains("signal(9)") == true)
        await run.watch.until { _ in false }
        let tree = run.watch.tree
        let stuck = try #require(tree.task("stuck/part/wants-lock").flatMap { tree.tasks[$0] })
        #expect(stuck.isOverdue)
        #expect(stuck.outcome == .abandoned)
        #expect(stuck.hasReturned)
        let process = try #require(tree.resources.values.first { $0.kind == "process" })
        #expect(process.outcome == .timedOut)
        #expect(process.name.split(separator: " ").last.flatMap { Int32($0) }.map(isAlive) == false)
        #expect(tree.live.isEmpty)
        #expect(tree.held.isEmpty)
        #expect(run.engine.abandonedInAll == 1)
        #expect(run.leftInDirectory.isEmpty)
    }

    @Test("a cancelled storm is over, and all that it held was given back") func storm() async throws {
        let run = DemoRun("storm") { $0.scale = 500 }
        await run.watch.until { tree in
            // Some have been replaced, some hold something, one has failed.
            tree.tasks.count > 1000 && tree.resources.count > 30 && tree.tasks.values.contains { $0.outcome == .failed }
        }
        run.engine.cancel(TaskID(1), cause: Cause(.user))
        let lines = try await run.lines
        #expect(lines.count == 1)
        await run.watch.until { _ in false }
        #expect(run.watch.tree.live.isEmpty)
        #expect(run.watch.tree.held.isEmpty)
        #expect(run.watch.tree.resources.values.allSatisfy { $0.timesReleased == 1 && $0.outcome == .ok })
    }
}
