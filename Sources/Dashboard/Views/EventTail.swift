import TreeModel

/// Who knows what things of a log are called.
protocol EventNames {
    func names(of task: TaskID) -> (name: String, parent: String)?
    func name(of resource: ResourceID) -> String?
    func root(of cascade: CascadeID) -> TaskID?
    func root(of drain: DrainID) -> TaskID?
}

extension LiveTree: EventNames {
    func names(of task: TaskID) -> (name: String, parent: String)? {
        let slot = slot(of: task)
        guard slot >= 0 else { return nil }
        let above = parent(slot)
        return (name(slot), above >= 0 ? name(above) : "")
    }
    func name(of resource: ResourceID) -> String? { resourceName(resource) }
    func root(of cascade: CascadeID) -> TaskID? { self.cascade(cascade)?.root }
    func root(of drain: DrainID) -> TaskID? { drains.last { $0.id == drain }?.root }
}

/// An event with the names of what it is about, as they were when it came.
struct EventEntry: Sendable {
    var event: TreeEvent
    var task: TaskID?
    var name = ""
    /// The name of the task's parent; empty for a root.
    var parent = ""
    var resource = ""
    /// The name of another task that it has to do with.
    var other = ""

    /// What it is about, and what that is called before it is folded in.
    init(_ event: TreeEvent, in names: borrowing some EventNames) {
        self.event = event
        let subject = EventSubject(event.change)
        // No closures here: each would copy the tree.
        task = subject.task
        if task == nil, let cascade = subject.cascade { task = names.root(of: cascade) }
        if task == nil, let drain = subject.drain { task = names.root(of: drain) }
        if let started = subject.started {
            name = started.name
            if let above = started.parent, let known = names.names(of: above) { parent = known.name }
        } else if let task {
            if let known = names.names(of: task) { (name, parent) = known } else { name = "task \(task)" }
        }
        if let id = subject.resource {
            if let known = subject.resourceName {
                resource = known
            } else if let known = names.name(of: id) {
                resource = known
            } else {
                resource = "resource \(id)"
            }
        }
        if let id = subject.other {
            if let known = names.names(of: id) { other = known.name } else { other = "task \(id)" }
        }
    }

    /// Whether it only says what there is: the row of a snapshot.
    static func isRow(_ event: TreeEvent) -> Bool {
        switch event.change {
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

/// The last events of a live session, without the rows of snapshots.
struct EventTail: Sendable {
    /// How many are kept.
    static let capacity = 4_096

    private var kept: [EventEntry] = []

    /// The last events, oldest first.
    var entries: ArraySlice<EventEntry> { kept.suffix(Self.capacity) }

    mutating func append(_ entry: EventEntry) {
        kept.append(entry)
        if kept.count >= 2 * Self.capacity { kept.removeFirst(Self.capacity) }
    }

    /// The first of some events that will not have been pushed out by the last of them.
    static func firstKept(of events: [TreeEvent]) -> Int {
        guard events.count > capacity else { return 0 }
        var left = capacity
        for index in events.indices.reversed() where !EventEntry.isRow(events[index]) {
            left -= 1
            if left == 0 { return index }
        }
        return 0
    }
}

/// What a recorded session calls its tasks and resources.
struct SessionNames: EventNames, Sendable {
    /// In the order of the ids, as they mostly come; what comes out of order is kept apart.
    private var tasks: [(id: UInt64, parent: UInt64, name: String)] = []
    private var otherTasks: [UInt64: (parent: UInt64, name: String)] = [:]
    private var resources: [(id: UInt64, name: String)] = []
    private var otherResources: [UInt64: String] = [:]
    private var cascades: [CascadeID: TaskID] = [:]
    private var drains: [DrainID: TaskID] = [:]

    init(_ events: [TreeEvent]) {
        for event in events {
            let subject = EventSubject(event.change)
            if let started = subject.started { add(started) }
            if let id = subject.resource, let name = subject.resourceName { add(id.rawValue, name) }
            if let cascade = subject.cascade, let task = subject.task, cascades[cascade] == nil {
                cascades[cascade] = task
            }
            if let drain = subject.drain, let task = subject.task, drains[drain] == nil { drains[drain] = task }
        }
    }

    private mutating func add(_ started: TreeEvent.TaskStarted) {
        let id = started.task.rawValue
        let parent = started.parent?.rawValue ?? 0
        if id > tasks.last?.id ?? 0 {
            tasks.append((id, parent, started.name))
        } else if find(id) == nil {
            otherTasks[id] = (parent, started.name)
        }
    }

    private mutating func add(_ id: UInt64, _ name: String) {
        if id > resources.last?.id ?? 0 {
            resources.append((id, name))
        } else if self.name(of: ResourceID(id)) == nil {
            otherResources[id] = name
        }
    }

    private func find(_ id: UInt64) -> (parent: UInt64, name: String)? {
        let index = tasks.firstPlace { $0.id >= id }
        if index < tasks.count, tasks[index].id == id { return (tasks[index].parent, tasks[index].name) }
        return otherTasks[id]
    }

    func names(of task: TaskID) -> (name: String, parent: String)? {
        find(task.rawValue).map { ($0.name, find($0.parent)?.name ?? "") }
    }

    func name(of resource: ResourceID) -> String? {
        let index = resources.firstPlace { $0.id >= resource.rawValue }
        if index < resources.count, resources[index].id == resource.rawValue { return resources[index].name }
        return otherResources[resource.rawValue]
    }

    func root(of cascade: CascadeID) -> TaskID? { cascades[cascade] }
    func root(of drain: DrainID) -> TaskID? { drains[drain] }
}

extension Array {
    /// The first place from which on all elements are as asked; those that are not stand before those that are.
    fileprivate func firstPlace(where isAsked: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAsked(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
