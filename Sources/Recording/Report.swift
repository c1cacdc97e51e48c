import EventBus
import TreeModel

/// Sums a session up: a state machine that is fed the events in order, once. Its memory grows with what is alive at
/// once, not with the length of the log: of what there may be many of, it keeps a few.
public struct Report {
    var tree: LiveTree
    var found: Summary
    /// Of running cancels: which task ended after which, by the task that waits for them.
    var paths: [TaskID: CriticalPath] = [:]
    /// The cascades that run, by the task that each was requested for.
    var running: [TaskID: [CascadeID]] = [:]
    /// Of tasks that a running cascade was requested for, and that ended.
    var ended: [CascadeID: CriticalPath] = [:]
    private var taskGroups: [String: TaskGroup] = [:]
    private var failures: [FailureGroup.Key: FailureGroup] = [:]
    private var hasBegun = false
    /// A keyframe has said what came before it.
    private var hasSums = false

    public init(_ session: SessionInfo) {
        var limits = LiveTree.Limits()
        // What ended is looked at when it ends; only a cascade's tasks are asked for later.
        limits.lingering = 0
        limits.rememberedCascades = 256
        tree = LiveTree(limits: limits)
        found = Summary(session: session)
    }

    /// Sums a whole session up.
    /// - Parameter told: is given what reading it came upon.
    public static func summary(
        of file: SessionFile, told: (ReadSummary) -> Void = { _ in }
    ) throws(SessionError) -> Summary {
        var report = Report(file.session)
        let reader = file.events()
        try reader.readAll { report.apply($0) }
        var summary = report.summary()
        // What is lost stands in the numbers already.
        summary.missing += reader.summary.lines.filter { line in !summary.missing.contains { $0.hasPrefix(line) } }
        told(reader.summary)
        return summary
    }

    /// Takes the next event.
    public mutating func apply(_ event: TreeEvent) {
        var event = event
        // As the tree does: within 36 years, so that differences cannot overflow.
        event.t = min(max(event.t, 0), 1 << 60)
        if !hasBegun {
            hasBegun = true
            found.from = event.t
            found.beginsMidway = event.seq > 1 || event.change.kind == .snapshotBegin
        }
        // What an event takes away is looked at before.
        switch event.change {
        case .taskFinished(let fields): finishing(fields, event)
        case .taskReturned(let fields): returning(fields, event)
        case .taskOverdue: found.overdue += 1
        case .resourceReleased(let fields): released(fields, event)
        case .resourceFailed(let fields): acquireFailed(fields, event)
        case .resourceQuarantined: found.quarantined += 1
        case .snapshotEnd(let sums): if tree.isBlind, sums.started != nil { hasSums = true }
        case .gap:
            paths = [:]
            running = [:]
            ended = [:]
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .taskJoining, .resourceAcquiring, .resourceAcquired, .resourceReleasing,
            .resourceReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .sessionEnded:
            break
        }
        tree.apply(event)
        found.peakLive.raise(tree.totals.live, at: tree.now)
        found.peakHeld.raise(tree.totals.held, at: tree.now)
        if case .cancelRequested(let fields) = event.change { requested(fields) }
        if case .cancelCompleted(let fields) = event.change { completed(fields) }
    }

    private mutating func finishing(_ fields: TreeEvent.TaskFinished, _ event: TreeEvent) {
        let slot = tree.slot(of: fields.task)
        guard slot >= 0, tree.phase(slot) != .finished else { return }
        let duration = UInt64(max(0, event.t - tree.startedAt(slot)))
        found.taskDurations.add(duration)
        let name = tree.name(slot)
        let key = folded(name)
        if taskGroups[key] == nil, taskGroups.count >= Self.mostGroups {
            found.ungroupedTasks += 1
        } else {
            taskGroups[key, default: TaskGroup(name: name)].add(name, key, duration, fields.outcome)
        }
        if tree.cancelledAt(slot) != nil { stepped(slot, fields.outcome, event.t) }
        switch fields.outcome {
        case .succeeded, .cancelled: break
        case .failed:
            group(.task, fields.error ?? Failure(type: "", message: "without an error"), tree.path(slot), event)
        case .abandoned: abandoned(slot, fields, event)
        }
    }

    private mutating func abandoned(_ slot: LiveTree.Slot, _ fields: TreeEvent.TaskFinished, _ event: TreeEvent) {
        guard found.abandoned.count < Self.mostExamples else { return }
        let kept = tree.resources(of: slot).filter { $0.state == .quarantined }.prefix(8).map(\.name)
        found.abandoned.append(
            Abandoned(
                seq: event.seq, t: event.t, task: fields.task, path: tree.path(slot), on: tree.waitTarget(slot),
                kept: Array(kept)))
    }

