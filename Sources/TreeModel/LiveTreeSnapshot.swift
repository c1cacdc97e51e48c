/// What is kept while the rows of a snapshot are read, which may stand between other events.
struct SnapshotReading: Sendable {
    typealias Slot = LiveTree.Slot

    /// Tasks that started under a parent whose row has not come yet, by that parent's id.
    var orphans: [UInt64: [Slot]] = [:]
    /// Resources that were acquired by a task whose row has not come yet, by that task's id.
    var ownerless: [UInt64: [UInt64]] = [:]
    /// The first child that started since the snapshot began, by the parent (-1: roots). Rows stand before it.
    private var firstStarted: [Slot: Slot] = [:]
    /// The first resource that was acquired since the snapshot began, by its task. Rows stand before it.
    private var firstAcquired: [Slot: Int32] = [:]
    /// How many tasks orphans may still bring along when their parents turn up. What starts during a snapshot is
    /// moved once: that never runs out unless the log is made up.
    var adoptable = 1_000

    /// Before which sibling a node is linked; -1 is behind all.
    mutating func place(_ isRow: Bool, of slot: Slot, under parent: Slot) -> Slot {
        if isRow { return firstStarted[parent] ?? -1 }
        if firstStarted[parent] == nil { firstStarted[parent] = slot }
        return -1
    }

    mutating func place(_ isRow: Bool, ofResource slot: Int32, owner: Slot) -> Int32 {
        if isRow { return firstAcquired[owner] ?? -1 }
        if firstAcquired[owner] == nil { firstAcquired[owner] = slot }
        return -1
    }

    mutating func leaves(_ slot: Slot, of parent: Slot, next: Slot) {
        if firstStarted[parent] == slot { firstStarted[parent] = next >= 0 ? next : nil }
    }

    mutating func leaves(resource slot: Int32, of owner: Slot, next: Int32) {
        if firstAcquired[owner] == slot { firstAcquired[owner] = next >= 0 ? next : nil }
    }

    mutating func forgetOrphan(_ slot: Slot, of parent: UInt64) {
        orphans[parent]?.removeAll { $0 == slot }
        if orphans[parent]?.isEmpty == true { orphans[parent] = nil }
    }
}

/// Snapshots: what a reader learns of a tree that it did not see from the beginning. To one that has seen all, the rows
/// say nothing new and change nothing.
///
/// The rows of a keyframe stand between other events, each as its task is at that place of the log. So a task may end
/// before its row comes (then none does), and events may speak of tasks and parents whose rows are still to come.
extension LiveTree {
    mutating func beginSnapshot() {
        guard isBlind else { return }
        var reading = SnapshotReading()
        reading.adoptable += nodes.count
        for index in nodes.indices {
            nodes[index].flags.remove(.confirmed)
            // It started behind the gap, under a parent that is not known yet.
            guard nodes[index].flags.contains(.orphan), let parent = nodes[index].more.first?.missingParent else {
                continue
            }
            reading.orphans[parent.rawValue, default: []].append(Slot(index))
        }
        for index in resources.indices {
            resources[index].confirmed = false
            guard resources[index].id > 0, resources[index].task < 0 else { continue }
            reading.ownerless[resources[index].owner, default: []].append(resources[index].id)
        }
        for parent in reading.orphans.keys {
            reading.orphans[parent]?.sort { nodes[Int($0)].id < nodes[Int($1)].id }
        }
        for owner in reading.ownerless.keys { reading.ownerless[owner]?.sort { since($0) < since($1) } }
        snapshot = reading
    }

    private func since(_ resource: UInt64) -> Int64 {
        resourceSlots[resource].map { resources[Int($0)].since } ?? 0
    }

