import TreeModel

/// How a task ends: its body returns, its children end, what it holds is released, and then its parent may go on. The
/// last child to end walks up in a loop: no task is woken for each level, and nothing recurses.
extension TreeEngine {
    /// What comes next on the way up. It is handed on, never copied: to count its references cost more than the step.
    enum Step: ~Copyable {
        /// This release is to be performed, by the caller, and then goes on.
        case release(ResourceEntry, ReleaseContext)
        /// Somebody else goes on, or nobody needs to.
        case rest
        /// It is this node's turn.
        case up(Node)
    }

    /// The body returned: goes on as far as the node and its parents can go. Answers the release that comes next, for the
    /// caller to perform, or `rest`.
    /// - Parameter wasCancelled: is told whether the body was cancelled.
    @inline(never)
    func bodyEnded(_ node: Node, _ fault: Fault?, _ wasCancelled: inout Bool) -> Step {
        let next: Step = change { now, after in
            node.leaveTask()
            node.givenUp = false
            wasCancelled = node.isCancelled
            if node.phase == .finished {
                strays[node.id] = nil
                append(.taskReturned(.init(task: node.id)), now)
            } else {
                recordEnd(of: node, fault, outcome(of: node, fault), now, &after)
            }
            return node.liveChildren == 0 ? steps(from: node, now, &after) : .rest
        }
        return settle(next)
    }

    /// Performs a release, and goes on with its node and those above it as long as it is this call's turn.
    nonisolated(nonsending) func goOn(_ first: ResourceEntry, _ told: ReleaseContext) async {
        var next = goOnAtOnce(.release(first, told))
        while true {
            switch consume next {
            case .release(let entry, let context):
                var fault: Fault?
                do {
                    try await entry.perform(context)
                } catch {
                    fault = Fault(error)
                }
                next = goOnAtOnce(releaseEnded(entry, fault))
            default: return
            }
        }
    }

    /// The same without a suspension: up to the first release that may suspend, which it answers.
    @inline(never)
    func goOnAtOnce(_ first: consuming Step) -> Step {
        while true {
            switch consume first {
            case .release(let entry, let context):
                guard entry.isAtOnce else { return .release(entry, context) }
                first = performAtOnce(entry, context)
            default: return .rest
            }
        }
    }

    @inline(__always)
    private func performAtOnce(_ entry: ResourceEntry, _ context: ReleaseContext) -> Step {
        var fault: Fault?
        do {
            try entry.performAtOnce(context)
        } catch {
            fault = Fault(error)
        }
        return releaseEnded(entry, fault)
    }

    /// Performs a release, and goes on, where the Swift task that runs is cancelled, or may be.
    @inline(never)
    func goOnShielded(_ entry: ResourceEntry, _ context: ReleaseContext) {
        if let executor = options.executor {
            Task.immediate(executorPreference: executor) { await self.goOn(entry, context) }
        } else {
            // What never suspends needs no frame.
            Task.immediate {
                guard case .release(let entry, let context) = self.goOnAtOnce(.release(entry, context)) else { return }
                await self.goOn(entry, context)
            }
        }
    }

    @inline(never)
    private func releaseEnded(_ entry: ResourceEntry, _ fault: Fault?) -> Step {
        settle(
            change { now, after in
                guard let node = released(entry, fault, now, &after) else { return .rest }
                return steps(from: node, now, &after)
            })
    }

    /// Goes from a node whose body and children are over as far up as nothing is to be released.
    @inline(never)
    func settle(_ node: Node) -> Step { settle(.up(node)) }

    @inline(__always)
    private func settle(_ first: consuming Step) -> Step {
        while true {
            switch consume first {
            case .up(let node): first = change { now, after in steps(from: node, now, &after) }
            case .release(let entry, let context): return .release(entry, context)
            case .rest: return .rest
            }
        }
    }

    /// As many steps up as one hold of the lock may take.
    @inline(__always)
    private func steps(from first: Node, _ now: Int64, _ after: inout Afterwards) -> Step {
        var node = first
        for _ in 0..<100 {
            switch step(node, now, &after) {
            case .up(let parent): node = parent
            case .release(let entry, let context): return .release(entry, context)
            case .rest: return .rest
            }
        }
        return .up(node)
    }

    private func step(_ node: Node, _ now: Int64, _ after: inout Afterwards) -> Step {
        // A child may have been spawned while the node was on its way here.
        guard node.bodyEnded, node.liveChildren == 0, node.handlers == 0 else { return .rest }
        let isStray = node.phase == .finished
        // What it keeps is released when it returns, whoever gives something back to it before.
        if isStray, node.givenUp { return .rest }
        // The wake that is on its way starts its handlers, and carries it on.
        if let rare = node.rare, !isStray, node.cascade != nil, !rare.cancelHandlers.isEmpty { return .rest }
        if node.givenUp, !isStray {
            guard markLate(node, now) else { return .rest }
            quarantine(node, now)
            return finish(node, now, &after)
        }
        if node.newestResource != nil {
            if !isStray {
                guard markLate(node, now) else { return .rest }
                if let cascade = node.cascade, cascade.isMarking {
                    cascade.heldBack.append(node)
                    return .rest
                }
            }
            switch nextRelease(of: node, now, &after) {
            case .begun(let entry): return .release(entry, ReleaseContext(node))
            case .underWay: return .rest
            case .none: break
            }
        }
        if isStray {
            giveBackBorrowed(of: node, &after)
            return .rest
        }
        guard markLate(node, now) else { return .rest }
        return finish(node, now, &after)
    }

