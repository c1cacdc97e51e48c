extension LiveTree {
    mutating func acquiring(_ fields: TreeEvent.ResourceAcquiring, _ t: Int64) {
        guard resourceSlots[fields.resource.rawValue] == nil else {
            noteStrange()
            return
        }
        insert(
            ResourceNode(
                id: fields.resource.rawValue, name: fields.name, kind: fields.kind,
                owner: fields.task.rawValue, task: slots[fields.task.rawValue] ?? -1, state: .acquiring, since: t))
    }

    mutating func acquireFailed(_ fields: TreeEvent.ResourceFailed, _ t: Int64) {
        let slot = resourceSlots[fields.resource.rawValue]
        let name = slot.map { resources[Int($0)].name } ?? ""
        if let slot, resources[Int(slot)].state == .acquiring { drop(slot) }
        if let task = slots[fields.task.rawValue] {
            let detail = name.isEmpty ? fields.error.message : name + ": " + fields.error.message
            remember(.acquireFailed, task, t, detail: detail)
        }
    }

    mutating func acquired(_ fields: TreeEvent.ResourceAcquired, _ t: Int64) {
        if let slot = resourceSlots[fields.resource.rawValue] {
            guard resources[Int(slot)].state == .acquiring else {
                noteStrange()
                return
            }
            drop(slot)
        }
        insert(
            ResourceNode(
                id: fields.resource.rawValue, name: fields.name, kind: fields.kind,
                owner: fields.task.rawValue, task: slots[fields.task.rawValue] ?? -1, state: .held, since: t,
                budget: fields.budget,
                after: fields.after))
        totals.acquired += 1
        kinds[lastKind].acquired += 1
        if let task = slots[fields.task.rawValue] {
            remember(.acquired, task, t, detail: fields.name)
        }
    }

    mutating func releasing(_ fields: TreeEvent.ResourceReleasing, _ t: Int64) {
        guard let slot = resourceSlots[fields.resource.rawValue] else {
            noteStrange()
            return
        }
        resources[Int(slot)].releasingSince = t
        // A quarantined one may be released later; it is not held again meanwhile.
        if resources[Int(slot)].state == .held { resources[Int(slot)].state = .releasing }
        // The body is over, and so are the children: the task is at its releases.
        let owner = resources[Int(slot)].task
        if owner >= 0, nodes[Int(owner)].phase == .joining { nodes[Int(owner)].phase = .releasing }
    }

    mutating func released(_ fields: TreeEvent.ResourceReleased, _ t: Int64) {
        guard let slot = resourceSlots[fields.resource.rawValue], resources[Int(slot)].state != .acquiring else {
            noteStrange()
            return
        }
        let resource = resources[Int(slot)]
        let release = Released(
            name: resource.name, kind: resource.kind, t: t, duration: clampedSpan(fields.duration),
            outcome: fields.outcome, error: fields.error)
        drop(slot)
        totals.released += 1
        count(release, of: resource)
        switch fields.outcome {
        case .ok: break
        case .failed: totals.releaseFailures += 1
        case .timedOut:
            totals.releaseFailures += 1
            timedOut.append((resource.id, resource.task >= 0 ? nodes[Int(resource.task)].id : 0, resource.name))
            if timedOut.count > 256 { timedOut.removeFirst(128) }
        case .leaked: totals.leaked += 1
        }
        guard resource.task >= 0 else { return }
        let owner = Int(resource.task)
        if nodes[owner].released.count >= 8 { nodes[owner].released.removeFirst() }
        nodes[owner].released.append(release)
        nodes[owner].releasedCount &+= 1
        if fields.outcome == .leaked {
            nodes[Int(resource.task)].flags.insert(.leaked)
            weighTrouble(resource.task)
        }
        cascadeReleased(resource.task, release)
        remember(release, resource.task)
        evictIfDue(resource.task)
    }

    mutating func quarantined(_ fields: TreeEvent.ResourceQuarantined, _ t: Int64) {
        guard let slot = resourceSlots[fields.resource.rawValue] else {
            noteStrange()
            return
        }
        guard resources[Int(slot)].state != .acquiring else { return }
        resources[Int(slot)].because = fields.because.rawValue
        guard resources[Int(slot)].state != .quarantined else { return }
        uncount(slot)
        setQuarantined(slot)
        let owner = resources[Int(slot)].task
        guard owner >= 0 else { return }
        cascadeQuarantined(owner)
        remember(.quarantined, owner, t, detail: resources[Int(slot)].name)
    }

    mutating func resourceReturned(_ fields: TreeEvent.ResourceReturned, _ t: Int64) {
        guard let index = timedOut.firstIndex(where: { $0.resource == fields.resource.rawValue }) else { return }
        let entry = timedOut.remove(at: index)
        guard let task = slots[entry.task] else { return }
        remember(.resourceReturned, task, t, detail: entry.name, duration: clampedSpan(fields.duration))
    }

    // MARK: storage

    mutating func insert(_ resource: ResourceNode, isRow: Bool = false) {
        let slot: Int32
        if let free = freeResources.popLast() {
            resources[Int(free)] = resource
            slot = free
        } else {
            resources.append(resource)
            slot = Int32(resources.count - 1)
        }
        resourceSlots[resource.id] = slot
        if snapshot != nil { resources[Int(slot)].confirmed = true } else { resources[Int(slot)].isEarly = isBlind }
        if resource.task >= 0 {
            link(slot, ownedBy: resource.task, isRow: isRow)
        } else {
            snapshot?.ownerless[resource.owner, default: []].append(resource.id)
        }
        guard resource.state != .acquiring else { return }
        if let head = resourceNames.updateValue(slot, forKey: resource.name) {
            resources[Int(slot)].sameNameNext = head
            resources[Int(head)].sameNamePrevious = slot
        }
        findKind(resource.kind)
        resources[Int(slot)].kindIndex = Int32(truncatingIfNeeded: lastKind)
        if resource.state == .quarantined {
            totals.quarantined += 1
            kinds[lastKind].quarantined += 1
        } else {
            totals.held += 1
            kinds[lastKind].held += 1
            if count(slot) { cascadeAcquired(resource.task) }
        }
    }

    /// Counts a resource that is held for its task and those above. Not what came to a task that is over (it was abandoned,
    /// and opened something all the same): no cancel of those above would release it.
    mutating func count(_ slot: Int32) -> Bool {
        let task = resources[Int(slot)].task
        guard task >= 0, nodes[Int(task)].phase != .finished else { return false }
        resources[Int(slot)].isCounted = true
        nodes[Int(task)].ownHeld += 1
        add(task, held: 1)
        return true
    }

    /// Links a resource as the last of its task; a row of a snapshot before what was acquired while that is read.
    mutating func link(_ slot: Int32, ownedBy task: Slot, isRow: Bool) {
        let next = snapshot?.place(isRow, ofResource: slot, owner: task) ?? -1
        let previous = next >= 0 ? resources[Int(next)].previous : nodes[Int(task)].lastResource
        resources[Int(slot)].task = task
        resources[Int(slot)].previous = previous
        resources[Int(slot)].next = next
        if previous >= 0 {
            resources[Int(previous)].next = slot
        } else {
            nodes[Int(task)].firstResource = slot
        }
        if next >= 0 {
            resources[Int(next)].previous = slot
        } else {
            nodes[Int(task)].lastResource = slot
        }
    }

    mutating func unlink(resource slot: Int32) {
        let resource = resources[Int(slot)]
        snapshot?.leaves(resource: slot, of: resource.task, next: resource.next)
        if resource.previous >= 0 {
            resources[Int(resource.previous)].next = resource.next
        } else {
            nodes[Int(resource.task)].firstResource = resource.next
        }
        if resource.next >= 0 {
            resources[Int(resource.next)].previous = resource.previous
        } else {
            nodes[Int(resource.task)].lastResource = resource.previous
        }
    }

    /// Forgets a resource: it is released, or was never acquired.
    mutating func drop(_ slot: Int32) {
        uncount(slot)
        let resource = resources[Int(slot)]
        if resource.state == .quarantined {
            totals.quarantined -= 1
            kinds[Int(resource.kindIndex)].quarantined -= 1
        }
        if resource.task >= 0 { unlink(resource: slot) }
        if resource.state != .acquiring {
            if resource.sameNamePrevious >= 0 {
                resources[Int(resource.sameNamePrevious)].sameNameNext = resource.sameNameNext
            } else if resource.sameNameNext >= 0 {
                resourceNames[resource.name] = resource.sameNameNext
            } else {
                resourceNames[resource.name] = nil
            }
            if resource.sameNameNext >= 0 {
                resources[Int(resource.sameNameNext)].sameNamePrevious = resource.sameNamePrevious
            }
        }
        resourceSlots[resource.id] = nil
        resources[Int(slot)] = ResourceNode(id: 0, name: "", owner: 0, task: -1, state: .acquiring, since: 0)
        freeResources.append(slot)
    }

    /// A resource that was held is no longer counted as such.
    mutating func uncount(_ slot: Int32) {
        let resource = resources[Int(slot)]
        guard resource.state == .held || resource.state == .releasing else { return }
        totals.held -= 1
        kinds[Int(resource.kindIndex)].held -= 1
        guard resource.isCounted else { return }
        resources[Int(slot)].isCounted = false
        nodes[Int(resource.task)].ownHeld -= 1
        add(resource.task, held: -1)
    }

    /// A resource that is no longer counted as held is left alone from here on.
    mutating func setQuarantined(_ slot: Int32) {
        resources[Int(slot)].state = .quarantined
        totals.quarantined += 1
        kinds[Int(resources[Int(slot)].kindIndex)].quarantined += 1
    }
}
