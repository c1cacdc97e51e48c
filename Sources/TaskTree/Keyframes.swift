import EventBus
import TreeModel

/// What a keyframe says of a node and the node does not need: never changed, and shared between alike siblings.
final class NodeProfile: Sendable {
    let kind: String?
    let labels: [Label]
    let attempt: UInt64?
    let restartOf: TaskID?
    /// The grace was given, not inherited.
    let hasOwnGrace: Bool

    private init(_ settings: NodeSettings) {
        kind = settings.kind
        labels = settings.labels
        attempt = settings.attempt
        restartOf = settings.restartOf
        hasOwnGrace = settings.grace != nil
    }

    /// The profile of a node with these settings; nil if they say nothing.
    @inline(__always)
    static func of(_ settings: NodeSettings, like sibling: @autoclosure () -> NodeProfile?) -> NodeProfile? {
        if settings.kind == nil, settings.labels.isEmpty, settings.attempt == nil, settings.restartOf == nil,
            settings.grace == nil
        {
            return nil
        }
        if let sibling = sibling(), sibling.kind == settings.kind, sibling.labels == settings.labels,
            sibling.attempt == settings.attempt, sibling.restartOf == settings.restartOf,
            sibling.hasOwnGrace == (settings.grace != nil)
        {
            return sibling
        }
        return NodeProfile(settings)
    }
}

/// The keyframes of an engine's log, and the one under way. Guarded by the engine's lock.
///
/// A keyframe is a row for each live task, for each abandoned one that has not returned, and for each resource that is
/// held. It is written a few rows for each hold of the lock, between the events of whoever is at work meanwhile; each
/// row says how its task is at that place of the log. What starts after the begin mark needs no row, and neither does
/// what ends before its row would come. After the walk over the live tasks comes one over the abandoned, and then one over
/// those that are over and still hold something: in this order nothing that changes sides meanwhile is left out.
final class Keyframes {
    /// A keyframe begins when the log has so many bytes; none does while one is under way.
    private var due: Int
    /// How many bytes the log grows by, at least, from one with so many bytes to the next: five times as many, so that going
    /// to any place is quick; of those that take long themselves sixteen times as many.
    private static func distance(behind bytes: Int) -> Int {
        let (distance, isTooFar) = bytes.multipliedReportingOverflow(by: bytes > small ? 16 : 5)
        return isTooFar ? .max : distance
    }
    private static let small = 512 << 10
    /// Those that are expected to have no more bytes come as often as an interval of time says.
    private static let tiny = 32 << 10
    /// It also begins at this time, if the log has grown.
    private var dueAt = Int64.max
    private let interval: Int64?
    /// The last task and the last resource that may need a row.
    fileprivate var lastTask = TaskID(0)
    fileprivate var lastResource = ResourceID(0)
    /// How many bytes the rows of this keyframe have so far.
    fileprivate var bytes = 0
    fileprivate var stage = Stage.tasks
    /// The place of the walk over strays or holders.
    fileprivate var place = 0
    /// The resource that comes next, while those of one node are written, and whether the walk is still on its way to the
    /// oldest of them.
    fileprivate var entry: ResourceEntry?
    fileprivate var isDescending = false

    fileprivate enum Stage { case tasks, strays, holders }

    /// Where the last one ended.
    private var ended: Int

    init(from log: Int, spacing: Int, interval: Int64? = nil) {
        ended = log
        due = log + spacing
        self.interval = interval
        wait(from: 0)
    }

    private func wait(from now: Int64) {
        if let interval { dueAt = now.addingReportingOverflow(interval).partialValue }
    }

    @inline(__always)
    func isDue(at log: Int, _ now: Int64) -> Bool { log >= due || (now >= dueAt && log > ended) }

    fileprivate func never() {
        due = .max
        dueAt = .max
    }

    /// Whether one of so many tasks would be too large for what the log has grown by: then it comes later. Small ones are
    /// no burden.
    fileprivate func isTooEarly(at log: Int, _ now: Int64, tasks: Int) -> Bool {
        let expected = tasks * 8
        let distance = Self.distance(behind: expected)
        guard expected > Self.tiny, log - ended < distance else { return false }
        due = ended + distance
        wait(from: now)
        return true
    }

    fileprivate func begin(_ lastTask: TaskID, _ lastResource: ResourceID) {
        never()
        bytes = 0
        stage = .tasks
        self.lastTask = lastTask
        self.lastResource = lastResource
    }

    fileprivate func end(at log: Int, _ now: Int64, spacing: Int) {
        ended = log
        wait(from: now)
        let next = log.addingReportingOverflow(max(spacing, Self.distance(behind: bytes), 1))
        due = next.overflow ? .max : next.partialValue
    }

    // MARK: The resources of a node

    /// Begins with the newest, and goes down to the oldest.
    fileprivate func beginEntries(of node: Node) {
        guard let newest = node.newestResource else { return }
        isDescending = true
        move(to: newest)
    }

    fileprivate func move(to next: ResourceEntry?) {
        entry?.isNextRow = false
        entry = next
        next?.isNextRow = true
    }

