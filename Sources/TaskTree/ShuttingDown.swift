import TreeModel

/// A shutdown under way: a ladder of timers, so that it goes on when the pool does not. Guarded by the engine's lock.
final class Shutdown: TimerEntry {
    var phase: ShutdownPhase = .draining
    let cause: Cause
    let ends: Int64

    init(cause: Cause, ends: Int64) {
        self.cause = cause
        self.ends = ends
    }

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
            let started = Shutdown(cause: cause, ends: now &+ options.shutdownTotal.nanoseconds)
            shutdown = started
            guard !roots.isEmpty else {
                // A root that comes later is refused.
                started.phase = .done
                return
            }
            guard drainInterest > 0 else { return nextShutdownStep(started, now, &after) }
            let budget = min(options.drainBudget.nanoseconds, options.shutdownTotal.nanoseconds)
            for root in roots {
                append(.shutdownPhase(.init(phase: .draining, task: root.id, budget: UInt64(max(0, budget)))), now)
                requestDrain(root, cause, now, &after)
            }
            timers.arm(started, at: now &+ budget)
        }
    }

    /// Whether a shutdown was asked for.
    public var isShuttingDown: Bool { change { _, _ in shutdown != nil } }

    func nextShutdownStep(_ shutdown: Shutdown, _ now: Int64, _ after: inout Afterwards) {
        switch shutdown.phase {
        case .draining:
            shutdown.phase = .cancelling
            for root in roots {
                append(
                    .shutdownPhase(
                        .init(phase: .cancelling, task: root.id, budget: UInt64(max(0, shutdown.ends &- now)))), now)
                requestCancel(root, shutdown.cause, force: false, now, &after)
            }
            timers.arm(shutdown, at: max(now, shutdown.ends))
        case .cancelling:
            shutdown.phase = .releasing
            for root in roots {
                append(.shutdownPhase(.init(phase: .releasing, task: root.id)), now)
                requestCancel(root, shutdown.cause, force: true, now, &after)
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
}
