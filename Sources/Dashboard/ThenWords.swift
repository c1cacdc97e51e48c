import Canvas
import TreeModel

/// What a recorded session says about how a task went on: its own end, and that of what it waits for.
struct ThenWords {
    private let tree: LiveTree
    private let events: [TreeEvent]
    private let task: TaskID
    private let holder: LiveTree.Holder?
    private let abandonedAt: Int64?

    init(_ state: DashboardState, _ slot: LiveTree.Slot) {
        tree = state.shown
        events = state.replay?.ahead ?? []
        task = tree.id(slot)
        holder = tree.waitTarget(slot).flatMap { [tree, task] in tree.holder(of: $0, for: task) }
        let info = tree.info(slot)
        abandonedAt = info.outcome == .abandoned ? info.finishedAt : nil
    }

    func lines(limit: Int) -> [[Span]] {
        var lines: [[Span]] = []
        for event in events where lines.count < limit {
            guard let spans = spans(event) else { continue }
            lines.append([Span(Words.seconds(event.t) + " ", .dim)] + spans)
        }
        return lines
    }

    private func spans(_ event: TreeEvent) -> [Span]? {
        switch event.change {
        case .cancelRequested(let fields):
            guard fields.task == task || fields.task == holder?.task else { return nil }
            return [Span("cancel \(name(fields.task)): \(fields.cause.description)", .cancelling)]
        case .taskFinished(let fields):
            guard fields.task == task || (fields.task == holder?.task && holder?.resource == nil) else { return nil }
            return [
                Span("\(name(fields.task)) \(fields.outcome.name)"),
                Span(fields.error.map { ": \($0.message)" } ?? "", .failed),
            ]
        case .taskOverdue(let fields):
            return fields.task == task ? [Span("\(name(task)) is overdue", .overdue)] : nil
        case .taskReturned(let fields):
            guard fields.task == task else { return nil }
            let late = abandonedAt.map {
                ", \(Words.duration(max(0, min(event.t, 1 << 60)) - $0)) after it was abandoned"
            }
            return [Span("\(name(task)) came home\(late ?? "")", .abandoned)]
        case .resourceReleased(let fields):
            guard let resource = holder?.resource, resource.id == fields.resource else { return nil }
            return [
                Span(
                    "\(resource.name) released by \(holder?.name ?? ""), \(Words.duration(Int64(min(fields.duration, 1 << 60))))"
                )
            ]
        case .resourceQuarantined(let fields):
            guard let resource = holder?.resource, resource.id == fields.resource else { return nil }
            return [Span("\(resource.name) quarantined", .abandoned)]
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling,
            .taskJoining, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
            return nil
        }
    }

    private func name(_ task: TaskID) -> String {
        let slot = tree.slot(of: task)
        return slot >= 0 ? tree.name(slot) : "task \(task)"
    }
}
