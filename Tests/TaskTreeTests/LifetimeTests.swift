import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

/// What belongs to the program goes as soon as the task does that had it, although the engine keeps some of its own.
@Suite(.timeLimit(.minutes(10))) struct LifetimeTests {
    private let tree = WatchedTree()

    /// Opens its gate when it goes.
    private final class Value: Sendable {
        private let gone: Gate
        init(_ gone: Gate) { self.gone = gone }
        deinit { gone.open() }
    }

    @Test func whatABodyHadGoesWithTheBody() async throws {
        try await tree.engine.run("root") { root in
            let gone = Gate()
            func spawn() throws -> ChildTask<Void> {
                let value = Value(gone)
                return try root.spawn("child") { _ in withExtendedLifetime(value) {} }
            }
            let child = try spawn()
            await gone.pass()
            await child.join()
        }
    }

    @Test func whatAReleaseHadGoesWithTheResource() async throws {
        try await tree.engine.run("root") { root in
            let (gone, released) = (Gate(), Gate())
            func spawn() throws {
                let (value, handler) = (Value(gone), Value(released))
                try root.spawn("child") { child in
                    try child.own("held", value) { _, _ in withExtendedLifetime(handler) {} }
                }
            }
            try spawn()
            await gone.pass()
            await released.pass()
        }
    }

    @Test func aResultThatNobodyAsksForGoesWithTheTask() async throws {
        try await tree.engine.run("root") { root in
            let gone = Gate()
            try root.spawn("child") { _ in Value(gone) }
            await gone.pass()
        }
    }

    @Test func aResultStaysAsLongAsItsHandle() async throws {
        try await tree.engine.run("root") { root in
            let gone = Gate()
            func ask() async throws {
                let child = try root.spawn("child") { _ in Value(gone) }
                await child.join()
                let (one, other) = (try await child.value, try await child.value)
                #expect(one === other)
            }
            try await ask()
            await gone.pass()
        }
    }

    @Test func valuesCarriedDownGoWithTheirScope() async throws {
        enum Key: ScopeKey { static var defaultValue: Value? { nil } }
        try await tree.engine.run("root") { root in
            let gone = Gate()
            func spawn() throws {
                try root.with(Key.self, Value(gone)).spawn("child") { child in
                    try child.spawn("below") { #expect($0[Key.self] != nil) }
                }
            }
            try spawn()
            await gone.pass()
        }
    }

    @Test func anEngineGoesWithItsTree() async throws {
        weak var engine: TreeEngine?
        func run() async throws {
            let tree = WatchedTree()
            engine = tree.engine
            try await tree.engine.run("root") { root in
                for _ in 0..<100 { try root.spawn("child") { _ in } }
            }
        }
        try await run()
        while engine != nil { await Task.yield() }
    }
}
