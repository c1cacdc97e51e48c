import TreeModel

/// What a release is told: how its task ended so far, and why it was cancelled if it was.
public struct ReleaseContext: Sendable {
    /// What the body did; `succeeded` for an early release by a running body.
    public let outcome: Outcome
    public let cause: Cause?
}

/// A resource that a task holds, on the task's stack. Guarded by the engine's lock; as a timer it is the budget of its
/// release.
final class ResourceEntry: TimerEntry, @unchecked Sendable {
    enum State { case held, releasing, timedOut, over }

    let id: ResourceID
    let name: String
    let kind: String?
    let node: Node
    let budget: Int64
    let release: @Sendable (ReleaseContext) async throws -> Void
    var state: State = .held
    /// The keyframe under way comes to it next.
    var isNextRow = false
    /// Its task was abandoned while it held it.
    var isQuarantined = false
    /// When it was acquired.
    private(set) var since: Int64 = 0
    var older: ResourceEntry?
    unowned(unsafe) var newer: ResourceEntry?
    var releasingSince: Int64 = 0
    /// What the release is told, as it stood when the release began.
    var context = ReleaseContext(outcome: .succeeded, cause: nil)
    /// Whether the task's own end releases it (and goes on after it), rather than an early release.
    var isAtEnd = false
    /// Who asked for a release that somebody else is doing.
    var waiters: [Waiter] = []
    var failure: (any Error)?

    init(
        id: ResourceID, name: String, kind: String?, node: Node, budget: Int64,
        release: @escaping @Sendable (ReleaseContext) async throws -> Void
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.node = node
        self.budget = budget
        self.release = release
    }

    func push(_ now: Int64) {
        since = now
        older = node.newestResource
        older?.newer = self
        node.newestResource = self
    }

    /// Leaves the stack; no link of it remains.
    func remove() {
        if isNextRow { node.engine.keyframes.leaves(self) }
        if let newer { newer.older = older } else if node.newestResource === self { node.newestResource = older }
        older?.newer = newer
        older = nil
        newer = nil
    }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        engine.releaseTimedOut(self, now, &after)
    }
}

/// A resource that can be given back before its task ends.
public struct Held<Value: Sendable>: Sendable {
    public let value: Value
    let entry: ResourceEntry

    /// The resource's id in the log.
    public var id: ResourceID { entry.id }

    /// Releases it now. However many ask, it is released once; every call returns when that release is over or its
    /// budget is, and throws what the release threw. When the task's body is over already, the task's own end releases
    /// it, in its order, and this returns at once.
    public func release() async throws {
        try await entry.node.engine.release(entry)
    }
}
