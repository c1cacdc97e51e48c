import EventBus
import TaskTree

/// A clock that a test moves by hand: deadlines, grace and budgets end when the test says so, and never by themselves.
public final class ManualClock: TreeClock {
    private struct State {
        var now: Int64 = 0
        /// In the order in which they were made: of two that are due at the same instant, the older comes first.
        var timers: [(alarm: Alarm, due: Int64?)] = []
        var watchers: [(by: Int64, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Lock(State())

    public init() {}

    public func now() -> Int64 { state.withLock { $0.now } }

    public func makeTimer(_ tick: @escaping @Sendable () -> Void) -> any ClockTimer {
        let alarm = Alarm(self, tick)
        state.withLock { $0.timers.append((alarm, nil)) }
        return alarm
    }

    /// Moves the time on, and calls on this thread whatever becomes due on the way, in its order and at its instant.
    public func advance(by duration: Duration) {
        let target = now() + Self.nanoseconds(duration)
        while let alarm = takeDue(by: target) { alarm.tick() }
        state.withLock { $0.now = max($0.now, target) }
    }

    /// Moves the time on to the next alarm, and calls it on this thread.
    /// - Returns: false if none is set.
    @discardableResult
    public func advanceToNextAlarm() -> Bool {
        guard let alarm = takeDue(by: .max) else { return false }
        alarm.tick()
        return true
    }

    /// Sleeps for a time of this clock; heeds no cancel. For an opening or a release that takes long.
    public func sleep(for duration: Duration) async {
        let alarm = Lock<Alarm?>(nil)
        await withCheckedContinuation { continuation in
            let made = Alarm(self) { continuation.resume() }
            alarm.withLock { $0 = made }
            state.withLock { $0.timers.append((made, nil)) }
            made.schedule(at: now() + Self.nanoseconds(duration))
        }
        alarm.withLock { $0 }?.stop()
    }

    /// Waits until something is due within this time from now: an engine sets its timers on threads of its own.
    public func alarm(within duration: Duration) async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                let by = state.now + Self.nanoseconds(duration)
                if state.timers.contains(where: { $0.due ?? .max <= by }) { return true }
                state.watchers.append((by, continuation))
                return false
            }
            if isSet { continuation.resume() }
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    private func takeDue(by target: Int64) -> Alarm? {
        state.withLock { state in
            var next: (index: Int, due: Int64)?
            for (index, timer) in state.timers.enumerated() {
                if let due = timer.due, due < next?.due ?? .max { next = (index, due) }
            }
            guard let next, next.due <= target else { return nil }
            state.now = max(state.now, next.due)
            state.timers[next.index].due = nil
            return state.timers[next.index].alarm
        }
    }

    private func set(_ alarm: Alarm, at instant: Int64?) {
        let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard let index = state.timers.firstIndex(where: { $0.alarm === alarm }) else { return [] }
            guard let instant else {
                state.timers.remove(at: index)
                return []
            }
            state.timers[index].due = min(state.timers[index].due ?? .max, instant)
            let ready = state.watchers.filter { $0.by >= instant }.map(\.continuation)
            state.watchers.removeAll { $0.by >= instant }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }

    private final class Alarm: ClockTimer {
        let clock: ManualClock
        let tick: @Sendable () -> Void
        init(_ clock: ManualClock, _ tick: @escaping @Sendable () -> Void) {
            self.clock = clock
            self.tick = tick
        }
        func schedule(at instant: Int64) { clock.set(self, at: instant) }
        func stop() { clock.set(self, at: nil) }
    }
}
