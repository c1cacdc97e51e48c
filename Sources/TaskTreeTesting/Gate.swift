import EventBus

/// A gate that a test opens: who comes before waits, who comes after walks through. For bodies of a test that are to
/// go on when the test says so.
public final class Gate: Sendable {
    fileprivate struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrivals = 0
        var watchers: [(Int, CheckedContinuation<Void, Never>)] = []
    }
    private let state = Lock(State())

    public init() {}

    /// Waits until the gate is open; heeds no cancel.
    public func pass() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.arrivals += 1
                var ready = state.takeWatchers()
                if state.isOpen { ready.append(continuation) } else { state.waiting.append(continuation) }
                return ready
            }
            for continuation in ready { continuation.resume() }
        }
    }

    /// Lets everybody through, from now on.
    public func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until this many have come to the gate.
    public func arrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                state.watchers.append((count, continuation))
                return state.takeWatchers()
            }
            for continuation in ready { continuation.resume() }
        }
    }
}

extension Gate.State {
    fileprivate mutating func takeWatchers() -> [CheckedContinuation<Void, Never>] {
        let ready = watchers.filter { $0.0 <= arrivals }
        watchers.removeAll { $0.0 <= arrivals }
        return ready.map(\.1)
    }
}
