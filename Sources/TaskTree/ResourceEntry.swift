import TreeModel

/// What a release is told: how its task ended so far, and why it was cancelled if it was.
public struct ReleaseContext: Sendable {
    /// What the body did; `succeeded` for an early release by a running body.
    public let outcome: Outcome
    private let cascade: Cascade?
    private let task: TaskID

    /// Why the task was cancelled, if it was.
    public var cause: Cause? { cascade?.cause(of: task) }

    init(_ node: Node) {
        outcome = node.outcome
        cascade = node.cascade
        task = node.id
    }
}

/// A resource that a task holds, on the task's stack. Guarded by the engine's lock; as a timer it is the budget of its
/// release.
///
/// There may be millions, so it is small: what few have is in `rare`, and its engine is known to its handles.
@usableFromInline
class ResourceEntry: TimerEntry, @unchecked Sendable {
    enum State: UInt8 { case held, releasing, timedOut, over }
    /// Who performs its release: whoever asks for it before its task's end; the task's own body, which hears of no cancel
    /// meanwhile; or the task's end, which goes on after it.
    enum Releaser: UInt8 { case asker, body, end }

    final var state: State = .held
    final var releaser = Releaser.asker
    /// The keyframe under way comes to it next.
    final var isNextRow = false
    /// Whether its release needs no suspension, and so neither a frame nor a Swift task of its own.
    final let isAtOnce: Bool
    final private(set) var id = ResourceID(0)
    /// Who holds it, and is kept as long as it holds something; nil once it is over.
    private final var holder: Unmanaged<Node>?
    final var node: Node? { holder?.takeUnretainedValue() }
    final let name: String
    final let kind: String?
    /// How long its release may take.
    final private(set) var budget: Int64 = 0
    /// Its neighbour on its task's stack that was acquired before it. The newest is kept by the task, and each keeps the next:
    /// a link is moved, never copied, so that it costs no count of references.
    final private(set) var older: ResourceEntry?
    private final var above: Unmanaged<ResourceEntry>?
    /// When it was acquired.
    final private(set) var since: Int64 = 0
    final var releasingSince: Int64 = 0
    /// What few resources have.
    final private(set) var rare: RareResourceParts?

    @usableFromInline
    init(_ name: String, _ kind: String?, isAtOnce: Bool) {
        self.name = cut(name)
        self.kind = kind
        self.isAtOnce = isAtOnce
    }

    final func settleIn(_ node: Node, _ terms: ResourceTerms) {
        holder = Unmanaged.passUnretained(node)
        budget = terms.budget
        if terms.isLease { parts.isLease = true }
    }

    /// The parts that few resources have, made on first use.
    final var parts: RareResourceParts {
        if let rare { return rare }
        let made = RareResourceParts()
        rare = made
        return made
    }

    /// Whether an abandoned task that it was lent to has not returned.
    final var isQuarantined: Bool { rare.map { $0.quarantined > 0 } ?? false }

    /// Gives it what is only known under the lock. From here on that does not change.
    final func settleIn(id: ResourceID, since: Int64) {
        self.id = id
        self.since = since
    }

    /// Runs the program's release, where it needs no suspension.
    @usableFromInline
    func performAtOnce(_ context: ReleaseContext) throws {}

    /// Runs the program's release, where it may suspend.
    @usableFromInline
    nonisolated(nonsending) func perform(_ context: ReleaseContext) async throws {}

    final var newer: ResourceEntry? { above?.takeUnretainedValue() }

    /// Puts it on its task's stack.
    final func push() {
        holder?._withUnsafeGuaranteedRef { node in
            older = node.newestResource.take()
            older?.above = Unmanaged.passUnretained(self)
            node.newestResource = self
        }
    }

    /// Leaves the stack; no link of it remains. Whoever releases it still has it.
    final func remove() {
        if isNextRow { node?.engine.keyframes.leaves(self) }
        let next = older.take()
        next?.above = above
        if let above {
            above._withUnsafeGuaranteedRef { $0.older = next }
        } else {
            holder?._withUnsafeGuaranteedRef { $0.newestResource = next }
        }
        above = nil
        holder = nil
    }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        engine.releaseTimedOut(self, now, &after)
    }
}

