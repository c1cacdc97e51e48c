import TaskTree

extension Scenario {
    /// Lifetime bound to a scope: what a function opens lives as long as the scope that it was given, not as long as the
    /// function; and not longer. It is closed when the last who uses it is over.
    static let scopeLifetime = Scenario(
        pattern: "scope-lifetime",
        "a session's database outlives the function that opened it, and not the session"
    ) { root, place in
        let path = place.file("session.db")
        let session = try root.scope("session")
        try open(path, in: session, place)
        // The function has returned; its writers work on, with the database that it opened.
        try await root.sleep(for: place.step * 4)
        root.progress("waits for the session")
        await session.close()
        root.progress("goes on without it")
        let again = try Database(path)
        try again.close()
        try await root.sleep(for: place.step * 4)
        return "\(try Database.rows(path).count) rows were written; then the database was free for others"
    }

    /// Opens the database of a session, and starts those who write into it.
    private static func open(_ path: String, in session: TaskScope, _ place: Workplace) throws {
        let database = try session.own("session.db", kind: "database", Database(path)) { database, _ in
            try database.close()
        }.value
        for number in 1...3 {
            try session.spawn("writer-\(number)", kind: "writer") { writer in
                for row in 1...4 {
                    try await writer.sleep(for: place.step * number)
                    try database.insert("\(writer.name) \(row)")
                    writer.progress("row \(row)")
                }
            }
        }
    }
}
