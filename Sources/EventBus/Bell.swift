/// Rung by one thread, awaited by another, with a timeout on the monotonic clock.
final class Bell: Sendable {
    private let monitor = Monitor()
    private nonisolated(unsafe) var hasRung = false  // guarded by the monitor

    func ring() {
        monitor.withLock {
            hasRung = true
            monitor.signal()
        }
    }

    /// Returns when it was rung, or after so many milliseconds; nil waits for ever.
    func wait(milliseconds: Int?) {
        let deadline = milliseconds.map { Monitor.now + Int64(min(max(0, $0), 1 << 40)) * 1_000_000 }
        monitor.withLock {
            while !hasRung {
                if let deadline, Monitor.now >= deadline { return }
                monitor.wait(until: deadline)
            }
        }
    }
}
