import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import TestSupport
import Testing
import TreeModel

/// Random trees with random policies, limits and restarts, resources, orders, leases and loans, cancels, drains, stops,
/// handlers, deadlines and failures: whatever they do, the log holds every promise, all that was acquired is released
/// once, and the run ends.
///
/// A failure prints its seed; `TREETOP_SEED=n` runs that tree alone, in the same order of steps. `TREETOP_TREES=n` runs
/// more of them.
@Suite struct RandomTreeTests {
    @Test func everyRandomTreeKeepsThePromises() async throws {
        for seed in Seeds.range(2000, variable: "TREETOP_TREES") { try await run(seed, onThreads: false) }
    }

    @Test func soDoesEachOnRealThreads() async throws {
        for seed in Seeds.range(200, variable: "TREETOP_TREES") { try await run(seed, onThreads: true) }
    }

    @Test func aSeedRepeatsItsTree() async throws {
        for seed in Seeds.range(50, variable: "TREETOP_TREES") {
            let once = try await run(seed, onThreads: false)
            let again = try await run(seed, onThreads: false)
            #expect(once == again, "TREETOP_SEED=\(seed)")
        }
    }

    /// Whatever was abandoned, left over or given back late.
    @Test(.timeLimit(.minutes(10))) func anEngineGoesWithItsTree() async throws {
        for seed in Seeds.range(400, variable: "TREETOP_ENGINES") {
            weak var engine: TreeEngine?
            func run() async throws {
                let tree = tree(seed)
                engine = tree.engine
                let bodies = RandomTree(engine: tree.engine)
                try await tree.drive { await live(tree, bodies, SeededRandom(seed), false) }
                bodies.ledger.forget()
            }
            try await run()
            var patience = 100_000
            while engine != nil, patience > 0 {
                patience -= 1
                await Task.yield()
            }
            #expect(engine == nil, "TREETOP_SEED=\(seed)")
        }
    }

    private func tree(_ seed: UInt64, onThreads: Bool = false) -> WatchedTree {
        WatchedTree("random", seed: onThreads ? nil : seed) {
            $0.grace = .milliseconds(400)
            $0.releaseBudget = .milliseconds(50)
            $0.shutdownTotal = .milliseconds(900)
            $0.drainBudget = .milliseconds(200)
            $0.keyframeSpacing = 300
            $0.keyframeSlice = 1 + Int(seed % 5)
        }
    }

    @discardableResult
    private func run(_ seed: UInt64, onThreads: Bool) async throws -> [TreeEvent] {
        let tree = tree(seed, onThreads: onThreads)
        let bodies = RandomTree(engine: tree.engine)
        let ledger = bodies.ledger
        defer { ledger.forget() }
        do {
            try await tree.drive { await live(tree, bodies, SeededRandom(seed), onThreads) }
            try tree.promises()
            expectKeyframes(tree.events, seed)
            if seed % 10 == 0 { try expectSeeks(tree.events, "TREETOP_SEED=\(seed)") }
            if !ledger.isEven { throw Lost(description: "\(ledger)") }
        } catch {
            Issue.record("TREETOP_SEED=\(seed): \(error)")
            for event in tree.events { print(event.seq, event.change) }
        }
        return tree.events
    }

    /// Whoever begins at a keyframe, or goes on there, comes to the same tree.
    private func expectKeyframes(_ events: [TreeEvent], _ seed: UInt64) {
        let random = SeededRandom(seed)
        for begin in events.indices where events[begin].change.kind == .snapshotBegin {
            expectSame(events, from: begin, behind: nil, "seed \(seed)")
            let behind = random.below(begin + 1)
            expectSame(events, from: begin, behind: behind, "seed \(seed)")
            let resume = behind + random.below(begin + 1 - behind)
            expectSame(events, from: begin, behind: behind, resume: resume, "seed \(seed)")
        }
    }

    /// Runs the tree, and time along with it, whatever it waits for; at last it is shut down.
    @Sendable private func live(
        _ tree: WatchedTree, _ bodies: RandomTree, _ random: SeededRandom, _ onThreads: Bool
    ) async {
        let ledger = bodies.ledger
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                if onThreads {
                    while !Task.isCancelled, tree.clock.now() < 2_000_000_000 {
                        tree.clock.advance(by: .milliseconds(1))
                        await Task.yield()
                    }
                } else {
                    await tree.clock.sleep(for: .seconds(2))
                }
                tree.engine.shutDown(cause: Cause(.signal, by: "test"))
                while onThreads, !Task.isCancelled {
                    tree.clock.advance(by: .milliseconds(1))
                    await Task.yield()
                }
            }
            _ = try? await tree.engine.run("root", policy: random.chance(3) ? .isolate : .failFast) { root in
                try await bodies.grow(root, random.fork())
            }
            group.cancelAll()
        }
        ledger.late.open()
        // The engine logs a release after the release has counted itself. All is over long before this.
        let end = tree.clock.now() + 1_000_000_000_000
        while onThreads, tree.clock.now() < end, !tree.engine.abandoned.isEmpty || ledger.open > 0 || !tree.held.isEmpty
        {
            tree.clock.advance(by: .milliseconds(1))
            await Task.yield()
        }
    }
}
