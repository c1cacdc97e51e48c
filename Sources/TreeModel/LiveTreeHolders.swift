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
        if let id = cascade(slot), let cascade = cascade(id) {
            for task in cascade.overdue {
                if let found = slots[task.rawValue], nodes[Int(found)].flags.contains(.overdue) { return found }
            }
        }
        var slot = slot
        var budget = budget
        while budget > 0 {
            var child = nodes[Int(slot)].firstChild
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
}
