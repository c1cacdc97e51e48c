extension LiveTree {
    /// The slot of a task, or -1.
    public func slot(of task: TaskID) -> Slot { slots[task.rawValue] ?? -1 }
    /// The first root, or -1. Roots and children stand in the order in which they started.
    public var root: Slot { roots.first }
    public var rootCount: Int { Int(roots.count) }
    public func parent(_ slot: Slot) -> Slot { nodes[Int(slot)].parent }
    public func firstChild(_ slot: Slot) -> Slot { nodes[Int(slot)].children.first }
    public func lastChild(_ slot: Slot) -> Slot { nodes[Int(slot)].children.last }
    public func nextSibling(_ slot: Slot) -> Slot { nodes[Int(slot)].next }
    public func previousSibling(_ slot: Slot) -> Slot { nodes[Int(slot)].previous }
    public func childCount(_ slot: Slot) -> Int { Int(nodes[Int(slot)].children.count) }
    public func depth(_ slot: Slot) -> Int { Int(nodes[Int(slot)].depth) }
    public func id(_ slot: Slot) -> TaskID { TaskID(nodes[Int(slot)].id) }
    public func name(_ slot: Slot) -> String { nodes[Int(slot)].name }
    public func kind(_ slot: Slot) -> String? { nodes[Int(slot)].profile.kind }
    public func labels(_ slot: Slot) -> [Label] { nodes[Int(slot)].profile.labels }
    public func phase(_ slot: Slot) -> Phase { nodes[Int(slot)].phase }
    public func outcome(_ slot: Slot) -> Outcome? { nodes[Int(slot)].outcome }
    public func cascade(_ slot: Slot) -> CascadeID? {
        let cascade = nodes[Int(slot)].cascade
        return cascade > 0 ? CascadeID(cascade) : nil
    }
    /// Unfinished tasks in the subtree, the task included, as of the last `settle()`.
    public func live(_ slot: Slot) -> Int { Int(nodes[Int(slot)].sums.live) }
    /// Held resources in the subtree, as of the last `settle()`.
    public func held(_ slot: Slot) -> Int { Int(nodes[Int(slot)].sums.held) }
    /// Tasks with a trouble in the subtree, as of the last `settle()`.
    public func troubles(_ slot: Slot) -> Int { Int(nodes[Int(slot)].sums.troubles) }
    /// Whether the task itself is a trouble.
    public func isTroubled(_ slot: Slot) -> Bool { nodes[Int(slot)].flags.contains(.troubled) }
    public func ownHeld(_ slot: Slot) -> Int { Int(nodes[Int(slot)].ownHeld) }
    public func startedAt(_ slot: Slot) -> Int64 { nodes[Int(slot)].startedAt }
    /// How many tasks the tree keeps, those that ended included.
    public var count: Int { slots.count }

    /// The next task in the order of the tree: first child, else next sibling, else that of an ancestor; -1 at the end.
    public func following(_ slot: Slot) -> Slot {
        let child = nodes[Int(slot)].children.first
        return child >= 0 ? child : followingAfter(slot)
    }

    /// The next task in the order of the tree that is not below `slot`; -1 at the end.
    public func followingAfter(_ slot: Slot) -> Slot {
        var slot = slot
        while slot >= 0 {
            let next = nodes[Int(slot)].next
            if next >= 0 { return next }
            slot = nodes[Int(slot)].parent
        }
        return -1
    }

    /// The names from the root to a task, with `/` between them; of a long path, its two ends.
    public func path(_ slot: Slot) -> String {
        pathNames(slot).joined(separator: "/")
    }

    /// The names from the root to a task; the middle of a long path is `...`.
    public func pathNames(_ slot: Slot) -> [String] {
        var names: [String] = []
        var slot = slot
        while slot >= 0 {
            if names.count == 8 {
                names.append("...")
                break
            }
            names.append(nodes[Int(slot)].name)
            slot = nodes[Int(slot)].parent
        }
        return names.reversed()
    }

    /// Whether a task is `ancestor` or below it.
    public func isBelow(_ slot: Slot, _ ancestor: Slot) -> Bool {
        var slot = slot
        while slot >= 0 {
            if slot == ancestor { return true }
            slot = nodes[Int(slot)].parent
        }
        return false
    }

    /// All that is known about a task; nil once it is gone.
    public func task(_ id: TaskID) -> TaskInfo? {
        slots[id.rawValue].map(info)
    }

    /// All that is known about the task in a slot.
    public func info(_ slot: Slot) -> TaskInfo {
        let node = nodes[Int(slot)]
        let more = node.more.first
        return TaskInfo(
            id: TaskID(node.id),
            parent: node.parent >= 0 ? TaskID(nodes[Int(node.parent)].id) : more?.missingParent,
            name: node.name, kind: node.profile.kind, labels: node.profile.labels, phase: node.phase,
            outcome: node.outcome, bodyOutcome: more?.bodyOutcome, isDraining: node.flags.contains(.draining),
            cascade: node.cascade > 0 ? CascadeID(node.cascade) : nil, cause: cause(of: node),
            startedAt: node.startedAt, cancelledAt: positive(node.cancelledAt),
            bodyEndedAt: positive(node.bodyEndedAt), finishedAt: positive(node.finishedAt),
            returnedAt: more?.returnedAt, deadline: positive(node.deadline), grace: grace(slot),
            policy: node.profile.policy, limit: node.profile.limit, attempt: more?.attempt,
            restartOf: more?.restartOf, waiting: more?.waiting, overdueOn: more?.overdueOn,
            progress: more?.progress, log: more?.log, error: more?.error, suppressed: more?.suppressed ?? [],
            isOverdue: node.flags.contains(.overdue), waitsTooLong: node.flags.contains(.waitsTooLong),
            hasLeaked: node.flags.contains(.leaked), released: node.released,
            releasedCount: Int(node.releasedCount), ownHeld: Int(node.ownHeld), live: Int(node.sums.live),
            held: Int(node.sums.held), troubles: Int(node.sums.troubles), children: Int(node.children.count),
            depth: Int(node.depth))
    }

    func cause(of node: Node) -> Cause? {
        if let cause = node.more.first?.cause { return cause }
        guard node.cascade > 0 else { return nil }
        return cascades.last { $0.id.rawValue == node.cascade }?.cause
    }

    /// A task's own resources, in the order of acquisition.
    public func resources(of slot: Slot) -> [Resource] {
        var found: [Resource] = []
        var resource = nodes[Int(slot)].firstResource
        while resource >= 0 {
            found.append(value(resources[Int(resource)]))
            resource = resources[Int(resource)].next
        }
        return found
    }

    /// A resource that is not released.
    public func resource(_ id: ResourceID) -> Resource? {
        resourceSlots[id.rawValue].map { value(resources[Int($0)]) }
    }

    func value(_ resource: ResourceNode) -> Resource {
        Resource(
            id: ResourceID(resource.id), task: resource.task >= 0 ? TaskID(nodes[Int(resource.task)].id) : nil,
            name: resource.name, kind: resource.kind, state: resource.state, since: resource.since,
            releasingSince: positive(resource.releasingSince), budget: resource.budget, after: resource.after,
            because: resource.state == .quarantined ? TaskID(resource.because) : nil)
    }

    /// The cascade with this id, while it is remembered.
    public func cascade(_ id: CascadeID) -> Cascade? {
        cascades.last { $0.id == id }
    }
}

