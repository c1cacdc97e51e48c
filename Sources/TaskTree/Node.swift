import Synchronization
import TreeModel

/// One task, or one scope without a body, while it is alive. Every field is guarded by the engine's lock, but for those
/// that never change.
///
/// The tree keeps a node from `enter` until it is over, and lets it go off the lock. So the links need not: counting
/// references on each would cost more than the links do, and a chain of 100,000 nodes that release each other would
/// overflow the stack.
@usableFromInline
class Node: @unchecked Sendable {
    final private(set) var id = TaskID(0)
    final let name: String
    @usableFromInline final let engine: TreeEngine
    /// In nanoseconds.
    final private(set) var grace: Int64 = 0
    /// The earliest on the path; `Int64.max` is none.
    final private(set) var deadline = Int64.max

    final unowned(unsafe) var parent: Node?
    /// Its children, the first and the last, and its neighbours among those of its parent. Not asked for as nodes where a node
    /// is linked and unlinked: that would count references of nodes that other threads are at.
    private final var first: Unmanaged<Node>?
    private final var last: Unmanaged<Node>?
    private final var next: Unmanaged<Node>?
    private final var previous: Unmanaged<Node>?
    /// Children that are not finished.
    final var liveChildren: Int32 = 0
    /// Handlers of it that run, and what others are opening in it: it does not end before.
    final var handlers: Int32 = 0

    /// Towards its children.
    final let policy: Policy
    final var phase: Phase = .running
    /// What its body did, once it ended.
    final var outcome: Outcome = .succeeded
    /// How many immediate starts are on the stack of the thread that begins it.
    final var startDepth: UInt8 = 0
    /// A scope without a body.
    final let isGroup: Bool
    /// Its failure goes to whoever awaits it, not to the policy of its parent.
    final let isCaught: Bool
    /// The body returned, or there is none and the scope was closed.
    final var bodyEnded = false
    /// The grace ended before the body did; forgotten if it returns before its children have ended.
    final var givenUp = false
    final var overdueReported = false
    /// Grace is over for it, and its releases get next to no time.
    final var isForced = false
    /// It has not begun: it waits for a place under a limit, or for its backoff to end.
    final var isQueued = false
    /// It has one of the places that its parent's limit gives.
    final var hasPlace = false
    /// Some of what it holds has an order of its own.
    final var hasOrder = false
    /// Its code is kept after its end: it may be started again.
    final let isRepeatable: Bool
    /// Whether a cascade has marked it, for who asks without the lock.
    final let isMarked = Atomic<Bool>(false)
    /// How far the body's Swift task was handed over.
    final let handover = Atomic<Handover>(.none)

    /// The cascade that marked it; the first wins.
    final private(set) var cascade: Cascade?
    /// The drain that told it to take no new work.
    final var drain: Drain?
    /// What its body threw.
    final var fault: Fault?
    /// The failures of children that its policy does not put up with.
    final var childFailure: ChildFailure?

    /// The newest of what it holds.
    final var newestResource: ResourceEntry?
    /// The body's Swift task, while it runs.
    final var task: Task<Void, Never>?
    /// The same task; to be compared while the body runs. Written once, before the body begins.
    final var runningTask = RunningTask()
    /// The body, where it sleeps until it is cancelled.
    final var parked: UnsafeContinuation<Wake, Never>?
    /// The body, where it sleeps for a time or until it is cancelled; maybe over.
    final var sleeper: Waiter?
    /// Others who sleep until it is cancelled.
    final var cancelWaiters: [Waiter] = []
    /// Who waits for its end.
    final var endWaiters: [Waiter] = []
    /// Where the running sweep of the engine is among its children.
    private final var cursor: Unmanaged<Node>?
    /// When it started, in nanoseconds since the session began.
    final private(set) var since: Int64 = 0
    /// What a keyframe says of it beyond the rest; most have none, and alike siblings share theirs.
    final private(set) var profile: NodeProfile?
    /// What it and all below it see.
    final let values: ScopeValues?
    /// What few nodes have.
    final var rare: RareParts?

    init(
        name: String, engine: TreeEngine, policy: Policy, isGroup: Bool, isCaught: Bool, isRepeatable: Bool = false,
        values: ScopeValues?
    ) {
        self.name = name
        self.engine = engine
        self.policy = policy
        self.isGroup = isGroup
        self.isCaught = isCaught
        self.isRepeatable = isRepeatable
        self.values = values
    }

    /// Starts its body, off the lock. A group has none.
    func begin() {}

    /// Whether nothing of the program's goes when it does, so that it may stay for a while: it is one of the many that
    /// succeeded, with nothing to say.
    var isPlain: Bool {
        outcome == .succeeded && !isGroup && cascade == nil && rare == nil && values == nil && childFailure == nil
    }

    /// A node with the same body that has not begun, or nil where there is nothing to start again.
    func again(_ settings: NodeSettings) -> Node? { nil }

