import TreeModel

/// A tree folded without any cleverness, to compare with: it recomputes everything each time that it is asked.
struct NaiveTree {
    struct Task {
        var parent: UInt64?
        var isLive = true
        var outcome: Outcome?
        var returned = false
        var overdue = false
        var leaked = false
        var held: Set<UInt64> = []
    }
    var tasks: [UInt64: Task] = [:]
    var owners: [UInt64: UInt64] = [:]
    var quarantined: Set<UInt64> = []

    mutating func apply(_ change: TreeEvent.Change) {
        switch change {
        case .taskStarted(let fields):
            guard tasks[fields.task.rawValue] == nil else { return }
            let parent = fields.parent.flatMap { tasks[$0.rawValue] == nil ? nil : $0.rawValue }
            tasks[fields.task.rawValue] = Task(parent: parent)
        case .taskFinished(let fields):
            guard tasks[fields.task.rawValue]?.isLive == true else { return }
            tasks[fields.task.rawValue]!.isLive = false
            tasks[fields.task.rawValue]!.overdue = false
            tasks[fields.task.rawValue]!.outcome = fields.outcome
        case .taskReturned(let fields):
            if tasks[fields.task.rawValue]?.outcome == .abandoned { tasks[fields.task.rawValue]!.returned = true }
        case .taskJoining(let fields):
            if tasks[fields.task.rawValue]?.isLive == true { tasks[fields.task.rawValue]!.overdue = false }
        case .taskOverdue(let fields):
            if tasks[fields.task.rawValue]?.isLive == true { tasks[fields.task.rawValue]!.overdue = true }
        case .resourceAcquired(let fields):
            guard owners[fields.resource.rawValue] == nil else { return }
            // What is acquired by nobody known belongs to nobody.
            owners[fields.resource.rawValue] = tasks[fields.task.rawValue] == nil ? .max : fields.task.rawValue
            // What comes to a task that is over is held by nobody in the tree.
            guard tasks[fields.task.rawValue]?.isLive == true else { return }
            tasks[fields.task.rawValue]?.held.insert(fields.resource.rawValue)
        case .resourceReleased(let fields):
            guard let owner = owners.removeValue(forKey: fields.resource.rawValue) else { return }
            quarantined.remove(fields.resource.rawValue)
            tasks[owner]?.held.remove(fields.resource.rawValue)
            if fields.outcome == .leaked { tasks[owner]?.leaked = true }
        case .resourceQuarantined(let fields):
            guard let owner = owners[fields.resource.rawValue] else { return }
            quarantined.insert(fields.resource.rawValue)
            tasks[owner]?.held.remove(fields.resource.rawValue)
        case .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .resourceAcquiring, .resourceFailed, .resourceReleasing, .resourceReturned,
            .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase, .engineStarved,
            .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
            break
        }
    }

    func sums(_ id: UInt64) -> (live: Int, held: Int, troubles: Int) {
        let task = tasks[id]!
        let isTrouble =
            task.outcome == .failed || (task.outcome == .abandoned && !task.returned) || task.overdue || task.leaked
        var total = (live: task.isLive ? 1 : 0, held: task.held.count, troubles: isTrouble ? 1 : 0)
        for (child, other) in tasks where other.parent == id {
            let below = sums(child)
            total = (total.live + below.live, total.held + below.held, total.troubles + below.troubles)
        }
        return total
    }
}
