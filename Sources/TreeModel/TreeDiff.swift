/// What differs between two instants of a session. It is made at the first, fed the events up to the second, and keeps
/// what was alive then, not what happened.
public struct TreeDiff: Sendable {
    /// A task that is there at one of the instants, as a row of a snapshot says it.
    public struct Task: Sendable, Hashable {
        public var row: TreeEvent.SnapshotTask
        /// The names from the root to it.
        public var path: String
        /// How it ended, if it did and the log says so.
        public var outcome: Outcome?
        public var error: Failure?
    }

    /// A resource that is held at one of the instants.
    public struct Resource: Sendable, Hashable {
        public var row: TreeEvent.SnapshotResource
        /// The names from the root to its task.
        public var path: String
        /// How its release ended, if it did and the log says so.
        public var outcome: ReleaseOutcome?
    }

    /// What differs. Each list is in the order of the tree.
    public struct Changes: Sendable {
        /// There at the second instant and not at the first.
        public var started: [Task] = []
        /// There at the first instant and not at the second.
        public var ended: [Task] = []
        /// Tasks that started and ended in between.
        public var passingTasks = 0
        public var acquired: [Resource] = []
        public var released: [Resource] = []
        /// Resources that were acquired and released in between.
        public var passingResources = 0
        /// At both instants, and not the same: a phase, a wait, a mark.
        public var changed: [(before: Task, after: Task)] = []
        public var changedResources: [(before: Resource, after: Resource)] = []
        /// Events that are known to be missing in between.
        public var lost: UInt64 = 0
    }

    private let tasks: [Task]
    private let resources: [Resource]
    private let known: Set<TaskID>
    private let held: Set<ResourceID>
    private var ends: [TaskID: TreeEvent.TaskFinished] = [:]
    private var releases: [ResourceID: ReleaseOutcome] = [:]
    private var counts = Changes()

    /// - Parameter tree: the tree at the first instant.
    public init(from tree: LiveTree) {
        (tasks, resources) = Self.rows(tree)
        known = Set(tasks.map(\.row.started.task))
        held = Set(resources.map(\.row.acquired.resource))
    }

    /// Takes the next event behind the first instant.
    public mutating func note(_ event: TreeEvent) {
        if case .taskFinished(let fields) = event.change {
            if known.contains(fields.task) { ends[fields.task] = fields } else { counts.passingTasks += 1 }
        }
        if case .resourceReleased(let fields) = event.change {
            if held.contains(fields.resource) {
                releases[fields.resource] = fields.outcome
            } else {
                counts.passingResources += 1
            }
        }
        if case .gap(let fields) = event.change { counts.lost &+= fields.lost }
    }

    /// What differs from the first instant.
    /// - Parameter tree: the tree at the second one.
    public func changes(to tree: LiveTree) -> Changes {
        var changes = counts
        let (tasks, resources) = Self.rows(tree)
        let nowTasks = Dictionary(tasks.map { ($0.row.started.task, $0) }) { first, _ in first }
        let nowHeld = Dictionary(resources.map { ($0.row.acquired.resource, $0) }) { first, _ in first }
        changes.started = tasks.filter { !known.contains($0.row.started.task) }
        // What started and is abandoned has ended, and is there.
        changes.passingTasks -= changes.started.count { $0.row.phase == .finished }
        changes.acquired = resources.filter { !held.contains($0.row.acquired.resource) }
        for var task in self.tasks {
            let end = ends[task.row.started.task]
            if var after = nowTasks[task.row.started.task] {
                after.outcome = end?.outcome
                if after.row != task.row { changes.changed.append((task, after)) }
            } else {
                task.outcome = end?.outcome
                task.error = end?.error
                changes.ended.append(task)
            }
        }
        for var resource in self.resources {
            if let after = nowHeld[resource.row.acquired.resource] {
                if after.row != resource.row { changes.changedResources.append((resource, after)) }
            } else {
                resource.outcome = releases[resource.row.acquired.resource]
                changes.released.append(resource)
            }
        }
        return changes
    }

    private static func rows(_ tree: LiveTree) -> ([Task], [Resource]) {
        func path(_ id: TaskID) -> String {
            let slot = tree.slot(of: id)
            return slot < 0 ? "task \(id)" : tree.path(slot)
        }
        var tasks: [Task] = []
        var resources: [Resource] = []
        for row in tree.snapshotRows() {
            if case .snapshotTask(let row) = row { tasks.append(Task(row: row, path: path(row.started.task))) }
            if case .snapshotResource(let row) = row {
                resources.append(Resource(row: row, path: path(row.acquired.task)))
            }
        }
        return (tasks, resources)
    }
}
