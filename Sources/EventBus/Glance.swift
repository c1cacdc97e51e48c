import TreeModel

/// What can be said of a record at a glance: without its strings.
public struct Glance: Sendable {
    public let kind: TreeEvent.Kind
    public internal(set) var seq: UInt64 = 0
    public internal(set) var t: Int64 = 0
    /// Where the record begins, in bytes from the chunk's beginning.
    public internal(set) var offset = 0
    /// The task that it is about, if it is about one.
    public private(set) var task: TaskID?
    /// The parent of a task that starts, or that has a row.
    public private(set) var parent: TaskID?
    /// It is an ordinary step in a task's life that ends well: of a row, that nothing is remarkable about the task.
    public private(set) var isPlain = false
    /// How many places of the log it takes.
    private(set) var places: UInt64 = 1

    /// Reads the fields of a record.
    @inline(__always)
    init(_ kind: TreeEvent.Kind, from reader: inout RecordReader) {
        @inline(__always) func read<F: EventFields>(_: F.Type) -> F {
            var fields = F()
            fields.visit(&reader)
            return fields
        }
        self.kind = kind
        switch kind {
        case .taskStarted:
            let fields = read(TreeEvent.TaskStarted.self)
            (task, parent, isPlain) = (fields.task, fields.parent, true)
        case .taskFinished:
            let fields = read(TreeEvent.TaskFinished.self)
            task = fields.task
            isPlain =
                fields.outcome == .succeeded && fields.error == nil && fields.suppressed.isEmpty && fields.cause == nil
        case .taskJoining:
            let fields = read(TreeEvent.TaskJoining.self)
            (task, isPlain) = (fields.task, fields.outcome == .succeeded && fields.error == nil)
        case .taskWaiting: (task, isPlain) = (read(TreeEvent.TaskWaiting.self).task, true)
        case .taskResumed: (task, isPlain) = (read(TreeEvent.TaskResumed.self).task, true)
        case .snapshotTask:
            let fields = read(TreeEvent.SnapshotTask.self)
            (task, parent, places) = (fields.started.task, fields.started.parent, 0)
            isPlain =
                fields.phase != .finished && !fields.draining && fields.cascade == nil && fields.cause == nil
                && !fields.overdue
        case .snapshotResource:
            (task, places) = (read(TreeEvent.SnapshotResource.self).acquired.task, 0)
        case .taskProgress: task = read(TreeEvent.TaskProgress.self).task
        case .taskLog: task = read(TreeEvent.TaskLog.self).task
        case .cancelRequested: task = read(TreeEvent.CancelRequested.self).task
        case .taskCancelling: task = read(TreeEvent.TaskCancelling.self).task
        case .taskOverdue: task = read(TreeEvent.TaskOverdue.self).task
        case .resourceAcquiring: task = read(TreeEvent.ResourceAcquiring.self).task
        case .resourceFailed: task = read(TreeEvent.ResourceFailed.self).task
        case .resourceAcquired: task = read(TreeEvent.ResourceAcquired.self).task
        case .resourceReleasing: task = read(TreeEvent.ResourceReleasing.self).task
        case .resourceReleased: task = read(TreeEvent.ResourceReleased.self).task
        case .resourceQuarantined: task = read(TreeEvent.ResourceQuarantined.self).task
        case .taskReturned: task = read(TreeEvent.TaskReturned.self).task
        case .drainRequested: task = read(TreeEvent.DrainRequested.self).task
        case .taskDraining: task = read(TreeEvent.TaskDraining.self).task
        case .shutdownPhase: task = read(TreeEvent.ShutdownPhaseBegan.self).task
        case .gap: places = read(TreeEvent.Gap.self).lost
        case .cancelEscalated: _ = read(TreeEvent.CancelEscalated.self)
        case .resourceReturned: _ = read(TreeEvent.ResourceReturned.self)
        case .cancelCompleted: _ = read(TreeEvent.CancelCompleted.self)
        case .drainCompleted: _ = read(TreeEvent.DrainCompleted.self)
        case .engineStarved: _ = read(TreeEvent.EngineStarved.self)
        case .sessionEnded: _ = read(TreeEvent.SessionEnded.self)
        case .snapshotBegin: places = 0
        case .snapshotEnd:
            _ = read(TreeEvent.SnapshotEnd.self)
            places = 0
        }
    }
}