    /// The body is over, by itself or given up, or will never begin.
    @inline(__always)
    private func recordEnd(
        of node: Node, _ fault: Fault?, _ outcome: Outcome, _ now: Int64, _ after: inout Afterwards
    ) {
        node.bodyEnded = true
        node.fault = fault
        node.outcome = outcome
        if let rare = node.rare { dropWhatTheBodyHad(rare, of: node, now, &after) }
        guard node.phase == .running, node.liveChildren > 0 || node.newestResource != nil else { return }
        node.phase = .joining
        append(TreeEvent.TaskJoining.self, now) {
            $0.task = node.id
            $0.outcome = outcome
            $0.error = loggedError(of: node)
        }
        guard node.liveChildren > 0, let fault, outcome == .failed, node.childFailure == nil else { return }
        // A body that fails leaves its children without it: they are cancelled, whatever the policy.
        node.childFailure = ChildFailure(fault, of: node)
        requestCancel(
            node, Cause(.failure, by: node.name, origin: node.id, message: fault.shown.message), force: false, now,
            &after)
    }

    private func dropWhatTheBodyHad(_ rare: RareParts, of node: Node, _ now: Int64, _ after: inout Afterwards) {
        leaveQueue(node, now)
        if let timer = rare.deadlineTimer, node.liveChildren == 0 { timers.disarm(timer) }
        // Where a cancel came first, they are still to hear of it.
        if !rare.cancelHandlers.isEmpty, node.cascade == nil {
            after.jobs.append(.letGo(rare.cancelHandlers))
            rare.cancelHandlers = []
        }
        for group in rare.openGroups where !group.bodyEnded { close(group, &after) }
        rare.openGroups = []
    }

    private func outcome(of node: Node, _ fault: Fault?) -> Outcome {
        guard let fault else { return .succeeded }
        return fault.isCancellation && node.isCancelled ? .cancelled : .failed
    }

    /// A group takes no more, nor do the groups below it; each ends when its children have.
    func close(_ group: Node, _ after: inout Afterwards) {
        var open = [group]
        while let group = open.popLast() {
            guard group.isGroup, !group.bodyEnded else { continue }
            group.bodyEnded = true
            if group.liveChildren == 0 { after.jobs.append(.carryOn(group)) }
            if let rare = group.rare {
                open += rare.openGroups
                rare.openGroups = []
            }
        }
    }

    /// Gives a body up whose grace is over: its children are still awaited, then its parent goes on without it. One that
    /// has not begun is just over.
    func giveUp(_ node: Node, _ now: Int64, _ after: inout Afterwards) {
        // A scope without a body has none that could be given up; nor would it ever return.
        guard !node.isGroup, !node.bodyEnded, node.phase != .finished else { return }
        if node.isQueued { return endUnbegun(node, now, &after) }
        node.givenUp = true
        recordEnd(of: node, nil, .abandoned, now, &after)
        if node.liveChildren == 0 { after.jobs.append(.carryOn(node)) }
    }

    /// A cancelled task that has not begun never will.
    func endUnbegun(_ node: Node, _ now: Int64, _ after: inout Afterwards) {
        recordEnd(of: node, nil, .cancelled, now, &after)
        after.jobs.append(.carryOn(node))
    }

    /// It is over: says so, tells who waits, and leaves the tree.
    private func finish(_ node: Node, _ now: Int64, _ after: inout Afterwards) -> Step {
        if node.givenUp || node.childFailure != nil || node.fault != nil || node.cascade != nil || node.isGroup {
            conclude(node, now)
        } else {
            node.phase = .finished
            append(TreeEvent.TaskFinished.self, now) {
                $0.task = node.id
                $0.outcome = node.outcome
            }
        }
        table.remove(node.id)
        spent.alive -= SpentNodes.node
        // What was lent to an abandoned task is still to be released.
        if node.newestResource != nil, !node.givenUp { strays.keepHolder(node) }
        letGo(of: node, now, &after)
        if let cascade = node.cascade, cascade.root === node { complete(cascade, now) }
        if let drain = node.drain, drain.root == node.id { complete(drain, now) }
        let parent = node.unlink()
        if !spent.keep(node) { after.letGo(node) }
        guard let parent else {
            roots.removeAll { $0 === node }
            if roots.isEmpty { while let spent = spent.take() { after.letGo(spent) } }
            rootIsOver()
            shutdownNoticesEnd(of: node, now, &after)
            return .rest
        }
        if node.outcome != .succeeded { tell(parent, of: node, now, &after) }
        closeIfDrained(parent, &after)
        if let rare = parent.rare {
            giveUpPlace(of: node, under: parent, now, &after)
            if parent.liveChildren == 0, !rare.idleWaiters.isEmpty {
                for waiter in rare.idleWaiters { waiter.wake(.ready, self, &after) }
                rare.idleWaiters = []
            }
        }
        return parent.bodyEnded && parent.liveChildren == 0 && parent.phase != .finished ? .up(parent) : .rest
    }

