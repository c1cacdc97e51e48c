import TreeModel

/// Cancel: asked for at once, then marked from the top down in slices on a thread of its own, and only after the last
/// mark is anything woken or released.
extension TreeEngine {
    /// Cancels a node unless it is cancelled or over. Its own mark is immediate, so that nothing starts in it from here
    /// on; the rest of the subtree follows on the thread of the cascades. The lock is held.
    @discardableResult
    func requestCancel(_ node: Node, _ cause: Cause, force: Bool, _ now: Int64, _ after: inout Afterwards) -> Cascade? {
        guard node.phase != .finished else { return nil }
        if node.cascade == nil, marking > 0 {
            switch cover(of: node) {
            case .none: break
            // The first cause wins, also where its marks have not come yet.
            case .marking(let above): mark(node, above, now)
            case .unknown:
                // Too deep to find out here: once the marks are made it is plain to see.
                after.sweep { [self] in
                    change { now, after in _ = requestCancel(node, cause, force: force, now, &after) }
                }
                return nil
            }
        }
        if let earlier = node.cascade {
            if force, !node.isForced { endGrace(of: earlier, from: node, by: cause.by, now, &after) }
            return earlier
        }
        let cascade = Cascade(id: nextCascade(), root: node, cause: cause, requested: now, isForced: force)
        cascade.patience.cascade = cascade
        cascades[cascade.id] = cascade
        marking += 1
        append(TreeEvent.CancelRequested.self, now) {
            $0.cascade = cascade.id
            $0.task = node.id
            $0.force = force
            $0.cause = cause
        }
        mark(node, cascade, now)
        if node.liveChildren == 0 {
            // There is nothing below it to walk to.
            allMarked(cascade, now, &after)
            wake(node, now, &after)
            if cascade.root != nil { timers.arm(cascade.patience, at: now &+ cascade.soonest) }
        } else {
            after.sweep { [self] in run(cascade, root: node) }
        }
        return cascade
    }

    private enum Cover {
        case none
        /// This cascade is on its way down to the node.
        case marking(Cascade)
        /// The nearest marked node is too far up to look for it under the lock.
        case unknown
    }

    private func cover(of node: Node) -> Cover {
        var above = node.parent
        for _ in 0..<1000 {
            guard let current = above else { return .none }
            if let cascade = current.cascade { return cascade.isMarking ? .marking(cascade) : .none }
            above = current.parent
        }
        return above == nil ? .none : .unknown
    }

    /// A node that releases or ends while a cascade is on its way down to it is marked as it does, so that it is accounted
    /// for. Says whether it may: one so deep that this would take long to find out waits until the marks are made.
    func markLate(_ node: Node, _ now: Int64) -> Bool {
        guard marking > 0, node.cascade == nil else { return true }
        switch cover(of: node) {
        case .none: return true
        case .marking(let cascade):
            mark(node, cascade, now)
            return true
        case .unknown:
            undecided.append(node)
            return false
        }
    }

    private func mark(_ node: Node, _ cascade: Cascade, _ now: Int64) {
        node.mark(by: cascade)
        cascade.shortestGrace = min(cascade.shortestGrace, cascade.grace(of: node))
        if node.isGroup { node.bodyEnded = true }
        append(TreeEvent.TaskCancelling.self, now) {
            $0.task = node.id
            $0.cascade = cascade.id
        }
    }

    /// The cascade's work, on its thread: marks all, then wakes all.
    private func run(_ cascade: Cascade, root: Node) {
        var marked: [Node] = []
        let makeRoom = {
            if marked.capacity - marked.count <= Self.slice {
                marked.reserveCapacity(2 * marked.count + 2 * Self.slice)
            }
        }
        sweep(root, beforeSlice: makeRoom) { node, now, _ in
            if node.cascade == nil { mark(node, cascade, now) }
            // What another cascade has marked, it marked before this one came: with all that is below.
            guard node.cascade === cascade else { return false }
            marked.append(node)
            return true
        }
        change { now, after in allMarked(cascade, now, &after) }
        // The newest first: the leaves are what the others wait for. All are let go at the end, off the lock.
        var left = marked.count
        while left > 0 {
            change(room: 24) { now, after in
                let next = max(0, left - 16)
                for index in (next..<left).reversed() { wake(marked[index], now, &after) }
                left = next
            }
        }
        change { now, _ in
            cascade.woken = now
            cascade.endedBefore = cascade.tasks
            if cascade.root != nil { timers.arm(cascade.patience, at: now &+ cascade.soonest) }
        }
    }

