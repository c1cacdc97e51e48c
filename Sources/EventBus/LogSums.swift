import TreeModel

/// What a log counts of what is appended: a keyframe says it at its end, because its rows say only what is alive.
package struct LogSums {
    var started: UInt64 = 0
    private var succeeded: UInt64 = 0
    private var failed: UInt64 = 0
    private var cancelled: UInt64 = 0
    private var abandoned: UInt64 = 0
    private var returned: UInt64 = 0
    var acquired: UInt64 = 0
    private var released: UInt64 = 0
    private var releaseFailures: UInt64 = 0
    private var leaked: UInt64 = 0
    private var starvations: UInt64 = 0

    package init() {}

    package mutating func count(_ change: TreeEvent.Change) {
        switch change {
        case .taskStarted: started &+= 1
        case .taskFinished(let fields): count(end: fields.outcome)
        case .taskReturned: returned &+= 1
        case .resourceAcquired: acquired &+= 1
        case .resourceReleased(let fields): count(release: fields.outcome)
        case .engineStarved: starvations &+= 1
        case .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated, .taskCancelling,
            .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceReleasing, .resourceQuarantined,
            .resourceReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
            break
        }
    }

    @inline(__always)
    mutating func count(end outcome: Outcome) {
        switch outcome {
        case .succeeded: succeeded &+= 1
        case .failed: failed &+= 1
        case .cancelled: cancelled &+= 1
        case .abandoned: abandoned &+= 1
        }
    }

    @inline(__always)
    mutating func count(release outcome: ReleaseOutcome) {
        released &+= 1
        switch outcome {
        case .ok: break
        case .failed, .timedOut: releaseFailures &+= 1
        case .leaked: leaked &+= 1
        }
    }

    package var fields: TreeEvent.SnapshotEnd {
        var end = TreeEvent.SnapshotEnd()
        end.started = started
        end.succeeded = succeeded
        end.failed = failed
        end.cancelled = cancelled
        end.abandoned = abandoned
        end.returned = returned
        end.acquired = acquired
        end.released = released
        end.releaseFailures = releaseFailures
        end.leaked = leaked
        end.starvations = starvations
        return end
    }
}