    mutating func readSnapshot(_ fields: TreeEvent.SnapshotTask) {
        guard snapshot != nil else { return }
        let slot: Slot
        if let known = slots[fields.started.task.rawValue] {
            slot = known
            nodes[Int(slot)].flags.insert(.confirmed)
            if nodes[Int(slot)].flags.remove(.early) != nil {
                let parent = nodes[Int(slot)].parent
                unlink(slot)
                link(slot, under: parent, isRow: true)
            }
        } else {
            guard let new = insert(fields.started, since: min(clampedTime(fields.since), now), isRow: true) else {
                return
            }
            slot = new
        }
        if fields.draining { nodes[Int(slot)].flags.insert(.draining) }
        if let cascade = fields.cascade, nodes[Int(slot)].cancelledAt < 0 {
            nodes[Int(slot)].cascade = cascade.rawValue
            nodes[Int(slot)].cancelledAt = now
            seeCascade(cascade, at: slot, fields.cause, isRunning: fields.phase != .finished)
        }
        guard nodes[Int(slot)].phase != .finished else { return }
        switch fields.phase {
        case .running: break
        case .joining, .releasing:
            nodes[Int(slot)].phase = fields.phase
            if nodes[Int(slot)].bodyEndedAt < 0 { nodes[Int(slot)].bodyEndedAt = now }
        case .finished:
            // Only abandoned tasks have a row after their end.
            return finish(slot, .abandoned, now)
        }
        if let on = fields.on {
            wait(slot, on, since: min(clampedTime(fields.waitingSince ?? now), now), fields.waitingUntil)
        } else {
            endWait(slot)
        }
        if fields.overdue {
            beginOverdue(slot, fields.on)
        } else {
            endOverdue(slot)
        }
    }

    mutating func readSnapshot(_ fields: TreeEvent.SnapshotResource) {
        guard snapshot != nil else { return }
        let acquired = fields.acquired
        let state: ResourceState =
            fields.because != nil ? .quarantined : fields.phase == .releasing ? .releasing : .held
        if let slot = resourceSlots[acquired.resource.rawValue] {
            guard resources[Int(slot)].state == .acquiring else {
                resources[Int(slot)].confirmed = true
                if resources[Int(slot)].isEarly, case let owner = resources[Int(slot)].task, owner >= 0 {
                    resources[Int(slot)].isEarly = false
                    unlink(resource: slot)
                    link(slot, ownedBy: owner, isRow: true)
                }
                return goOn(slot, to: state, because: fields.because)
            }
            drop(slot)
        }
        var resource = ResourceNode(
            id: acquired.resource.rawValue, name: acquired.name, kind: acquired.kind,
            owner: acquired.task.rawValue, task: slots[acquired.task.rawValue] ?? -1, state: state,
            since: min(clampedTime(fields.since), now),
            budget: acquired.budget, after: acquired.after)
        resource.because = fields.because?.rawValue ?? 0
        insert(resource, isRow: true)
    }

    /// What happened to a resource unseen.
    private mutating func goOn(_ slot: Int32, to state: ResourceState, because: TaskID?) {
        switch (resources[Int(slot)].state, state) {
        case (.held, .releasing): resources[Int(slot)].state = .releasing
        case (.held, .quarantined), (.releasing, .quarantined):
            uncount(slot)
            setQuarantined(slot)
            resources[Int(slot)].because = because?.rawValue ?? 0
        case (.acquiring, _), (.held, _), (.releasing, _), (.quarantined, _): break
        }
    }

    /// The rows are all that is alive: what they do not name ended unseen.
    mutating func endSnapshot(_ fields: TreeEvent.SnapshotEnd) {
        guard snapshot != nil else { return }
        snapshot = nil
        isBlind = false
        for index in resources.indices where resources[index].id > 0 && !resources[index].confirmed {
            drop(Int32(index))
        }
        for index in nodes.indices where nodes[index].id > 0 && !nodes[index].flags.contains(.confirmed) {
            endUnseen(Slot(index))
        }
        for index in nodes.indices where nodes[index].flags.contains(.due) { evictIfDue(Slot(index)) }
        takeOver(fields)
    }

    /// Of what was counted here and what the log has counted, the log's numbers are those of the whole session.
    private mutating func takeOver(_ sums: TreeEvent.SnapshotEnd) {
        func take(_ sum: UInt64?, _ total: inout Int) {
            if let sum { total = Int(min(sum, 1 << 53)) }
        }
        take(sums.started, &totals.started)
        take(sums.succeeded, &totals.succeeded)
        take(sums.failed, &totals.failed)
        take(sums.cancelled, &totals.cancelled)
        take(sums.abandoned, &totals.abandoned)
        take(sums.returned, &totals.returned)
        take(sums.acquired, &totals.acquired)
        take(sums.released, &totals.released)
        take(sums.releaseFailures, &totals.releaseFailures)
        take(sums.leaked, &totals.leaked)
        take(sums.starvations, &totals.starvations)
        if sums.started != nil { totals.events = Int(min(seq &- min(seq, totals.lost), 1 << 53)) }
    }

