import EventBus
import TaskTree

/// A resource for tests: opens nothing, writes down every call, and fails, takes long or hangs when told to. It may be
/// opened several times.
///
///     let calls = CallRecorder()
///     let db = FakeResource("db", calls)
///     let cache = FakeResource("cache", calls, release: .fails)
///     try await tree.drive {
///         try await tree.engine.run("root") { root in
///             try await root.acquire(db)
///             try await root.acquire(cache)
///         }
///     }
///     #expect(calls.releases == ["cache", "db"])
///     try calls.expectReleasedOnce()
///     try tree.promises()
public final class FakeResource: Sendable {
    /// How an opening or a release goes.
    public indirect enum Conduct: Sendable {
        case works
        /// Throws a `FakeFault`.
        case fails
        /// Waits until the gate is open, whatever happens, and goes on as the second says.
        case hangs(until: Gate, then: Conduct = .works)
        /// Takes so much time of the clock, whatever happens.
        case takes(Duration, ManualClock, then: Conduct = .works)
    }

    public let name: String
    public let calls: CallRecorder
    private let opening: Conduct
    private let releasing: Conduct

    public init(
        _ name: String, _ calls: CallRecorder = CallRecorder(), open: Conduct = .works, release: Conduct = .works
    ) {
        self.name = name
        self.calls = calls
        opening = open
        releasing = release
    }

    /// How often it was opened.
    public var opened: Int { count(.opened) }
    /// How often a release of it began.
    public var released: Int { count(.release) }
    /// What its releases were told.
    public var contexts: [ReleaseContext] {
        calls.calls.filter { $0.resource == name && $0.step == .release }.compactMap(\.context)
    }

    private func count(_ step: CallRecorder.Call.Step) -> Int {
        calls.calls.count { $0.resource == name && $0.step == step }
    }

    /// Opens it.
    /// - Throws: `FakeFault` if it was told to fail.
    @discardableResult
    public func open() async throws -> FakeResource {
        calls.record(.open, of: name)
        do {
            try await go(opening)
        } catch {
            calls.record(.failedToOpen, of: name)
            throw error
        }
        calls.record(.opened, of: name)
        return self
    }

    /// Opens it without a suspension: the time that it is to take, or what it is to wait for, is left out.
    /// - Throws: `FakeFault` if it was told to fail.
    @discardableResult
    public func openAtOnce() throws -> FakeResource {
        calls.record(.open, of: name)
        if opening.isToFail {
            calls.record(.failedToOpen, of: name)
            throw FakeFault(name: name)
        }
        calls.record(.opened, of: name)
        return self
    }

    /// Releases it.
    /// - Throws: `FakeFault` if it was told to fail.
    public func release(_ context: ReleaseContext) async throws {
        calls.record(.release, of: name, context)
        do {
            try await go(releasing)
        } catch {
            calls.record(.failedToRelease, of: name)
            throw error
        }
        calls.record(.released, of: name)
    }

    /// Releases it without a suspension: the time that it is to take, or what it is to wait for, is left out.
    /// - Throws: `FakeFault` if it was told to fail.
    public func releaseAtOnce(_ context: ReleaseContext) throws {
        calls.record(.release, of: name, context)
        if releasing.isToFail {
            calls.record(.failedToRelease, of: name)
            throw FakeFault(name: name)
        }
        calls.record(.released, of: name)
    }

    private func go(_ conduct: Conduct) async throws {
        switch conduct {
        case .works: return
        case .fails: throw FakeFault(name: name)
        case .hangs(let gate, let next):
            await gate.pass()
            try await go(next)
        case .takes(let duration, let clock, let next):
            await clock.sleep(for: duration)
            try await go(next)
        }
    }
}

extension FakeResource.Conduct {
    fileprivate var isToFail: Bool {
        switch self {
        case .works: false
        case .fails: true
        case .hangs(_, let next), .takes(_, _, let next): next.isToFail
        }
    }
}

/// What a fake resource throws that was told to fail.
public struct FakeFault: Error, Hashable, CustomStringConvertible {
    public let name: String
    public init(name: String) { self.name = name }
    public var description: String { "\(name) was told to fail" }
}

extension TaskScope {
    /// Holds a fake resource, as `hold` does with a real one.
    public func hold(_ fake: FakeResource, budget: Duration? = nil) async throws -> Held<FakeResource> {
        try await hold(fake.name, kind: "fake", budget: budget) {
            try await fake.open()
        } release: { fake, context in
            try await fake.release(context)
        }
    }

    /// Acquires a fake resource, as `acquire` does with a real one.
    @discardableResult
    public func acquire(_ fake: FakeResource, budget: Duration? = nil) async throws -> FakeResource {
        try await hold(fake, budget: budget).value
    }

    /// Owns a fake resource, as `own` does with a real one.
    @discardableResult
    public func own(_ fake: FakeResource, budget: Duration? = nil) throws -> Held<FakeResource> {
        try own(fake.name, kind: "fake", budget: budget, fake.openAtOnce()) { fake, context in
            try await fake.release(context)
        }
    }
}
