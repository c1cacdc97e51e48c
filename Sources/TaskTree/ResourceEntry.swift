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
class ResourceEntry: TimerEntry, @unchecked Sendable {
    enum State { case held, releasing, timedOut, over }

    final private(set) var id = ResourceID(0)
    final let engine: TreeEngine
    /// Who holds it; nil once it is over, so that a handle that is kept keeps no task.
    final var node: Node?
    final let name: String
    final let kind: String?
    final let budget: Int64
    final var state: State = .held
    /// Whether the task's own end releases it (and goes on after it), rather than an early release.
    final var isAtEnd = false
    /// Its owner is a handle: whatever releases it but the handle found it leaked.
    final let isLease: Bool
    final var isLeaked = false
    /// Its handle asked for the release, which the end of its task does.
    final var isGivenBack = false
    /// The keyframe under way comes to it next.
    final var isNextRow = false
    /// The abandoned task that may use it, or might: the log does not say that it came back, only that it is released.
    final var because: TaskID?
    /// How many abandoned tasks it was lent to that have not returned.
    final var quarantined: Int16 = 0
    final var older: ResourceEntry?
    final unowned(unsafe) var newer: ResourceEntry?
    /// When it was acquired.
    final private(set) var since: Int64 = 0
    final var releasingSince: Int64 = 0
    /// Who asked for a release that somebody else is doing.
    final var waiters: [Waiter] = []
    final var fault: Fault?
    /// Its place where its task's resources have an order of their own.
    final var order: ReleaseOrder?

    init(_ request: ResourceRequest) {
        engine = request.node.engine
        node = request.node
        name = request.name
        kind = request.kind
        budget = request.budget
        isLease = request.isLease
    }

    /// Gives it what is only known under the lock. From here on that does not change.
    final func settleIn(id: ResourceID, since: Int64) {
        self.id = id
        self.since = since
    }

    /// Runs the program's release.
    nonisolated(nonsending) func perform(_ context: ReleaseContext) async throws {}

    /// Puts it on its task's stack.
    final func push() {
        guard let node else { return }
        older = node.newestResource
        older?.newer = self
        node.newestResource = self
    }

    /// Leaves the stack; no link of it remains.
    final func remove() {
        if isNextRow { engine.keyframes.leaves(self) }
        if let newer { newer.older = older } else if node?.newestResource === self { node?.newestResource = older }
        older?.newer = newer
        older = nil
        newer = nil
    }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        engine.releaseTimedOut(self, now, &after)
    }
}

/// A resource with its value and the release of it.
final class OwnedValue<T: Sendable>: ResourceEntry, @unchecked Sendable {
    typealias Release = @Sendable (T, ReleaseContext) async throws -> Void

    let value: T
    private let release: Release

    init(_ value: T, _ request: ResourceRequest, _ release: @escaping Release) {
        self.value = value
        self.release = release
        super.init(request)
    }

    override nonisolated(nonsending) func perform(_ context: ReleaseContext) async throws {
        try await release(value, context)
    }
}

/// Where a resource stands in a declared order. Guarded by the engine's lock.
final class ReleaseOrder {
    /// It is released before these, and before no other; nil: before all that its task acquired earlier.
    var before: [ResourceEntry]?
    /// How many that are to be released before it are still held.
    var blockers = 0

    /// These wait for one more, or for one less.
    func block(_ change: Int) {
        for other in before ?? [] { other.order?.blockers += change }
    }
}

/// A resource of a tree, whatever its value: to declare an order with, or to lend it.
public struct Resource: Sendable {
    let entry: ResourceEntry
    /// Its id in the log.
    public var id: ResourceID { entry.id }
}

/// A resource that can be given back before its task ends.
public struct Held<Value: Sendable>: Sendable {
    let entry: OwnedValue<Value>

    public var value: Value { entry.value }

    /// The resource's id in the log.
    public var id: ResourceID { entry.id }

    /// To name it in an order, or to lend it.
    public var resource: Resource { Resource(entry: entry) }

    /// Releases it now. However many ask, it is released once; every call returns when that release is over or its
    /// budget is, and throws what the release threw. When the task's body is over already, the task's own end releases
    /// it, in its order, and this returns at once; so it does while a task that it was lent to and that was abandoned has
    /// not returned: then it is released with that.
    public func release() async throws {
        try await entry.engine.release(entry)
    }
}
