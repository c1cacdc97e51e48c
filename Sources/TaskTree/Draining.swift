import TreeModel

/// Drain is not cancel: who is told takes no new work and finishes what there is.
extension TreeEngine {
    /// Tells the subtree of a task to drain.
    /// - Returns: false if there is no such task, or it is over or draining already.
    @discardableResult
    public func drain(_ task: TaskID, cause: Cause) -> Bool {
        change { now, after in
            guard let node = table.find(task) else { return false }
            return requestDrain(node, cause, now, &after)
        }
    }

    @discardableResult
    func requestDrain(_ node: Node, _ cause: Cause, _ now: Int64, _ after: inout Afterwards) -> Bool {
        guard node.phase != .finished, !node.isDraining else { return false }
        let drain = Drain(id: nextDrain(), root: node.id, requested: now)
        append(.drainRequested(.init(drain: drain.id, task: node.id, cause: cause)), now)
        markDraining(node, drain, now, &after)
        after.sweep { [self] in
            sweep(node) { child, now, after in
                if !child.isDraining { markDraining(child, drain, now, &after) }
                return true
            }
        }
        return true
    }

    /// Sets the flag, wakes who waits for it, and starts the handlers; the lock is held.
    func markDraining(_ node: Node, _ drain: Drain, _ now: Int64, _ after: inout Afterwards) {
        guard node.phase != .finished else { return }
        node.drain = drain
        append(.taskDraining(.init(task: node.id, drain: drain.id)), now)
        guard let rare = node.rare else { return }
        for waiter in rare.drainWaiters { waiter.wake(.ready, self, &after) }
        for handler in rare.drainHandlers { queue(handler, of: node, now, &after) }
        drainInterest -= rare.drainWaiters.count + rare.drainHandlers.count
        rare.drainWaiters = []
        rare.drainHandlers = []
    }

    /// The end of a task whose drain was asked for completes that drain.
    func complete(_ drain: Drain, _ now: Int64) {
        append(.drainCompleted(.init(drain: drain.id, duration: UInt64(max(0, now &- drain.requested)))), now)
    }
}

extension TreeEngine {
    /// Whether a handler of this task, or a wait in it, would notice a drain.
    public func wouldNoticeDrain(_ task: TaskID) -> Bool {
        look {
            guard let rare = table.find(task)?.rare else { return false }
            return !rare.drainHandlers.isEmpty || !rare.drainWaiters.isEmpty
        }
    }
}
