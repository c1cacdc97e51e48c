/// Resumes a continuation once, whichever comes first: the continuation or the reason to resume it.
final class OneResume: Sendable {
    private enum State {
        case waiting
        case set(CheckedContinuation<Void, Never>)
        case resumed
    }
    private let state = Lock(State.waiting)

    func set(_ continuation: CheckedContinuation<Void, Never>) {
        let isLate = state.withLock { state in
            if case .resumed = state { return true }
            state = .set(continuation)
            return false
        }
        if isLate { continuation.resume() }
    }

    func resume() {
        let old = state.withLock { state in
            defer { state = .resumed }
            return state
        }
        if case .set(let continuation) = old { continuation.resume() }
    }
}
