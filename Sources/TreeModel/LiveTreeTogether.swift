extension LiveTree.Cascade {
    /// Cascades that run at the same time, added up: over when the last of them is; its task and cause are those of the
    /// first. Nil if there are none.
    public init?(together all: [LiveTree.Cascade]) {
        guard let first = all.first else { return nil }
        self = first
        guard all.count > 1 else { return }
        for other in all.dropFirst() { add(other) }
        order.sort { $0.t < $1.t }
        releases.sort { $0.release.t < $1.release.t }
        holdUps.sort { ($1.rank.rawValue, $1.duration) < ($0.rank.rawValue, $0.duration) }
        if completedAt == nil { completed = nil }
    }

    private mutating func add(_ other: LiveTree.Cascade) {
        force = force && other.force
        if let at = other.escalatedAt, at < escalatedAt ?? .max {
            escalatedAt = at
            escalatedBy = other.escalatedBy
        }
        requestedAt = min(requestedAt, other.requestedAt)
        lastMarkAt = max(lastMarkAt, other.lastMarkAt)
        marked += other.marked
        ended.merge(other.ended, uniquingKeysWith: +)
        resources += other.resources
        released.merge(other.released, uniquingKeysWith: +)
        quarantined += other.quarantined
        order += other.order
        releases += other.releases
        if other.lastEnd?.t ?? -1 > lastEnd?.t ?? -1 { lastEnd = other.lastEnd }
        if other.slowest?.duration ?? -1 > slowest?.duration ?? -1 { slowest = other.slowest }
        overdue += other.overdue
        holdUps += other.holdUps
        completedAt = completedAt.flatMap { at in other.completedAt.map { max(at, $0) } }
        if let mine = completed, let others = other.completed {
            completed = TreeEvent.CancelCompleted(
                cascade: mine.cascade, tasks: mine.tasks &+ others.tasks, resources: mine.resources &+ others.resources,
                failed: mine.failed &+ others.failed, timedOut: mine.timedOut &+ others.timedOut,
                abandoned: mine.abandoned &+ others.abandoned, duration: max(mine.duration, others.duration))
        }
    }
}
