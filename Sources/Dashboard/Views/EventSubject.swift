import TreeModel

/// What an event is about.
struct EventSubject {
    var task: TaskID?
    var resource: ResourceID?
    var cascade: CascadeID?
    var drain: DrainID?
    /// The task as it starts, or as a snapshot has it.
    var started: TreeEvent.TaskStarted?
    /// The resource's name, where the event says it.
    var resourceName: String?
    /// Another task that it has to do with.
    var other: TaskID?

    init(_ change: TreeEvent.Change) {
        switch change {
        case .taskStarted(let fields):
            task = fields.task
            started = fields
        case .snapshotTask(let fields):
            task = fields.started.task
            started = fields.started
        case .taskProgress(let fields): task = fields.task
        case .taskLog(let fields): task = fields.task
        case .taskWaiting(let fields): task = fields.task
        case .taskResumed(let fields): task = fields.task
        case .taskJoining(let fields): task = fields.task
        case .taskOverdue(let fields): task = fields.task
        case .taskFinished(let fields): task = fields.task
        case .taskReturned(let fields): task = fields.task
        case .shutdownPhase(let fields): task = fields.task
        case .taskDraining(let fields): task = fields.task
        case .taskCancelling(let fields): task = fields.task
        case .cancelRequested(let fields): (task, cascade) = (fields.task, fields.cascade)
        case .cancelEscalated(let fields): cascade = fields.cascade
        case .cancelCompleted(let fields): cascade = fields.cascade
        case .drainRequested(let fields): (task, drain) = (fields.task, fields.drain)
        case .drainCompleted(let fields): drain = fields.drain
        case .resourceAcquiring(let fields):
            (task, resource, resourceName) = (fields.task, fields.resource, fields.name)
        case .resourceAcquired(let fields):
            (task, resource, resourceName) = (fields.task, fields.resource, fields.name)
        case .snapshotResource(let fields):
            (task, resource, resourceName) = (fields.acquired.task, fields.acquired.resource, fields.acquired.name)
        case .resourceFailed(let fields): (task, resource) = (fields.task, fields.resource)
        case .resourceReleasing(let fields): (task, resource) = (fields.task, fields.resource)
        case .resourceReleased(let fields): (task, resource) = (fields.task, fields.resource)
        case .resourceQuarantined(let fields):
            (task, resource, other) = (fields.task, fields.resource, fields.because)
        case .resourceReturned(let fields): resource = fields.resource
        case .engineStarved, .snapshotBegin, .snapshotEnd, .gap, .sessionEnded: break
        }
    }
}
