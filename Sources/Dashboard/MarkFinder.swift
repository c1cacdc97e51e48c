import TreeModel

/// Finds the marks of a log while it is read, event by event. Its memory grows with the tasks that wait, or have a deadline,
/// at once.
struct MarkFinder: Sendable {
    /// How many marks are kept; beyond that the oldest go.
    private static let most = 10_000

    private(set) var marks: [ReplayMark] = []
    /// What a check found, by the `seq` of the event.
    private let violations: [UInt64: String]
    /// A wait without a deadline is a mark once it has lasted so many nanoseconds.
    private let patience: Int64
    /// The live tasks that have a deadline of their own.
    private var bounded: Set<TaskID> = []
    private var since: [TaskID: Int64] = [:]
    /// The same waits in the order in which they began, and some that are over.
    private var waits: [(task: TaskID, since: Int64)] = []
    private var firstWait = 0

    init(patience: Int64, violations: [UInt64: String] = [:]) {
        self.patience = patience
        self.violations = violations
    }

    /// Takes in the next event; `position` is how many there are with it, `names` knows what the tasks up to it are called.
    mutating func note(_ event: TreeEvent, _ position: Int, _ names: borrowing some EventNames) {
        let t = min(max(0, event.t), 1 << 60)
        endPatience(t, position, names)
        switch event.change {
        case .taskStarted(let fields): if fields.deadline != nil { bounded.insert(fields.task) }
        case .taskWaiting(let fields):
            since[fields.task] = nil
            let isBounded = fields.deadline != nil || bounded.contains(fields.task)
            if !isBounded, !LiveTree.isPatient(fields.on.kind) {
                since[fields.task] = t
                waits.append((fields.task, t))
            }
        case .taskResumed(let fields): since[fields.task] = nil
        case .taskCancelling(let fields): since[fields.task] = nil
        case .taskJoining(let fields): since[fields.task] = nil
        case .taskFinished(let fields): since[fields.task] = nil
        case .taskProgress, .taskLog, .cancelRequested, .cancelEscalated, .taskOverdue, .resourceAcquiring,
            .resourceFailed, .resourceAcquired, .resourceReleasing, .resourceReleased, .resourceQuarantined,
            .resourceReturned, .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted,
            .shutdownPhase, .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap,
            .sessionEnded:
            break
        }
        if let (kind, task) = ReplayMark.mark(event.change) {
            add(kind, t, position, task, names)
        }
        if let what = violations[event.seq], marks.last?.name != what {
            add(ReplayMark(kind: .violated, t: t, position: position, task: nil, name: what))
        }
        if case .taskFinished(let fields) = event.change { bounded.remove(fields.task) }
    }

    /// A wait is folded as too long with the first event from then on: a tree without events does not move.
    private mutating func endPatience(_ t: Int64, _ position: Int, _ names: borrowing some EventNames) {
        while firstWait < waits.count, waits[firstWait].since + patience <= t {
            let (task, began) = waits[firstWait]
            firstWait += 1
            guard since[task] == began else { continue }
            since[task] = nil
            add(.waiting, began + patience, position, task, names)
        }
        guard waits.count > 4_096 + 4 * since.count else { return }
        waits = waits[firstWait...].filter { since[$0.task] == $0.since }
        firstWait = 0
    }

    private mutating func add(
        _ kind: ReplayMark.Kind, _ t: Int64, _ position: Int, _ task: TaskID?, _ names: borrowing some EventNames
    ) {
        var name = "events are lost"
        // No closures here: each would copy the tree.
        if let task { if let known = names.names(of: task) { name = known.name } else { name = "task \(task)" } }
        add(ReplayMark(kind: kind, t: t, position: position, task: task, name: name))
    }

    private mutating func add(_ mark: ReplayMark) {
        marks.append(mark)
        if marks.count >= Self.most + Self.most / 4 { marks.removeFirst(marks.count - Self.most) }
    }

    /// Adds a mark that was found in another way.
    mutating func insert(_ mark: ReplayMark) {
        marks.insert(mark, at: marks.firstIndex { $0.position > mark.position } ?? marks.count)
    }
}