/// A resource with its value.
@usableFromInline
class OwnedValue<T: Sendable>: ResourceEntry, @unchecked Sendable {
    @usableFromInline final let value: T

    @inlinable
    init(_ name: String, _ kind: String?, _ value: T, isAtOnce: Bool) {
        self.value = value
        super.init(name, kind, isAtOnce: isAtOnce)
    }
}

/// One that is released without a suspension.
@usableFromInline
final class AtOnceValue<T: Sendable>: OwnedValue<T>, @unchecked Sendable {
    @usableFromInline typealias Release = @Sendable (T, ReleaseContext) throws -> Void

    @usableFromInline let release: Release

    @inlinable
    init(_ name: String, _ kind: String?, _ value: T, _ release: @escaping Release) {
        self.release = release
        super.init(name, kind, value, isAtOnce: true)
    }

    @inlinable
    override func performAtOnce(_ context: ReleaseContext) throws { try release(value, context) }
}

/// One whose release may suspend.
@usableFromInline
final class SuspendingValue<T: Sendable>: OwnedValue<T>, @unchecked Sendable {
    @usableFromInline typealias Release = @Sendable (T, ReleaseContext) async throws -> Void

    @usableFromInline let release: Release

    @inlinable
    init(_ name: String, _ kind: String?, _ value: T, _ release: @escaping Release) {
        self.release = release
        super.init(name, kind, value, isAtOnce: false)
    }

    @inlinable
    override nonisolated(nonsending) func perform(_ context: ReleaseContext) async throws {
        try await release(value, context)
    }
}

/// What few resources have, kept out of the others. Guarded by the engine's lock.
final class RareResourceParts {
    /// Its owner is a handle: whatever releases it but the handle found it leaked.
    var isLease = false
    var isLeaked = false
    /// Its handle asked for the release, which somebody else does. Only of what may have leaked or may be used by others.
    var isGivenBack = false
    /// The abandoned task that may use it, or might: the log does not say that it came back, only that it is released.
    var because: TaskID?
    /// How many abandoned tasks it was lent to that have not returned.
    var quarantined = 0
    /// Who asked for a release that somebody else is doing.
    var waiters: [Waiter] = []
    var fault: Fault?
    /// Its place where its task's resources have an order of their own.
    var order: ReleaseOrder?
}

/// Where a resource stands in a declared order. Guarded by the engine's lock.
final class ReleaseOrder {
    /// It is released before these, and before no other; nil: before all that its task acquired earlier.
    var before: [ResourceEntry]?
    /// How many that are to be released before it are still held.
    var blockers = 0

    /// These wait for one more, or for one less.
    func block(_ change: Int) {
        for other in before ?? [] { other.rare?.order?.blockers += change }
    }
}

/// A resource of a tree, whatever its value: to declare an order with, or to lend it.
public struct Resource: Sendable {
    let entry: ResourceEntry
    let engine: TreeEngine
    /// Its id in the log.
    public var id: ResourceID { entry.id }
}

/// A resource that can be given back before its task ends.
public struct Held<Value: Sendable>: Sendable {
    @usableFromInline let entry: OwnedValue<Value>
    @usableFromInline let engine: TreeEngine

    @inlinable
    init(_ entry: OwnedValue<Value>, _ node: Node) {
        self.entry = entry
        engine = node.engine
    }

    public var value: Value { entry.value }

    /// The resource's id in the log.
    public var id: ResourceID { entry.id }

    /// To name it in an order, or to lend it.
    public var resource: Resource { Resource(entry: entry, engine: engine) }

    /// Releases it now. However many ask, it is released once; every call returns when that release is over or its
    /// budget is, and throws what the release threw. (The call that performs a release without a suspension returns when
    /// that does: nobody can take its thread from it.) When the task's body is over already, the task's own end releases
    /// it, in its order, and this returns at once; so it does while a task that it was lent to and that was abandoned has
    /// not returned: then it is released with that.
    public func release() async throws {
        try await engine.release(entry)
    }
}
