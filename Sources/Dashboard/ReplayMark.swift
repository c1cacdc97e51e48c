import TreeModel

/// An instant of a session that is worth going to.
public struct ReplayMark: Sendable, Equatable {
    public enum Kind: Character, Sendable {
        case failed = "f"
        case deadline = "d"
        /// A wait that became too long, or a cancelled task that became overdue.
        case waiting = "!"
        case cancel = "C"
        case abandoned = "A"
        case shutdown = "S"
    }
    public var kind: Kind
    public var t: Int64
    /// How many events are folded just after it.
    public var position: Int
    public var task: TaskID
    /// What the task was called.
    public var name: String

    /// How many marks are kept.
    private static let most = 10_000

    /// The marks of a log, in its order; at most 10,000. A wait is one once it has lasted for `patience` nanoseconds.
    static func marks(in events: [TreeEvent], patience: Int64) -> [ReplayMark] {
        var marks: [ReplayMark] = []
        var waits = Waits(events: events, patience: patience)
        for (index, event) in events.enumerated() {
            if let late = waits.note(event) { marks.append(late) }
            guard let (kind, task) = mark(event.change) else { continue }
            let name = waits.name(task)
            marks.append(ReplayMark(kind: kind, t: max(0, event.t), position: index + 1, task: task, name: name))
            if marks.count >= most { break }
        }
        marks += waits.unfinished()
        marks.sort { ($0.position, $0.task) < ($1.position, $1.task) }
        return Array(marks.prefix(most))
    }

    private static func mark(_ change: TreeEvent.Change) -> (Kind, TaskID)? {
        switch change {
        case .taskFinished(let fields):
            switch fields.outcome {
            case .failed: (fields.cause?.kind == .deadline ? .deadline : .failed, fields.task)
            case .abandoned: (.abandoned, fields.task)
            case .succeeded, .cancelled: nil
            }
        case .cancelRequested(let fields): (fields.cause.kind == .deadline ? .deadline : .cancel, fields.task)
        case .taskOverdue(let fields): (.waiting, fields.task)
        case .shutdownPhase(let fields): fields.phase == .draining ? (.shutdown, fields.task) : nil
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling,
            .taskJoining, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceReleased, .resourceQuarantined, .resourceReturned, .taskReturned, .cancelCompleted,
            .drainRequested, .taskDraining, .drainCompleted, .engineStarved, .snapshotBegin, .snapshotTask,
            .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
            nil
        }
    }

    /// The waits without a deadline that are open while a log is read.
    private struct Waits {
        let events: [TreeEvent]
        let patience: Int64
        private var since: [TaskID: Int64] = [:]
        private var bounded: Set<TaskID> = []
        private var names: [TaskID: String] = [:]

        init(events: [TreeEvent], patience: Int64) {
            self.events = events
            self.patience = patience
        }

        func name(_ task: TaskID) -> String { names[task] ?? "task \(task)" }

        /// Takes in an event; a wait that it ends, and that was too long, is a mark.
        mutating func note(_ event: TreeEvent) -> ReplayMark? {
            switch event.change {
            case .taskStarted(let fields):
                names[fields.task] = fields.name
                if fields.deadline != nil { bounded.insert(fields.task) }
                return nil
            case .snapshotTask(let fields):
                names[fields.started.task] = fields.started.name
                return nil
            case .taskWaiting(let fields):
                let late = end(fields.task, event.t)
                let isBounded = fields.deadline != nil || bounded.contains(fields.task)
                if !isBounded, !LiveTree.isPatient(fields.on.kind) {
                    since[fields.task] = min(max(0, event.t), 1 << 60)
                }
                return late
            case .taskResumed(let fields): return end(fields.task, event.t)
            case .taskCancelling(let fields): return end(fields.task, event.t)
            case .taskJoining(let fields): return end(fields.task, event.t)
            case .taskFinished(let fields):
                bounded.remove(fields.task)
                return end(fields.task, event.t)
            case .taskProgress, .taskLog, .cancelRequested, .cancelEscalated, .taskOverdue, .resourceAcquiring,
                .resourceFailed, .resourceAcquired, .resourceReleasing, .resourceReleased, .resourceQuarantined,
                .resourceReturned, .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted,
                .shutdownPhase, .engineStarved, .snapshotBegin, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
                return nil
            }
        }

        /// Those that are still open at the end, and too long.
        func unfinished() -> [ReplayMark] {
            let end = events.last?.t ?? 0
            return since.compactMap { mark($0.key, $0.value, end) }
        }

        private mutating func end(_ task: TaskID, _ t: Int64) -> ReplayMark? {
            since.removeValue(forKey: task).flatMap { mark(task, $0, t) }
        }

        private func mark(_ task: TaskID, _ since: Int64, _ end: Int64) -> ReplayMark? {
            let late = since + patience
            guard end >= late else { return nil }
            var low = 0
            var high = events.count
            while low < high {
                let middle = (low + high) / 2
                if events[middle].t < late { low = middle + 1 } else { high = middle }
            }
            // It is folded with the first event from then on: a tree without events does not move.
            return ReplayMark(
                kind: .waiting, t: late, position: min(low + 1, events.count), task: task, name: name(task))
        }
    }
}