    /// Gives it what is only known under the lock. From here on that does not change.
    final func settleIn(id: TaskID, grace: Int64, deadline: Int64, since: Int64, _ profile: NodeProfile?) {
        self.id = id
        self.grace = grace
        self.deadline = deadline
        self.since = since
        self.profile = profile
    }

    final var isCancelled: Bool { cascade != nil }
    /// Whether its cancel has come to it, or it is over: who sleeps in it is woken.
    final var isWoken: Bool { cascade.map { !$0.isMarking } ?? false || phase == .finished }
    final var isDraining: Bool { drain != nil }

    /// Why nothing new may start here, or nil.
    final var refusal: ScopeClosed? {
        if isCancelled { return ScopeClosed(name: name, reason: .cancelled) }
        let over = phase == .releasing || phase == .finished || (isGroup && bodyEnded)
        return over ? ScopeClosed(name: name, reason: .closed) : nil
    }

    /// The lock is held.
    final func mark(by cascade: Cascade) {
        self.cascade = cascade
        isMarked.store(true, ordering: .releasing)
    }

    /// The cause of its cancel: the cascade's at the root of it, and below that the parent.
    final var cause: Cause? {
        cascade?.cause(of: id)
    }

    /// Cancels the Swift task of its body, from there.
    @inline(never)
    final func cancelOwnTask() { withUnsafeCurrentTask { $0?.cancel() } }

    /// What whoever awaits its result is thrown once it is over, or nil.
    final var thrown: (any Error)? {
        switch outcome {
        case .succeeded: nil
        case .abandoned: TaskAbandoned(task: id, name: name)
        case .failed: childFailure.map { $0.error(at: id) } ?? fault?.error
        case .cancelled:
            missedItsDeadline ? DeadlineExceeded(name: name) : TaskCancelled(cause: cause ?? Cause(.code))
        }
    }

    /// What its failure means to its parent.
    final var failure: ChildFailure? { childFailure?.copy ?? fault.map { ChildFailure($0, of: self) } }

    /// Whether a cancel of it comes from its own deadline, which is a failure to its parent.
    final var missedItsDeadline: Bool {
        guard let cascade else { return false }
        return cascade.cause.kind == .deadline && cascade.rootID == id
    }

    /// The parts that few nodes have, made on first use.
    final var parts: RareParts {
        if let rare { return rare }
        let made = RareParts()
        rare = made
        return made
    }

    // MARK: Its place in the tree

    final var firstChild: Node? { first?.takeUnretainedValue() }
    final var lastChild: Node? { last?.takeUnretainedValue() }
    /// The one behind it; of a node that is over, in whatever list it is.
    final var nextSibling: Node? {
        get { next?.takeUnretainedValue() }
        set { next = newValue.map { .passUnretained($0) } }
    }
    final var sweepCursor: Node? {
        get { cursor?.takeUnretainedValue() }
        set { cursor = newValue.map { .passUnretained($0) } }
    }

    final func link(under parent: Node) {
        let this = Unmanaged.passUnretained(self)
        self.parent = parent
        previous = parent.last
        if let last = parent.last { last._withUnsafeGuaranteedRef { $0.next = this } } else { parent.first = this }
        parent.last = this
        parent.liveChildren += 1
    }

    /// Leaves the tree; no link of it or to it remains. Answers the parent that it had.
    final func unlink() -> Node? {
        guard let parent else { return nil }
        if parent.cursor?.toOpaque() == Unmanaged.passUnretained(self).toOpaque() { parent.cursor = next }
        if let next { next._withUnsafeGuaranteedRef { $0.previous = previous } } else { parent.last = previous }
        if let previous { previous._withUnsafeGuaranteedRef { $0.next = next } } else { parent.first = next }
        next = nil
        previous = nil
        self.parent = nil
        parent.liveChildren -= 1
        return parent
    }
}

/// A task with a body, and where the body leaves its result: written before the node ends, read after.
final class BodyNode<T: Sendable>: Node, @unchecked Sendable {
    typealias Body = @Sendable (TaskScope) async throws -> T

    /// Kept after its end only where it can be started again.
    private var code: Body?
    private var result: Result<T>?

    init(
        _ name: String, _ engine: TreeEngine, _ settings: borrowing NodeSettings, values: ScopeValues?,
        _ code: @escaping Body
    ) {
        self.code = code
        super.init(
            name: name, engine: engine, policy: settings.policy, isGroup: false, isCaught: settings.isCaught,
            isRepeatable: settings.isRepeatable, values: values)
    }

    /// What the body returned; to be asked for where it succeeded.
    var value: T? { Self.isEmpty ? unsafeBitCast((), to: T.self) : result?.value }

    /// There is but one value of the type, of no size: nothing is to be kept.
    private static var isEmpty: Bool { MemoryLayout<T>.size == 0 }

    override var isPlain: Bool { Self.isEmpty && super.isPlain }

    override func again(_ settings: NodeSettings) -> Node? {
        code.map { BodyNode(name, engine, settings, values: values, $0) }
    }

