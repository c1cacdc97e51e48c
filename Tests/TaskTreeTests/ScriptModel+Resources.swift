import TreeModel

/// What becomes of resources: at the end of their task, before it, and where an abandoned task may use them.
extension ScriptModel {
    @discardableResult
    func hold(_ script: ResourceScript, _ node: ModelNode, isLease: Bool = false) -> ModelResource {
        let resource = ModelResource(script, key(script.name), of: node, isLease: isLease)
        node.held.append(resource)
        node.opened.append(resource)
        outcome.resources[resource.key] = .init()
        return resource
    }

    /// All go that no newer one is to go before: without a declared order that is the newest. One that is on its way is
    /// waited for, and one that is left to an abandoned task by none.
    func releaseNext(_ node: ModelNode) {
        let there = node.held.filter { $0.borrowers == 0 }
        let ready = there.indices.filter { place in
            !there[(place + 1)...].contains { $0.goesBefore(there[place]) }
        }
        for resource in ready.map({ there[$0] }) where resource.state == .held {
            // Its handle should have released it.
            resource.isLeaked = resource.isLease && !resource.isGivenBack
            release(resource)
        }
    }

    /// It is over when the program's release is, or its budget.
    func release(_ resource: ModelResource) {
        guard resource.state == .held else { return }
        resource.state = .releasing
        outcome.resources[resource.key]?.began = now
        let script = resource.script
        let end: ReleaseOutcome = script.failsToRelease ? .failed : .ok
        after(script.releases) { [self] in
            if resource.state == .releasing {
                released(resource, resource.isLeaked ? .leaked : end)
            } else {
                outcome.resources[resource.key]?.returned = end
            }
        }
        // Where grace is over, so is patience with releases.
        let budget = resource.owner.isForced ? min(script.budget, 20_000_000) : script.budget
        after(budget) { [self] in timeOut(resource) }
    }

    func timeOut(_ resource: ModelResource) {
        if resource.state == .releasing { released(resource, .timedOut) }
    }

    private func released(_ resource: ModelResource, _ end: ReleaseOutcome) {
        let node = resource.owner
        resource.state = .over
        node.held.removeAll { $0 === resource }
        outcome.resources[resource.key]?.released = end
        outcome.resources[resource.key]?.at = now
        if let cascade = node.cascade, !node.isFinished {
            cascade.end.resources += 1
            if end == .failed { cascade.end.failed += 1 }
            if end == .timedOut { cascade.end.timedOut += 1 }
        }
        if case .release(let awaited) = node.wait, awaited === resource { goOn(node) }
        settle(node)
    }

    // MARK: Before the end

    /// The body releases what it opened as the n-th, and waits for that.
    func giveBack(_ place: Int, _ node: ModelNode) {
        guard place < node.opened.count, node.opened[place].state != .over, !node.opened[place].isDropped else {
            return goOn(node)
        }
        let resource = node.opened[place]
        resource.isGivenBack = true
        // What the children of a body that was given up may use, stays until they have ended.
        if node.isGivenUp, !node.isFinished { return goOn(node) }
        if resource.borrowers > 0 {
            resource.isDue = true
            return goOn(node)
        }
        release(resource)
        node.wait = .release(resource)
    }

    /// The handle of a lease is dropped. What it owned is released at once, or by the end of its task where that has begun.
    func drop(_ resource: ModelResource, _ node: ModelNode) {
        guard resource.isLease, !resource.isDropped else { return }
        resource.isDropped = true
        guard resource.state == .held, !resource.isGivenBack else { return }
        resource.isLeaked = true
        if !node.bodyIsOver || node.isFinished { release(resource) }
    }

    // MARK: Abandoned tasks

    /// An abandoned task may still use what it holds, and what it was lent.
    func leaveAlone(_ node: ModelNode) {
        for resource in node.held { outcome.resources[resource.key]?.quarantined += 1 }
        node.cascade?.end.resources += node.held.count
        for resource in node.borrowed where resource.state == .held {
            outcome.resources[resource.key]?.quarantined += 1
            resource.borrowers += 1
            node.leftToIt.append(resource)
        }
    }

    /// It has returned. Its lenders have again what they lent, and release it if they were to meanwhile.
    func giveBackBorrowed(_ node: ModelNode) {
        let back = node.leftToIt
        node.leftToIt = []
        for resource in back { resource.borrowers -= 1 }
        for resource in back where resource.borrowers == 0 {
            // One whose owner is over goes in its order, also where somebody asked for it.
            if resource.owner.isFinished { settle(resource.owner) } else if resource.isDue { release(resource) }
        }
    }
}
