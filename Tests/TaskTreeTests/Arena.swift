import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import TestSupport
import Testing
import TreeModel

/// Where a few contenders meet in one tiny tree: either under a seed, or on the threads of the pool.
struct Arena: Sendable {
    let tree: WatchedTree
    let calls = CallRecorder()
    let random: SeededRandom
    private let onThreads: Bool

    var engine: TreeEngine { tree.engine }

    init(seed: UInt64, onThreads: Bool = false) {
        tree = WatchedTree("race", seed: onThreads ? nil : seed)
        random = SeededRandom(seed)
        self.onThreads = onThreads
    }

    /// Comes late by a few steps.
    func stagger() async {
        for _ in 0..<random.below(6) { await Task.yield() }
    }

    /// Lets them all go at once, each a little late, and waits for all.
    func race(_ contenders: (@Sendable () async throws -> Void)...) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for contender in contenders {
                group.addTask {
                    await stagger()
                    try await contender()
                }
            }
            try await group.waitForAll()
        }
    }

    /// Goes on when it is so. Under a seed that must come within some thousand steps; threads take as long as
    /// they take, but for the time limit of the test.
    func until(_ what: String, moving time: Duration = .zero, _ isSo: () -> Bool) async throws {
        var steps = 0
        while !isSo() {
            try must(onThreads ? !Task.isCancelled : steps < 5000, "never was it so that \(what)")
            steps += 1
            if time > .zero { tree.clock.advance(by: time) }
            await Task.yield()
        }
    }

    /// How often the trace says so.
    func count(_ words: String) -> Int { tree.trace.count { $0 == words } }

    /// Waits for what was left behind, holds all against the promises, and each resource against its calls.
    func judge() async throws {
        try await until("all was given back") { engine.abandoned.isEmpty && tree.held.isEmpty }
        try tree.promises()
        try calls.expectReleasedOnce()
    }
}

/// What a race must guarantee and did not.
struct Lost: Error, CustomStringConvertible {
    let description: String
}

/// Throws what was lost.
func must(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    if !holds { throw Lost(description: what()) }
}

/// A seed's numbers for a body and what it starts.
final class SeededRandom: Sendable {
    private let state: Lock<Seeded>
    init(_ seed: UInt64) { state = Lock(Seeded(seed)) }

    func next() -> UInt64 { state.withLock { $0.next() } }
    func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    func fork() -> SeededRandom { SeededRandom(next()) }
}

/// A count that several add to.
final class Tally: Sendable {
    private let number = Atomic<Int>(0)
    var count: Int { number.load(ordering: .sequentiallyConsistent) }
    func add() { number.add(1, ordering: .sequentiallyConsistent) }
}

/// A value that one hands over and others wait for.
final class Handed<Value: Sendable>: Sendable {
    private let value = Lock<Value?>(nil)
    private let gate = Gate()
    func set(_ new: Value) {
        value.withLock { $0 = new }
        gate.open()
    }
    func get() async -> Value {
        await gate.pass()
        return value.withLock { $0! }
    }
}
