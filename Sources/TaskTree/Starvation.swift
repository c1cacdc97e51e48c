import TreeModel

/// Looks whether the threads that bodies run on still take work: now and then it hands them a job that does nothing, and
/// when that has not begun in time the log says so. It runs on the timer's thread, which no body can block.
///
/// Guarded by the engine's lock.
final class StarvationWatch: TimerEntry, @unchecked Sendable {
    /// How long a job may wait, in nanoseconds.
    private let patience: Int64
    /// When the job that has not begun was handed over.
    private var posted: Int64?
    private var isReported = false

    init(_ patience: Duration) { self.patience = max(1, patience.nanoseconds) }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        guard !engine.roots.isEmpty else { return }
        if let posted {
            isReported = true
            engine.append(.engineStarved(.init(duration: UInt64(max(0, now &- posted)))), now)
            // It grows worse: the pause doubles, so that a pool that never comes back fills no log.
            engine.timers.arm(self, at: now &+ max(patience, now &- posted))
        } else {
            posted = now
            engine.timers.arm(self, at: now &+ patience)
            after.jobs.append(.probe(self))
        }
    }

    /// The job begins at last.
    func begins(_ engine: TreeEngine, _ now: Int64) {
        if let posted, isReported {
            engine.append(.engineStarved(.init(duration: UInt64(max(0, now &- posted)))), now)
        }
        posted = nil
        isReported = false
        watch(engine, now)
    }

    /// Looks again after a while.
    func watch(_ engine: TreeEngine, _ now: Int64) {
        if !engine.roots.isEmpty { engine.timers.arm(self, at: now &+ 4 &* patience) }
    }
}