extension LiveTree {
    /// What a task waits for at this moment.
    public func waiting(_ slot: Slot) -> Waiting? { nodes[Int(slot)].more.first?.waiting }
    /// Its grace, unless it has that of its parent.
    public func ownGrace(_ slot: Slot) -> UInt64? { nodes[Int(slot)].profile.grace }
    /// Its grace, its own or inherited; nil when the log does not say.
    public func grace(_ slot: Slot) -> UInt64? {
        var slot = slot
        for _ in 0..<1_000 where slot >= 0 {
            if let grace = nodes[Int(slot)].profile.grace { return grace }
            slot = nodes[Int(slot)].parent
        }
        return nil
    }
    public func cancelledAt(_ slot: Slot) -> Int64? { positive(nodes[Int(slot)].cancelledAt) }
    public func hasLeaked(_ slot: Slot) -> Bool { nodes[Int(slot)].flags.contains(.leaked) }
    /// Whether it was abandoned and has not returned.
    public func isAway(_ slot: Slot) -> Bool {
        nodes[Int(slot)].outcome == .abandoned && !nodes[Int(slot)].flags.contains(.returned)
    }
    public func isDraining(_ slot: Slot) -> Bool { nodes[Int(slot)].flags.contains(.draining) }
    public func isOverdue(_ slot: Slot) -> Bool { nodes[Int(slot)].flags.contains(.overdue) }
    public func waitsTooLong(_ slot: Slot) -> Bool { nodes[Int(slot)].flags.contains(.waitsTooLong) }
    /// What it last said of its progress.
    public func progress(_ slot: Slot) -> Progress? { nodes[Int(slot)].more.first?.progress }
}

extension LiveTree {
    /// What a task waits for, as it says itself, or as it was when it became overdue.
    public func waitTarget(_ slot: Slot) -> WaitTarget? {
        nodes[Int(slot)].more.first.flatMap { $0.waiting?.on ?? $0.overdueOn }
    }
}
