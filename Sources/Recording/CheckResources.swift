import TreeModel

/// The rules about resources.
extension Check {
    mutating func acquiring(_ fields: TreeEvent.ResourceAcquiring) {
        take(fields.resource, fields.name, fields.task)
        acquiring.insert(fields.resource)
    }

    mutating func failed(_ fields: TreeEvent.ResourceFailed) {
        if acquiring.remove(fields.resource) == nil { take(fields.resource, "a failed acquire", fields.task) }
    }

    private mutating func take(_ id: ResourceID, _ name: String, _ task: TaskID) {
        if !resourceIDs.insert(id.rawValue), !isPartial {
            violate(.idsUnique, "resource \(id) (\(name)) has an id that was used before", task: task)
        }
        if tasks[task] == nil, !taskIDs.contains(task.rawValue), !isBlind {
            violate(.namesKnown, "resource \(id) (\(name)) belongs to task \(task), which never started")
        }
    }

    mutating func acquired(_ fields: TreeEvent.ResourceAcquired) {
        counts.acquired += 1
        let id = fields.resource
        if acquiring.remove(id) == nil { take(id, fields.name, fields.task) }
        hold(fields, seq)
    }

    private mutating func hold(_ fields: TreeEvent.ResourceAcquired, _ seq: UInt64) {
        let id = fields.resource
        guard resources[id] == nil else { return }
        resources[id] = LiveResource(task: fields.task, name: fields.name, acquired: seq)
        if isBlind, tasks[fields.task] == nil { early[fields.task, default: []].append(id) }
        tasks[fields.task]?.held += 1
        if let after = fields.after {
            for other in after { resources[other]?.before.append(id) }
        } else if tasks[fields.task] != nil {
            push(id, fields.task)
        }
    }

    /// Puts a resource on its task's stack, and clears that of what is gone when that is most of it.
    private mutating func push(_ id: ResourceID, _ owner: TaskID) {
        guard let count = tasks[owner]?.stack.count, let held = tasks[owner]?.held else { return }
        if count > 2 * held + 16 {
            tasks[owner]?.stack.removeAll { resources[$0]?.isQuarantined != false }
        }
        tasks[owner]?.stack.append(id)
    }

    mutating func releasing(_ id: ResourceID) {
        guard let resource = resources[id] else { return strayRelease(id, "is released") }
        if let earlier = resource.releasing {
            violate(.releaseOnce, "\(name(id)) is released again", task: resource.task, earlier: [earlier])
            return
        }
        resources[id]?.releasing = seq
        // Only numbers are taken out of the task: a copy of it would make each change of its lists a copy as well.
        guard !resource.isQuarantined, let hasJoined = tasks[resource.task]?.hasJoined else { return }
        tasks[resource.task]?.releasing += 1
        if hasJoined {
            if let children = tasks[resource.task]?.children.count, children > 0 {
                violate(
                    .releaseAfterChildren, "\(name(id)) is released before \(children) children finished",
                    task: resource.task)
            }
            judgeOrder(id, resource)
        }
        noteRelease(resource)
    }

    /// At the end of a task, what was acquired later is released earlier, but where an `after` says otherwise.
    private mutating func judgeOrder(_ id: ResourceID, _ resource: LiveResource) {
        let owner = resource.task
        while let top = tasks[owner]?.stack.last, resources[top]?.isQuarantined != false {
            tasks[owner]?.stack.removeLast()
        }
        if let top = tasks[owner]?.stack.last, let later = resources[top], later.acquired > resource.acquired {
            violate(
                .releaseOrder, "\(name(id)) is released before \(name(top)), which was acquired later",
                task: owner, earlier: [resource.acquired, later.acquired])
        }
        for other in resource.before where resources[other]?.isQuarantined == false {
            violate(
                .releaseOrder, "\(name(id)) is released before \(name(other)), which comes first by its `after`",
                task: owner, earlier: [resource.acquired])
        }
    }

    private mutating func strayRelease(_ id: ResourceID, _ what: String) {
        if isBlind { return }
        if resourceIDs.contains(id.rawValue) {
            violate(.releaseOnce, "resource \(id) \(what) and is not held")
        } else {
            violate(.namesKnown, "resource \(id) \(what) and was never acquired")
        }
    }

    mutating func released(_ fields: TreeEvent.ResourceReleased) {
        let id = fields.resource
        guard resources[id] != nil else {
            openCounts(of: fields.task)
            return strayRelease(id, "was released")
        }
        // A log may leave the beginning of a release out.
        if resources[id]?.releasing == nil { releasing(id) }
        guard let resource = resources.removeValue(forKey: id) else { return }
        counts.released += 1
        find(fields.outcome, resource, fields.error)
        switch fields.outcome {
        case .ok: break
        case .failed: counts.releasesFailed += 1
        case .leaked: counts.leaked += 1
        case .timedOut:
            counts.timedOut += 1
            overran.insert(id)
        }
        if !resource.isQuarantined {
            tasks[resource.task]?.held -= 1
            tasks[resource.task]?.releasing -= 1
        }
        countRelease(resource, fields.outcome)
    }

    mutating func quarantined(_ fields: TreeEvent.ResourceQuarantined) {
        let id = fields.resource
        guard let resource = resources[id] else {
            openCounts(of: fields.task)
            return strayRelease(id, "is quarantined")
        }
        if resource.isQuarantined { return }
        counts.quarantined += 1
        resources[id]?.isQuarantined = true
        tasks[resource.task]?.held -= 1
        if resource.releasing != nil { tasks[resource.task]?.releasing -= 1 }
        if let cascade = tasks[resource.task]?.mark { cascades[cascade]?.isResourceCountOpen = true }
    }

    mutating func returned(_ fields: TreeEvent.ResourceReturned) {
        if overran.remove(fields.resource) == nil, !isPartial {
            violate(.returnOnce, "resource \(fields.resource) returned, and no release of it was overdue")
        }
    }

    /// A resource that is not known left a task: what its cascade came to cannot be judged.
    private mutating func openCounts(of task: TaskID) {
        if isBlind, let mark = tasks[task]?.mark { cascades[mark]?.isResourceCountOpen = true }
    }

    /// The row of a task came behind what it acquired since the snapshot began.
    mutating func countEarly(_ task: TaskID) {
        for id in early.removeValue(forKey: task) ?? [] {
            guard let resource = resources[id], !resource.isQuarantined else { continue }
            tasks[task]?.held += 1
            if resource.releasing != nil { tasks[task]?.releasing += 1 }
        }
    }

    mutating func prime(_ row: TreeEvent.SnapshotResource) {
        let id = row.acquired.resource
        guard resources[id] == nil else { return }
        _ = resourceIDs.insert(id.rawValue)
        // In what order those of a snapshot were acquired is not known: nothing is said about it.
        hold(row.acquired, 0)
        if row.phase == .releasing {
            resources[id]?.releasing = seq
            tasks[row.acquired.task]?.releasing += 1
        }
        if row.because != nil {
            resources[id]?.isQuarantined = true
            tasks[row.acquired.task]?.held -= 1
            if row.phase == .releasing { tasks[row.acquired.task]?.releasing -= 1 }
        }
    }
}
