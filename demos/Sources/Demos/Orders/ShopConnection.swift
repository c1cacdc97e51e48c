import NIOHTTP1
import TaskTree

/// A task `conn-N`: answers the requests of one connection.
struct ShopConnection {
    let shop: OrderShop
    let conn: TaskScope
    let conduit: Conduit<ServedHTTP>
    let meter: RequestMeter
    let note: @Sendable (RequestMeter.Window) -> Void

    func run() async throws {
        conn.onDrain("finish the request") { conduit.stopReading() }
        do {
            try await answerAll()
        } catch let lost as ConnectionLost {
            shop.ledger.countLostConnection()
            throw lost
        }
    }

    private func answerAll() async throws {
        for try await message in conduit.messages {
            switch message {
            case .mayISend: try await conduit.sendContinue()
            case .tooLarge:
                let limit = RequestAssembler.limit >> 10
                try await send(.error(.payloadTooLarge, "a body may have \(limit) KiB"), since: .now, closing: true)
                try await lingerBriefly()
                return
            case .request(let method, let path, let body, let keepsAlive):
                let since = ContinuousClock.now
                let (reply, orders) = try await answer(method, path, body)
                let closing = !keepsAlive || conn.isDraining
                try await send(reply, since: since, orders: orders, closing: closing)
                if closing { return }
            }
        }
    }

    private func send(_ reply: Reply, since: ContinuousClock.Instant, orders: Int = 0, closing: Bool) async throws {
        try await conduit.send(reply, closing: closing)
        shop.ledger.countRequest(refused: reply.status.code >= 400)
        if let window = meter.record(since.duration(to: .now), orders: orders) { note(window) }
    }

    /// A connection that is closed with something unread is reset, and the answer with it: so the client may read that
    /// first.
    private func lingerBriefly() async throws {
        do {
            try await conn.call("linger", kind: "step", deadline: .seconds(1)) { _ in
                for try await _ in conduit.messages {}
            }
        } catch {
            try conn.checkCancelled()
        }
    }

    // MARK: What is asked

    private func answer(_ method: HTTPMethod, _ path: String, _ body: String) async throws -> (Reply, orders: Int) {
        let parts = path.split(separator: "?", maxSplits: 1)[0].split(separator: "/")
        switch (method, parts.first, parts.count) {
        case (.GET, "health", 1): return (.json(.ok, "\"status\":\"ok\",\"queue\":\(shop.openQueue?.depth ?? 0)"), 0)
        case (.GET, "orders", 2):
            guard let number = Int(parts[1]), let state = shop.ledger.state(of: number) else {
                return (.error(.notFound, "no such order"), 0)
            }
            return (.json(.ok, "\"order\":\(number),\"state\":\"\(state.text)\""), 0)
        case (.POST, "orders", 1): return try await place(body)
        case (_, "health", 1), (_, "orders", 1...2): return (.error(.methodNotAllowed, "GET, or POST to /orders"), 0)
        default: return (.error(.notFound, "there are /health, /orders and /orders/N"), 0)
        }
    }

    /// Places as many orders as the body says, in a task of its own.
    private func place(_ body: String) async throws -> (Reply, orders: Int) {
        let text = body.filter { !$0.isWhitespace }
        guard let count = text.isEmpty ? 1 : Int(text), (1...OrderQueue.limit).contains(count) else {
            return (.error(.badRequest, "the body says how many orders: 1 to \(OrderQueue.limit)"), 0)
        }
        return try await conn.call("POST /orders", kind: "request") { post in
            guard let queue = shop.openQueue, !queue.isClosed else {
                return (.error(.serviceUnavailable, "no workers: orders are not taken now"), 0)
            }
            guard queue.hasRoom else { return (.error(.serviceUnavailable, "the queue is full: try again"), 0) }
            let numbers: [Int]
            do {
                numbers = try await post.waits(for: "disk", "orders.wal") {
                    try await post.blocking("orders.wal") { try shop.store.take(count) }
                }
            } catch let lack as DemoError {
                return (.error(.insufficientStorage, lack.message), 0)
            }
            // From here on it is promised: whatever is cancelled meanwhile, the orders are queued or kept.
            for number in numbers {
                await shop.audit(before: number)
                if shop.openQueue?.put(number) != true { shop.keep(number) }
            }
            return (.json(.accepted, "\"orders\":[\(numbers.map(String.init).joined(separator: ","))]"), numbers.count)
        }
    }
}
