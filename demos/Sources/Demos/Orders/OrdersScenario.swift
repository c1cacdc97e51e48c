import TaskTree

extension Scenario {
    /// A shop that takes orders over HTTP, with a bank that is slow, an auditor that holds a lock for too long, and
    /// clients that hang up.
    static let orders = Scenario(
        name: "orders", summary: "a shop takes orders over HTTP; an auditor holds a lock that an order waits for",
        endsByItself: false
    ) { engine, settings in
        let ledger = OrderLedger()
        let processes = ProcessTable()
        let result = await Result {
            try await DemoError.unwrapped {
                try await engine.run("orders", policy: .isolate, grace: settings.grace) { root in
                    try await root.heedingCancel { try await runShop(root, settings, ledger, processes) }
                }
            }
        }
        // Also after releases that were given up: nothing is left behind. With the auditor gone, a task that was
        // abandoned while it waited for the lock comes home.
        await processes.end()
        await engine.waitForStragglers()
        try? ledger.directory?.remove()
        switch result {
        case .success: break
        case .failure(let error) where error is TaskCancelled: break
        case .failure(let error): throw error
        }
        return ledger.totals
    }

    /// The body of the root task: opens the store, starts the parts, and waits for the end.
    private static func runShop(
        _ root: TaskScope, _ settings: DemoSettings, _ ledger: OrderLedger, _ processes: ProcessTable
    ) async throws {
        let directory = try await root.adopt(
            "treetop-orders", kind: "directory", try TemporaryDirectory("treetop-orders", settings)
        ) { try $0.remove() }.value
        ledger.directory = directory
        let log = try await root.adopt("orders.log", kind: "file", try AppendFile(directory.file("orders.log"))) {
            $0.close()
        }.value
        try log.append("shop opened")
        let intents = try await root.adopt("orders.wal", kind: "file", try AppendFile(directory.file("orders.wal"))) {
            $0.close()
        }.value
        let store = OrderStore(ledger, log: log, intents: intents)
        let shop = OrderShop(root, settings, store, directory, processes)

        try root.spawn("http", policy: .isolate, restartable: true) { try await ShopFront(shop, $0).run() }
        try root.spawn("workers", policy: .isolate, grace: settings.grace ?? .seconds(5), restartable: true) {
            try await Workshop(shop, $0).run()
        }
        try root.spawn("bank", policy: .isolate, restartable: true) { try await Bank(shop, $0).run() }
        root.progress("opens")
        // A part that is cancelled before it is up can be started again.
        root.onDrain("open no more") {
            shop.bankUp.open(.failure(ShopCloses()))
            shop.shopUp.open(.failure(ShopCloses()))
        }
        let port: Int
        do {
            port = try await shop.shopUp.wait()
            _ = try await shop.bankUp.wait()
        } catch is ShopCloses {
            shop.workersDone.open()
            return
        }
        try root.spawn("client", policy: .isolate, restartable: true) { try await Clients(shop, $0).run() }
        root.progress("up; try  curl -d 3 127.0.0.1:\(port)/orders")

        guard await root.draining() else { return }
        root.progress("closes: no new orders, those in work are finished")
        if !shop.hasWorkers { shop.workersDone.open() }
    }
}

/// The shop is told to close before it was open.
private struct ShopCloses: Error {}

extension Result where Failure == any Error {
    /// The result of an operation that is awaited.
    init(_ operation: () async throws -> Success) async {
        do { self = .success(try await operation()) } catch { self = .failure(error) }
    }
}
