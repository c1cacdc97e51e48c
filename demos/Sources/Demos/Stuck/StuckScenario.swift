import TaskTree

extension Scenario {
    /// A part of a tree that does not stop when it is told to: a task in a call that nothing can interrupt, and a
    /// process that does not heed SIGTERM.
    static let stuck = Scenario(
        name: "stuck", summary: "a cancel meets a task that cannot be interrupted, and a release that hangs",
        endsByItself: true
    ) { engine, settings in
        // The release that is given up goes on: it ends in SIGKILL.
        try await engine.runAtWorkplace("stuck", policy: .isolate, settings) { root, place in
            try await StuckStory(root, place).run()
        }
    }
}

/// The root's body.
private struct StuckStory {
    private static let lock = "ledger.lock"
    private static let budget = Duration.seconds(1)

    let root: TaskScope
    let grace: Duration
    let path: String
    let processes: ProcessTable
    /// Open when the one who wants the lock waits for it, when the process runs.
    let waits = Latch<Void>()
    let runs = Latch<ChildProcess>()
    /// Open when the call that could not be interrupted has returned.
    let returned = Latch<Void>()

    init(_ root: TaskScope, _ place: Workplace) {
        self.root = root
        processes = place.processes
        grace = place.settings.grace ?? .seconds(2)
        path = place.file(Self.lock)
    }

    func run() async throws -> [String] {
        root.progress("cancels part in 1.5s")
        let ledger = try await root.adopt(Self.lock, kind: "lock", try FileLock.wait(path)) {
            $0.release(removing: false)
        }
        let part = try root.spawn("part", policy: .isolate, grace: grace) { [self] part in
            try part.spawn("wants-lock") { try await wantLock($0) }
            try part.spawn("deaf-child") { try await runDeafChild($0) }
            for number in 1...3 {
                try part.spawn("heeds-\(number)") { task in try await task.heedingCancel { await task.cancelled() } }
            }
            try await part.heedingCancel { await part.cancelled() }
        }
        try await waits.wait()
        _ = try? await runs.wait()
        try await root.sleep(for: .milliseconds(1500))
        part.cancel("it has had its time")
        let outcome = await root.waits(for: "child", "part") { await part.join() }
        root.progress("part is over; its remains come home when \(Self.lock) is let go")
        try await ledger.release()
        try await root.waits(for: "task", "wants-lock") { try await returned.wait() }
        let process = try? await runs.wait()
        let ending = try? await process?.ended.wait()
        return [
            "part: \(outcome.name) with a grace of \(grace.brief); wants-lock came home when \(Self.lock) was let go",
            "deaf-child: its release has a budget of \(Self.budget.brief); \(ending.map { "ended by \($0)" } ?? "gone")",
        ]
    }

    /// Waits for the lock in a blocking call, which no cancel ends.
    private func wantLock(_ task: TaskScope) async throws {
        defer {
            waits.open()
            returned.open()
        }
        try await task.heedingCancel {
            try await task.waits(for: "lock", Self.lock) {
                _ = try await task.hold(Self.lock, kind: "lock") {
                    waits.open()
                    return try await task.blocking("flock") { try FileLock.wait(path) }
                } release: { lock, _ in
                    lock.release(removing: false)
                }
            }
            await task.cancelled()
        }
    }

    /// Has a process that ignores SIGTERM: its release takes longer than it may. It ends when we do, at the latest.
    private func runDeafChild(_ task: TaskScope) async throws {
        defer { runs.open(.failure(CancellationError())) }
        try await task.heedingCancel {
            let deaf = Latch<Void>()
            let process = try await processes.own(task, budget: Self.budget, patience: .milliseconds(1500)) {
                try ChildProcess(
                    "sh", ["-c", "trap '' TERM; echo deaf; read line"], feeding: true, onOutput: { _ in deaf.open() })
            }
            try await deaf.wait()
            task.progress("sh, pid \(process.pid), ignores SIGTERM")
            runs.open(.success(process))
            await task.cancelled()
        }
    }
}
