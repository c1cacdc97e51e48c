import TreeModel

/// An event that the formats of traces show as a point in time.
struct Instant {
    enum Place { case request, mark, end }

    var category: String
    var name: String
    /// The task that it happens to; the cascade's own events may have none.
    var task: TaskID?
    /// The cascade that it belongs to, and where in it.
    var cascade: (id: CascadeID, place: Place)?

    /// Nil if the event is told by a span, or is nothing to look at.
    init?(_ event: TreeEvent) {
        switch event.change {
        case .cancelRequested(let fields):
            self.init("cancel", "cancel: \(fields.cause)", fields.task, (fields.cascade, .request))
        case .taskCancelling(let fields): self.init("cancel", "cancelling", fields.task, (fields.cascade, .mark))
        case .cancelCompleted(let fields): self.init("cancel", "cancel completed", nil, (fields.cascade, .end))
        case .cancelEscalated(let fields): self.init("cancel", "cancel escalated\(fields.by.map { ": \($0)" } ?? "")")
        case .taskOverdue(let fields): self.init("cancel", "overdue", fields.task)
        case .taskReturned(let fields): self.init("cancel", "returned after all", fields.task)
        case .taskLog(let fields): self.init("log", "\(fields.level): \(fields.message)", fields.task)
        case .drainRequested(let fields): self.init("drain", "drain: \(fields.cause)", fields.task)
        case .taskDraining(let fields): self.init("drain", "draining", fields.task)
        case .drainCompleted: self.init("drain", "drain completed")
        case .shutdownPhase(let fields): self.init("shutdown", "shutdown: \(fields.phase.name)")
        case .engineStarved: self.init("engine", "the pool ran nothing")
        case .gap(let fields): self.init("gap", "\(fields.lost) events are lost")
        case .sessionEnded(let fields): self.init("session", "ended: \(fields.reason.name)")
        case .taskStarted, .taskProgress, .taskWaiting, .taskResumed, .taskJoining, .resourceAcquiring,
            .resourceFailed, .resourceAcquired, .resourceReleasing, .resourceReleased, .resourceQuarantined,
            .resourceReturned, .taskFinished, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd:
            return nil
        }
    }

    private init(
        _ category: String, _ name: String, _ task: TaskID? = nil, _ cascade: (id: CascadeID, place: Place)? = nil
    ) {
        self.category = category
        self.name = name
        self.task = task
        self.cascade = cascade
    }
}