    override func begin() {
        // Bound before the task is made, which copies it: a binding inside would cost the body's frame.
        let task = TaskScope.$ofBody.withValue(TaskScope.Body(node: self)) { makeTask() }
        if take(task) { engine.cancel([task]) }
    }

    /// Each closure is written where it is used: one that is passed on costs the task a frame for each hand it goes through.
    private func makeTask() -> Task<Void, Never> {
        let executor = engine.options.executor
        // Not with a preference that is nil, which would cost each task a record.
        switch (startDepth > 0, executor) {
        case (false, nil): return Task { await self.run() }
        case (true, nil): return Task.immediate { await self.run() }
        case (false, let executor?): return Task(executorPreference: executor) { await self.run() }
        case (true, let executor?): return Task.immediate(executorPreference: executor) { await self.run() }
        }
    }

    /// The frame of this function is part of every parked task: what it does before and after is done elsewhere.
    private nonisolated(nonsending) func run() async {
        let code = startedCode()
        var fault: Fault?
        do {
            keep(try await code(TaskScope(self)))
        } catch {
            fault = Fault(error)
        }
        switch ended(fault) {
        case .release(let entry, let context): await engine.goOn(entry, context)
        default: break
        }
    }

    @inline(never)
    private func keep(_ value: T) {
        if !Self.isEmpty { result = Result(value) }
    }

    @inline(never)
    private func startedCode() -> Body {
        runningTask = .now
        guard let code else { preconditionFailure("a body begins once") }
        return code
    }

    /// Answers the release that this Swift task is to perform: none where it is cancelled, or may yet be, since releases
    /// never see that.
    @inline(never)
    private func ended(_ fault: Fault?) -> TreeEngine.Step {
        if !isRepeatable { code = nil }
        var wasCancelled = false
        switch engine.bodyEnded(self, fault, &wasCancelled) {
        case .release(let entry, let context):
            guard wasCancelled || Task.isCancelled else { return engine.goOnAtOnce(.release(entry, context)) }
            engine.goOnShielded(entry, context)
            return .rest
        default: return .rest
        }
    }
}

/// What a body returned. In a node an optional of an unknown type would have to be looked up at each end.
private final class Result<T: Sendable>: Sendable {
    let value: T
    init(_ value: T) { self.value = value }
}

/// An error with its text, which is the program's to make: off the lock.
final class Fault: Sendable {
    let error: any Error
    let shown: Failure
    /// Whether it says no more than that somebody was cancelled.
    let isCancellation: Bool

    init(_ error: any Error) {
        self.error = error
        shown = Failure(error)
        isCancellation =
            error is CancellationError || error is TaskCancelled || (error as? ScopeClosed)?.reason == .cancelled
    }
}

/// The first failure below a node that counts for it, and those that came after. Guarded by the engine's lock.
final class ChildFailure {
    let first: Fault
    /// Who threw it.
    let task: TaskID
    let name: String
    var suppressed: [Fault] = []

    init(_ fault: Fault, of node: Node) {
        first = fault
        // A body may throw on what it caught from a scope below it.
        task = (fault.error as? TaskFailure)?.task ?? node.id
        name = (fault.error as? TaskFailure)?.name ?? node.name
    }

    private init(_ other: ChildFailure) {
        first = other.first
        task = other.task
        name = other.name
        suppressed = other.suppressed
    }

    var copy: ChildFailure { ChildFailure(self) }

    /// What whoever awaits the node is thrown: where the node itself was the first and only one, what it threw.
    func error(at node: TaskID) -> any Error {
        if task == node, suppressed.isEmpty { return first.error }
        let caught = first.error as? TaskFailure
        return TaskFailure(
            error: caught?.error ?? first.error, task: task, name: name,
            suppressed: (caught?.suppressed ?? []) + suppressed.map { ($0.error as? TaskFailure)?.error ?? $0.error })
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
    /// How many cancel waiters there may be before those that are over are dropped.
    var mostCancelWaiters = 8
    /// Who waits until no child is alive.
    var idleWaiters: [Waiter] = []
    /// What its body says that it waits for, the innermost last.
    var waits: [TreeEvent.TaskWaiting] = []
    /// How many calls of its body wait for children of it: while there is one it is never overdue.
    var joins = 0
    /// When its patience began anew after such a wait.
    var patienceFrom: Int64?
    /// Children that can be started again by hand while this node lives.
    var restartable: [TaskID] = []
    /// How many of its children may run at once.
    var limit: Limit?
    /// How often its failed children are started again.
    var restarts: Restarts?
    /// What it takes to start it again.
    var settings: NodeSettings?
    /// When it was started again, of late; goes from attempt to attempt.
    var restartedAt: [Int64] = []
    /// The attempt that took its place.
    var successor: Node?
    /// Begins it when its backoff is over.
    var startTimer: StartTimer?
    /// Its neighbours in the queue of the limit.
    var nextQueued: Node?
    unowned(unsafe) var previousQueued: Node?
    /// Where it is stopped by itself.
    var shutdown: Shutdown?
    /// What was lent to it when it was spawned.
    var borrowed: [ResourceEntry] = []
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
