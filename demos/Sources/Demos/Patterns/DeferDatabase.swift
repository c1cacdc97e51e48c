import TaskTree

extension Scenario {
    /// `defer` with a database handle and a temporary file: each is registered as it is opened. If the second cannot be
    /// opened the first is given back, and the reason is an error, not a worker that quietly is not there.
    static let deferDatabase = Scenario(
        pattern: "defer-database", "workers with a database and a scratch file each; one cannot open its scratch file",
        policy: .isolate
    ) { root, place in
        let workers = try (1...3).map { number in
            try root.spawn("worker-\(number)", kind: "worker") { try await work($0, number, place) }
        }
        try await root.sleep(for: place.step * 10)
        for worker in workers { worker.cancel("enough for today") }
        var ends: [String] = []
        for worker in workers {
            let outcome = await worker.join()
            ends.append(
                "\(worker.name) \(outcome.name), \(try Database.rows(place.file("\(worker.name).db")).count) rows")
        }
        return ends.joined(separator: "; ")
    }

    private static func work(_ worker: TaskScope, _ number: Int, _ place: Workplace) async throws {
        let name = worker.name
        let database = try worker.own("\(name).db", kind: "database", Database(place.file("\(name).db"))) { handle, _ in
            try handle.close()
        }.value
        // The second worker looks for a folder that is not there.
        let path = place.file(number == 2 ? "missing/\(name).tmp" : "\(name).tmp")
        let scratch = try worker.own("\(name).tmp", kind: "file", AppendFile(path)) { scratch, _ in
            scratch.close()
            // The database was opened before, so it is still open here.
            for line in try textLines(path) { try database.insert(line) }
        }.value
        for round in 1... {
            try scratch.append("round \(round)")
            worker.progress("round \(round)")
            try await worker.sleep(for: place.step * number)
        }
    }
}
