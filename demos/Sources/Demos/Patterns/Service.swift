import TaskTree

extension Scenario {
    /// The service with server, database and worker pool. It is up when it listens, and if it cannot listen that is the
    /// error. It closes in order: no new connections, the requests at hand, the jobs of the pool, the database.
    static let service = Scenario(
        pattern: "service", "a server, a worker pool and a database: it comes up, serves, drains, and closes in order"
    ) { root, place in
        let path = place.file("service.db")
        let database = try root.own("service.db", kind: "database", Database(path)) { database, _ in
            try database.close()
        }
        let pool = try TaskController("pool", under: root, policy: .isolate, limit: 2)
        let isUp = Latch<Int>()
        let server = try root.spawn("server", policy: .isolate) { server in
            defer { isUp.open(.failure(CancellationError())) }
            try await listen(server, place, isUp) { row in
                try await pool.start("put \(row)", kind: "job", lending: [database.resource]) { job in
                    try await job.sleep(for: place.step * 2)
                    try database.value.insert(row)
                }.value
            }
        }
        let port = try await up(isUp, server)
        let clients = try (1...3).map { number in
            try root.spawn("client-\(number)", kind: "client") { try await ask($0, port, place) }
        }
        try await root.sleep(for: place.step * 16)
        root.drain("closing time")
        var kept = 0
        for client in clients { kept += try await client.value }
        try await server.value
        await pool.stop()
        return "\(kept) rows were promised to clients, and \(try Database.rows(path).count) are in the database"
    }

    /// Waits until the server listens. If it cannot, its error says why.
    private static func up(_ isUp: Latch<Int>, _ server: ChildTask<Void>) async throws -> Int {
        do { return try await isUp.wait() } catch {
            try await server.value
            throw error
        }
    }

    /// Listens until it is told to drain, and answers each line once `put` has kept it.
    private static func listen(
        _ server: TaskScope, _ place: Workplace, _ isUp: Latch<Int>,
        _ put: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let wanted = place.settings.port
        let listener = try await server.acquire("127.0.0.1:\(wanted)", kind: "socket") {
            try await Listener<String>.bind(port: wanted) { LineAssembler() }
        } release: { listener, _ in
            await listener.close()
        }
        server.progress("listens on 127.0.0.1:\(listener.port)")
        isUp.open(.success(listener.port))
        server.onDrain("stop accepting") { listener.stop() }
        try await server.serve(listener) { conn, conduit in
            conn.onDrain("finish the request") { conduit.stopReading() }
            for try await row in conduit.messages {
                try await put(row)
                try await conduit.send("kept \(row)\n")
            }
        }
    }

    /// Sends rows until the service closes; answers how many it was promised.
    private static func ask(_ client: TaskScope, _ port: Int, _ place: Workplace) async throws -> Int {
        try await client.heedingCancel {
            let conduit = try await client.acquire("service:\(port)", kind: "socket") {
                try await Conduit<String>.connect(port: port) { LineAssembler() }
            } release: { conduit, _ in
                await conduit.close()
            }
            var answers = conduit.messages.makeAsyncIterator()
            var kept = 0
            while !client.isDraining {
                do { try await conduit.send("\(client.name) \(kept + 1)\n") } catch {
                    // The service closed before it could be told that this was the last.
                    guard client.isDraining else { throw error }
                    break
                }
                guard try await answers.next() != nil else { break }
                kept += 1
                client.progress("\(kept) rows are kept")
            }
            return kept
        }
    }
}
