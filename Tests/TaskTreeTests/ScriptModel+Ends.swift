import TreeModel

/// How a task ends: its body, its children, its handlers, what it holds; and what its end means to its parent.
extension ScriptModel {
    enum BodyEnd {
        case returning, heedsCancel
        case throwing(String)
    }

    func bodyEnds(_ node: ModelNode, _ end: BodyEnd) {
        node.wait = .nothing
        node.isGivenUp = false
        if node.isFinished {
            outcome.tasks[node.key]?.returned = now
            return settle(node)
        }
        switch end {
        case .returning: node.outcome = .succeeded
        case .heedsCancel: node.outcome = .cancelled
        case .throwing(let error):
            node.outcome = .failed
            node.error = error
        }
        recordEnd(node)
    }

    /// The grace of a body is over: its parent will not wait for it.
    func giveUp(_ node: ModelNode) {
        node.isGivenUp = true
        node.outcome = .abandoned
        recordEnd(node)
    }

    /// One that has not begun is just over when it is cancelled.
    func endUnbegun(_ node: ModelNode) {
        node.isQueued = false
        node.parent?.queue.removeAll { $0 === node }
        node.outcome = .cancelled
        recordEnd(node)
    }

    private func recordEnd(_ node: ModelNode) {
        let wasOver = node.bodyIsOver
        node.bodyIsOver = true
        if node.children.isEmpty { node.deadlineHolds = false }
        if node.cascade == nil { node.cancelHandlers = [] }
        let groups = node.children.filter { $0.isGroup && !$0.bodyIsOver }
        // A body that fails leaves its children without it.
        if !wasOver, node.outcome == .failed, !node.children.isEmpty, node.childErrors == nil, let error = node.error {
            node.childErrors = [error]
            cancel(node, .failure)
        }
        for group in groups { close(group) }
        settle(node)
    }

    func close(_ group: ModelNode) {
        guard !group.isFinished, !group.bodyIsOver else { return }
        group.bodyIsOver = true
        settle(group)
    }

    /// Goes on with a node whose body, children and handlers are over: its next releases, or its end.
    func settle(_ node: ModelNode) {
        guard node.bodyIsOver, node.children.isEmpty, node.handlersRunning == 0 else { return }
        let isHeld = node.held.contains { $0.borrowers == 0 }
        if node.isFinished {
            // What an abandoned task kept is released when it returned, and then what it was lent goes back.
            guard !node.isGivenUp else { return }
            if isHeld { releaseNext(node) } else { giveBackBorrowed(node) }
        } else if node.isGivenUp {
            leaveAlone(node)
            finish(node)
        } else {
            node.isReleasing = isHeld
            if isHeld { releaseNext(node) } else { finish(node) }
        }
    }

    private func finish(_ node: ModelNode) {
        node.isFinished = true
        if node.isGivenUp {
            node.outcome = .abandoned
        } else if node.childErrors != nil {
            node.outcome = .failed
        } else if node.isGroup {
            node.outcome = node.cascade == nil ? .succeeded : .cancelled
        }
        outcome.tasks[node.key]?.outcome = node.outcome
        outcome.tasks[node.key]?.errors = node.errors
        outcome.tasks[node.key]?.cause = node.cascade?.cause
        outcome.tasks[node.key]?.at = now
        completeWhatItBegan(node)
        guard let parent = node.parent else { return }
        parent.children.removeAll { $0 === node }
        tell(parent, of: node)
        givePlace(of: node, under: parent)
        if case .end(let awaited) = parent.wait, awaited === node { goOnAfterWait(parent) }
        settle(parent)
    }

    /// What the end of a child means to its parent.
    private func tell(_ parent: ModelNode, of child: ModelNode) {
        let errors = child.failure
        guard parent.scope.policy != .isolate, !child.isCaught, !errors.isEmpty else { return }
        if startAgain(child, under: parent) { return }
        if parent.childErrors != nil {
            parent.childErrors?.formUnion(errors)
        } else {
            parent.childErrors = errors
            if !parent.bodyIsOver || !parent.children.isEmpty { cancel(parent, .failure) }
        }
    }
}
