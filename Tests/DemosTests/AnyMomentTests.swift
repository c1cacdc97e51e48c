import Demos
import TaskTree
import TestSupport
import Testing
import TreeModel

/// Whatever is cancelled, whenever: nothing is left behind. A failure names its seed.
@Suite("a cancel of any task at any moment", .serialized, .timeLimit(.minutes(10))) struct AnyMomentTests {
    @Test("the shop", arguments: Array(1...8) as [UInt64]) func shop(seed: UInt64) async throws {
        try await disturb("orders", seed: seed, rounds: 80)
    }

    @Test("the other shows", arguments: ["stuck", "storm"], [1, 2] as [UInt64])
    func others(name: String, seed: UInt64) async throws {
        try await disturb(name, seed: seed, rounds: 30)
    }

    @Test("the patterns", arguments: Scenario.patterns.map(\.name), [1, 2] as [UInt64])
    func patterns(name: String, seed: UInt64) async throws {
        try await disturb(name, seed: seed, rounds: 30, isForcing: false)
    }

    /// Cancels tasks by chance, starts parts again, and shuts down in the end.
    private func disturb(_ name: String, seed: UInt64, rounds: Int, isForcing: Bool = true) async throws {
        var random = Seeded(seed)
        let run = DemoRun(name) { settings in
            settings.grace = .milliseconds(200)
            settings.scale = 300
            settings.repeats = true
            settings.step = .microseconds(500)
            settings.seed = seed
        }
        let isShop = name == "orders"
        let port = isShop && seed % 2 == 0 ? await run.port(of: "orders/http") : 0
        for round in 0..<rounds {
            // A moment, not a time: requests keep the shop busy also when its own clients are gone.
            for _ in 0..<Int.random(in: 0...300, using: &random) { await Task.yield() }
            if port != 0 { _ = await PlainClient.post(round == 0 ? "15" : "1", to: port) }
            await run.watch.until { !$0.tasks.isEmpty }
            run.watch.catchUp()
            let tree = run.watch.tree
            let live = tree.tasks.filter { $0.value.outcome == nil && $0.value.parent != nil }.keys.sorted()
            let over = tree.tasks.filter { $0.value.outcome != nil && $0.value.parent == TaskID(1) }.keys.sorted()
            if let victim = live.randomElement(using: &random), Bool.random(using: &random) {
                let isForced = isForcing && Int.random(in: 0..<5, using: &random) == 0
                run.engine.cancel(victim, cause: Cause(.user), force: isForced)
            }
            for task in over { _ = try? run.engine.restart(task) }
        }
        run.engine.shutDown(cause: Cause(.shutdown))
        run.engine.shutDown(cause: Cause(.shutdown))
        _ = try? await run.lines
        await run.watch.until { _ in false }
        let tree = run.watch.tree
        #expect(tree.live.isEmpty, "seed \(seed)")
        #expect(run.leftInDirectory.isEmpty, "seed \(seed)")
        #expect(tree.resources.values.allSatisfy { $0.timesReleased <= 1 }, "seed \(seed)")
        // What an abandoned task has is released when it returns, and that may be after the session.
        let kept = tree.resources.values.filter { $0.isHeld && tree.tasks[$0.task]?.outcome != .abandoned }
        #expect(kept.isEmpty, "seed \(seed)")
        #expect(run.watch.verdict.violations.isEmpty, "seed \(seed)")
        let processes = tree.resources.values.filter { $0.kind == "process" }
            .compactMap { $0.name.split(separator: " ").last.flatMap { Int32($0) } }
        #expect(processes.filter(isAlive).isEmpty, "seed \(seed)")
    }
}
