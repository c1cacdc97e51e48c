import TreeModel

/// One cancel request and what it set in motion. Guarded by the engine's lock.
final class Cascade: @unchecked Sendable {
    let id: CascadeID
    /// The task that was cancelled; let go when it ends.
    var root: Node?
    let rootID: TaskID
    let cause: Cause
    let requested: Int64
    var isForced: Bool
    /// Until its last mark nothing that it marked is woken or released.
    var isMarking = true
    /// When the tasks were woken: grace counts from here.
    var woken: Int64 = 0
    /// Tasks that ended while marking went on, with something to release.
    var heldBack: [Node] = []
    /// Early releases that wait for the last mark.
    var markWaiters: [Waiter] = []
    let patience = PatienceTimer()

    // What this cascade marked, counted as it ends.
    var tasks: UInt64 = 0
    var resources: UInt64 = 0
    /// Releases that threw.
    var failed: UInt64 = 0
    var timedOut: UInt64 = 0
    var abandoned: UInt64 = 0
    /// Who was abandoned, up to some hundred.
    var left: [StopReport.Left] = []

    init(id: CascadeID, root: Node, cause: Cause, requested: Int64, isForced: Bool) {
        self.id = id
        self.root = root
        rootID = root.id
        self.cause = cause
        self.requested = requested
        self.isForced = isForced
    }

    /// Why a task that it marked was cancelled: the root of it by its cause, and below that because of the root.
    func cause(of task: TaskID) -> Cause {
        rootID == task ? cause : Cause(cause.kind, by: cause.by, origin: rootID, message: cause.message)
    }

    /// How long a body may take: nearly nothing when forced, just enough to unwind.
    func grace(of node: Node) -> Int64 { isForced || node.isForced ? min(node.grace, 100_000_000) : node.grace }

    /// Of the tasks that it marked.
    var shortestGrace = Int64.max
    /// How long after the wake the first of them may be overdue: a tenth of its grace, at most 250 ms.
    var soonest: Int64 { min(shortestGrace / 10, 250_000_000) }

    /// How many had ended at the last look.
    var endedBefore: UInt64 = 0

    /// Whether a look through its tasks is under way or to come.
    var isCheckDue = false
}

/// Looks through a cascade's tasks again when the next of them may be overdue or out of grace. One timer a cascade,
/// whatever its size: most have ended long before.
final class PatienceTimer: TimerEntry {
    /// Until it is over. Not weak: that would make each count of its references a slow one.
    var cascade: Cascade?
    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        guard let cascade else { return }
        engine.checkPatienceSoon(cascade, &after)
    }
}

/// One drain request. Guarded by the engine's lock.
final class Drain: @unchecked Sendable {
    let id: DrainID
    /// The task that was told.
    let root: TaskID
    let requested: Int64
    init(id: DrainID, root: TaskID, requested: Int64) {
        self.id = id
        self.root = root
        self.requested = requested
    }
}
