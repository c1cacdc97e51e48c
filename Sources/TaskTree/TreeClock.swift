import EventBus

/// Where an engine takes its time from. Tests inject a clock that they move by hand.
public protocol TreeClock: AnyObject, Sendable {
    /// Monotonic nanoseconds since some origin.
    func now() -> Int64
    /// A timer that calls `tick` when its time has come, never from inside `schedule`.
    func makeTimer(_ tick: @escaping @Sendable () -> Void) -> any ClockTimer
}

/// One alarm of a clock.
public protocol ClockTimer: AnyObject, Sendable {
    /// Calls `tick` at this instant, or at an earlier one that was asked for since the last call. A call too early does
    /// no harm; one that is lost would stop the time of the engine.
    func schedule(at instant: Int64)
    /// No more calls; lets go of the thread.
    func stop()
}

/// The machine's monotonic clock. Each timer has a thread of its own, so that time goes on when every thread of
/// Swift's pool is blocked (a `Task.sleep` would not).
public final class SystemClock: TreeClock {
    public init() {}

    public func now() -> Int64 { Monitor.now }

    public func makeTimer(_ tick: @escaping @Sendable () -> Void) -> any ClockTimer {
        ThreadTimer(clock: self, tick)
    }
}

private final class ThreadTimer: ClockTimer, @unchecked Sendable {
    private let monitor = Monitor()
    private var due: Int64?  // guarded by the monitor
    private var stopped = false  // guarded by the monitor

    init(clock: SystemClock, _ tick: @escaping @Sendable () -> Void) {
        startOwnThread("treetop-time") { [self] in
            while waitUntilDue(clock) { tick() }
        }
    }

    func schedule(at instant: Int64) {
        monitor.withLock {
            due = min(due ?? .max, instant)
            monitor.signal()
        }
    }

    func stop() {
        monitor.withLock {
            stopped = true
            monitor.signal()
        }
    }

    private func waitUntilDue(_ clock: SystemClock) -> Bool {
        monitor.withLock {
            while !stopped {
                if let due, due <= clock.now() {
                    self.due = nil
                    return true
                }
                monitor.wait(until: due)
            }
            return false
        }
    }
}

extension Duration {
    /// Whole nanoseconds, held within what can be added to an instant (73 years).
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let most = Int64.max / 4
        guard abs(Double(seconds)) < Double(most / 1_000_000_000) else { return seconds < 0 ? -most : most }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
