import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

/// Random trees with random policies, resources, cancels, deadlines and failures: whatever they do, the log holds every
/// promise, all that was acquired is released once, and the run ends.
///
/// A failure prints its seed; `TREETOP_SEED=n` runs that tree alone, in the same order of steps. `TREETOP_TREES=n` runs
/// more of them.
@Suite struct RandomTreeTests {
    @Test func everyRandomTreeKeepsThePromises() async throws {
        for seed in seeds(2000, variable: "TREETOP_TREES") { try await run(seed, onThreads: false) }
    }

    @Test func soDoesEachOnRealThreads() async throws {
        for seed in seeds(200, variable: "TREETOP_TREES") { try await run(seed, onThreads: true) }
    }

    @Test func aSeedRepeatsItsTree() async throws {
        for seed in seeds(50, variable: "TREETOP_TREES") {
            let once = try await run(seed, onThreads: false)
            let again = try await run(seed, onThreads: false)
            #expect(once == again, "TREETOP_SEED=\(seed)")
        }
    }

    @discardableResult
    private func run(_ seed: UInt64, onThreads: Bool) async throws -> [TreeEvent] {
        let tree = WatchedTree("random", seed: onThreads ? nil : seed) {
            $0.grace = .milliseconds(400)
            $0.releaseBudget = .milliseconds(50)
            $0.shutdownTotal = .milliseconds(900)
            $0.drainBudget = .milliseconds(200)
            $0.keyframeSpacing = 300
            $0.keyframeSlice = 1 + Int(seed % 5)
        }
        let ledger = Ledger()
        do {
            try await tree.drive { await live(tree, ledger, SeededRandom(seed), onThreads) }
            try tree.promises()
            expectKeyframes(tree.events, seed)
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
        _ tree: WatchedTree, _ ledger: Ledger, _ random: SeededRandom, _ onThreads: Bool
    ) async {
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
                try await grow(root, depth: 0, random.fork(), ledger, tree.engine)
            }
            group.cancelAll()
        }
        ledger.late.open()
        // The engine logs a release after the release has counted itself.
        while onThreads, !tree.engine.abandoned.isEmpty || ledger.open > 0 || !tree.held.isEmpty {
            tree.clock.advance(by: .milliseconds(1))
            await Task.yield()
        }
    }

    @Sendable private func grow(
        _ scope: TaskScope, depth: Int, _ random: SeededRandom, _ ledger: Ledger, _ engine: TreeEngine
    ) async throws {
        for step in 0..<random.below(6) {
            let name = "\(scope.name).\(step)"
            switch random.below(12) {
            case 0, 1:
                try scope.own(name, ledger.acquire()) { _, _ in
                    ledger.release()
                    if random.chance(8) { throw Oops() }
                }
            case 2:
                let held = try await scope.hold(name) {
                    await Task.yield()
                    return ledger.acquire()
                } release: { _, _ in
                    if random.chance(6) { await ledger.late.pass() } else { await Task.yield() }
                    ledger.release()
                }
                if random.chance(2) { try? await held.release() }
            case 3, 4, 5:
                guard depth < 4 else { continue }
                let random = random.fork()
                try scope.spawn(
                    name, policy: random.chance(2) ? .isolate : .failFast,
                    deadline: random.chance(5) ? .milliseconds(random.below(30)) : nil
                ) { try await grow($0, depth: depth + 1, random, ledger, engine) }
            case 6:
                guard depth < 4 else { continue }
                let random = random.fork()
                _ = try? await scope.call(name, deadline: random.chance(2) ? .milliseconds(random.below(20)) : nil) {
                    try await grow($0, depth: depth + 1, random, ledger, engine)
                }
            case 7:
                let group = try scope.scope(name)
                try group.own(name, ledger.acquire()) { _, _ in ledger.release() }
                try group.spawn("\(name).in") { try await $0.sleep(for: .milliseconds(random.below(9))) }
                if random.chance(2) { await group.close() }
            case 8:
                try await scope.waiting(on: WaitTarget(kind: "time", name: name)) {
                    try await scope.sleep(for: .milliseconds(random.below(20)))
                }
            case 9:
                guard random.chance(3) else { continue }
                let id = TaskID(UInt64(1 + random.below(30)))
                engine.cancel(id, cause: Cause(.user, by: "test"), force: random.chance(4))
                if random.chance(20) { engine.shutDown(cause: Cause(.signal, by: "test")) }
            case 10:
                if random.chance(6) { throw Oops() }
                if random.chance(8) { await ledger.late.pass() }
                if random.chance(8) { engine.drain(scope.id, cause: Cause(.code)) }
            default: await Task.yield()
            }
        }
        if random.chance(3) { await scope.cancelled() }
    }
}

private struct Oops: Error {}

/// Counts what is open; and keeps the gate for those who come late.
private final class Ledger: Sendable, CustomStringConvertible {
    private let acquired = Atomic<Int>(0)
    private let released = Atomic<Int>(0)
    let late = Gate()

    func acquire() -> Int { acquired.add(1, ordering: .sequentiallyConsistent).newValue }
    func release() { released.add(1, ordering: .sequentiallyConsistent) }
    var open: Int {
        acquired.load(ordering: .sequentiallyConsistent) - released.load(ordering: .sequentiallyConsistent)
    }
    var isEven: Bool { open == 0 }
    var description: String { "\(acquired.load(ordering: .relaxed)) acquired, \(open) open" }
}