    /// The last mark of a cascade is made.
    private func allMarked(_ cascade: Cascade, _ now: Int64, _ after: inout Afterwards) {
        cascade.isMarking = false
        cascade.woken = now
        marking -= 1
        if marking == 0 {
            for node in undecided { after.jobs.append(.carryOn(node)) }
            undecided = []
        }
        guard !cascade.heldBack.isEmpty || !cascade.markWaiters.isEmpty else { return }
        for node in cascade.heldBack { after.jobs.append(.carryOn(node)) }
        after.jobs.append(.letGo(cascade.heldBack))
        cascade.heldBack = []
        for waiter in cascade.markWaiters { waiter.wake(.ready, self, &after) }
        cascade.markWaiters = []
    }

    private func wake(_ node: Node, _ now: Int64, _ after: inout Afterwards) {
        guard node.phase != .finished else { return }
        // A body that sleeps here cancels its own Swift task as it wakes.
        var isAsleep = false
        if let parked = node.parked {
            node.parked = nil
            after.resume(parked, .cancelled)
            isAsleep = true
        } else if let sleeper = node.sleeper {
            isAsleep = sleeper.wake(.cancelled, self, &after)
            node.sleeper = nil
        }
        if !node.cancelWaiters.isEmpty {
            for waiter in node.cancelWaiters { waiter.wake(.cancelled, self, &after) }
            node.cancelWaiters = []
        }
        if let rare = node.rare { wake(rare, of: node, now, &after) }
        if !isAsleep, let task = node.taskToCancel() { after.jobs.append(.cancel(task)) }
        if node.isQueued { return endUnbegun(node, now, &after) }
        if node.bodyEnded, node.liveChildren == 0 { after.jobs.append(.carryOn(node)) }
    }

    private func wake(_ rare: RareParts, of node: Node, _ now: Int64, _ after: inout Afterwards) {
        for waiter in rare.drainWaiters { waiter.wake(.cancelled, self, &after) }
        drainInterest -= rare.drainWaiters.count
        rare.drainWaiters = []
        let cause = node.cause ?? Cause(.code)
        for handler in rare.cancelHandlers { queue({ await handler(cause) }, of: node, now, &after) }
        rare.cancelHandlers = []
    }

    /// Has `checkPatience` done on the thread of the cascades, unless it is to come anyway.
    func checkPatienceSoon(_ cascade: Cascade, _ after: inout Afterwards) {
        guard !cascade.isCheckDue else { return }
        cascade.isCheckDue = true
        after.sweep { [self] in checkPatience(cascade) }
    }

    /// Looks who of a cascade has not returned: says who is overdue, gives up whose grace is over, and sets its timer
    /// to the next that may become so.
    private func checkPatience(_ cascade: Cascade) {
        var looked: Int64 = 0
        let root: Node? = change { now, _ in
            looked = now
            cascade.isCheckDue = false
            // Where hundreds end between two looks, the others have not been slow: it was not their turn yet. Nor does
            // anybody look through a million of them meanwhile.
            let isBusy = cascade.tasks > cascade.endedBefore + 256
            cascade.endedBefore = cascade.tasks
            guard isBusy, cascade.root != nil else { return cascade.root }
            cascade.woken = now
            timers.arm(cascade.patience, at: now &+ cascade.soonest)
            return nil
        }
        guard let root else { return }
        var next = Int64.max
        sweep(root) { node, now, after in
            guard node.cascade === cascade, let due = patienceEnds(node, cascade, as: looked, now, &after) else {
                return true
            }
            next = min(next, due)
            return true
        }
        change { _, _ in
            guard cascade.root != nil, next != .max else { return }
            timers.arm(cascade.patience, at: next)
        }
    }

