import EventBus
import TreeModel

/// A task, when it begins and when it is over.
struct TaskSpan {
    /// As the tree knows it at this moment.
    var info: LiveTree.TaskInfo
    /// The names from the root; the middle of a long path is `...`.
    var names: [String]
    var path: String { names.joined(separator: "/") }
    /// When it was over. A task that was still alive at the end of the log, or that ended unseen, has the last instant
    /// at which it may have lived, and no outcome.
    var end: Int64
    /// Resources that it acquired, as far as they were seen.
    var acquired: Int
    /// When it was said to be overdue.
    var overdueAt: Int64?

    /// The outcome in a word: also `open`, when the log ends before the task does, and `unseen`, when its end is lost.
    var outcome: String { info.outcome?.name ?? (info.phase == .finished ? "unseen" : "open") }
}

/// A resource, once it is over.
struct ResourceSpan {
    var id: ResourceID
    var task: TaskID
    var name: String
    var kind: String?
    /// Whether its task is known.
    var isOwned = false
    /// When its acquire began.
    var start: Int64
    /// When it was acquired; nil if the acquire failed.
    var acquiredAt: Int64?
    var releasingAt: Int64?
    var quarantinedAt: Int64?
    var end: Int64
    /// How its release ended; nil without one.
    var released: ReleaseOutcome?
    var error: Failure?

    /// The outcome in a word: that of the release, or `notAcquired`, `open` or `unseen`.
    var outcome = "open"
}

/// A time in which a task waited for something that has a name.
struct WaitSpan {
    var task: TaskID
    var on: WaitTarget
    var start: Int64
    var end: Int64
    /// `lock ledger`.
    var name: String { [on.kind, on.name ?? on.id.map { "\($0)" }].compactMap(\.self).joined(separator: " ") }
}

/// What is told of the spans of a log, in the order in which things end; a task also when it begins.
protocol SpanSink {
    mutating func began(_ task: TaskSpan)
    mutating func ended(_ task: TaskSpan)
    mutating func ended(_ resource: ResourceSpan)
    mutating func ended(_ wait: WaitSpan)
    /// Each event, after it was folded and before the ends that it brings are told.
    mutating func saw(_ event: TreeEvent, _ tree: LiveTree)
}

extension SpanSink {
    mutating func began(_ task: TaskSpan) {}
    mutating func ended(_ resource: ResourceSpan) {}
    mutating func ended(_ wait: WaitSpan) {}
    mutating func saw(_ event: TreeEvent, _ tree: LiveTree) {}
}

/// Folds a log into spans. What it keeps is bounded by what is alive: a task goes when it ended.
struct Spans {
    private struct Open {
        var acquired = 0
        var overdueAt: Int64?
        var wait: WaitSpan?
        /// When it last waited: one wait begins after the other.
        var waited: Int64 = 0
    }

    private(set) var tree: LiveTree
    private var open: [TaskID: Open] = [:]
    private var resources: [ResourceID: ResourceSpan] = [:]
    private var unsettled = 0

    init() {
        // A task is asked for at once when it ends, and not again.
        var limits = LiveTree.Limits()
        limits.lingering = 16
        limits.kept = 64
        tree = LiveTree(limits: limits)
    }

    mutating func apply(_ event: TreeEvent, to sink: inout some SpanSink) {
        var wasKnown = false
        if case .snapshotTask(let row) = event.change { wasKnown = tree.slot(of: row.started.task) >= 0 }
        // What ended unseen may be gone from the tree when the snapshot ends, and is asked for in this copy.
        let before = event.change.kind == .snapshotEnd ? tree : nil
        tree.apply(event)
        sink.saw(event, tree)
        unsettled += 1
        if unsettled == 4_096 {
            unsettled = 0
            tree.settle()
        }
        let t = tree.now
        switch event.change {
        case .taskStarted(let fields): begin(fields.task, &sink)
        case .snapshotTask(let row): if !wasKnown { see(row, &sink) }
        case .snapshotResource(let row): see(row)
        case .snapshotEnd: if let before { endUnseen(before, &sink) }
        case .taskWaiting(let fields): beginWait(fields.task, fields.on, min(max(fields.since, 0), t), t, &sink)
        case .taskResumed(let fields): endWait(fields.task, t, &sink)
        case .taskJoining(let fields): endWait(fields.task, t, &sink)
        case .taskOverdue(let fields): open[fields.task]?.overdueAt = t
        case .taskFinished(let fields): end(fields.task, t, &sink)
        case .resourceAcquiring(let fields):
            begin(
                ResourceSpan(
                    id: fields.resource, task: fields.task, name: fields.name, kind: fields.kind, start: t, end: t))
        case .resourceAcquired(let fields):
            begin(
                ResourceSpan(
                    id: fields.resource, task: fields.task, name: fields.name, kind: fields.kind, start: t, end: t))
            if resources[fields.resource]?.acquiredAt == nil { resources[fields.resource]?.acquiredAt = t }
            open[fields.task]?.acquired += 1
        case .resourceFailed(let fields): endResource(fields.resource, t, "notAcquired", fields.error, &sink)
        case .resourceReleasing(let fields):
            if resources[fields.resource]?.acquiredAt != nil { resources[fields.resource]?.releasingAt = t }
        case .resourceQuarantined(let fields): resources[fields.resource]?.quarantinedAt = t
        case .resourceReleased(let fields):
            resources[fields.resource]?.released = fields.outcome
            endResource(fields.resource, t, fields.outcome.name, fields.error, &sink)
        case .taskProgress, .taskLog, .cancelRequested, .cancelEscalated, .taskCancelling, .resourceReturned,
            .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .snapshotBegin, .gap, .sessionEnded:
            break
        }
    }

