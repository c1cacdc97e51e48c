import TaskTree

extension Scenario {
    /// The worker pool by itself: start, drain, stop. Jobs wait in the tree for one of three places; told to stop, the pool
    /// takes no more, finishes what it took, and only then is over. A job that fails is on record, and the others go on.
    static let workerPool = Scenario(
        pattern: "worker-pool", "twelve jobs in three places; one fails; a stop finishes what was taken, and no more",
        policy: .isolate
    ) { root, place in
        let path = place.file("jobs.db")
        let database = try root.own("jobs.db", kind: "database", Database(path)) { database, _ in try database.close() }
        let pool = try TaskController("pool", under: root, policy: .isolate, limit: 3)
        for number in 1...12 {
            try pool.start("job-\(number)", kind: "job", lending: [database.resource]) { job in
                try await job.sleep(for: place.step * (2 + number % 3))
                if number == 5 { throw JobFailed(name: job.name) }
                try database.value.insert(job.name)
            }
        }
        try await root.sleep(for: place.step * 4)
        let report = await pool.stop(within: .seconds(60), draining: .seconds(50))
        var isRefused = false
        do { try pool.start("late") { _ in } } catch is ScopeClosed { isRefused = true }
        return "\(try Database.rows(path).count) of 12 jobs are done, \(report.abandoned.count) were left behind; "
            + "one that came after the stop was \(isRefused ? "refused" : "taken")"
    }
}
