import Synchronization

/// Orders that wait for a worker: bounded, first come, first served.
final class OrderQueue: Sendable {
    static let limit = 64

    private struct State {
        var numbers: [Int] = []
        /// Workers that have nothing to do, longest first.
        var idle: [(key: UInt64, worker: CheckedContinuation<Int?, Never>)] = []
        /// Waits that were cancelled before they were parked.
        var cancelled: Set<UInt64> = []
        var lastKey: UInt64 = 0
        var isClosed = false
    }
    private let state = Mutex(State())

    /// Begins with the orders that an earlier queue has left.
    init(_ numbers: [Int] = []) { state.withLock { $0.numbers = numbers } }

    var depth: Int { state.withLock { $0.numbers.count } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    /// Whether another order fits.
    var hasRoom: Bool { state.withLock { $0.numbers.count < Self.limit } }

    /// Puts an order in.
    /// - Returns: false if it is full or closed.
    func put(_ number: Int) -> Bool {
        enum Way { case refused, queued, handed(CheckedContinuation<Int?, Never>) }
        let way: Way = state.withLock { state in
            if state.isClosed { return .refused }
            if !state.idle.isEmpty { return .handed(state.idle.removeFirst().worker) }
            guard state.numbers.count < Self.limit else { return .refused }
            state.numbers.append(number)
            return .queued
        }
        switch way {
        case .refused: return false
        case .queued: return true
        case .handed(let worker):
            worker.resume(returning: number)
            return true
        }
    }

    /// The next order, as soon as there is one; nil when it is closed and empty, or when the Swift task is cancelled.
    func next() async -> Int? {
        let key = state.withLock { state in
            state.lastKey += 1
            return state.lastKey
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Int?? = state.withLock { state in
                    if state.cancelled.remove(key) != nil { return .some(nil) }
                    if !state.numbers.isEmpty { return state.numbers.removeFirst() }
                    if state.isClosed { return .some(nil) }
                    state.idle.append((key, continuation))
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let worker: CheckedContinuation<Int?, Never>? = state.withLock { state in
                guard let index = state.idle.firstIndex(where: { $0.key == key }) else {
                    state.cancelled.insert(key)
                    return nil
                }
                return state.idle.remove(at: index).worker
            }
            worker?.resume(returning: nil)
        }
    }

    /// Takes no more; what is in it is still given out.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for (_, worker) in idle { worker.resume(returning: nil) }
    }

    /// Takes no more and gives back what is in it.
    func end() -> [Int] {
        close()
        return state.withLock { state in
            defer { state.numbers = [] }
            return state.numbers
        }
    }
}
