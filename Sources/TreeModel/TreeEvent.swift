/// One line of the log: a change of the tree, when it happened, and its place among all changes.
///
/// The order of the log is the order of the changes: an event is appended under the lock that makes its change.
public struct TreeEvent: Hashable, Sendable {
    /// Its place: from 1, without a hole but where a `gap` says so.
    public var seq: UInt64
    /// Nanoseconds since the session began, monotonic.
    public var t: Int64
    public var change: Change

    @inlinable public init(seq: UInt64, t: Int64, change: Change) {
        self.seq = seq
        self.t = t
        self.change = change
    }

    /// What happened, with the fields of its kind.
    public enum Change: Hashable, Sendable {
        case taskStarted(TaskStarted)
        case taskProgress(TaskProgress)
        case taskLog(TaskLog)
        case taskWaiting(TaskWaiting)
        case taskResumed(TaskResumed)
        case cancelRequested(CancelRequested)
        case cancelEscalated(CancelEscalated)
        case taskCancelling(TaskCancelling)
        case taskJoining(TaskJoining)
        case taskOverdue(TaskOverdue)
        case resourceAcquiring(ResourceAcquiring)
        case resourceFailed(ResourceFailed)
        case resourceAcquired(ResourceAcquired)
        case resourceReleasing(ResourceReleasing)
        case resourceReleased(ResourceReleased)
        case resourceQuarantined(ResourceQuarantined)
        case resourceReturned(ResourceReturned)
        case taskFinished(TaskFinished)
        case taskReturned(TaskReturned)
        case cancelCompleted(CancelCompleted)
        case drainRequested(DrainRequested)
        case taskDraining(TaskDraining)
        case drainCompleted(DrainCompleted)
        case shutdownPhase(ShutdownPhaseBegan)
        case engineStarved(EngineStarved)
        case snapshotBegin(SnapshotBegin)
        /// Indirect, as `snapshotEnd`: they are by far the largest, and would make each of the others as large.
        indirect case snapshotTask(SnapshotTask)
        case snapshotResource(SnapshotResource)
        indirect case snapshotEnd(SnapshotEnd)
        case gap(Gap)
        case sessionEnded(SessionEnded)
    }

    /// The kinds of events, numbered as in the binary log. New kinds are appended.
    public enum Kind: UInt8, Word {
        case taskStarted, taskProgress, taskLog, taskWaiting, taskResumed, cancelRequested, cancelEscalated,
            taskCancelling, taskJoining, taskOverdue, resourceAcquiring, resourceFailed, resourceAcquired,
            resourceReleasing, resourceReleased, resourceQuarantined, resourceReturned, taskFinished,
            taskReturned, cancelCompleted, drainRequested, taskDraining, drainCompleted, shutdownPhase,
            engineStarved, snapshotBegin, snapshotTask, snapshotResource, snapshotEnd, gap, sessionEnded
        public static let names = [
            "task.started", "task.progress", "task.log", "task.waiting", "task.resumed", "cancel.requested",
            "cancel.escalated", "task.cancelling", "task.joining", "task.overdue", "resource.acquiring",
            "resource.failed", "resource.acquired", "resource.releasing", "resource.released",
            "resource.quarantined", "resource.returned", "task.finished", "task.returned", "cancel.completed",
            "drain.requested", "task.draining", "drain.completed", "shutdown.phase", "engine.starved",
            "snapshot.begin", "snapshot.task", "snapshot.resource", "snapshot.end", "gap", "session.ended",
        ]
    }
}

extension TreeEvent.Kind {
    /// A row of a snapshot.
    @inlinable @inline(__always) public var isRow: Bool { self == .snapshotTask || self == .snapshotResource }

    /// Something that happened: neither a part of a snapshot nor a gap, which say what was or is not known.
    @inlinable public var isHappening: Bool { !isOfSnapshot && self != .gap }

    /// A row of a snapshot, or a mark around them. These take no place in the log.
    @inlinable public var isOfSnapshot: Bool {
        switch self {
        case .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd: true
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired,
            .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished,
            .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .gap, .sessionEnded:
            false
        }
    }
}

