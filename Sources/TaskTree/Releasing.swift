import TreeModel

/// Acquire and release: registered before anything can interrupt, released exactly once, un-cancelled, within a budget.
extension TreeEngine {
    /// Begins a release; the lock is held, and the caller performs it afterwards.
    func beginRelease(_ entry: ResourceEntry, of node: Node, by releaser: ResourceEntry.Releaser, _ now: Int64) {
        entry.state = .releasing
        entry.releaser = releaser
        entry.releasingSince = now
        append(TreeEvent.ResourceReleasing.self, now) {
            $0.resource = entry.id
            $0.task = node.id
        }
        // Where grace is over, so is patience with releases.
        timers.arm(entry, at: now &+ (node.isForced ? min(entry.budget, 20_000_000) : entry.budget))
    }

    /// A release is over: records how it went. Answers the node that the caller is to go on with: none if the budget ended
    /// first, since then somebody else did.
    func released(_ entry: ResourceEntry, _ fault: Fault?, _ now: Int64, _ after: inout Afterwards) -> Node? {
        let duration = UInt64(max(0, now &- entry.releasingSince))
        guard entry.state == .releasing, let node = entry.node else {
            entry.state = .over
            append(
                .resourceReturned(
                    .init(resource: entry.id, outcome: fault == nil ? .ok : .failed, duration: duration)), now)
            return nil
        }
        timers.disarm(entry)
        if let fault { entry.parts.fault = fault }
        let outcome: ReleaseOutcome = entry.rare?.isLeaked == true ? .leaked : fault == nil ? .ok : .failed
        record(entry, of: node, outcome, fault, duration, now, &after)
        entry.state = .over
        return entry.releaser == .end ? node : nil
    }

    /// The budget of a release is over: it counts as timed out, and its task goes on without it.
    func releaseTimedOut(_ entry: ResourceEntry, _ now: Int64, _ after: inout Afterwards) {
        guard entry.state == .releasing, let node = entry.node else { return }
        entry.state = .timedOut
        let fault = Fault(ReleaseTimedOut(budget: .nanoseconds(entry.budget)))
        entry.parts.fault = fault
        record(entry, of: node, .timedOut, fault, UInt64(max(0, now &- entry.releasingSince)), now, &after)
        if entry.releaser == .end { after.jobs.append(.carryOn(node)) }
        if entry.releaser == .body, let task = node.endShield() { after.jobs.append(.cancel(task)) }
    }

    private func record(
        _ entry: ResourceEntry, of node: Node, _ outcome: ReleaseOutcome, _ fault: Fault?, _ duration: UInt64,
        _ now: Int64, _ after: inout Afterwards
    ) {
        append(TreeEvent.ResourceReleased.self, now) {
            $0.resource = entry.id
            $0.task = node.id
            $0.outcome = outcome
            $0.error = fault?.shown
            $0.duration = duration
        }
        remove(entry)
        tellStops(of: outcome, in: node)
        if node.phase == .finished, node.newestResource == nil, strays.holderCount > 0 {
            after.jobs.append(.letGo(strays.idleHolders()))
        }
        // What came or returned after its task was over is no part of the cascade any more.
        if let cascade = node.cascade, node.phase != .finished {
            cascade.resources += 1
            if outcome == .failed { cascade.failed += 1 }
            if outcome == .timedOut { cascade.timedOut += 1 }
        }
        guard let rare = entry.rare, !rare.waiters.isEmpty else { return }
        for waiter in rare.waiters { waiter.wake(.ready, self, &after) }
        rare.waiters = []
    }

    // MARK: Order

    enum NextRelease {
        /// This one has begun, for the caller to perform.
        case begun(ResourceEntry)
        /// One that somebody else performs is awaited.
        case underWay
        /// There is nothing to release, or only what abandoned tasks may use.
        case none
    }

    /// Begins what is to be released next at the end of a node; the lock is held. An early release that is under way is
    /// waited for.
    @inline(__always)
    func nextRelease(of node: Node, _ now: Int64, _ after: inout Afterwards) -> NextRelease {
        if node.phase != .finished { node.phase = .releasing }
        if node.hasOrder { return nextOrdered(of: node, now, &after) }
        var newest = node.newestResource
        while let entry = newest, entry.isQuarantined { newest = entry.older }
        guard let entry = newest else { return .none }
        if entry.state == .releasing {
            entry.releaser = .end
            return .underWay
        }
        letGoAtEnd(entry, of: node, now)
        return .begun(entry)
    }

    private func letGoAtEnd(_ entry: ResourceEntry, of node: Node, _ now: Int64) {
        // Its handle should have released it.
        if let rare = entry.rare, rare.isLease, !rare.isGivenBack { rare.isLeaked = true }
        beginRelease(entry, of: node, by: .end, now)
    }

    /// The same where some have a declared order: all whose turn it is go at once.
    private func nextOrdered(of node: Node, _ now: Int64, _ after: inout Afterwards) -> NextRelease {
        var first: ResourceEntry?
        var isUnderWay = false
        var next = node.newestResource
        // Down to the newest that is released before all that is older.
        while let entry = next {
            next = entry.older
            if entry.isQuarantined { continue }
            if entry.state == .releasing {
                entry.releaser = .end
                isUnderWay = true
            } else if entry.rare?.order?.blockers ?? 0 == 0 {
                letGoAtEnd(entry, of: node, now)
                if first == nil { first = entry } else { after.jobs.append(.release(entry, ReleaseContext(node))) }
            }
            if entry.rare?.order?.before == nil { break }
        }
        if let first { return .begun(first) }
        return isUnderWay ? .underWay : .none
    }

