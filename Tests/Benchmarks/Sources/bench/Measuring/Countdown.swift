import Measure
import Synchronization

/// Counts up to a number, and keeps the instant at which it was reached. One may wait for it.
final class Countdown: Sendable {
    private enum State { case counting, awaited(UnsafeContinuation<Void, Never>), reached }

    private let left: Atomic<Int>
    private let at = Atomic<Int64>(0)
    private let state = Mutex(State.counting)

    init(_ count: Int) { left = Atomic(count) }

    @inline(__always)
    func hit() {
        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { reach() }
    }

    @inline(never)
    private func reach() {
        at.store(Machine.now, ordering: .releasing)
        let waiter: UnsafeContinuation<Void, Never>? = state.withLock { state in
            defer { state = .reached }
            if case .awaited(let waiter) = state { return waiter }
            return nil
        }
        waiter?.resume()
    }

    /// Returns the instant at which the count was reached.
    @discardableResult
    func wait() async -> Int64 {
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state in
                if case .reached = state { return true }
                state = .awaited(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
        return at.load(ordering: .acquiring)
    }
}
