import TreeModel

/// What a timeline shows of a session: the tasks that matter most, what they held, and the cancels.
struct TimelineRows {
    /// How many tasks are shown at most.
    static let most = 2_000
    /// How many cancels are.
    static let mostCancels = 200

    struct Task {
        var span: TaskSpan
        /// Its place among the ends of the tasks of its cancel, from 1.
        var order: Int?
        /// Whether it or one below it went wrong.
        var isTrouble: Bool
    }

    struct Cancel {
        var id: CascadeID
        var root: TaskID
        var path: String
        var cause: String
        var t: Int64
        var completed: TreeEvent.CancelCompleted?
    }

    private(set) var tasks: [Task] = []
    private(set) var resources: [TaskID: [ResourceSpan]] = [:]
    private(set) var cancels: [Cancel] = []
    /// Tasks that are left out because there are too many, or cancels.
    private(set) var leftOut = (tasks: 0, cancels: 0)
    private let top: TaskID?
    /// Tasks that are alive and to be shown.
    private var inside: Set<TaskID> = []
    /// Those below which something went wrong.
    private var troubled: Set<TaskID> = []
    private var ends: [CascadeID: Int] = [:]

    init(below top: TaskID?) { self.top = top }

    mutating func begin(_ task: TaskSpan) {
        let isInside = top.map { $0 == task.info.id || task.info.parent.map(inside.contains) ?? false } ?? true
        if isInside { inside.insert(task.info.id) }
    }

    mutating func end(_ task: TaskSpan) {
        let info = task.info
        var order: Int?
        if let cascade = info.cascade, info.outcome != nil {
            ends[cascade, default: 0] += 1
            order = ends[cascade]
        }
        guard inside.remove(info.id) != nil else { return }
        let isTrouble =
            info.outcome == .failed || info.outcome == .abandoned || task.overdueAt != nil || info.hasLeaked
            || troubled.remove(info.id) != nil
        if isTrouble, let parent = info.parent, inside.contains(parent) { troubled.insert(parent) }
        tasks.append(Task(span: task, order: order, isTrouble: isTrouble))
        if tasks.count > 4 * Self.most { prune() }
    }

    mutating func end(_ resource: ResourceSpan) {
        guard inside.contains(resource.task), resources[resource.task]?.count ?? 0 < 16 else { return }
        resources[resource.task, default: []].append(resource)
    }

    mutating func saw(_ event: TreeEvent, _ tree: LiveTree) {
        switch event.change {
        case .cancelRequested(let fields):
            guard cancels.count < Self.mostCancels else { return leftOut.cancels += 1 }
            let path = tree.cascade(fields.cascade)?.path ?? "task \(fields.task)"
            cancels.append(
                Cancel(
                    id: fields.cascade, root: fields.task, path: path, cause: fields.cause.description,
                    t: min(max(event.t, 0), tree.now)))
        case .cancelCompleted(let fields):
            if let index = cancels.lastIndex(where: { $0.id == fields.cascade }) { cancels[index].completed = fields }
            ends[fields.cascade] = nil
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling,
            .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished, .taskReturned,
            .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase, .engineStarved, .snapshotBegin,
            .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
            break
        }
    }

    /// Leaves out what matters least. A parent matters at least as much as its children: it lived longer, and what went
    /// wrong below it counts for it too.
    private mutating func prune() {
        guard tasks.count > Self.most else { return }
        tasks.sort { a, b in
            if a.isTrouble != b.isTrouble { return a.isTrouble }
            let (long, short) = (a.span.end - a.span.info.startedAt, b.span.end - b.span.info.startedAt)
            return long == short ? a.span.info.id < b.span.info.id : long > short
        }
        for task in tasks[Self.most...] { resources[task.span.info.id] = nil }
        leftOut.tasks += tasks.count - Self.most
        tasks.removeLast(tasks.count - Self.most)
    }

    /// The tasks in the order of the tree, and how deep each is. All are there: nothing is to come.
    mutating func inOrder() -> [(task: Task, depth: Int)] {
        prune()
        for id in resources.keys { resources[id]?.sort { ($0.start, $0.id) < ($1.start, $1.id) } }
        tasks.sort { ($0.span.info.startedAt, $0.span.info.id) < ($1.span.info.startedAt, $1.span.info.id) }
        let known = Set(tasks.map(\.span.info.id))
        var below: [TaskID: [Int]] = [:]
        for (index, task) in tasks.enumerated() {
            let parent = task.span.info.parent.flatMap { known.contains($0) ? $0 : nil }
            below[parent ?? TaskID(0), default: []].append(index)
        }
        var found: [(Task, Int)] = []
        // The children of an id are taken once: in a log that makes no sense, one may come twice, or be its own parent.
        while let top = below.keys.min() {
            var stack = (below.removeValue(forKey: top) ?? []).reversed().map { (index: $0, depth: 0) }
            while let (index, depth) = stack.popLast() {
                found.append((tasks[index], depth))
                let children = below.removeValue(forKey: tasks[index].span.info.id) ?? []
                stack += children.reversed().map { ($0, depth + 1) }
            }
        }
        return found
    }
}