extension TreeEvent.Change {
    /// The resource of an event that does not say its name, and after which that may be gone.
    public var unnamedResource: ResourceID? {
        switch self {
        case .resourceFailed(let fields): fields.resource
        case .resourceReleasing(let fields): fields.resource
        case .resourceReleased(let fields): fields.resource
        case .resourceQuarantined(let fields): fields.resource
        case .resourceReturned(let fields): fields.resource
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceAcquired, .taskFinished,
            .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
            nil
        }
    }

    /// The kind of this change.
    @inlinable public var kind: TreeEvent.Kind {
        switch self {
        case .taskStarted: .taskStarted
        case .taskProgress: .taskProgress
        case .taskLog: .taskLog
        case .taskWaiting: .taskWaiting
        case .taskResumed: .taskResumed
        case .cancelRequested: .cancelRequested
        case .cancelEscalated: .cancelEscalated
        case .taskCancelling: .taskCancelling
        case .taskJoining: .taskJoining
        case .taskOverdue: .taskOverdue
        case .resourceAcquiring: .resourceAcquiring
        case .resourceFailed: .resourceFailed
        case .resourceAcquired: .resourceAcquired
        case .resourceReleasing: .resourceReleasing
        case .resourceReleased: .resourceReleased
        case .resourceQuarantined: .resourceQuarantined
        case .resourceReturned: .resourceReturned
        case .taskFinished: .taskFinished
        case .taskReturned: .taskReturned
        case .cancelCompleted: .cancelCompleted
        case .drainRequested: .drainRequested
        case .taskDraining: .taskDraining
        case .drainCompleted: .drainCompleted
        case .shutdownPhase: .shutdownPhase
        case .engineStarved: .engineStarved
        case .snapshotBegin: .snapshotBegin
        case .snapshotTask: .snapshotTask
        case .snapshotResource: .snapshotResource
        case .snapshotEnd: .snapshotEnd
        case .gap: .gap
        case .sessionEnded: .sessionEnded
        }
    }

    /// Shows every field to the visitor.
    @inlinable public func visit<V: FieldVisitor>(_ visitor: inout V) {
        switch self {
        case .taskStarted(var fields): fields.visit(&visitor)
        case .taskProgress(var fields): fields.visit(&visitor)
        case .taskLog(var fields): fields.visit(&visitor)
        case .taskWaiting(var fields): fields.visit(&visitor)
        case .taskResumed(var fields): fields.visit(&visitor)
        case .cancelRequested(var fields): fields.visit(&visitor)
        case .cancelEscalated(var fields): fields.visit(&visitor)
        case .taskCancelling(var fields): fields.visit(&visitor)
        case .taskJoining(var fields): fields.visit(&visitor)
        case .taskOverdue(var fields): fields.visit(&visitor)
        case .resourceAcquiring(var fields): fields.visit(&visitor)
        case .resourceFailed(var fields): fields.visit(&visitor)
        case .resourceAcquired(var fields): fields.visit(&visitor)
        case .resourceReleasing(var fields): fields.visit(&visitor)
        case .resourceReleased(var fields): fields.visit(&visitor)
        case .resourceQuarantined(var fields): fields.visit(&visitor)
        case .resourceReturned(var fields): fields.visit(&visitor)
        case .taskFinished(var fields): fields.visit(&visitor)
        case .taskReturned(var fields): fields.visit(&visitor)
        case .cancelCompleted(var fields): fields.visit(&visitor)
        case .drainRequested(var fields): fields.visit(&visitor)
        case .taskDraining(var fields): fields.visit(&visitor)
        case .drainCompleted(var fields): fields.visit(&visitor)
        case .shutdownPhase(var fields): fields.visit(&visitor)
        case .engineStarved(var fields): fields.visit(&visitor)
        case .snapshotBegin(var fields): fields.visit(&visitor)
        case .snapshotTask(var fields): fields.visit(&visitor)
        case .snapshotResource(var fields): fields.visit(&visitor)
        case .snapshotEnd(var fields): fields.visit(&visitor)
        case .gap(var fields): fields.visit(&visitor)
        case .sessionEnded(var fields): fields.visit(&visitor)
        }
    }

