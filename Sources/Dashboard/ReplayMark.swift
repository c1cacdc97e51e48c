import TreeModel

/// An instant of a session that is worth going to.
public struct ReplayMark: Sendable, Equatable {
    public enum Kind: Character, Sendable {
        case failed = "f"
        case deadline = "d"
        /// A wait that became too long, or a cancelled task that became overdue.
        case waiting = "!"
        case cancel = "C"
        case abandoned = "A"
        /// A resource that nobody released.
        case leaked = "L"
        case shutdown = "S"
        /// Events are missing.
        case gap = "~"
        /// A promise that a check found broken.
        case violated = "V"
    }
    public var kind: Kind
    public var t: Int64
    /// How many events are folded just after it.
    public var position: Int
    /// The task that it is about, if it is about one.
    public var task: TaskID?
    /// What the task was called; of what a check found, where and what.
    public var name: String
}

extension ReplayMark {
    static func mark(_ change: TreeEvent.Change) -> (Kind, TaskID?)? {
        switch change {
        case .taskFinished(let fields):
            switch fields.outcome {
            case .failed: (fields.cause?.kind == .deadline ? .deadline : .failed, fields.task)
            case .abandoned: (.abandoned, fields.task)
            case .succeeded, .cancelled: nil
            }
        case .cancelRequested(let fields): (fields.cause.kind == .deadline ? .deadline : .cancel, fields.task)
        case .taskOverdue(let fields): (.waiting, fields.task)
        case .resourceReleased(let fields): fields.outcome == .leaked ? (.leaked, fields.task) : nil
        case .shutdownPhase(let fields): fields.phase == .draining ? (.shutdown, fields.task) : nil
        case .gap: (.gap, nil)
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling,
            .taskJoining, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceQuarantined, .resourceReturned, .taskReturned, .cancelCompleted, .drainRequested, .taskDraining,
            .drainCompleted, .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd,
            .sessionEnded:
            nil
        }
    }
}
