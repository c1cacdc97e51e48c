extension LiveTree {
    /// Who has what somebody waits for.
    public struct Holder: Sendable, Equatable {
        public var task: TaskID
        public var name: String
        /// What it holds; nil if the task itself is what is waited for.
        public var resource: Resource?
    }

    /// The task that holds what `target` names: by the resource's id, else by its name. A resource that the waiting
    /// task holds itself does not count.
    public func holder(of target: WaitTarget, for waiter: TaskID?) -> Holder? {
        // Places under a limit and the end of a pause are nobody's.
        if target.kind == "limit" || target.kind == "backoff" { return nil }
        if target.kind == "task" || target.kind == "child" {
            guard let id = target.id, let slot = slots[id], nodes[Int(slot)].phase != .finished else { return nil }
            return Holder(task: TaskID(id), name: nodes[Int(slot)].name)
        }
        if let id = target.id, let slot = resourceSlots[id], let holder = holder(slot, waiter) { return holder }
        guard let name = target.name, var slot = resourceNames[name] else { return nil }
        var sameKind = true
        var fallback: Holder?
        // A name that very many hold says little: a few are looked at.
        for _ in 0..<64 {
            if let holder = holder(slot, waiter) {
                sameKind = resources[Int(slot)].kind == target.kind || resources[Int(slot)].kind == nil
                if sameKind { return holder }
                fallback = fallback ?? holder
            }
            slot = resources[Int(slot)].sameNameNext
            if slot < 0 { break }
        }
        return fallback
    }

    private func holder(_ slot: Int32, _ waiter: TaskID?) -> Holder? {
        let resource = resources[Int(slot)]
        guard resource.state != .acquiring, resource.task >= 0 else { return nil }
        let node = nodes[Int(resource.task)]
        guard node.id != waiter?.rawValue else { return nil }
        return Holder(task: TaskID(node.id), name: node.name, resource: value(resource))
    }

    /// What a running cancel waits for: an overdue task, else the deepest live task that nothing below holds up; at most
    /// `budget` tasks are looked at. As of the last `settle()`.
    public func blocker(below slot: Slot, budget: Int = 10_000) -> Slot? {
        guard slot >= 0, nodes[Int(slot)].sums.live > 0 else { return nil }
        for cascade in cascades.reversed() where cascade.completedAt == nil {
            for task in cascade.overdue {
                guard let found = slots[task.rawValue], nodes[Int(found)].flags.contains(.overdue) else { continue }
                if isBelow(found, slot) { return found }
            }
        }
        var slot = slot
        var budget = budget
        while budget > 0 {
            var child = nodes[Int(slot)].children.first
            while child >= 0, nodes[Int(child)].sums.live <= 0, budget > 0 {
                child = nodes[Int(child)].next
                budget -= 1
            }
            guard child >= 0 else { break }
            budget -= 1
            slot = child
        }
        return nodes[Int(slot)].phase == .finished ? nil : slot
    }

    /// What the end of a drained subtree waits for: the longest wait for something that others have, else the first task
    /// at work that nothing below keeps; at most `budget` tasks are looked at. As of the last `settle()`.
    public func laggard(below root: Slot, budget: Int = 5_000) -> Slot? {
        guard root >= 0, nodes[Int(root)].sums.live > 0 else { return nil }
        let end = followingAfter(root)
        var slot = root
        var longest: Slot?
        var busy: Slot?
        for _ in 0..<budget where slot >= 0 && slot != end {
            let node = nodes[Int(slot)]
            guard node.sums.live > 0 else {
                slot = followingAfter(slot)
                continue
            }
            if node.phase != .finished {
                if node.flags.contains(.overdue) { return slot }
                if let waiting = node.more.first?.waiting {
                    if !Self.isPatient(waiting.on.kind), waiting.since < longest.flatMap(waitingSince) ?? .max {
                        longest = slot
                    }
                } else if node.sums.live == 1 {
                    busy = busy ?? slot
                }
            }
            slot = following(slot)
        }
        return longest ?? busy ?? blocker(below: root)
    }

    private func waitingSince(_ slot: Slot) -> Int64? { nodes[Int(slot)].more.first?.waiting?.since }

    /// Tasks that are marked and have not ended, as far as their cascades are remembered.
    public var cancellingCount: Int { cascades.reduce(0) { $0 + max(0, $1.marked - $1.endedCount) } }
}