    private mutating func endUnseen(_ slot: Slot) {
        let index = Int(slot)
        guard nodes[index].phase != .finished else {
            guard nodes[index].outcome == .abandoned, nodes[index].flags.insert(.returned).inserted else { return }
            let now = now
            edit(slot) { $0.returnedAt = now }
            weighTrouble(slot)
            if nodes[index].list == .abandoned { enlist(slot, .kept) }
            return
        }
        nodes[index].flags.insert(.due)
        endWaits(slot)
        nodes[index].phase = .finished
        nodes[index].finishedAt = now
        totals.live -= 1
        add(slot, live: -1)
    }

    /// A task turned up: what named it before it was known goes below it, or to it.
    mutating func adopt(by parent: Slot) {
        snapshot?.adoptable += 1
        // Most often nobody is waiting for it.
        guard snapshot?.orphans.isEmpty == false || snapshot?.ownerless.isEmpty == false else { return }
        let id = nodes[Int(parent)].id
        for child in snapshot?.orphans.removeValue(forKey: id) ?? [] { adopt(orphan: child, by: parent) }
        for resource in snapshot?.ownerless.removeValue(forKey: id) ?? [] { adopt(resource: resource, by: parent) }
    }

    private mutating func adopt(orphan slot: Slot, by parent: Slot) {
        guard let below = subtree(of: slot, limit: snapshot?.adoptable ?? 0), !below.contains(parent) else { return }
        snapshot?.adoptable -= below.count
        unlink(slot)
        link(slot, under: parent)
        nodes[Int(slot)].flags.remove(.orphan)
        for child in below.dropFirst() {
            nodes[Int(child)].depth = nodes[Int(nodes[Int(child)].parent)].depth &+ 1
        }
    }

    private mutating func adopt(resource id: UInt64, by owner: Slot) {
        guard let slot = resourceSlots[id], case let resource = resources[Int(slot)], resource.task < 0,
            resource.owner == nodes[Int(owner)].id
        else { return }
        link(slot, ownedBy: owner, isRow: false)
        guard resource.state == .held || resource.state == .releasing else { return }
        _ = count(slot)
    }

    /// A task and all below it, parents first; nil if there are more than `limit`.
    func subtree(of slot: Slot, limit: Int) -> [Slot]? {
        var found = [slot]
        var index = 0
        while index < found.count {
            var child = nodes[Int(found[index])].children.first
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
        var slot = roots.first
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
        // Places are given again: the ids say in what order they were acquired.
        let ownerless = resources.filter { $0.task < 0 && $0.state != .acquiring }
        for resource in ownerless.sorted(by: { $0.id < $1.id }) { held.append(.snapshotResource(row(resource))) }
        return rows + held + [.snapshotEnd(sums)]
    }

    /// What the totals are, for who reads on from here; nothing where they are not those of the whole session.
    private var sums: TreeEvent.SnapshotEnd {
        var sums = TreeEvent.SnapshotEnd()
        guard !isBlind else { return sums }
        func sum(_ total: Int) -> UInt64 { UInt64(max(0, total)) }
        sums.started = sum(totals.started)
        sums.succeeded = sum(totals.succeeded)
        sums.failed = sum(totals.failed)
        sums.cancelled = sum(totals.cancelled)
        sums.abandoned = sum(totals.abandoned)
        sums.returned = sum(totals.returned)
        sums.acquired = sum(totals.acquired)
        sums.released = sum(totals.released)
        sums.releaseFailures = sum(totals.releaseFailures)
        sums.leaked = sum(totals.leaked)
        sums.starvations = sum(totals.starvations)
        return sums
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
        if let waiting = node.more.first?.waiting {
            row.on = waiting.on
            row.waitingSince = waiting.since
            row.waitingUntil = waiting.deadline
        }
        row.overdue = node.flags.contains(.overdue)
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
