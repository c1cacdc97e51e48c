import TreeModel

/// One task, or one scope without a body, while it is alive. Every field is guarded by the engine's lock, but for those
/// that never change.
///
/// Links are cut before a node is let go: a chain of 100,000 nodes that release each other would overflow the stack.
final class Node: @unchecked Sendable {
    private(set) var id = TaskID(0)
    let name: String
    let engine: TreeEngine
    /// Towards its children.
    let policy: Policy
    /// In nanoseconds.
    private(set) var grace: Int64 = 0
    /// The earliest on the path, or nil.
    private(set) var deadline: Int64?

    var parent: Node?
    var firstChild: Node?
    unowned(unsafe) var lastChild: Node?
    var nextSibling: Node?
    unowned(unsafe) var previousSibling: Node?
    /// Children that are not finished.
    var liveChildren: Int32 = 0

    var phase: Phase = .running
    /// The body returned, or there is none and the scope was closed.
    var bodyEnded = false
    /// The grace ended before the body did; forgotten if it returns before its children have ended.
    var givenUp = false
    /// The drain that told it to take no new work.
    var drain: Drain?
    var overdueReported = false
    /// Grace is over for it, and its releases get next to no time.
    var isForced = false
    /// Handlers of it that run.
    var handlers: Int32 = 0
    /// A scope without a body.
    let isGroup: Bool
    /// Its failure goes to whoever awaits it, not to the policy of its parent.
    let isCaught: Bool
    /// What its body did, once it ended.
    var outcome: Outcome = .succeeded
    /// How many of `cancelWaiters` there may be before those that are over are dropped.
    var mostCancelWaiters: Int32 = 8
    /// When it started, in nanoseconds since the session began.
    private(set) var since: Int64 = 0
    /// What a keyframe says of it beyond the rest; most have none, and alike siblings share theirs.
    private(set) var profile: NodeProfile?

    /// The cascade that marked it; the first wins.
    var cascade: Cascade?
    var error: (any Error)?
    /// The failures of children under `failFast`.
    var childFailure: TaskFailure?

    /// The newest of what it holds.
    var newestResource: ResourceEntry?
    /// The body's Swift task, while it runs.
    var body: Task<Void, Never>?
    /// The same task, while it runs; to be compared, never used.
    var bodyTask: UnsafeCurrentTask?
    /// Who sleeps until it is cancelled.
    var cancelWaiters: [Waiter] = []
    /// Who waits for its end.
    var endWaiters: [Waiter] = []
    /// Where the running sweep of the engine is among its children.
    var sweepCursor: Node?
    /// What few nodes have.
    var rare: RareParts?

    init(name: String, engine: TreeEngine, policy: Policy, isGroup: Bool, isCaught: Bool) {
        self.name = name
        self.engine = engine
        self.policy = policy
        self.isGroup = isGroup
        self.isCaught = isCaught
    }

    /// Gives it what is only known under the lock. From here on that does not change.
    func settleIn(id: TaskID, grace: Int64, deadline: Int64?) {
        self.id = id
        self.grace = grace
        self.deadline = deadline
    }

    /// Notes what a keyframe says of it, before it is linked.
    func describe(_ settings: NodeSettings, like sibling: Node?, since: Int64) {
        self.since = since
        profile = NodeProfile.of(settings, like: sibling?.profile)
    }

    var isCancelled: Bool { cascade != nil }
    var isDraining: Bool { drain != nil }

    /// Why nothing new may start here, or nil.
    var refusal: ScopeClosed? {
        if isCancelled { return ScopeClosed(name: name, reason: .cancelled) }
        let over = phase == .releasing || phase == .finished || (isGroup && bodyEnded)
        return over ? ScopeClosed(name: name, reason: .closed) : nil
    }

    /// The cause of its cancel: the cascade's at the root of it, and below that the parent.
    var cause: Cause? {
        guard let cascade else { return nil }
        if cascade.rootID == id { return cascade.cause }
        return Cause(cascade.cause.kind, by: cascade.cause.by, origin: cascade.rootID, message: cascade.cause.message)
    }

    /// What whoever awaits its result is thrown once it is over, or nil.
    var thrown: (any Error)? {
        guard outcome == .cancelled, error == nil else { return error }
        return missedItsDeadline ? DeadlineExceeded(name: name) : TaskCancelled(cause: cause ?? Cause(.code))
    }

    /// Whether a cancel of it comes from its own deadline, which is a failure to its parent.
    var missedItsDeadline: Bool {
        guard let cascade else { return false }
        return cascade.cause.kind == .deadline && cascade.rootID == id
    }

    /// The parts that few nodes have, made on first use.
    var parts: RareParts {
        if let rare { return rare }
        let made = RareParts()
        rare = made
        return made
    }

    func link(under parent: Node) {
        self.parent = parent
        previousSibling = parent.lastChild
        if let last = parent.lastChild { last.nextSibling = self } else { parent.firstChild = self }
        parent.lastChild = self
        parent.liveChildren += 1
    }

    /// Leaves the tree; no link of it or to it remains. Answers the parent that it had.
    func unlink() -> Node? {
        guard let parent else { return nil }
        if parent.sweepCursor === self { parent.sweepCursor = nextSibling }
        if parent.lastChild === self { parent.lastChild = previousSibling }
        nextSibling?.previousSibling = previousSibling
        if let previousSibling {
            previousSibling.nextSibling = nextSibling
        } else {
            parent.firstChild = nextSibling
        }
        nextSibling = nil
        previousSibling = nil
        self.parent = nil
        parent.liveChildren -= 1
        return parent
    }
}

/// What few nodes have, kept out of the others. Guarded by the engine's lock.
final class RareParts {
    var deadlineTimer: DeadlineTimer?
    /// Groups below it that close when its body ends, and some that are over.
    var openGroups: [Node] = []
    var mostOpenGroups = 8
    var cancelHandlers: [@Sendable (Cause) async -> Void] = []
    var drainHandlers: [@Sendable () async -> Void] = []
    var drainWaiters: [Waiter] = []
    /// What its body says that it waits for, the innermost last.
    var waits: [TreeEvent.TaskWaiting] = []
    /// How many calls of its body wait for children of it: while there is one it is never overdue.
    var joins = 0
    /// When its patience began anew after such a wait.
    var patienceFrom: Int64?
    /// Children that can be started again while this node lives.
    var restartable: [TaskID] = []
}

/// Cancels its task when its deadline comes.
final class DeadlineTimer: TimerEntry {
    let node: Node
    let allowed: Duration
    init(_ node: Node, _ allowed: Duration) {
        self.node = node
        self.allowed = allowed
    }
    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        // A body that returned in time is not done while its children are not: that is no success.
        if node.phase == .joining, node.outcome == .succeeded, !node.isCancelled { node.outcome = .cancelled }
        engine.requestCancel(node, Cause(.deadline, message: "deadline \(allowed.short)"), force: false, now, &after)
    }
}

extension Duration {
    /// As people write it: `250ms`, `5s`.
    var short: String {
        let milliseconds = nanoseconds / 1_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
