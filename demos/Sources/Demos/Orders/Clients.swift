import NIOHTTP1
import Synchronization
import TaskTree

/// The task `client`: eight users who ask, and now and then order.
struct Clients {
    let shop: OrderShop
    let client: TaskScope
    private let counts = Counts()
    static let users = 8

    init(_ shop: OrderShop, _ client: TaskScope) {
        self.shop = shop
        self.client = client
    }

    /// What all users have done together.
    final class Counts: Sendable {
        let meter = RequestMeter()
        let state = Mutex((requests: 0, connections: 0, givenUp: 0, lastOrder: 1000))
    }

    func run() async throws {
        try await client.heedingCancel {
            let users = try (1...Self.users).map { number in
                try client.spawn("user-\(number)", kind: "user") { user in
                    try await user.heedingCancel { try await use(user, number) }
                }
            }
            for user in users { await user.join() }
        }
    }

    /// Uses the shop over one connection after the other, until the shop closes.
    private func use(_ user: TaskScope, _ number: Int) async throws {
        let port = try await shop.shopUp.wait()
        var random = SeededRandom(shop.seed &+ UInt64(number))
        try await user.sleep(for: .milliseconds(25 * number))
        while !user.isDraining {
            do {
                let held = try await user.hold("shop:\(port)", kind: "socket") {
                    try await Conduit<ReceivedHTTP>.connect(port: port, configure: ReceivedHTTP.configure) {
                        ResponseAssembler()
                    }
                } release: { conduit, _ in
                    await conduit.close()
                }
                counts.state.withLock { $0.connections += 1 }
                defer { counts.state.withLock { $0.connections -= 1 } }
                let result = await Result { try await converse(user, held.value, &random) }
                try await held.release()
                try result.get()
            } catch {
                // The shop is closed, or does not answer: later again.
                try user.checkCancelled()
                user.progress("\(error)")
                try await user.waits(for: "backoff", "shop:\(port)") {
                    try await user.sleep(for: .milliseconds(400))
                }
                user.progress("again")
            }
        }
    }

    private func converse(_ user: TaskScope, _ conduit: Conduit<ReceivedHTTP>, _ random: inout SeededRandom)
        async throws
    {
        var answers = conduit.messages.makeAsyncIterator()
        while !user.isDraining {
            let request = counts.state.withLock { state in
                state.requests += 1
                return state.requests
            }
            if request == Incidents.brokenRequest { return try await breakOff(conduit, &answers) }
            let since = ContinuousClock.now
            let isOrder = request % Incidents.orderEvery == 0
            if isOrder {
                try await conduit.send(.POST, "/orders", body: "1")
            } else {
                let last = counts.state.withLock { $0.lastOrder }
                let path =
                    request % 5 == 0 || last == 1000
                    ? "/health" : "/orders/\(Int.random(in: 1001...last, using: &random))"
                try await conduit.send(.GET, path)
            }
            guard let answer = try await answers.next() else { throw ConnectionLost(description: "the shop hung up") }
            if isOrder, answer.status == 202, let number = Int(answer.body.filter(\.isNumber)) {
                counts.state.withLock { $0.lastOrder = max($0.lastOrder, number) }
            }
            if let window = counts.meter.record(since.duration(to: .now)) { note(window) }
            try await user.sleep(for: .milliseconds(Int.random(in: 170...210, using: &random)))
        }
    }

    /// Announces a body, sends half of it once the shop is ready for it, and is gone.
    private func breakOff(
        _ conduit: Conduit<ReceivedHTTP>, _ answers: inout AsyncThrowingStream<ReceivedHTTP, any Error>.Iterator
    ) async throws {
        let half = String(repeating: "1", count: 1024)
        try await conduit.send(
            .POST, "/orders", headers: [("content-length", "2048"), ("expect", "100-continue")])
        _ = try await answers.next()
        try await conduit.sendPart(of: half)
        await conduit.reset()
        counts.state.withLock { $0.givenUp += 1 }
    }

    private func note(_ window: RequestMeter.Window) {
        let state = counts.state.withLock { $0 }
        var text = "\(state.connections) connections, \(window.requestsPerSecond) req/s"
        if state.givenUp > 0 { text += ", \(state.givenUp) given up" }
        client.progress(text)
    }
}
