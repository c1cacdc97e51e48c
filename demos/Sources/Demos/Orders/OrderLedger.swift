import Synchronization

/// How far an order is.
enum OrderState: Sendable, Equatable {
    case waiting, inWork, shipped, cancelled, abandoned
    case rejected(String)

    var text: String {
        switch self {
        case .waiting: "waiting"
        case .inWork: "in work"
        case .shipped: "shipped"
        case .cancelled: "cancelled"
        case .abandoned: "abandoned"
        case .rejected(let reason): "rejected: \(reason)"
        }
    }
}

/// What became of every order, and the totals at the end. It outlives the tree.
final class OrderLedger: Sendable {
    private struct State {
        var lastNumber = 1000
        var orders: [Int: OrderState] = [:]
        var taken = 0, shipped = 0, cancelled = 0, abandoned = 0, rejected = 0
        var rejections: [String: Int] = [:]
        var requests = 0, refused = 0, connectionsLost = 0
        var directory: TemporaryDirectory?
    }
    private let state = Mutex(State())
    /// So many orders are remembered for those who ask.
    private static let remembered = 10_000

    var directory: TemporaryDirectory? {
        get { state.withLock { $0.directory } }
        set { state.withLock { $0.directory = newValue } }
    }

    /// Takes so many orders; they have the numbers that follow.
    func take(_ count: Int) -> [Int] {
        state.withLock { state in
            let numbers = Array(state.lastNumber + 1...state.lastNumber + count)
            state.lastNumber += count
            state.taken += count
            for number in numbers {
                state.orders[number] = .waiting
                state.orders[number - Self.remembered] = nil
            }
            return numbers
        }
    }

    func state(of number: Int) -> OrderState? { state.withLock { $0.orders[number] } }

    /// Notes how far an order is; what is over stays so.
    func set(_ number: Int, _ new: OrderState) {
        state.withLock { state in
            guard state.orders[number] == .waiting || state.orders[number] == .inWork else { return }
            state.orders[number] = new
            switch new {
            case .waiting, .inWork: break
            case .shipped: state.shipped += 1
            case .cancelled: state.cancelled += 1
            case .abandoned: state.abandoned += 1
            case .rejected(let reason):
                state.rejected += 1
                state.rejections[reason, default: 0] += 1
            }
        }
    }

    func countRequest(refused: Bool) {
        state.withLock { state in
            state.requests += 1
            if refused { state.refused += 1 }
        }
    }

    func countLostConnection() { state.withLock { $0.connectionsLost += 1 } }

    /// Orders that nobody has taken into work, or that were not finished.
    var open: [Int] {
        state.withLock { $0.orders.filter { $0.value == .waiting || $0.value == .inWork }.keys.sorted() }
    }

    /// What to say at the end.
    var totals: [String] {
        state.withLock { state in
            var orders = ["\(state.taken) taken", "\(state.shipped) shipped"]
            if state.rejected > 0 {
                let reasons = state.rejections.sorted { $0.value > $1.value }.map {
                    state.rejections.count == 1 ? $0.key : "\($0.key) \($0.value)"
                }
                orders.append("\(state.rejected) rejected (\(reasons.joined(separator: ", ")))")
            }
            if state.cancelled > 0 { orders.append("\(state.cancelled) cancelled") }
            if state.abandoned > 0 { orders.append("\(state.abandoned) abandoned") }
            let ended = state.shipped + state.rejected + state.cancelled + state.abandoned
            if state.taken > ended { orders.append("\(state.taken - ended) not begun") }
            var requests = ["\(state.requests) answered"]
            if state.refused > 0 { requests.append("\(state.refused) of them refused") }
            if state.connectionsLost > 0 { requests.append("\(state.connectionsLost) reset by the client") }
            return [
                "orders: \(orders.joined(separator: ", "))", "requests: \(requests.joined(separator: ", "))",
            ]
        }
    }
}
