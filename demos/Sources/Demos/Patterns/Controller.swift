import TaskTree

/// A job that came to nothing.
struct JobFailed: Error, Hashable, CustomStringConvertible {
    let name: String
    var description: String { "\(name) came to nothing" }
}

extension Scenario {
    /// The controller: start, wait, stop and a hard timeout, each at any time and any number of times. All who wait get
    /// the error; all who stop get the same report, and that says what did not stop in time.
    static let controller = Scenario(
        pattern: "controller", "two wait and both get the error; two stop at once, and one job does not: it is named",
        policy: .isolate
    ) { root, place in
        let batch = try TaskController("batch", under: root)
        try batch.start("patient") { await $0.cancelled() }
        try batch.start("broken") { job in
            try await job.sleep(for: place.step * 4)
            throw JobFailed(name: job.name)
        }
        let waiters = try (1...2).map { number in
            try root.spawn("waiter-\(number)") { waiter in
                do { try await batch.wait() } catch { waiter.progress("\(error)") }
            }
        }
        for waiter in waiters { await waiter.join() }
        await batch.stop()

        let path = place.file("printer.lock")
        let printer = try root.own("printer.lock", kind: "lock", FileLock.wait(path)) { lock, _ in
            lock.release(removing: true)
        }
        let pool = try TaskController("pool", under: root, policy: .isolate, grace: place.step * 6)
        for number in 1...3 { try pool.start("heeds-\(number)") { await $0.cancelled() } }
        let asks = Latch<Void>()
        try pool.start("deaf") { deaf in
            defer { asks.open() }
            try await deaf.waits(for: "lock", "printer.lock") {
                _ = try await deaf.hold("printer.lock", kind: "lock") {
                    asks.open()
                    // Nothing ends this call but the lock.
                    return try await deaf.blocking("flock") { try FileLock.wait(path) }
                } release: { lock, _ in
                    lock.release(removing: false)
                }
            }
        }
        try await asks.wait()
        try await root.sleep(for: place.step * 4)
        async let first = pool.stop(within: place.step * 12)
        async let second = pool.stop(within: place.step * 12)
        let left = await [first, second].map { $0.abandoned.map(\.name).joined(separator: ", ") }
        // With the lock, the deaf one comes home.
        try await printer.release()
        return "both who stopped the pool were told what it left behind: \(left.joined(separator: "; "))"
    }
}
