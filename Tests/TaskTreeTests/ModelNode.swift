import TreeModel

/// A task or a group, as the plain model has it.
final class ModelNode {
    /// What its body waits for, but for what nothing can end.
    enum Wait {
        case nothing, sleep, cancel, drain
        case release(ModelResource)
        case end(of: ModelNode)
    }
    let name: String
    /// The name that tells it from others of the same.
    let key: String
    let scope: ScopeScript
    let parent: ModelNode?
    let script: TaskScript?
    var isCaught = false
    var children: [ModelNode] = []

    // Its body.
    var next = 0
    var wait = Wait.nothing
    /// It has not begun: it waits for a place, or for its backoff to end.
    var isQueued = false
    /// Its body is over or given up.
    var bodyIsOver = false
    /// Its grace ended before its body, which has not returned.
    var isGivenUp = false
    var isReleasing = false
    var isFinished = false
    var outcome = Outcome.succeeded
    /// What its body threw, if that is a failure.
    var error: String?
    /// What children failed with, once one has.
    var childErrors: Set<String>?
    /// When it was started again, of late.
    var restartedAt: [Int64] = []

    // Its children's places.
    var hasPlace = false
    var placesTaken = 0
    var queue: [ModelNode] = []

    // What it holds, the newest last, and what its body opened in all.
    var held: [ModelResource] = []
    var opened: [ModelResource] = []
    /// What it was lent, and what of that is left to it because it was abandoned.
    var borrowed: [ModelResource] = []
    var leftToIt: [ModelResource] = []

    // Cancel, drain and shutdown.
    var deadline = Int64.max
    var deadlineHolds = true
    var cascade: ModelCascade?
    var patienceEnds: Int64 = 0
    var isForced = false
    /// Whose drain told it.
    var drain: ModelNode?
    var shutdown: ModelShutdown?
    var cancelHandlers: [HandlerScript] = []
    var drainHandlers: [HandlerScript] = []
    var handlersRunning = 0

    init(_ name: String, _ key: String, _ scope: ScopeScript, _ script: TaskScript?, under parent: ModelNode?) {
        self.name = name
        self.key = key
        self.scope = scope
        self.script = script
        self.parent = parent
        parent?.children.append(self)
    }

    var isGroup: Bool { script == nil }
    var waitsForChildren: Bool { if case .end = wait { true } else { false } }
    var missedItsDeadline: Bool { cascade.map { $0.cause == .deadline && $0.root === self } ?? false }
    var deadlineError: String { "\(name) was not done by its deadline" }
    var all: [ModelNode] { [self] + children.flatMap(\.all) }

    /// As its end in the log has them.
    var errors: Set<String> {
        switch outcome {
        case .succeeded, .abandoned: []
        case .cancelled: missedItsDeadline ? [deadlineError] : []
        case .failed: (childErrors ?? []).union(error.map { [$0] } ?? [])
        }
    }

    /// What its caller is thrown.
    var thrown: Set<String>? {
        switch outcome {
        case .succeeded: nil
        case .abandoned: ["abandoned"]
        case .cancelled: missedItsDeadline ? [deadlineError] : ["cancelled"]
        case .failed: errors
        }
    }

    /// What its end means to a parent that minds: its errors, or nothing.
    var failure: Set<String> {
        // A missed deadline is a failure also where the task did not even heed it.
        if outcome == .failed { errors } else { missedItsDeadline && outcome != .succeeded ? [deadlineError] : [] }
    }
}

final class ModelResource {
    enum State { case held, releasing, over }
    let script: ResourceScript
    let key: String
    let owner: ModelNode
    let isLease: Bool
    /// What it is released before; nil is all that its owner acquired earlier.
    var before: [ModelResource]?
    var state = State.held
    /// Its release was asked for.
    var isGivenBack = false
    /// Its handle is gone.
    var isDropped = false
    var isLeaked = false
    /// The release is to be as soon as nobody has borrowed it.
    var isDue = false
    /// How many abandoned tasks may still use it, that borrowed it.
    var borrowers = 0

    init(_ script: ResourceScript, _ key: String, of owner: ModelNode, isLease: Bool) {
        self.script = script
        self.key = key
        self.owner = owner
        self.isLease = isLease
        before = script.after.map { $0.map { owner.opened[$0] } }
    }

    /// Whether it is to be released before the other, which is older.
    func goesBefore(_ other: ModelResource) -> Bool { before?.contains { $0 === other } ?? true }

    /// It names others, or others name it.
    var hasOrder: Bool { before != nil || owner.opened.contains { $0.before != nil && $0.goesBefore(self) } }
}

final class ModelCascade {
    let cause: CauseKind
    let root: ModelNode
    var end = ScriptOutcome.CascadeEnd()
    init(_ cause: CauseKind, _ root: ModelNode) {
        self.cause = cause
        self.root = root
    }
}

final class ModelShutdown {
    let cause: CauseKind
    let ends: Int64
    var isDraining = true
    init(_ cause: CauseKind, ends: Int64) {
        self.cause = cause
        self.ends = ends
    }
}
