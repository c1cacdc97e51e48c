extension LiveTree {
    /// How many tasks an orphan may bring along when its parent turns up: it bounds the work for one event.
    private static let adoptable = 1_000

    mutating func beginSnapshot() {
        readsSnapshot = true
        orphans = [:]
        for index in nodes.indices { nodes[index].flags.remove(.confirmed) }
        for index in resources.indices { resources[index].confirmed = false }
    }

    mutating func readSnapshot(_ fields: TreeEvent.SnapshotTask) {
        let since = min(clampedTime(fields.since), now)
        let slot: Slot
        if let known = slots[fields.started.task.rawValue] {
            slot = known
            nodes[Int(slot)].flags.insert(.confirmed)
            guard nodes[Int(slot)].phase != .finished else { return }
        } else {
            slot = insert(fields.started, since: since)
            nodes[Int(slot)].flags.insert(.confirmed)
        }
        if fields.draining { nodes[Int(slot)].flags.insert(.draining) }
        if let cascade = fields.cascade, nodes[Int(slot)].cancelledAt < 0 {
            nodes[Int(slot)].cascade = cascade.rawValue
            nodes[Int(slot)].cancelledAt = now
        }
        if let cause = fields.cause { edit(slot) { $0.cause = cause } }
        switch fields.phase {
        case .running: break
        case .joining, .releasing:
            nodes[Int(slot)].phase = fields.phase
            if nodes[Int(slot)].bodyEndedAt < 0 { nodes[Int(slot)].bodyEndedAt = now }
        case .finished:
            // Only abandoned tasks have a row after their end.
            finish(slot, .abandoned, now)
        }
    }

    mutating func readSnapshot(_ fields: TreeEvent.SnapshotResource) {
        let acquired = fields.acquired
        if let slot = resourceSlots[acquired.resource.rawValue] {
            guard resources[Int(slot)].state == .acquiring else {
                resources[Int(slot)].confirmed = true
                return
            }
            drop(slot)
        }
        let state: ResourceState =
            fields.because != nil ? .quarantined : fields.phase == .releasing ? .releasing : .held
        var resource = ResourceNode(
            id: acquired.resource.rawValue, name: acquired.name, kind: acquired.kind,
            owner: acquired.task.rawValue, task: slots[acquired.task.rawValue] ?? -1, state: state,
            since: min(clampedTime(fields.since), now),
            budget: acquired.budget, after: acquired.after)
        resource.because = fields.because?.rawValue ?? 0
        resource.confirmed = true
        insert(resource)
    }

    /// After a gap the rows are all that is alive: what they do not name ended unseen.
    mutating func endSnapshot() {
        guard readsSnapshot else { return }
        readsSnapshot = false
        orphans = [:]
        guard lostSinceSnapshot else { return }
        lostSinceSnapshot = false
        for index in resources.indices where resources[index].id > 0 && !resources[index].confirmed {
            if resources[index].since < (lastGap?.t ?? 0) { drop(Int32(index)) }
        }
        for index in nodes.indices where nodes[index].id > 0 && !nodes[index].flags.contains(.confirmed) {
            guard nodes[index].phase != .finished else { continue }
            nodes[index].flags.insert(.due)
            endWait(Slot(index))
            endOverdue(Slot(index))
            nodes[index].phase = .finished
            nodes[index].finishedAt = now
            totals.live -= 1
            add(Slot(index), live: -1)
        }
        for index in nodes.indices where nodes[index].flags.contains(.due) { evictIfDue(Slot(index)) }
    }

    /// Puts tasks that named a parent before it was known below it, now that it is.
    mutating func adoptOrphans(of parent: Slot) {
        guard let waiting = orphans.removeValue(forKey: nodes[Int(parent)].id) else { return }
        for slot in waiting where nodes[Int(slot)].flags.contains(.orphan) && nodes[Int(slot)].parent < 0 {
            guard let below = subtree(of: slot, limit: Self.adoptable), !below.contains(parent) else { continue }
            unlink(slot)
            link(slot, under: parent)
            nodes[Int(slot)].flags.remove(.orphan)
            for child in below.dropFirst() {
                nodes[Int(child)].depth = nodes[Int(nodes[Int(child)].parent)].depth &+ 1
            }
            let sums = nodes[Int(slot)].sums
            add(parent, live: sums.live, held: sums.held, troubles: sums.troubles)
        }
    }

    /// A task and all below it, parents first; nil if there are more than `limit`.
    func subtree(of slot: Slot, limit: Int) -> [Slot]? {
        var found = [slot]
        var index = 0
        while index < found.count {
            var child = nodes[Int(found[index])].firstChild
            while child >= 0 {
                guard found.count < limit else { return nil }
                found.append(child)
                child = nodes[Int(child)].next
            }
            index += 1
        }
        return found
    }

    /// The changes that print this state: a begin mark, every task that is alive or away (parents first), every
    /// resource that is held, in the order of acquisition by task, and an end mark.
    public func snapshotRows() -> [TreeEvent.Change] {
        var rows: [TreeEvent.Change] = [.snapshotBegin(TreeEvent.SnapshotBegin())]
        var held: [TreeEvent.Change] = []
        var slot = firstRoot
        while slot >= 0 {
            let node = nodes[Int(slot)]
            if node.phase != .finished || (node.outcome == .abandoned && !node.flags.contains(.returned)) {
                rows.append(.snapshotTask(row(node)))
            }
            var resource = node.firstResource
            while resource >= 0 {
                if resources[Int(resource)].state != .acquiring {
                    held.append(.snapshotResource(row(resources[Int(resource)])))
                }
                resource = resources[Int(resource)].next
            }
            slot = following(slot)
        }
        for resource in resources where resource.task < 0 && resource.state != .acquiring {
            held.append(.snapshotResource(row(resource)))
        }
        return rows + held + [.snapshotEnd(TreeEvent.SnapshotEnd())]
    }

    private func row(_ node: Node) -> TreeEvent.SnapshotTask {
        var row = TreeEvent.SnapshotTask()
        row.started = TreeEvent.TaskStarted(
            task: TaskID(node.id), parent: node.parent >= 0 ? TaskID(nodes[Int(node.parent)].id) : nil,
            name: node.name, kind: node.profile.kind, labels: node.profile.labels,
            deadline: node.deadline >= 0 ? node.deadline : nil, grace: node.profile.grace,
            policy: node.profile.policy, limit: node.profile.limit, attempt: node.more.first?.attempt,
            restartOf: node.more.first?.restartOf)
        row.phase = node.phase
        row.draining = node.flags.contains(.draining)
        row.cascade = node.cascade > 0 ? CascadeID(node.cascade) : nil
        row.cause = cause(of: node)
        row.since = node.startedAt
        return row
    }

    private func row(_ resource: ResourceNode) -> TreeEvent.SnapshotResource {
        var row = TreeEvent.SnapshotResource()
        row.acquired = TreeEvent.ResourceAcquired(
            resource: ResourceID(resource.id), task: TaskID(resource.owner), name: resource.name, kind: resource.kind,
            budget: resource.budget, after: resource.after)
        row.phase = resource.state == .releasing ? .releasing : .running
        row.since = resource.since
        row.because = resource.state == .quarantined ? TaskID(resource.because) : nil
        return row
    }
}
