/// Rung by one thread, awaited by another, with a timeout on the monotonic clock.
final class Bell: Sendable {
    private let monitor = Monitor()
    private nonisolated(unsafe) var hasRung = false  // guarded by the monitor

    /// Before it is used again.
    func silence() { monitor.withLock { hasRung = false } }

    func ring() {
        monitor.withLock {
            hasRung = true
            monitor.signal()
        }
    }

    /// Returns when it was rung, or at that instant of `Monitor.now`; nil waits for ever.
    func wait(until deadline: Int64?) {
        monitor.withLock {
            while !hasRung {
                if let deadline, Monitor.now >= deadline { return }
                monitor.wait(until: deadline)
            }
        }
    }
}