    /// It leaves its task's stack, and what was to be released after it waits for one less.
    private func remove(_ entry: ResourceEntry) {
        entry.remove()
        spent.alive -= 1
        guard let order = entry.rare?.order else { return }
        order.block(-1)
        order.before = []
    }

    // MARK: Lent and leased

    /// An abandoned task may still use what it holds, and what was lent to it: that stays as it is until it returns.
    func quarantine(_ node: Node, _ now: Int64) {
        var entry = node.newestResource
        while let current = entry {
            append(.resourceQuarantined(.init(resource: current.id, task: node.id, because: node.id)), now)
            current.parts.because = node.id
            node.cascade?.resources += 1
            entry = current.older
        }
        for lent in node.rare?.borrowed ?? [] where lent.state == .held {
            guard let owner = lent.node else { continue }
            // What is to be released after it does not wait for it meanwhile.
            if !lent.isQuarantined { lent.rare?.order?.block(-1) }
            lent.parts.quarantined += 1
            lent.parts.because = node.id
            append(.resourceQuarantined(.init(resource: lent.id, task: owner.id, because: node.id)), now)
        }
        strays[node.id] = node
        abandonedCount += 1
    }

    /// The log ends while what came too late to a task that was over is not released yet: as far as the log goes, it is left.
    func quarantineRest(_ now: Int64) {
        for node in strays.all {
            var entry = node.newestResource
            while let current = entry {
                if current.rare?.because == nil {
                    append(.resourceQuarantined(.init(resource: current.id, task: node.id, because: node.id)), now)
                }
                entry = current.older
            }
        }
    }

    /// An abandoned task has returned: its owner has again what was lent to it, and releases it if it is over by now.
    func giveBackBorrowed(of node: Node, _ after: inout Afterwards) {
        guard let rare = node.rare, !rare.borrowed.isEmpty else { return }
        var owners: [Node] = []
        for lent in rare.borrowed where lent.isQuarantined {
            lent.parts.quarantined -= 1
            if !lent.isQuarantined {
                lent.rare?.order?.block(1)
            }
            guard !lent.isQuarantined, let owner = lent.node else { continue }
            guard owner.phase == .finished else {
                // Somebody asked for it meanwhile.
                if let rare = lent.rare, rare.isGivenBack || rare.isLeaked { after.jobs.append(.releaseLate(lent)) }
                continue
            }
            if !owners.contains(where: { $0 === owner }) { owners.append(owner) }
        }
        rare.borrowed = []
        for owner in owners { after.jobs.append(.carryOn(owner)) }
    }

    /// The handle of a lease is gone, and did not release it.
    func leaked(_ entry: ResourceEntry) {
        change { now, after in
            guard entry.state == .held, let node = entry.node, entry.rare?.isGivenBack != true else { return }
            entry.parts.isLeaked = true
            // The end of its task comes to it; and nothing is released before a cascade's last mark.
            if entry.isQuarantined || (node.bodyEnded && node.phase != .finished) { return }
            if let cascade = node.cascade, cascade.isMarking { return }
            beginRelease(entry, of: node, by: .asker, now)
            after.jobs.append(.release(entry, ReleaseContext(node)))
        }
    }

    // MARK: Early release

    /// Releases before the task's end. Once, however many ask; all of them wait for it. When the task's body is over,
    /// its own end releases it in its order, and this returns at once, unless it is to be done all the same.
    func release(_ entry: ResourceEntry, evenAtEnd: Bool = false) async throws {
        enum Turn {
            case perform(ReleaseContext, Node)
            case over(Fault?)
            case wait, leave
        }
        while true {
            let turn: Turn = change { now, _ in
                switch entry.state {
                case .held:
                    guard let node = entry.node else { return .over(nil) }
                    entry.rare?.isGivenBack = true
                    if entry.isQuarantined { return .leave }
                    if !evenAtEnd {
                        // Whoever waited here for the end could be a child that the end waits for. And what the
                        // children of a body that was given up may use, stays until they have ended.
                        if node.bodyEnded, !(node.givenUp && node.phase == .finished) { return .leave }
                        if node.cascade?.isMarking == true { return .wait }
                    }
                    let isBodys = entry.isAtOnce && node.runningTask == .now
                    beginRelease(entry, of: node, by: isBodys ? .body : .asker, now)
                    return .perform(ReleaseContext(node), node)
                case .releasing: return .wait
                case .timedOut, .over: return .over(entry.rare?.fault)
                }
            }
            switch turn {
            case .perform(let context, let node):
                // Shielded: the caller may be cancelled, the release is not. And not waited for beyond its budget, where it
                // can suspend. Nor is what it starts a child of the caller.
                TaskScope.$ofBody.withValue(.none) {
                    let isDone = entry.isAtOnce && node.shieldOwnTask { _ = goOnAtOnce(.release(entry, context)) }
                    if !isDone { goOnShielded(entry, context) }
                }
            case .wait: await wait(for: entry)
            case .leave: return
            case .over(let fault):
                if let fault { throw fault.error }
                return
            }
        }
    }

    /// Sleeps until the release that is under way is over, or the marking that holds it back.
    private func wait(for entry: ResourceEntry) async {
        _ = await withUnsafeContinuation { continuation in
            change { _, after in
                if entry.state == .releasing {
                    entry.parts.waiters.append(Waiter(continuation))
                } else if entry.state == .held, let cascade = entry.node?.cascade, cascade.isMarking {
                    cascade.markWaiters.append(Waiter(continuation))
                } else {
                    after.resume(continuation, .ready)
                }
            }
        }
    }
}