    /// The entry that comes next leaves its task's stack.
    func leaves(_ leaving: ResourceEntry) {
        if isDescending, let older = leaving.older { return move(to: older) }
        isDescending = false
        move(to: leaving.newer)
    }
}

extension TreeEngine {
    /// Begins a keyframe; its rows follow on the thread of the cascades, or in tasks where an executor does those. The lock
    /// is held.
    func beginKeyframe(_ now: Int64, _ after: inout Afterwards) {
        guard !isEnded else {
            keyframes.never()
            return
        }
        if keyframes.isTooEarly(at: log.bytes, now, tasks: table.count) { return }
        keyframes.begin(newestTask, newestResource)
        table.beginWalk()
        log.beginKeyframe(at: now)
        after.jobs.append(.keyframe)
    }

    /// Has the next rows written. Other work of that thread comes in between.
    func postKeyframeSlice() {
        if options.executor == nil {
            postSweep { [self] in writeKeyframeSlice() }
        } else {
            start { [self] in writeKeyframeSlice() }
        }
    }

    private func writeKeyframeSlice() {
        change { now, after in
            guard !isEnded else { return keyframes.move(to: nil) }
            let before = log.bytes
            var steps = options.keyframeSlice
            while steps > 0, step(now) { steps -= 1 }
            keyframes.bytes += log.bytes - before
            guard steps > 0 else {
                after.jobs.append(.keyframe)
                return
            }
            log.endKeyframe(at: now)
            keyframes.end(at: log.bytes, now, spacing: options.keyframeSpacing)
        }
    }

    /// Writes the next row, or goes a step towards it; false when there are no more. The lock is held.
    private func step(_ now: Int64) -> Bool {
        if let entry = keyframes.entry {
            step(entry, now)
            return true
        }
        switch keyframes.stage {
        case .tasks:
            guard let node = table.walk(), node.id <= keyframes.lastTask else {
                keyframes.stage = .strays
                keyframes.place = strays.count
                return true
            }
            write(node, now)
        case .strays:
            guard keyframes.place > 0 else {
                keyframes.stage = .holders
                keyframes.place = strays.holderCount
                return true
            }
            keyframes.place -= 1
            if let node = strays.stray(at: keyframes.place) { write(node, now) }
        case .holders:
            guard keyframes.place > 0 else { return false }
            keyframes.place -= 1
            if let node = strays.holder(at: keyframes.place) { keyframes.beginEntries(of: node) }
        }
        return true
    }

    /// Writes the row of a node; those of what it holds come next.
    private func write(_ node: Node, _ now: Int64) {
        append(TreeEvent.SnapshotTask.self, now) { describe(node, &$0) }
        keyframes.beginEntries(of: node)
    }

    private func step(_ entry: ResourceEntry, _ now: Int64) {
        if keyframes.isDescending {
            if let older = entry.older { return keyframes.move(to: older) }
            keyframes.isDescending = false
        }
        // Those above it on the stack were acquired later still.
        guard entry.id <= keyframes.lastResource else { return keyframes.move(to: nil) }
        keyframes.move(to: entry.newer)
        append(TreeEvent.SnapshotResource.self, now) { describe(entry, &$0) }
    }

    private func describe(_ node: Node, _ row: inout TreeEvent.SnapshotTask) {
        node.describe(&row.started)
        row.phase = node.phase
        row.draining = node.isDraining
        row.cascade = node.cascade?.id
        row.cause = node.cause
        row.since = node.since
        if node.phase == .running, let wait = node.rare?.waits.last {
            row.on = wait.on
            row.waitingSince = wait.since
            row.waitingUntil = wait.deadline
        }
        row.overdue = node.overdueReported && node.phase == .running
    }

    private func describe(_ entry: ResourceEntry, _ row: inout TreeEvent.SnapshotResource) {
        row.acquired.resource = entry.id
        row.acquired.task = entry.node?.id ?? TaskID(0)
        row.acquired.name = entry.name
        row.acquired.kind = entry.kind
        row.acquired.budget = UInt64(entry.budget)
        row.acquired.after = entry.rare?.order?.before?.map(\.id)
        row.phase = entry.state == .releasing ? .releasing : .running
        row.since = entry.since
        row.because = entry.rare?.because
    }
}

extension Node {
    /// What it was started with, as the log says it then and in each keyframe.
    func describe(_ fields: inout TreeEvent.TaskStarted) {
        fields.task = id
        fields.parent = parent?.id
        fields.name = name
        fields.kind = profile?.kind ?? (isGroup ? "scope" : nil)
        fields.labels = profile?.labels ?? []
        fields.deadline = rare?.deadlineTimer != nil ? deadline : nil
        fields.grace = parent == nil || profile?.hasOwnGrace == true ? UInt64(grace) : nil
        fields.policy = policy == .failFast ? nil : policy
        fields.limit = rare?.limit.map { UInt64($0.places) }
        fields.attempt = profile?.attempt
        fields.restartOf = profile?.restartOf
    }
}
