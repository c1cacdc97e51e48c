import TaskTree
import TreeModel

extension ScriptOutcome {
    /// What the log of a run says, and what its bodies and handlers saw.
    init(_ events: [TreeEvent], _ seen: ScriptRun.Seen) {
        var keys = Keys()
        var names: [TaskID: String] = [:]
        var held: [ResourceID: String] = [:]
        var roots: [CascadeID: TaskID] = [:]
        var drainRoots: [DrainID: TaskID] = [:]
        for event in events {
            switch event.change {
            case .taskStarted(let task):
                let key = keys.next(task.name)
                names[task.task] = key
                tasks[key] = TaskEnd(started: event.t, began: seen.began[task.task])
            case .taskFinished(let end):
                let errors = end.outcome == .abandoned ? [] : ([end.error].compactMap { $0 } + end.suppressed)
                tasks[names[end.task]!]?.outcome = end.outcome
                tasks[names[end.task]!]?.errors = Set(errors.map(\.message))
                tasks[names[end.task]!]?.cause = end.cause?.kind
                tasks[names[end.task]!]?.at = event.t
            case .taskReturned(let late): tasks[names[late.task]!]?.returned = event.t
            case .resourceAcquired(let resource):
                let key = keys.next(resource.name)
                held[resource.resource] = key
                resources[key] = ResourceEnd()
            case .resourceReleasing(let release): resources[held[release.resource]!]?.began = event.t
            case .resourceReleased(let end):
                resources[held[end.resource]!]?.released = end.outcome
                resources[held[end.resource]!]?.at = event.t
            case .resourceQuarantined(let kept): resources[held[kept.resource]!]?.quarantined += 1
            case .resourceReturned(let late): resources[held[late.resource]!]?.returned = late.outcome
            case .cancelRequested(let cancel): roots[cancel.cascade] = cancel.task
            case .cancelCompleted(let end):
                cascades[names[roots[end.cascade]!]!] = CascadeEnd(
                    tasks: Int(end.tasks), resources: Int(end.resources), failed: Int(end.failed),
                    timedOut: Int(end.timedOut), abandoned: Int(end.abandoned), at: event.t)
            case .drainRequested(let drain): drainRoots[drain.drain] = drain.task
            case .taskDraining(let told):
                tasks[names[told.task]!]?.drained = event.t
                tasks[names[told.task]!]?.drainedWith = names[drainRoots[told.drain]!]
            case .drainCompleted(let end): drains[names[drainRoots[end.drain]!]!] = event.t
            case .shutdownPhase(let step):
                let budget = step.budget.map { " within \($0)" } ?? ""
                shutdowns[names[step.task]!, default: []].append("\(step.phase.name)\(budget) at \(event.t)")
            case .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling, .taskJoining,
                .taskOverdue, .resourceAcquiring, .resourceFailed, .engineStarved, .snapshotBegin, .snapshotTask,
                .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
                break
            }
        }
        for handler in seen.handlers { handlers[keys.next(handler.name)] = handler.at }
    }
}
