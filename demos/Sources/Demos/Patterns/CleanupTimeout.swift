import TaskTree

extension Scenario {
    /// Cleanup with a timeout. A release that takes too long is recorded, and the others go on. A cleanup that uses what
    /// others hold is a task to which that is lent: given up, it keeps what it uses until it comes home.
    static let cleanupTimeout = Scenario(
        pattern: "cleanup-timeout", "a process that ignores SIGTERM, and a flush that hangs but keeps its database",
        policy: .isolate
    ) { root, place in
        let path = place.file("rows.db")
        let disk = try root.own("disk.lock", kind: "lock", FileLock.wait(place.file("disk.lock"))) { lock, _ in
            lock.release(removing: true)
        }
        let flushed = Latch<Void>()
        let service = try root.spawn("service", policy: .isolate) { service in
            let database = try service.own("rows.db", kind: "database", Database(path)) { database, _ in
                try database.close()
            }
            let isDeaf = Latch<Void>()
            let process = try await place.processes.own(service, budget: place.step * 2, patience: place.step * 4) {
                try ChildProcess(
                    "sh", ["-c", "trap '' TERM; echo deaf; read line"], feeding: true, onOutput: { _ in isDeaf.open() })
            }
            service.progress("has process \(process.pid), which ignores SIGTERM")
            try await isDeaf.wait()
            try await service.sleep(for: place.step * 4)
            try service.spawn("flush", deadline: place.step * 4, grace: place.step * 4, lending: [database.resource]) {
                flush in
                defer { flushed.open() }
                try await flush.waits(for: "lock", "disk.lock") {
                    try await flush.blocking("flock") {
                        try FileLock.wait(place.file("disk.lock")).release(removing: false)
                    }
                }
                // It was given up long ago, and its database is still open.
                try database.value.insert("the last row")
            }
        }
        await service.join()
        root.progress("service is over, but for a flush that waits for disk.lock")
        try await root.sleep(for: place.step * 4)
        try await disk.release()
        try await root.waits(for: "task", "flush") { try await flushed.wait() }
        return "the flush was given up, came home, and wrote: \(try Database.rows(path).joined())"
    }
}
