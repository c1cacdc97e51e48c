extension TreeEvent.Change {
    /// The same change with the fields as a visitor leaves them that changes some.
    public func edited<V: FieldVisitor>(by visitor: inout V) -> Self {
        func edit<F: EventFields>(_ fields: F, _ visitor: inout V) -> F {
            var fields = fields
            fields.visit(&visitor)
            return fields
        }
        switch self {
        case .taskStarted(let fields): return .taskStarted(edit(fields, &visitor))
        case .taskProgress(let fields): return .taskProgress(edit(fields, &visitor))
        case .taskLog(let fields): return .taskLog(edit(fields, &visitor))
        case .taskWaiting(let fields): return .taskWaiting(edit(fields, &visitor))
        case .taskResumed(let fields): return .taskResumed(edit(fields, &visitor))
        case .cancelRequested(let fields): return .cancelRequested(edit(fields, &visitor))
        case .cancelEscalated(let fields): return .cancelEscalated(edit(fields, &visitor))
        case .taskCancelling(let fields): return .taskCancelling(edit(fields, &visitor))
        case .taskJoining(let fields): return .taskJoining(edit(fields, &visitor))
        case .taskOverdue(let fields): return .taskOverdue(edit(fields, &visitor))
        case .resourceAcquiring(let fields): return .resourceAcquiring(edit(fields, &visitor))
        case .resourceFailed(let fields): return .resourceFailed(edit(fields, &visitor))
        case .resourceAcquired(let fields): return .resourceAcquired(edit(fields, &visitor))
        case .resourceReleasing(let fields): return .resourceReleasing(edit(fields, &visitor))
        case .resourceReleased(let fields): return .resourceReleased(edit(fields, &visitor))
        case .resourceQuarantined(let fields): return .resourceQuarantined(edit(fields, &visitor))
        case .resourceReturned(let fields): return .resourceReturned(edit(fields, &visitor))
        case .taskFinished(let fields): return .taskFinished(edit(fields, &visitor))
        case .taskReturned(let fields): return .taskReturned(edit(fields, &visitor))
        case .cancelCompleted(let fields): return .cancelCompleted(edit(fields, &visitor))
        case .drainRequested(let fields): return .drainRequested(edit(fields, &visitor))
        case .taskDraining(let fields): return .taskDraining(edit(fields, &visitor))
        case .drainCompleted(let fields): return .drainCompleted(edit(fields, &visitor))
        case .shutdownPhase(let fields): return .shutdownPhase(edit(fields, &visitor))
        case .engineStarved(let fields): return .engineStarved(edit(fields, &visitor))
        case .snapshotBegin(let fields): return .snapshotBegin(edit(fields, &visitor))
        case .snapshotTask(let fields): return .snapshotTask(edit(fields, &visitor))
        case .snapshotResource(let fields): return .snapshotResource(edit(fields, &visitor))
        case .snapshotEnd(let fields): return .snapshotEnd(edit(fields, &visitor))
        case .gap(let fields): return .gap(edit(fields, &visitor))
        case .sessionEnded(let fields): return .sessionEnded(edit(fields, &visitor))
        }
    }
}
