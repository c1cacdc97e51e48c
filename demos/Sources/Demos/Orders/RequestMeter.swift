import Synchronization

/// Counts requests and says about once a second how it goes.
final class RequestMeter: Sendable {
    private struct State {
        var since = ContinuousClock.now
        var latencies: [Duration] = []
        var orders = 0
    }
    private let state = Mutex(State())

    /// What happened in about a second.
    struct Window: Equatable {
        var requestsPerSecond: Int
        var ordersPerSecond: Int
        var p99: Duration
    }

    /// Counts a request. Answers the window that it completes.
    func record(_ latency: Duration, orders: Int = 0, now: ContinuousClock.Instant = .now) -> Window? {
        state.withLock { state in
            state.latencies.append(latency)
            state.orders += orders
            let length = state.since.duration(to: now)
            guard length >= .seconds(1) else { return nil }
            let seconds = length / .seconds(1)
            state.latencies.sort()
            let window = Window(
                requestsPerSecond: Int((Double(state.latencies.count) / seconds).rounded()),
                ordersPerSecond: Int((Double(state.orders) / seconds).rounded()),
                p99: state.latencies[(state.latencies.count - 1) * 99 / 100])
            state = State(since: now)
            return window
        }
    }
}