    private mutating func returning(_ fields: TreeEvent.TaskReturned, _ event: TreeEvent) {
        guard let index = found.abandoned.firstIndex(where: { $0.task == fields.task }) else { return }
        found.abandoned[index].returnedAt = found.abandoned[index].returnedAt ?? event.t
    }

    private mutating func released(_ fields: TreeEvent.ResourceReleased, _ event: TreeEvent) {
        found.releases[fields.outcome, default: 0] += 1
        found.releaseDurations.add(fields.duration)
        let isSlow = found.slowest.count < Self.mostShown || fields.duration > found.slowest.last?.duration ?? 0
        let isLeak = fields.outcome == .leaked && found.leaks.count < Self.mostExamples
        guard isSlow || isLeak || fields.error != nil else { return }
        let resource = tree.resource(fields.resource)
        let path = path(fields.task)
        if let error = fields.error { group(.release, error, path, event) }
        let release = Release(
            seq: event.seq, t: event.t, resource: fields.resource, name: resource?.name ?? "", kind: resource?.kind,
            task: fields.task, path: path, outcome: fields.outcome, error: fields.error, duration: fields.duration)
        if isLeak { found.leaks.append(release) }
        guard isSlow else { return }
        let place = found.slowest.firstIndex { $0.duration < release.duration } ?? found.slowest.count
        found.slowest.insert(release, at: place)
        if found.slowest.count > Self.mostShown { found.slowest.removeLast() }
    }

    private mutating func acquireFailed(_ fields: TreeEvent.ResourceFailed, _ event: TreeEvent) {
        found.acquiresFailed += 1
        group(.acquire, fields.error, path(fields.task), event)
    }

    private func path(_ task: TaskID) -> String {
        let slot = tree.slot(of: task)
        return slot < 0 ? "task \(task)" : tree.path(slot)
    }

    private mutating func group(_ of: FailureGroup.Of, _ error: Failure, _ path: String, _ event: TreeEvent) {
        let key = FailureGroup.Key(of: of, type: error.type, message: folded(error.message))
        if failures[key] == nil {
            guard failures.count < Self.mostGroups else {
                found.ungroupedFailures += 1
                return
            }
            failures[key] = FailureGroup(
                of: of, error: error, alike: key.message, count: 0, path: path, seq: event.seq, t: event.t,
                lastT: event.t)
        }
        failures[key]?.count += 1
        failures[key]?.lastT = event.t
    }

    /// What was found so far. More events may follow.
    public func summary() -> Summary {
        var summary = found
        summary.to = tree.now
        summary.totals = tree.totals
        // Of a part of a session some are released that nobody saw acquired.
        summary.totals.released = max(tree.totals.released, found.releases.values.reduce(0, +))
        summary.ended = tree.ended
        summary.taskGroups = taskGroups.values.sorted {
            ($1.durations.count, $0.name) < ($0.durations.count, $1.name)
        }
        summary.failures = failures.values.sorted { ($1.count, $0.seq) < ($0.count, $1.seq) }
        summary.longest += tree.cascades.filter { $0.completedAt == nil }.map { CascadeReport(cascade: $0) }
        summary.missing = missing
        return summary
    }

    private var missing: [String] {
        var lines: [String] = []
        if found.beginsMidway, hasSums {
            lines.append(
                "the log begins mid-way: totals are of the whole session; times, releases, failures and cascades only "
                    + "of what is kept")
        } else if found.beginsMidway {
            lines.append("the log begins mid-way: what was before is not in these numbers")
        }
        if tree.totals.gaps > 0 { lines.append("\(tree.totals.lost) events are lost: the numbers are without them") }
        let totals = tree.totals
        switch tree.ended {
        case nil:
            lines.append(
                "there is no session.ended: cut off, or still running; \(totals.live) tasks live and \(totals.held) "
                    + "resources held at the last event")
        case .recordingFailed: lines.append("the recording failed: what came after is missing")
        case .finished, .signal: break
        }
        return lines
    }

    /// A name or a message with its numbers left open, so that alike ones are one.
    private func folded(_ text: String) -> String {
        var result: [UInt8] = []
        var wasDigit = false
        for byte in text.utf8.prefix(200) {
            let isDigit = (0x30...0x39).contains(byte)
            if !isDigit { result.append(byte) } else if !wasDigit { result.append(0x4E) }
            wasDigit = isDigit
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// How many of the longest, and of the slowest, are kept.
    public static let mostShown = 10
    /// How many leaks and abandoned tasks are kept.
    static let mostExamples = 32
    /// How many kinds of failures and of tasks are told apart.
    static let mostGroups = 256
}
