import TreeModel

/// A shutdown under way: a ladder of timers, so that it goes on when the pool does not. Guarded by the engine's lock.
final class Shutdown: TimerEntry {
    var phase: ShutdownPhase = .draining
    let cause: Cause
    let ends: Int64
    /// What is shut down; nil is all.
    private weak var only: Node?
    private let isOfOne: Bool

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
            if node.liveChildren == 0 { return close(node, &after) }
            node.bodyEnded = true
            begin(started, draining: draining.nanoseconds, now, &after)
        }
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
    public var isShuttingDown: Bool { change { _, _ in shutdown != nil } }

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
        append(.shutdownPhase(.init(phase: .done, task: node.id)), now)
    }
}
