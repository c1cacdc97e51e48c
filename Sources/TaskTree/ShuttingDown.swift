import TreeModel

/// A shutdown under way: a ladder of timers, so that it goes on when the pool does not. Guarded by the engine's lock.
final class Shutdown: TimerEntry {
    var phase: ShutdownPhase = .draining
    let cause: Cause
    let ends: Int64
    /// What is shut down; nil is all.
    private weak var only: Node?
    private let isOfOne: Bool

    // What went wrong since it was asked for, in all that is shut down.
    fileprivate(set) var failed = 0
    fileprivate(set) var timedOut = 0
    /// Who was left behind, up to some hundred.
    fileprivate(set) var left: [StopReport.Left] = []

    init(_ only: Node?, cause: Cause, ends: Int64) {
        self.only = only
        isOfOne = only != nil
        self.cause = cause
        self.ends = ends
    }

    func targets(in engine: TreeEngine) -> [Node] { isOfOne ? only.map { [$0] } ?? [] : engine.roots }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        engine.nextShutdownStep(self, now, &after)
    }
}

extension TreeEngine {
    /// Shuts all roots down, and lets no new one start: drain, then cancel when the drain's budget is over, then give up what is left when the
    /// total is. Asked for again while it drains, it cancels now. A tree in which nobody would notice a drain is
    /// cancelled at once.
    public func shutDown(cause: Cause) {
        change { now, after in
            if let shutdown {
                guard shutdown.phase == .draining else { return }
                timers.disarm(shutdown)
                nextShutdownStep(shutdown, now, &after)
                return
            }
            let started = Shutdown(nil, cause: cause, ends: now &+ options.shutdownTotal.nanoseconds)
            shutdown = started
            guard !roots.isEmpty else {
                // A root that comes later is refused.
                started.phase = .done
                return
            }
            begin(started, draining: drainInterest > 0 ? options.drainBudget.nanoseconds : 0, now, &after)
        }
    }

    /// Shuts one node down, with all below it.
    func stop(_ node: Node, total: Duration, draining: Duration) {
        change { now, after in
            guard node.phase != .finished, node.rare?.shutdown == nil else { return }
            let cause = Cause(.shutdown, by: node.name)
            let started = Shutdown(node, cause: cause, ends: now &+ total.nanoseconds)
            node.parts.shutdown = started
            if node.liveChildren == 0 {
                stops += 1
                return close(node, &after)
            }
            node.bodyEnded = true
            stops += 1
            begin(started, draining: draining.nanoseconds, now, &after)
            closeIfDrained(node, &after)
        }
    }

    /// How it went, once it is over.
    func report(of node: Node) -> StopReport {
        look {
            // What a cancel from above did elsewhere is none of its business.
            let own = node.cascade.flatMap { $0.rootID == node.id ? $0 : nil }
            let stop = node.rare?.shutdown
            let left = stop?.left ?? []
            return StopReport(
                failure: node.childFailure?.error(at: node.id), abandoned: left.isEmpty ? own?.left ?? [] : left,
                releasesFailed: max(stop?.failed ?? 0, Int(own?.failed ?? 0)),
                releasesTimedOut: max(stop?.timedOut ?? 0, Int(own?.timedOut ?? 0)))
        }
    }

    /// Counts what went wrong for the stops that it belongs to; the lock is held.
    func tellStops(above node: Node, _ count: (Shutdown) -> Void) {
        guard stops > 0 else { return }
        var above: Node? = node
        for _ in 0..<1000 {
            guard let current = above else { return }
            if let stop = current.rare?.shutdown { count(stop) }
            above = current.parent
        }
    }

    func tellStops(of outcome: ReleaseOutcome, in node: Node) {
        guard outcome == .failed || outcome == .timedOut else { return }
        tellStops(above: node) { if outcome == .failed { $0.failed += 1 } else { $0.timedOut += 1 } }
    }

    func tellStops(ofAbandoned node: Node) {
        tellStops(above: node) { stop in
            if stop.left.count < 100 { stop.left.append(StopReport.Left(task: node.id, name: node.name)) }
        }
    }

    /// A stop that drains need not wait for scopes in which nothing runs, such as the controllers in the one that is
    /// stopped: they are closed once there is nothing else.
    func closeIfDrained(_ start: Node, _ after: inout Afterwards) {
        guard stops > 0 else { return }
        var next: Node? = start
        var budget = 64
        while let node = next, isIdle(node, &budget) {
            if node.rare?.shutdown?.phase == .draining {
                var child = node.firstChild
                while let group = child {
                    close(group, &after)
                    child = group.nextSibling
                }
                return
            }
            next = node.parent
        }
    }

    private func isIdle(_ node: Node, _ budget: inout Int) -> Bool {
        guard node.isGroup, node.handlers == 0 else { return false }
        var child = node.firstChild
        while let group = child {
            budget -= 1
            guard budget > 0, isIdle(group, &budget) else { return false }
            child = group.nextSibling
        }
        return true
    }

    /// Drains for this long, but no longer than it has in all.
    private func begin(_ shutdown: Shutdown, draining: Int64, _ now: Int64, _ after: inout Afterwards) {
        let budget = min(draining, shutdown.ends &- now)
        guard budget > 0 else { return nextShutdownStep(shutdown, now, &after) }
        for target in shutdown.targets(in: self) {
            append(.shutdownPhase(.init(phase: .draining, task: target.id, budget: UInt64(budget))), now)
            requestDrain(target, shutdown.cause, now, &after)
        }
        timers.arm(shutdown, at: now &+ budget)
    }

    /// Whether a shutdown was asked for.
    public var isShuttingDown: Bool { look { shutdown != nil } }

    func nextShutdownStep(_ shutdown: Shutdown, _ now: Int64, _ after: inout Afterwards) {
        switch shutdown.phase {
        case .draining:
            shutdown.phase = .cancelling
            for target in shutdown.targets(in: self) {
                append(
                    .shutdownPhase(
                        .init(phase: .cancelling, task: target.id, budget: UInt64(max(0, shutdown.ends &- now)))), now)
                requestCancel(target, shutdown.cause, force: false, now, &after)
            }
            timers.arm(shutdown, at: max(now, shutdown.ends))
        case .cancelling:
            shutdown.phase = .releasing
            for target in shutdown.targets(in: self) {
                append(.shutdownPhase(.init(phase: .releasing, task: target.id)), now)
                requestCancel(target, shutdown.cause, force: true, now, &after)
            }
        case .releasing, .done: break
        }
    }

    func shutdownNoticesEnd(of root: Node, _ now: Int64, _ after: inout Afterwards) {
        guard let shutdown else { return }
        append(.shutdownPhase(.init(phase: .done, task: root.id)), now)
        guard roots.isEmpty else { return }
        shutdown.phase = .done
        timers.disarm(shutdown)
    }

    /// The end of a node that was shut down by itself.
    func shutdownIsOver(_ shutdown: Shutdown, _ node: Node, _ now: Int64) {
        timers.disarm(shutdown)
        shutdown.phase = .done
        stops -= 1
        append(.shutdownPhase(.init(phase: .done, task: node.id)), now)
    }
}