    /// The log is over: what is open ends here, children before their parents.
    mutating func end(_ sink: inout some SpanSink) {
        tree.settle()
        for id in resources.keys.sorted() { endResource(id, tree.now, "open", nil, &sink) }
        var order: [LiveTree.Slot] = []
        var slot = tree.root
        while slot >= 0 {
            order.append(slot)
            slot = tree.following(slot)
        }
        for slot in order.reversed() { end(tree.id(slot), tree.now, &sink) }
    }

    // MARK: tasks

    private mutating func begin(_ id: TaskID, _ sink: inout some SpanSink) {
        let slot = tree.slot(of: id)
        guard open[id] == nil, slot >= 0, tree.phase(slot) != .finished else { return }
        open[id] = Open()
        sink.began(Self.span(tree, slot, Open(), tree.startedAt(slot)))
    }

    private mutating func end(_ id: TaskID, _ t: Int64, _ sink: inout some SpanSink) {
        guard open[id] != nil else { return }
        endWait(id, t, &sink)
        guard let known = open.removeValue(forKey: id), case let slot = tree.slot(of: id), slot >= 0 else { return }
        sink.ended(Self.span(tree, slot, known, t))
    }

    private static func span(_ tree: LiveTree, _ slot: LiveTree.Slot, _ known: Open, _ end: Int64) -> TaskSpan {
        let info = tree.info(slot)
        return TaskSpan(
            info: info, names: tree.pathNames(slot), end: max(end, info.startedAt), acquired: known.acquired,
            overdueAt: known.overdueAt)
    }

    // MARK: waits

    private mutating func beginWait(
        _ id: TaskID, _ on: WaitTarget, _ since: Int64, _ t: Int64, _ sink: inout some SpanSink
    ) {
        endWait(id, t, &sink)
        guard let known = open[id], case let slot = tree.slot(of: id), slot >= 0 else { return }
        // One wait at a time, inside its task.
        open[id]?.wait = WaitSpan(task: id, on: on, start: max(since, known.waited, tree.startedAt(slot)), end: t)
    }

    private mutating func endWait(_ id: TaskID, _ t: Int64, _ sink: inout some SpanSink) {
        guard var wait = open[id]?.wait else { return }
        open[id]?.wait = nil
        open[id]?.waited = max(wait.start, t)
        wait.end = max(wait.start, t)
        sink.ended(wait)
    }

    // MARK: resources

    /// An acquire that was under way goes on as what was acquired.
    private mutating func begin(_ resource: ResourceSpan) {
        guard resources[resource.id] == nil else { return }
        resources[resource.id] = resource
        resources[resource.id]?.isOwned = tree.slot(of: resource.task) >= 0
    }

    private mutating func endResource(
        _ id: ResourceID, _ t: Int64, _ outcome: String, _ error: Failure?, _ sink: inout some SpanSink
    ) {
        guard var resource = resources.removeValue(forKey: id) else { return }
        resource.end = max(t, resource.start)
        resource.outcome = outcome
        resource.error = error
        sink.ended(resource)
    }

    // MARK: snapshots

    private mutating func see(_ row: TreeEvent.SnapshotTask, _ sink: inout some SpanSink) {
        let id = row.started.task
        let slot = tree.slot(of: id)
        guard open[id] == nil, slot >= 0 else { return }
        open[id] = Open()
        sink.began(Self.span(tree, slot, Open(), tree.startedAt(slot)))
        // An abandoned task has a row while its body runs.
        if tree.phase(slot) == .finished {
            end(id, tree.now, &sink)
        } else if let on = row.on {
            beginWait(id, on, min(row.waitingSince ?? tree.now, tree.now), tree.now, &sink)
        }
    }

    private mutating func see(_ row: TreeEvent.SnapshotResource) {
        let acquired = row.acquired
        guard tree.resource(acquired.resource) != nil else { return }
        let since = min(max(row.since, 0), tree.now)
        begin(
            ResourceSpan(
                id: acquired.resource, task: acquired.task, name: acquired.name, kind: acquired.kind, start: since,
                acquiredAt: since, end: since))
    }

    /// The rows were all that is alive. What is open and not among it ended behind a gap.
    private mutating func endUnseen(_ before: LiveTree, _ sink: inout some SpanSink) {
        for id in resources.keys.sorted() where tree.resource(id) == nil {
            endResource(id, tree.now, "unseen", nil, &sink)
        }
        let gone = open.keys.filter { id in
            let slot = tree.slot(of: id)
            return slot < 0 || tree.phase(slot) == .finished
        }
        // Children first: their ids are larger than those of their parents.
        for id in gone.sorted(by: >) {
            endWait(id, tree.now, &sink)
            guard let known = open.removeValue(forKey: id), case let slot = before.slot(of: id), slot >= 0 else {
                continue
            }
            var span = Self.span(before, slot, known, tree.now)
            span.info.phase = .finished
            sink.ended(span)
        }
    }
}

/// A format that is written from spans.
protocol SpanFormat: SpanSink {
    mutating func begin(_ session: SessionInfo)
    /// All spans were told.
    mutating func finish() throws(ExportError)
    mutating func take() -> [UInt8]
}

/// The fold, and the format that it is told to.
struct SpanWriter<Format: SpanFormat>: SessionWriter {
    private var spans = Spans()
    private var format: Format

    init(_ format: Format) { self.format = format }

    mutating func begin(_ session: SessionInfo) { format.begin(session) }
    mutating func write(_ event: TreeEvent) { spans.apply(event, to: &format) }
    mutating func end() throws(ExportError) {
        spans.end(&format)
        try format.finish()
    }
    mutating func take() -> [UInt8] { format.take() }
}
