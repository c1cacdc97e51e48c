import Synchronization
import TaskTree

/// The task `bank`: answers who wants money, after a while; to one order it says nothing.
struct Bank {
    /// How long an order waits for it.
    static let patience = Duration.seconds(2)

    let shop: OrderShop
    let bank: TaskScope
    private let guests = Guests()

    init(_ shop: OrderShop, _ bank: TaskScope) {
        self.shop = shop
        self.bank = bank
    }

    /// Who is connected, and who gets no answer.
    private final class Guests: Sendable {
        let counts = Mutex((connections: 0, silent: 0))
    }

    func run() async throws {
        do {
            try await bank.heedingCancel { try await serve() }
        } catch let lack as DemoError {
            shop.bankUp.open(.failure(lack))
            throw lack
        }
    }

    private func serve() async throws {
        let wanted = shop.settings.port == 0 ? 0 : shop.settings.port + 1
        let port = shop.bankUp.isOpen ? try await shop.bankUp.wait() : wanted
        let held = try await bank.hold("127.0.0.1:\(port)", kind: "socket") {
            try await Listener<String>.bind(port: port) { LineAssembler() }
        } release: { listener, _ in
            await listener.close()
        }
        let listener = held.value
        shop.bankUp.open(.success(listener.port))
        note(listener.port, connections: 0, silent: 0)
        bank.onDrain("serve until no order is in work") {
            try? await shop.serveUntilWorkersAreDone()
            listener.stop()
        }
        try await bank.serve(listener) { try await answer($0, $1, listener.port) }
        try await held.release()
    }

    private func answer(_ conn: TaskScope, _ conduit: Conduit<String>, _ port: Int) async throws {
        var isSilent = false
        note(port, connections: 1, silent: 0)
        defer { note(port, connections: -1, silent: isSilent ? -1 : 0) }
        for try await line in conduit.messages {
            guard let number = line.split(separator: " ").last.flatMap({ Int($0) }) else {
                try await conduit.send("what?\n")
                continue
            }
            if number == Incidents.silentOrder {
                isSilent = true
                note(port, connections: 0, silent: 1)
                conn.progress("says nothing to order \(number)")
                continue
            }
            try await conn.sleep(for: SeededRandom.delay(450...950, seed: shop.seed, for: number))
            do {
                try await conduit.send("paid \(number)\n")
            } catch {
                // Who asked is gone: an order that was cancelled.
                try conn.checkCancelled()
                return
            }
        }
    }

    private func note(_ port: Int, connections: Int, silent: Int) {
        let now = guests.counts.withLock { counts in
            counts.connections += connections
            counts.silent += silent
            return counts
        }
        var text = "127.0.0.1:\(port)  \(now.connections) connection\(now.connections == 1 ? "" : "s")"
        if now.silent > 0 { text += ", \(now.silent) silent" }
        bank.progress(text)
    }
}
