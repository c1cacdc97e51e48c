import Synchronization

/// Sleeps until the task is cancelled. As cheap as bare Swift has it: `Task.sleep` for ever takes a timer a task.
func untilCancelled() async {
    let park = Park()
    await withTaskCancellationHandler {
        await withUnsafeContinuation { park.enter($0) }
    } onCancel: {
        park.leave()
    }
}

/// Where one task sleeps.
private final class Park: Sendable {
    private enum State { case awake, asleep(UnsafeContinuation<Void, Never>), left }
    private let state = Mutex(State.awake)

    func enter(_ continuation: UnsafeContinuation<Void, Never>) {
        let hasLeft = state.withLock { state in
            if case .left = state { return true }
            state = .asleep(continuation)
            return false
        }
        if hasLeft { continuation.resume() }
    }

    func leave() {
        let sleeper: UnsafeContinuation<Void, Never>? = state.withLock { state in
            defer { state = .left }
            if case .asleep(let sleeper) = state { return sleeper }
            return nil
        }
        sleeper?.resume()
    }
}
