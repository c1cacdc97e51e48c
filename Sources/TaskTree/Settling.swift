import TreeModel

/// How a task ends: its body returns, its children end, what it holds is released, and then its parent may go on. The
/// last child to end walks up in a loop: no task is woken for each level, and nothing recurses.
extension TreeEngine {
    /// Records what the body did. Says whether the caller is to carry the node on, and whether a cancel may be on its way
    /// to the caller.
    func endBody(of node: Node, _ error: (any Error)?) -> (isReady: Bool, isCancelled: Bool) {
        change { now, after in
            node.body = nil
            node.bodyTask = nil
            if node.phase == .finished {
                strays[node.id] = nil
                append(.taskReturned(.init(task: node.id)), now)
                node.givenUp = false
                return (node.newestResource != nil, true)
            }
            node.givenUp = false
            recordEnd(of: node, error, now, &after)
            return (node.liveChildren == 0, node.isCancelled)
        }
    }

    /// The body is over, by itself or given up.
    private func recordEnd(of node: Node, _ error: (any Error)?, _ now: Int64, _ after: inout Afterwards) {
        node.bodyEnded = true
        node.error = error
        node.outcome = outcome(of: node, error)
        if let rare = node.rare {
            if let timer = rare.deadlineTimer, node.liveChildren == 0 { timers.disarm(timer) }
            rare.cancelHandlers = []
            for group in rare.openGroups where !group.bodyEnded { close(group, &after) }
            rare.openGroups = []
        }
        guard node.phase == .running, node.liveChildren > 0 || node.newestResource != nil else { return }
        node.phase = .joining
        append(.taskJoining(.init(task: node.id, outcome: node.outcome, error: loggedError(of: node))), now)
        guard node.liveChildren > 0, let error, node.outcome == .failed, node.childFailure == nil else { return }
        // A body that fails leaves its children without it: they are cancelled, whatever the policy.
        node.childFailure = TaskFailure(error: error, task: node.id, name: node.name, suppressed: [])
        requestCancel(
            node, Cause(.failure, by: node.name, origin: node.id, message: loggedError(of: node)?.message),
            force: false, now, &after)
    }

    private func outcome(of node: Node, _ error: (any Error)?) -> Outcome {
        if node.givenUp { return .abandoned }
        guard let error else { return .succeeded }
        return isCancellation(error) && node.isCancelled ? .cancelled : .failed
    }

    /// A group takes no more, nor do the groups below it; each ends when its children have.
    func close(_ group: Node, _ after: inout Afterwards) {
        var open = [group]
        while let group = open.popLast() {
            guard group.isGroup, !group.bodyEnded else { continue }
            group.bodyEnded = true
            if group.liveChildren == 0 { after.carryOn.append(group) }
            if let rare = group.rare {
                open += rare.openGroups
                rare.openGroups = []
            }
        }
    }

    /// Gives a body up whose grace is over: its children are still awaited, then its parent goes on without it.
    func giveUp(_ node: Node, _ now: Int64, _ after: inout Afterwards) {
        guard !node.bodyEnded, node.phase != .finished else { return }
        node.givenUp = true
        recordEnd(of: node, nil, now, &after)
        if node.liveChildren == 0 { after.carryOn.append(node) }
    }

    /// Carries a node on whose body and children are over.
    func carryOn(_ node: Node) async {
        if let entry = settle(node) { await releaseAndGoOn(entry) }
    }

    /// Releases an entry, and goes on with its node and those above it as long as it is this call's turn.
    func releaseAndGoOn(_ first: ResourceEntry) async {
        var next: ResourceEntry? = first
        while let entry = next {
            let isMine = await performRelease(entry)
            next = isMine ? settle(entry.node) : nil
        }
    }

    private enum Step {
        /// The next release is to be performed, by the caller.
        case release(ResourceEntry)
        /// Somebody else goes on with it.
        case rest
        /// It ended, and now it is its parent's turn.
        case up(Node)
    }

    /// Goes from a node whose body and children are over as far up as nothing is to be released, a slice of steps for
    /// each hold of the lock. Answers the release that comes next.
    func settle(_ start: Node) -> ResourceEntry? {
        var node = start
        while true {
            let step: Step = change { now, after in
                var step = Step.up(node)
                for _ in 0..<100 {
                    guard case .up(let next) = step else { break }
                    step = self.step(next, now, &after)
                }
                return step
            }
            switch step {
            case .release(let entry): return entry
            case .rest: return nil
            case .up(let next): node = next
            }
        }
    }

    private func step(_ node: Node, _ now: Int64, _ after: inout Afterwards) -> Step {
        // A child may have been spawned while the node was on its way here.
        guard node.bodyEnded, node.liveChildren == 0, node.handlers == 0 else { return .rest }
        let isStray = node.phase == .finished
        if !isStray, let cascade = node.cascade, cascade.isMarking, node.newestResource != nil {
            cascade.heldBack.append(node)
            return .rest
        }
        if node.givenUp {
            quarantine(node, now)
        } else {
            // An early release that is under way is waited for: it goes on here when it ends.
            while let entry = node.newestResource {
                if !isStray, node.phase != .releasing { node.phase = .releasing }
                if entry.state == .releasing {
                    entry.isAtEnd = true
                    return .rest
                }
                beginRelease(entry, atEnd: true, now)
                return .release(entry)
            }
        }
        guard !isStray, markLate(node, now) else { return .rest }
        return finish(node, now, &after)
    }

