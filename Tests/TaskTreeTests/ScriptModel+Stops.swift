import TreeModel

/// Cancel, drain and shutdown.
extension ScriptModel {
    // MARK: Cancel

    func missDeadline(_ node: ModelNode) {
        guard node.deadlineHolds, !node.isFinished else { return }
        let isJoining = node.bodyIsOver && !node.isReleasing
        if isJoining, node.cascade == nil, node.outcome == .succeeded { node.outcome = .cancelled }
        cancel(node, .deadline)
    }

    func cancel(_ root: ModelNode, _ cause: CauseKind) {
        guard !root.isFinished, root.cascade == nil else { return }
        let cascade = ModelCascade(cause, root)
        var marked: [ModelNode] = []
        func mark(_ node: ModelNode) {
            // What was marked before, was with all that is below it.
            guard node.cascade == nil else { return }
            node.cascade = cascade
            marked.append(node)
            if node.isGroup { node.bodyIsOver = true }
            for child in node.children { mark(child) }
        }
        mark(root)
        for node in marked where !node.isFinished {
            for handler in node.cancelHandlers { run(handler, of: node) }
            node.cancelHandlers = []
            if node.isQueued { endUnbegun(node) }
            losePatience(node)
            hear(node)
            settle(node)
        }
    }

    /// The grace of a cancelled body begins, or begins anew.
    func losePatience(_ node: ModelNode) {
        let grace = node.isForced ? min(script.grace, 100_000_000) : script.grace
        node.patienceEnds = now + grace
        after(grace) { [self] in
            // Whoever waits for its children is not late.
            if !node.bodyIsOver, !node.waitsForChildren, now >= node.patienceEnds { giveUp(node) }
        }
    }

    /// Takes the grace from a subtree: bodies are given up, releases that run have timed out, those to come get next to no
    /// time.
    private func force(_ root: ModelNode) {
        guard !root.isForced else { return }
        let all = root.all
        let late = all.filter { !$0.bodyIsOver && !$0.waitsForChildren }
        for node in all { node.isForced = true }
        let running = all.flatMap(\.held)
        for resource in running { timeOut(resource) }
        for node in late { giveUp(node) }
    }

    // MARK: Drain

    func drain(_ root: ModelNode) {
        guard !root.isFinished, root.drain == nil else { return }
        for node in root.all where node.drain == nil { tellToDrain(node, root) }
    }

    func tellToDrain(_ node: ModelNode, _ root: ModelNode) {
        node.drain = root
        outcome.tasks[node.key]?.drained = now
        outcome.tasks[node.key]?.drainedWith = root.key
        for handler in node.drainHandlers { run(handler, of: node) }
        node.drainHandlers = []
        if case .drain = node.wait { goOn(node) }
    }

    // MARK: Handlers

    func register(_ handler: HandlerScript, _ node: ModelNode) {
        guard !node.isFinished else { return }
        switch handler.call {
        case .cancel: if node.cascade == nil { node.cancelHandlers.append(handler) } else { run(handler, of: node) }
        case .drain: if node.drain == nil { node.drainHandlers.append(handler) } else { run(handler, of: node) }
        }
    }

    /// Its task waits for it, within a budget.
    private func run(_ handler: HandlerScript, of node: ModelNode) {
        outcome.handlers[key(handler.name)] = now
        node.handlersRunning += 1
        after(min(handler.takes, script.handlerBudget)) { [self] in
            node.handlersRunning -= 1
            settle(node)
        }
    }

    // MARK: Shutdown

    /// The tree is shut down; asked for again while it drains, it is cancelled now.
    func shutDown(_ root: ModelNode, _ asked: ShutdownScript) {
        guard !root.isFinished else { return }
        if let known = root.shutdown {
            if known.isDraining { cancelInShutdown(root, known) }
            return
        }
        // Where nobody would notice a drain there is none.
        let isNoticed = root.all.contains { node in
            if case .drain = node.wait { true } else { !node.drainHandlers.isEmpty }
        }
        begin(ModelShutdown(.signal, ends: now + asked.total), of: root, draining: isNoticed ? asked.draining : 0)
    }

    /// A controller is stopped.
    func stop(_ group: ModelNode, total: Int64, draining: Int64) {
        let shutdown = ModelShutdown(.shutdown, ends: now + total)
        guard !group.children.isEmpty else {
            group.shutdown = shutdown
            return close(group)
        }
        group.bodyIsOver = true
        begin(shutdown, of: group, draining: draining)
    }

    private func begin(_ shutdown: ModelShutdown, of node: ModelNode, draining: Int64) {
        node.shutdown = shutdown
        let budget = min(draining, shutdown.ends - now)
        guard budget > 0 else { return cancelInShutdown(node, shutdown) }
        enter("draining within \(budget)", node)
        drain(node)
        after(budget) { [self] in if shutdown.isDraining { cancelInShutdown(node, shutdown) } }
    }

    private func cancelInShutdown(_ node: ModelNode, _ shutdown: ModelShutdown) {
        guard !node.isFinished else { return }
        shutdown.isDraining = false
        enter("cancelling within \(shutdown.ends - now)", node)
        cancel(node, shutdown.cause)
        at(shutdown.ends) { [self] in
            guard !node.isFinished else { return }
            enter("releasing", node)
            force(node)
        }
    }

    private func enter(_ phase: String, _ node: ModelNode) {
        outcome.shutdowns[node.key, default: []].append("\(phase) at \(now)")
    }

    // MARK: The end

    /// The end of a node completes what was to end it.
    func completeWhatItBegan(_ node: ModelNode) {
        if let cascade = node.cascade {
            cascade.end.tasks += 1
            if node.outcome == .abandoned { cascade.end.abandoned += 1 }
            if cascade.root === node {
                cascade.end.at = now
                outcome.cascades[node.key] = cascade.end
            }
        }
        if node.drain === node { outcome.drains[node.key] = now }
        if node.shutdown != nil { enter("done", node) }
    }
}
