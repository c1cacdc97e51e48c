import EventBus
import TreeModel

/// One of the sessions that are merged: its next event, and what becomes of its events in the merged one.
struct MergedSession {
    /// As it is in the session.
    private(set) var head: TreeEvent?
    /// The tree of this session alone, with its own ids and times.
    private(set) var tree = LiveTree()
    private(set) var ended: EndReason?
    private let reader: SessionReader
    private let start: TreeEvent.TaskStarted
    private let lead: Int64
    private let ids: IDRange
    private let base: IDRange
    private var hasStarted = false
    /// Its first events are missing.
    private(set) var beginsMidway = false
    private var hasFinished = false

    /// - Parameters:
    ///   - ids: the largest that it has.
    ///   - base: is added to its ids. The task above its roots has the next one.
    ///   - lead: is added to its times.
    ///   - name: of the task above its roots.
    init(_ session: SessionFile, named name: String, ids: IDRange, from base: IDRange, lead: Int64) {
        reader = session.events()
        self.ids = ids
        self.base = base
        self.lead = lead
        let info = session.session
        start = TreeEvent.TaskStarted(
            task: TaskID(base.task &+ ids.task &+ 1), name: name, kind: "session",
            labels: [Label("pid", "\(info.pid)"), Label("session", info.session)])
    }

    var summary: ReadSummary { reader.summary }

    /// The time of the next event in the merged session.
    var t: Int64 { Self.sum(head?.t ?? 0, lead) }

    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (a < 0 ? .min : .max) : sum
    }

    /// Goes on to the next event.
    mutating func advance() throws(SessionError) {
        let t = head?.t ?? 0
        head = nil
        while head == nil, let item = try reader.next() { head = item.copied(at: t) }
    }

    /// What an event is in the merged session; the first one brings the root along.
    mutating func changes(for event: TreeEvent) -> [TreeEvent.Change] {
        var changes: [TreeEvent.Change] = []
        if !hasStarted {
            hasStarted = true
            changes.append(.taskStarted(start))
            let isRow = ChunkDecoder.places(event.change.kind, of: event.change) == 0
            let missing = isRow ? event.seq : event.seq &- 1
            beginsMidway = missing > 0
            if missing > 0 { changes.append(.gap(TreeEvent.Gap(lost: missing))) }
        }
        tree.apply(event)
        switch event.change {
        case .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd: break
        case .sessionEnded(let fields): ended = fields.reason
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired,
            .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished,
            .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .gap:
            changes.append(moved(event.change))
        }
        return changes
    }

    /// The end of its root, if it ended and nothing of it is alive.
    mutating func closing() -> [TreeEvent.Change] {
        guard hasStarted, ended != nil, tree.totals.live == 0 else { return [] }
        hasFinished = true
        return [.taskFinished(TreeEvent.TaskFinished(task: start.task, outcome: .succeeded))]
    }

    /// The rows of a keyframe: its root's, and those of all that is alive.
    mutating func rows() -> [TreeEvent.Change] {
        guard hasStarted, !hasFinished else { return [] }
        tree.settle()
        var root = TreeEvent.SnapshotTask()
        root.started = start
        root.since = lead
        return [.snapshotTask(root)] + tree.snapshotRows().dropFirst().dropLast().map(moved)
    }

    private func moved(_ change: TreeEvent.Change) -> TreeEvent.Change {
        var move = Move(ids: ids, base: base, lead: lead, root: start.task)
        return change.edited(by: &move)
    }

    /// Gives an event other ids and times.
    private struct Move: FieldEditor {
        let ids: IDRange
        let base: IDRange
        let lead: Int64
        let root: TaskID

        mutating func edit<I: Identifier>(_ id: inout I) { id = I(rawValue: base.moved(I.self, id.rawValue)) }

        mutating func edit(_ target: inout WaitTarget) {
            // What somebody waits for may have a number that is no id of the session.
            guard let id = target.id else { return }
            switch target.kind {
            case "task", "child", "limit", "backoff": if id <= ids.task { target.id = base.moved(TaskID.self, id) }
            default: if id <= ids.resource { target.id = base.moved(ResourceID.self, id) }
            }
        }

        mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
            if var id = value {
                edit(&id)
                value = id
            } else if key == "parent" {
                value = I(rawValue: root.rawValue)
            }
        }

        mutating func instant(_ key: String, _ value: inout Int64) { value = MergedSession.sum(value, lead) }
        mutating func instant(_ key: String, _ value: inout Int64?) {
            value = value.map { MergedSession.sum($0, lead) }
        }
    }
}

/// The largest ids of a session, or what is added to the ids of one.
struct IDRange {
    private(set) var task: UInt64 = 0
    private(set) var resource: UInt64 = 0
    private(set) var cascade: UInt64 = 0
    private(set) var drain: UInt64 = 0

    init() {}

    init(of session: SessionFile) throws(SessionError) {
        var largest = Largest()
        try session.events().readAll { $0.change.visit(&largest) }
        self = largest.range
    }

    func moved<I: Identifier>(_ type: I.Type, _ id: UInt64) -> UInt64 {
        if type == TaskID.self { return task &+ id }
        if type == ResourceID.self { return resource &+ id }
        return (type == CascadeID.self ? cascade : drain) &+ id
    }

    /// What is added for the next session: one behind these ids, and behind the root's. Nil if that is too large.
    func behind(_ other: IDRange) -> IDRange? {
        var next = IDRange()
        var isTooLarge = false
        func sum(_ a: UInt64, _ b: UInt64, _ more: UInt64) -> UInt64 {
            // Within what every reader of JSON keeps exact.
            isTooLarge = isTooLarge || a > 1 << 53 || b > 1 << 53 || a + b + more > 1 << 53
            return isTooLarge ? 0 : a + b + more
        }
        next.task = sum(task, other.task, 2)
        next.resource = sum(resource, other.resource, 1)
        next.cascade = sum(cascade, other.cascade, 1)
        next.drain = sum(drain, other.drain, 1)
        return isTooLarge ? nil : next
    }

    private struct Largest: FieldEditor {
        var range = IDRange()

        mutating func edit<I: Identifier>(_ id: inout I) {
            if I.self == TaskID.self {
                range.task = max(range.task, id.rawValue)
            } else if I.self == ResourceID.self {
                range.resource = max(range.resource, id.rawValue)
            } else if I.self == CascadeID.self {
                range.cascade = max(range.cascade, id.rawValue)
            } else {
                range.drain = max(range.drain, id.rawValue)
            }
        }
    }
}