    /// When the node is to be looked at again, or nil if nothing of it is awaited. What counts is when the look began: to
    /// look through a million takes longer than the first of them may be late.
    private func patienceEnds(
        _ node: Node, _ cascade: Cascade, as looked: Int64, _ now: Int64, _ after: inout Afterwards
    ) -> Int64? {
        guard !node.bodyEnded, node.phase == .running else { return nil }
        let grace = cascade.grace(of: node)
        let since = max(cascade.woken, node.rare?.patienceFrom ?? 0)
        let soon = min(grace / 10, 250_000_000)
        if let rare = node.rare, rare.joins > 0 { return nil }
        guard looked >= since &+ soon else { return since &+ soon }
        if !node.overdueReported {
            node.overdueReported = true
            append(
                .taskOverdue(
                    .init(task: node.id, since: since, grace: UInt64(grace), on: node.rare?.waits.last?.on)), now)
        }
        guard looked >= since &+ grace else { return since &+ grace }
        giveUp(node, now, &after)
        return nil
    }

    /// Ends the grace of all that is cancelled from a node down: bodies that run are given up, releases that run count
    /// as timed out, and those to come get next to no time.
    private func endGrace(
        of cascade: Cascade, from start: Node, by: String?, _ now: Int64, _ after: inout Afterwards
    ) {
        if start === cascade.root {
            cascade.isForced = true
            append(.cancelEscalated(.init(cascade: cascade.id, by: by)), now)
        }
        after.sweep { [self] in
            sweep(start) { node, now, after in
                node.isForced = true
                // Several are under way where they have an order of their own, and below what is lent to others.
                var next = node.newestResource
                while let entry = next {
                    next = entry.older
                    guard entry.state == .releasing else { continue }
                    timers.disarm(entry)
                    releaseTimedOut(entry, now, &after)
                }
                if node.phase == .running, node.rare?.joins ?? 0 == 0 { giveUp(node, now, &after) }
                return true
            }
        }
    }

    /// The root of a cascade is over, so all of it is.
    func complete(_ cascade: Cascade, _ now: Int64) {
        cascade.root = nil
        timers.disarm(cascade.patience)
        cascade.patience.cascade = nil
        cascades[cascade.id] = nil
        append(TreeEvent.CancelCompleted.self, now) {
            $0.cascade = cascade.id
            $0.tasks = cascade.tasks
            $0.resources = cascade.resources
            $0.failed = cascade.failed
            $0.timedOut = cascade.timedOut
            $0.abandoned = cascade.abandoned
            $0.duration = UInt64(max(0, now &- cascade.requested))
        }
    }

    // MARK: From outside

    /// Cancels the subtree of a task. A second cancel changes nothing; a forced one takes the grace from this subtree.
    /// - Returns: false if there is no such task, or it is over.
    @discardableResult
    public func cancel(_ task: TaskID, cause: Cause, force: Bool = false) -> Bool {
        change { now, after in
            guard let node = table.find(task) else { return false }
            return requestCancel(node, cause, force: force, now, &after) != nil
        }
    }

    /// Takes the grace from a running cascade: what has not returned is abandoned, a release that runs counts as timed out.
    /// - Returns: false if the cascade is over.
    @discardableResult
    public func escalate(_ cascade: CascadeID, by: String? = nil) -> Bool {
        change { now, after in
            guard let running = cascades[cascade], let root = running.root else { return false }
            endGrace(of: running, from: root, by: by, now, &after)
            return true
        }
    }

    /// Sleeps until a task is over.
    func waitForEnd(of node: Node) async {
        _ = await withUnsafeContinuation { continuation in
            change { _, after in
                if node.phase == .finished {
                    after.resume(continuation, .ready)
                } else {
                    node.endWaiters.append(Waiter(continuation))
                }
            }
        }
    }
}
