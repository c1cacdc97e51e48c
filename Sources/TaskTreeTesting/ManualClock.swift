import EventBus
import TaskTree

/// A clock that a test moves by hand: deadlines, grace and budgets end when the test says so, and never by themselves.
public final class ManualClock: TreeClock {
    private struct State {
        var now: Int64 = 0
        var due: [ObjectIdentifier: Int64] = [:]
        var timers: [ObjectIdentifier: Alarm] = [:]
        var watchers: [(by: Int64, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Lock(State())

    public init() {}

    public func now() -> Int64 { state.withLock { $0.now } }

    public func makeTimer(_ tick: @escaping @Sendable () -> Void) -> any ClockTimer {
        let alarm = Alarm(self, tick)
        state.withLock { $0.timers[ObjectIdentifier(alarm)] = alarm }
        return alarm
    }

    /// Moves the time on, and calls on this thread whatever becomes due on the way, in its order and at its instant.
    public func advance(by duration: Duration) {
        let target = now() + Self.nanoseconds(duration)
        while let alarm = takeDue(by: target) { alarm.tick() }
        state.withLock { $0.now = max($0.now, target) }
    }

    /// Waits until something is due within this time from now: an engine sets its timers on threads of its own.
    public func alarm(within duration: Duration) async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                let by = state.now + Self.nanoseconds(duration)
                if state.due.values.contains(where: { $0 <= by }) { return true }
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
            guard let next = state.due.min(by: { $0.value < $1.value }), next.value <= target else { return nil }
            state.now = max(state.now, next.value)
            state.due[next.key] = nil
            return state.timers[next.key]
        }
    }

    private func set(_ alarm: Alarm, at instant: Int64?) {
        let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard let instant else {
                state.due[ObjectIdentifier(alarm)] = nil
                state.timers[ObjectIdentifier(alarm)] = nil
                return []
            }
            state.due[ObjectIdentifier(alarm)] = min(state.due[ObjectIdentifier(alarm)] ?? .max, instant)
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
