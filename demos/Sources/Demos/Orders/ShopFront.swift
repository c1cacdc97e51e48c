import TaskTree

/// The task `http`: listens, and has a task for each connection.
struct ShopFront {
    let shop: OrderShop
    let http: TaskScope
    private let meter = RequestMeter()

    init(_ shop: OrderShop, _ http: TaskScope) {
        self.shop = shop
        self.http = http
    }

    func run() async throws {
        do {
            try await http.heedingCancel { try await serve() }
        } catch let lack as DemoError {
            shop.shopUp.open(.failure(lack))
            throw lack
        }
    }

    private func serve() async throws {
        // Started again, it comes back where it was.
        let port = shop.shopUp.isOpen ? try await shop.shopUp.wait() : shop.settings.port
        let held = try await http.hold("127.0.0.1:\(port)", kind: "socket") {
            try await Listener<ServedHTTP>.bind(port: port, configure: ServedHTTP.configure) { RequestAssembler() }
        } release: { listener, _ in
            await listener.close()
        }
        let listener = held.value
        shop.shopUp.open(.success(listener.port))
        http.progress("127.0.0.1:\(listener.port)  listens")
        http.onDrain("stop accepting") { listener.stop() }
        try await http.serve(listener) { conn, conduit in
            try await ShopConnection(shop: shop, conn: conn, conduit: conduit, meter: meter) {
                note($0, port: listener.port)
            }.run()
        }
        try await held.release()
    }

    private func note(_ window: RequestMeter.Window, port: Int) {
        http.progress(
            "127.0.0.1:\(port)  \(window.requestsPerSecond) req/s, \(window.ordersPerSecond) orders/s"
                + "  p99 \(window.p99.brief)")
    }
}
