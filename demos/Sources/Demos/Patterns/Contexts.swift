import TaskTree

/// Which request a task works for, whatever its depth.
enum RequestName: ScopeKey { static let defaultValue = "none" }

extension Scenario {
    /// Hierarchical contexts: deadlines and values go down the tree. Of all deadlines on a path the earliest holds, a value
    /// has a type and a default, and an operation that was not done in time is an error that names it.
    static let contexts = Scenario(
        pattern: "contexts", "requests with a deadline and a name that go down to a lookup; one lookup is too slow"
    ) { root, place in
        let stock = try await root.acquire("stock", kind: "socket") {
            try await Listener<String>.bind(port: 0) { LineAssembler() }
        } release: { listener, _ in
            await listener.close()
        }
        let server = try root.spawn("stock", policy: .isolate) { try await answer($0, stock, place) }
        var answers: [String] = []
        for name in ["red", "slow", "blue"] {
            do {
                let answer = try await root.with(RequestName.self, name).call(
                    "request-\(name)", kind: "request", deadline: place.step * 8
                ) { request in
                    // It asks for more time than its request has: the earlier deadline holds.
                    try await request.deadline(place.step * 100, "lookup") { try await lookUp($0, at: stock.port) }
                }
                answers.append(answer)
            } catch let late as DeadlineExceeded {
                answers.append("\(late)")
            }
            try await root.sleep(for: place.step * 4)
        }
        server.cancel("all is asked")
        await server.join()
        return answers.joined(separator: "; ")
    }

    /// Asks in the name of the request that it works for.
    private static func lookUp(_ lookup: TaskScope, at port: Int) async throws -> String {
        try await lookup.heedingCancel {
            let stock = try await lookup.acquire("stock:\(port)", kind: "socket") {
                try await Conduit<String>.connect(port: port) { LineAssembler() }
            } release: { conduit, _ in
                await conduit.close()
            }
            try await stock.send("\(lookup[RequestName.self])\n")
            return try await lookup.waits(for: "socket", "stock:\(port)") {
                var lines = stock.messages.makeAsyncIterator()
                return try await lines.next() ?? "no answer"
            }
        }
    }

    /// Says nothing to a request that is called `slow`.
    private static func answer(_ server: TaskScope, _ stock: Listener<String>, _ place: Workplace) async throws {
        try await server.serve(stock) { conn, conduit in
            for try await name in conduit.messages {
                if name == "slow" { await conn.cancelled() }
                try await conduit.send("\(name) is in stock\n")
            }
        }
    }
}