    /// A change of this kind with the fields that the visitor, a reader, fills in.
    @inlinable public init<V: FieldVisitor>(_ kind: TreeEvent.Kind, from visitor: inout V) {
        @inline(__always) func read<F: EventFields>(_: F.Type, _ visitor: inout V) -> F {
            var fields = F()
            fields.visit(&visitor)
            return fields
        }
        switch kind {
        case .taskStarted: self = .taskStarted(read(TreeEvent.TaskStarted.self, &visitor))
        case .taskProgress: self = .taskProgress(read(TreeEvent.TaskProgress.self, &visitor))
        case .taskLog: self = .taskLog(read(TreeEvent.TaskLog.self, &visitor))
        case .taskWaiting: self = .taskWaiting(read(TreeEvent.TaskWaiting.self, &visitor))
        case .taskResumed: self = .taskResumed(read(TreeEvent.TaskResumed.self, &visitor))
        case .cancelRequested: self = .cancelRequested(read(TreeEvent.CancelRequested.self, &visitor))
        case .cancelEscalated: self = .cancelEscalated(read(TreeEvent.CancelEscalated.self, &visitor))
        case .taskCancelling: self = .taskCancelling(read(TreeEvent.TaskCancelling.self, &visitor))
        case .taskJoining: self = .taskJoining(read(TreeEvent.TaskJoining.self, &visitor))
        case .taskOverdue: self = .taskOverdue(read(TreeEvent.TaskOverdue.self, &visitor))
        case .resourceAcquiring: self = .resourceAcquiring(read(TreeEvent.ResourceAcquiring.self, &visitor))
        case .resourceFailed: self = .resourceFailed(read(TreeEvent.ResourceFailed.self, &visitor))
        case .resourceAcquired: self = .resourceAcquired(read(TreeEvent.ResourceAcquired.self, &visitor))
        case .resourceReleasing: self = .resourceReleasing(read(TreeEvent.ResourceReleasing.self, &visitor))
        case .resourceReleased: self = .resourceReleased(read(TreeEvent.ResourceReleased.self, &visitor))
        case .resourceQuarantined: self = .resourceQuarantined(read(TreeEvent.ResourceQuarantined.self, &visitor))
        case .resourceReturned: self = .resourceReturned(read(TreeEvent.ResourceReturned.self, &visitor))
        case .taskFinished: self = .taskFinished(read(TreeEvent.TaskFinished.self, &visitor))
        case .taskReturned: self = .taskReturned(read(TreeEvent.TaskReturned.self, &visitor))
        case .cancelCompleted: self = .cancelCompleted(read(TreeEvent.CancelCompleted.self, &visitor))
        case .drainRequested: self = .drainRequested(read(TreeEvent.DrainRequested.self, &visitor))
        case .taskDraining: self = .taskDraining(read(TreeEvent.TaskDraining.self, &visitor))
        case .drainCompleted: self = .drainCompleted(read(TreeEvent.DrainCompleted.self, &visitor))
        case .shutdownPhase: self = .shutdownPhase(read(TreeEvent.ShutdownPhaseBegan.self, &visitor))
        case .engineStarved: self = .engineStarved(read(TreeEvent.EngineStarved.self, &visitor))
        case .snapshotBegin: self = .snapshotBegin(read(TreeEvent.SnapshotBegin.self, &visitor))
        case .snapshotTask: self = .snapshotTask(read(TreeEvent.SnapshotTask.self, &visitor))
        case .snapshotResource: self = .snapshotResource(read(TreeEvent.SnapshotResource.self, &visitor))
        case .snapshotEnd: self = .snapshotEnd(read(TreeEvent.SnapshotEnd.self, &visitor))
        case .gap: self = .gap(read(TreeEvent.Gap.self, &visitor))
        case .sessionEnded: self = .sessionEnded(read(TreeEvent.SessionEnded.self, &visitor))
        }
    }
}
