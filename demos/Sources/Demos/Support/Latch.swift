import Synchronization

/// A door that is opened once, with a value or an error, for any number of waiters.
final class Latch<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiters: [UInt64: CheckedContinuation<Value, any Error>] = [:]
        /// Waits that were cancelled before they were parked.
        var cancelled: Set<UInt64> = []
        var lastKey: UInt64 = 0
    }
    private let state = Mutex(State())

    /// Opens it. Only the first call counts.
    func open(_ result: Result<Value, any Error>) {
        let waiters = state.withLock { state in
            guard state.result == nil else { return [CheckedContinuation<Value, any Error>]() }
            state.result = result
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    var isOpen: Bool { state.withLock { $0.result != nil } }

    /// Sleeps until it is open.
    /// - Throws: the error that it was opened with; `CancellationError` when the Swift task is cancelled.
    func wait() async throws -> Value {
        let key = state.withLock { state in
            state.lastKey += 1
            return state.lastKey
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<Value, any Error>? = state.withLock { state in
                    if let result = state.result { return result }
                    if state.cancelled.remove(key) != nil { return .failure(CancellationError()) }
                    state.waiters[key] = continuation
                    return nil
                }
                if let known { continuation.resume(with: known) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                if let waiter = state.waiters.removeValue(forKey: key) { return Optional(waiter) }
                if state.result == nil { state.cancelled.insert(key) }
                return nil
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

extension Latch where Value == Void {
    func open() { open(.success(())) }
}
