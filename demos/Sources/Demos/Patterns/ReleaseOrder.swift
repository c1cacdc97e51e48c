import TaskTree

extension Scenario {
    /// Explicit order: each names what it was opened after, and is closed before that; what does not depend on each other
    /// is closed at the same time, and one that cannot be closed does not keep the others from it.
    static let releaseOrder = Scenario(
        pattern: "release-order", "a server, a cache, a database and a log are closed in the order that they declare"
    ) { root, place in
        let path = place.file("service.log")
        let isUp = Latch<Void>()
        let service = try root.spawn("service") { service in
            defer { isUp.open() }
            let log = try service.own("service.log", kind: "file", AppendFile(path)) { log, _ in
                try log.append("log")
                log.close()
            }
            let database = try service.own(
                "service.db", kind: "database", after: [log.resource], Database(place.file("service.db"))
            ) { database, _ in
                try database.close()
                try log.value.append("database")
            }
            let cache = try service.own("cache", kind: "memory", after: [database.resource], place.file("cache")) {
                cache, _ in
                try await pause(place)
                try log.value.append("cache")
                // It cannot be kept. That is on record, and the others are closed all the same.
                try writeLines("\(cache)/missing/entries", ["kept"])
            }
            try service.own("metrics", kind: "file", after: [log.resource], AppendFile(place.file("metrics"))) {
                metrics, _ in
                metrics.close()
                try log.value.append("metrics")
            }
            _ = try await service.acquire("server", kind: "socket", after: [cache.resource, database.resource]) {
                try await Listener<String>.bind(port: 0) { LineAssembler() }
            } release: { server, _ in
                try await pause(place)
                await server.close()
                try log.value.append("server")
            }
            service.progress("is up")
            isUp.open()
            await service.cancelled()
        }
        try await isUp.wait()
        try await root.sleep(for: place.step * 4)
        service.cancel("the day is over")
        await service.join()
        return "closed: \(try textLines(path).joined(separator: ", "))"
    }

    /// A release that takes its time; it has no scope, and is not cancelled.
    private static func pause(_ place: Workplace) async throws { try await Task.sleep(for: place.step * 4) }
}