    /// The end of a node of which there is something to say.
    private func conclude(_ node: Node, _ now: Int64) {
        let logged = loggedError(of: node)
        if let failure = node.childFailure, failure.task != node.id, node.outcome == .failed, let fault = node.fault,
            !fault.isCancellation, fault.shown != failure.first.shown
        {
            // The error of the body that is not the cancel itself comes along, after the first.
            failure.suppressed.append(fault)
        }
        if node.givenUp {
            node.outcome = .abandoned
        } else if node.childFailure != nil {
            node.outcome = .failed
        } else if node.isGroup {
            node.outcome = node.isCancelled ? .cancelled : .succeeded
        }
        node.phase = .finished
        append(TreeEvent.TaskFinished.self, now) {
            $0.task = node.id
            $0.outcome = node.outcome
            $0.error = logged
            $0.suppressed = node.childFailure?.suppressed.prefix(64).map(\.shown) ?? []
            $0.cause = node.cause
        }
        if node.outcome == .abandoned { tellStops(ofAbandoned: node) }
        if let cascade = node.cascade {
            cascade.tasks += 1
            if node.outcome == .abandoned {
                cascade.abandoned += 1
                if cascade.left.count < 100 { cascade.left.append(StopReport.Left(task: node.id, name: node.name)) }
            }
        }
    }

    /// Wakes who waits for it and cuts what refers to it.
    private func letGo(of node: Node, _ now: Int64, _ after: inout Afterwards) {
        if !node.endWaiters.isEmpty {
            for waiter in node.endWaiters { waiter.wake(.ready, self, &after) }
            node.endWaiters = []
        }
        if !node.cancelWaiters.isEmpty {
            for waiter in node.cancelWaiters { waiter.wake(.cancelled, self, &after) }
            node.cancelWaiters = []
        }
        node.sleeper = nil
        guard let rare = node.rare else { return }
        if let timer = rare.deadlineTimer { timers.disarm(timer) }
        drainInterest -= rare.drainHandlers.count + rare.drainWaiters.count
        for waiter in rare.drainWaiters { waiter.wake(.cancelled, self, &after) }
        if let shutdown = rare.shutdown { shutdownIsOver(shutdown, node, now) }
        for id in rare.restartable {
            if let plan = restartPlans.removeValue(forKey: id) { after.jobs.append(.letGo(plan.node)) }
        }
        // What it keeps may refer to it. An abandoned body may still say what it waits for, to nobody.
        let kept = RareParts()
        kept.restartedAt = rare.restartedAt
        kept.settings = rare.settings
        kept.borrowed = node.givenUp ? rare.borrowed : []
        kept.shutdown = rare.shutdown
        node.rare = kept.settings == nil && kept.borrowed.isEmpty && kept.shutdown == nil ? nil : kept
        after.jobs.append(.letGo(rare))
    }

    /// What the end of a child that did not succeed means to its parent.
    private func tell(_ parent: Node, of child: Node, _ now: Int64, _ after: inout Afterwards) {
        guard !child.isCaught, parent.policy != .isolate, parent.phase != .finished else { return }
        // A missed deadline is a failure also where the task did not even heed it.
        guard child.outcome == .failed || child.missedItsDeadline else { return }
        if startAgain(child, under: parent, now, &after) { return }
        let failure = child.outcome == .failed ? child.failure : nil
        let new = failure ?? ChildFailure(Fault(DeadlineExceeded(name: child.name)), of: child)
        if let known = parent.childFailure {
            known.suppressed += [new.first] + new.suppressed
            return
        }
        parent.childFailure = new
        // Where nothing is left to be cancelled, the failure alone is enough.
        guard !parent.bodyEnded || parent.liveChildren > 0 else { return }
        requestCancel(
            parent, Cause(.failure, by: child.name, origin: child.id, message: new.first.shown.message), force: false,
            now, &after)
    }

    /// The error as the log says it: the first child's, the body's own, or the missed deadline.
    private func loggedError(of node: Node) -> Failure? {
        if let failure = node.childFailure { return failure.first.shown }
        if node.outcome == .cancelled, node.missedItsDeadline { return Failure(DeadlineExceeded(name: node.name)) }
        return node.outcome == .failed ? node.fault?.shown : nil
    }
}
