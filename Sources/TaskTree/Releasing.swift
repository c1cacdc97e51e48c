import TreeModel

/// Acquire and release: registered before anything can interrupt, released exactly once, un-cancelled, within a budget.
extension TreeEngine {
    /// Puts a value that has just been opened on its task's stack. It is registered whatever happened to the task
    /// meanwhile; the caller then says whether the task is cancelled. To an abandoned task it came too late: it is
    /// released at once.
    func register(
        _ id: ResourceID, on node: Node, _ name: String, _ kind: String?, budget: Int64,
        _ release: @escaping @Sendable (ReleaseContext) async throws -> Void
    ) -> ResourceEntry {
        let entry = ResourceEntry(id: id, name: cut(name), kind: kind, node: node, budget: budget, release: release)
        change { now, after in
            append(
                .resourceAcquired(
                    .init(resource: id, task: node.id, name: entry.name, kind: kind, budget: UInt64(budget))), now)
            entry.push(now)
            if node.phase == .finished {
                strays.keepHolder(node)
                after.lateReleases.append(entry)
            }
        }
        return entry
    }

    /// Begins a release; the lock is held, and the caller performs it afterwards.
    func beginRelease(_ entry: ResourceEntry, atEnd: Bool, _ now: Int64) {
        entry.state = .releasing
        entry.isAtEnd = atEnd
        entry.releasingSince = now
        entry.context = ReleaseContext(outcome: entry.node.outcome, cause: entry.node.cause)
        append(.resourceReleasing(.init(resource: entry.id, task: entry.node.id)), now)
        // Where grace is over, so is patience with releases.
        timers.arm(entry, at: now &+ (entry.node.isForced ? min(entry.budget, 20_000_000) : entry.budget))
    }

    /// Runs the program's release, and records how it went. Says whether the caller is to go on with the node: not if
    /// the budget ended first, since then somebody else did.
    func performRelease(_ entry: ResourceEntry) async -> Bool {
        var failure: (any Error)?
        do {
            try await Self.detached { try await entry.release(entry.context) }
        } catch {
            failure = error
        }
        let thrown = failure
        return change { now, after in
            let duration = UInt64(max(0, now &- entry.releasingSince))
            guard entry.state == .releasing else {
                entry.state = .over
                append(
                    .resourceReturned(
                        .init(resource: entry.id, outcome: thrown == nil ? .ok : .failed, duration: duration)), now)
                return false
            }
            timers.disarm(entry)
            entry.failure = thrown
            record(entry, thrown == nil ? .ok : .failed, thrown, duration, now, &after)
            entry.state = .over
            return entry.isAtEnd
        }
    }

    /// Runs a part of the program that belongs to no task: what it starts is no child of whoever happens to run it.
    private static func detached(_ body: () async throws -> Void) async rethrows {
        if TaskScope.current == nil { return try await body() }
        try await TaskScope.$current.withValue(nil) { try await body() }
    }

    /// The budget of a release is over: it counts as timed out, and its task goes on without it.
    func releaseTimedOut(_ entry: ResourceEntry, _ now: Int64, _ after: inout Afterwards) {
        guard entry.state == .releasing else { return }
        entry.state = .timedOut
        let error = ReleaseTimedOut(budget: .nanoseconds(entry.budget))
        entry.failure = error
        record(entry, .timedOut, error, UInt64(max(0, now &- entry.releasingSince)), now, &after)
        if entry.isAtEnd { after.carryOn.append(entry.node) }
    }

    private func record(
        _ entry: ResourceEntry, _ outcome: ReleaseOutcome, _ error: (any Error)?, _ duration: UInt64, _ now: Int64,
        _ after: inout Afterwards
    ) {
        append(
            .resourceReleased(
                .init(
                    resource: entry.id, task: entry.node.id, outcome: outcome, error: error.map { Failure($0) },
                    duration: duration)), now)
        entry.remove()
        // What came or returned after its task was over is no part of the cascade any more.
        if let cascade = entry.node.cascade, entry.node.phase != .finished {
            cascade.resources += 1
            if outcome == .failed { cascade.failed += 1 }
            if outcome == .timedOut { cascade.timedOut += 1 }
        }
        for waiter in entry.waiters { waiter.wake(.ready, self, &after) }
        entry.waiters = []
    }

    /// Releases before the task's end. Once, however many ask; all of them wait for it. When the task's body is over,
    /// its own end releases it in its order, and this returns at once, unless it is to be done all the same.
    func release(_ entry: ResourceEntry, evenAtEnd: Bool = false) async throws {
        enum Turn { case perform, over, wait, leave }
        while true {
            let turn: Turn = change { now, _ in
                switch entry.state {
                case .held:
                    if !evenAtEnd {
                        // Whoever waited here for the end could be a child that the end waits for.
                        if entry.node.bodyEnded, !entry.node.givenUp { return .leave }
                        if entry.node.cascade?.isMarking == true { return .wait }
                    }
                    beginRelease(entry, atEnd: false, now)
                    return .perform
                case .releasing: return .wait
                case .timedOut, .over: return .over
                }
            }
            switch turn {
            case .perform:
                // Shielded: the caller may be cancelled, the release is not. And not waited for beyond its budget.
                startNow { if await self.performRelease(entry) { await self.carryOn(entry.node) } }
            case .wait: await wait(for: entry)
            case .leave: return
            case .over:
                if let failure = change({ _, _ in entry.failure }) { throw failure }
                return
            }
        }
    }

    /// Sleeps until the release that is under way is over, or the marking that holds it back.
    private func wait(for entry: ResourceEntry) async {
        _ = await withUnsafeContinuation { continuation in
            change { _, after in
                let waiter = Waiter(continuation)
                if entry.state == .releasing {
                    entry.waiters.append(waiter)
                } else if entry.state == .held, let cascade = entry.node.cascade, cascade.isMarking {
                    cascade.markWaiters.append(waiter)
                } else {
                    waiter.wake(.ready, self, &after)
                }
            }
        }
    }
}