    /// An abandoned task may still use what it holds: that stays as it is until it returns.
    private func quarantine(_ node: Node, _ now: Int64) {
        var entry = node.newestResource
        while let current = entry {
            append(.resourceQuarantined(.init(resource: current.id, task: node.id, because: node.id)), now)
            node.cascade?.resources += 1
            current.isQuarantined = true
            entry = current.older
        }
        strays[node.id] = node
        abandonedCount += 1
    }

    /// It is over: says so, tells who waits, and leaves the tree.
    private func finish(_ node: Node, _ now: Int64, _ after: inout Afterwards) -> Step {
        let logged = loggedError(of: node)
        let error = finalError(of: node)
        let outcome = finalOutcome(of: node)
        node.outcome = outcome
        node.phase = .finished
        node.error = error
        append(
            .taskFinished(
                .init(
                    task: node.id, outcome: outcome, error: logged,
                    suppressed: (error as? TaskFailure)?.suppressed.prefix(64).map { Failure($0) } ?? [],
                    cause: node.cause)), now)
        if let cascade = node.cascade {
            cascade.tasks += 1
            if outcome == .abandoned { cascade.abandoned += 1 }
        }
        table.remove(node.id)
        letGo(of: node, &after)
        if let cascade = node.cascade, cascade.root === node { complete(cascade, now) }
        completeDrain(of: node, now)
        let parent = node.unlink()
        node.nextSibling = after.ended
        after.ended = node
        guard let parent else {
            roots.removeAll { $0 === node }
            shutdownNoticesEnd(of: node, now, &after)
            return .rest
        }
        tell(parent, of: node, now, &after)
        return parent.bodyEnded && parent.liveChildren == 0 && parent.phase != .finished ? .up(parent) : .rest
    }

    /// Wakes who waits for it and cuts what refers to it.
    private func letGo(of node: Node, _ after: inout Afterwards) {
        for waiter in node.endWaiters { waiter.wake(.ready, self, &after) }
        node.endWaiters = []
        for waiter in node.cancelWaiters { waiter.wake(.cancelled, self, &after) }
        node.cancelWaiters = []
        if !restarts.isEmpty { restarts[node.id]?.isOver = true }
        guard let rare = node.rare else { return }
        if let timer = rare.deadlineTimer { timers.disarm(timer) }
        drainInterest -= rare.drainHandlers.count + rare.drainWaiters.count
        for waiter in rare.drainWaiters { waiter.wake(.cancelled, self, &after) }
        for id in rare.restartable { restarts[id] = nil }
        // What it keeps may refer to it. An abandoned body may still say what it waits for, to nobody.
        node.rare = nil
    }

    /// What the end of a child means to its parent.
    private func tell(_ parent: Node, of child: Node, _ now: Int64, _ after: inout Afterwards) {
        guard !child.isCaught, parent.policy == .failFast, parent.phase != .finished else { return }
        // A missed deadline is a failure also where the task did not even heed it.
        guard child.outcome == .failed || child.missedItsDeadline && child.outcome != .succeeded,
            let error = child.outcome == .failed ? child.error : DeadlineExceeded(name: child.name)
        else { return }
        if parent.childFailure != nil {
            parent.childFailure?.suppressed += (error as? TaskFailure)?.suppressed ?? []
            parent.childFailure?.suppressed.append((error as? TaskFailure)?.error ?? error)
            return
        }
        parent.childFailure =
            error as? TaskFailure ?? TaskFailure(error: error, task: child.id, name: child.name, suppressed: [])
        // Where nothing is left to be cancelled, the failure alone is enough.
        guard !parent.bodyEnded || parent.liveChildren > 0 else { return }
        requestCancel(
            parent, Cause(.failure, by: child.name, origin: child.id, message: Failure(error).message), force: false,
            now, &after)
    }

    private func finalOutcome(of node: Node) -> Outcome {
        if node.givenUp { return .abandoned }
        if node.childFailure != nil { return .failed }
        if node.isGroup { return node.isCancelled ? .cancelled : .succeeded }
        return node.outcome
    }

    /// What a caller who awaits the node is thrown.
    private func finalError(of node: Node) -> (any Error)? {
        if node.givenUp { return TaskAbandoned(task: node.id, name: node.name) }
        if var failure = node.childFailure {
            // The error of the body that is not the cancel itself comes along, after the first.
            if failure.task == node.id {
                return failure.suppressed.isEmpty ? failure.error : failure
            }
            if let error = node.error, node.outcome == .failed, !isCancellation(error),
                Failure(error) != Failure(failure)
            {
                failure.suppressed.append(error)
            }
            return failure
        }
        // A plain cancel is made into an error only if somebody asks.
        if node.outcome == .cancelled { return nil }
        return node.error
    }

    /// Whether an error says no more than that somebody was cancelled.
    private func isCancellation(_ error: any Error) -> Bool {
        error is CancellationError || error is TaskCancelled || (error as? ScopeClosed)?.reason == .cancelled
    }

    /// The error as the log says it: the first child's, the body's own, or the missed deadline.
    private func loggedError(of node: Node) -> Failure? {
        if let failure = node.childFailure { return Failure(failure) }
        if node.missedItsDeadline, node.outcome == .cancelled { return Failure(DeadlineExceeded(name: node.name)) }
        guard let error = node.error, node.outcome == .failed else { return nil }
        return Failure(error)
    }

}
