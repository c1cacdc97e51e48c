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
        // What has left the tree is remembered for a while.
        guard slot >= 0 else { return ended(below: task).first { $0.task == task }.map { ($0.name, "") } }
        let above = parent(slot)
        return (name(slot), above >= 0 ? name(above) : "")
    }
    func name(of resource: ResourceID) -> String? { resourceName(resource) }
    func root(of cascade: CascadeID) -> TaskID? { self.cascade(cascade)?.root }
    func root(of drain: DrainID) -> TaskID? { drains.last { $0.id == drain }?.root }
}

/// Names of a recording as far as it was read, and beyond that as a tree has them.
struct NamesSoFar: EventNames {
    let session: SessionNames
    let tree: LiveTree

    func names(of task: TaskID) -> (name: String, parent: String)? { session.names(of: task) ?? tree.names(of: task) }
    func name(of resource: ResourceID) -> String? { session.name(of: resource) ?? tree.name(of: resource) }
    func root(of cascade: CascadeID) -> TaskID? { session.root(of: cascade) ?? tree.root(of: cascade) }
    func root(of drain: DrainID) -> TaskID? { session.root(of: drain) ?? tree.root(of: drain) }
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

    /// What it is about, and what that is called.
    /// - Parameter known: what its resource is called, where `names` may not know it.
    init(_ event: TreeEvent, in names: borrowing some EventNames, resource known: String? = nil) {
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
            if let known = known ?? subject.resourceName {
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
}

/// The last events of a live session, without the rows of snapshots. What they are about is looked up when it is shown, and
/// before the tree forgets it.
struct EventTail: Sendable {
    /// How many are kept.
    static let capacity = 4_096
    /// What ends stays in a tree for longer than this, in nanoseconds.
    private static let patience = Words.second

    private var kept: [EventEntry] = []
    /// What came since, each with the name of its resource, which the tree may have no more.
    private var fresh: [(event: TreeEvent, resource: String?)] = []
    private var freshSince: Int64 = 0

    /// The last events that were looked up, oldest first.
    var entries: ArraySlice<EventEntry> { kept.suffix(Self.capacity) }

    /// Takes in an event before the tree does.
    mutating func append(_ event: TreeEvent, in tree: borrowing LiveTree) {
        guard !event.change.kind.isOfSnapshot else { return }
        keepUp(with: tree, at: Replay.clamped(event.t))
        if fresh.isEmpty { freshSince = tree.now }
        var resource: String?
        if let id = event.change.unnamedResource { resource = tree.resourceName(id) }
        fresh.append((event, resource))
        if fresh.count >= 2 * Self.capacity { fresh.removeFirst(Self.capacity) }
    }

    /// Looks up what has waited for that, before the tree goes on to some instant.
    mutating func keepUp(with tree: borrowing LiveTree, at time: Int64) {
        if time - freshSince >= Self.patience { lookUp(in: tree) }
    }

    /// Looks up what the events are about that came since.
    mutating func lookUp(in tree: borrowing LiveTree) {
        for (event, resource) in fresh.suffix(Self.capacity) {
            kept.append(EventEntry(event, in: tree, resource: resource))
        }
        fresh.removeAll(keepingCapacity: true)
        if kept.count >= 2 * Self.capacity { kept.removeFirst(kept.count - Self.capacity) }
    }
}

/// What a recorded session calls its tasks and resources, as far as it was read.
struct SessionNames: EventNames, Sendable {
    /// In the order of the ids, as they mostly come; what comes out of order is kept apart.
    private var tasks = NamePages<(parent: UInt64, name: String)>()
    private var otherTasks: [UInt64: (parent: UInt64, name: String)] = [:]
    private var resources = NamePages<String>()
    private var otherResources: [UInt64: String] = [:]
    private var cascades: [CascadeID: TaskID] = [:]
    private var drains: [DrainID: TaskID] = [:]

    mutating func note(_ event: TreeEvent) {
        let subject = EventSubject(event.change)
        if let started = subject.started { add(started) }
        if let id = subject.resource, let name = subject.resourceName { add(id.rawValue, name) }
        if let cascade = subject.cascade, let task = subject.task, cascades[cascade] == nil {
            cascades[cascade] = task
        }
        if let drain = subject.drain, let task = subject.task, drains[drain] == nil { drains[drain] = task }
    }

    private mutating func add(_ started: TreeEvent.TaskStarted) {
        let id = started.task.rawValue
        let task = (started.parent?.rawValue ?? 0, started.name)
        if !tasks.append(id, task), find(id) == nil { otherTasks[id] = task }
    }

    private mutating func add(_ id: UInt64, _ name: String) {
        if !resources.append(id, name), self.name(of: ResourceID(id)) == nil { otherResources[id] = name }
    }

    private func find(_ id: UInt64) -> (parent: UInt64, name: String)? { tasks[id] ?? otherTasks[id] }

    func names(of task: TaskID) -> (name: String, parent: String)? {
        find(task.rawValue).map { ($0.name, find($0.parent)?.name ?? "") }
    }

    func name(of resource: ResourceID) -> String? { resources[resource.rawValue] ?? otherResources[resource.rawValue] }

    func root(of cascade: CascadeID) -> TaskID? { cascades[cascade] }
    func root(of drain: DrainID) -> TaskID? { drains[drain] }
}

/// Values by ids that come in ascending order. To add one to a copy costs a page, and not all.
private struct NamePages<Value: Sendable>: Sendable {
    private static var size: Int { 1_024 }
    private var pages: [[(id: UInt64, value: Value)]] = []

    /// False for an id that is not greater than the last.
    mutating func append(_ id: UInt64, _ value: Value) -> Bool {
        guard id > pages.last?.last?.id ?? 0 else { return false }
        if pages.last?.count ?? Self.size == Self.size { pages.append([]) }
        pages[pages.count - 1].append((id, value))
        return true
    }

    subscript(id: UInt64) -> Value? {
        let page = pages.firstPlace { $0[0].id > id } - 1
        guard page >= 0 else { return nil }
        let index = pages[page].firstPlace { $0.id >= id }
        return index < pages[page].count && pages[page][index].id == id ? pages[page][index].value : nil
    }
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
