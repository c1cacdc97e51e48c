import EventBus
import Recording
import TreeModel

/// Writes a session as SQL for SQLite: what makes its tables, fills them, and makes its views (`SQLSchema`). A task has its
/// row when it is over, so that nothing is kept but what is alive.
struct SQLWriter: SpanFormat {
    private var sql = SQLText()
    /// The `seq` of the event that is told.
    private var seq: UInt64 = 0
    /// Of tasks that are alive, the `seq` with which they were first seen.
    private var began: [TaskID: UInt64] = [:]
    /// How long the release took that is told next.
    private var release: (resource: ResourceID, duration: UInt64)?

    mutating func take() -> [UInt8] { sql.take() }

    mutating func begin(_ session: SessionInfo) {
        sql.raw(SQLSchema.tables)
        sql.insert(
            "session",
            [
                .text(session.session), .text(session.name), .number(Int64(session.pid)),
                .text(WallClock.text(session.startedUnixNanoseconds)), .number(session.startedUnixNanoseconds),
            ])
    }

    mutating func finish() { sql.raw(SQLSchema.views) }

    // MARK: spans

    mutating func began(_ task: TaskSpan) { began[task.info.id] = seq }

    mutating func ended(_ task: TaskSpan) {
        let info = task.info
        let start = began.removeValue(forKey: info.id)
        // One that is alive where the log ends has no end.
        let isOpen = info.outcome == nil && info.phase != .finished
        sql.insert(
            "tasks",
            [
                .amount(info.id.rawValue), .amount(info.parent?.rawValue), .text(task.path), .text(info.name),
                .text(info.kind), .amount(info.attempt.map { UInt64($0) }), .amount(info.restartOf?.rawValue),
                .amount(start), .number(info.startedAt), .amount(isOpen ? nil : seq),
                .number(isOpen ? nil : task.end), .text(task.outcome), .text(info.error?.type),
                .text(info.error?.message), .amount(info.cascade?.rawValue),
                .text(info.cause.map { "\($0)" }), .number(info.cancelledAt), .number(task.overdueAt), .number(nil),
                .number(Int64(task.acquired)), .number(Int64(info.releasedCount)),
            ])
        for label in info.labels {
            sql.insert("labels", [.amount(info.id.rawValue), .text(label.key), .text(label.value)])
        }
        for error in info.suppressed {
            sql.insert("suppressed", [.amount(info.id.rawValue), .text(error.type), .text(error.message)])
        }
    }

    mutating func ended(_ wait: WaitSpan) {
        sql.insert(
            "waits",
            [
                .amount(wait.task.rawValue), .text(wait.on.kind), .amount(wait.on.id), .text(wait.on.name),
                .number(wait.start), .number(wait.end),
            ])
    }

    mutating func ended(_ resource: ResourceSpan) {
        let isOpen = resource.outcome == "open"
        let duration = release.flatMap { $0.resource == resource.id ? $0.duration : nil }
        release = nil
        sql.insert(
            "resources",
            [
                .amount(resource.id.rawValue), .amount(resource.task.rawValue), .text(resource.kind),
                .text(resource.name), .number(resource.start), .number(resource.acquiredAt),
                .number(resource.quarantinedAt), .number(resource.releasingAt),
                .number(isOpen ? nil : resource.end), .text(resource.outcome), .amount(duration),
                .text(resource.error?.type), .text(resource.error?.message),
            ])
    }

    // MARK: events

    mutating func saw(_ event: TreeEvent, _ tree: LiveTree) {
        seq = event.seq
        var json = JSONFieldWriter()
        json.object { event.change.visit(&$0) }
        sql.insert(
            "events",
            [
                .amount(event.seq), .number(event.t), .text(event.change.kind.name),
                .text(String(decoding: json.out, as: UTF8.self)),
            ])
        switch event.change {
        case .resourceReleased(let fields): release = (fields.resource, fields.duration)
        case .taskLog(let fields):
            sql.insert(
                "logs",
                [
                    .amount(event.seq), .number(event.t), .amount(fields.task.rawValue), .text(fields.level),
                    .text(fields.message),
                ])
        case .taskReturned(let fields):
            sql.update("tasks", id: fields.task.rawValue, [("returned_ns", .number(event.t))])
        case .cancelRequested(let fields):
            sql.insert(
                "cascades",
                [
                    .amount(fields.cascade.rawValue), .amount(fields.task.rawValue),
                    .text(tree.cascade(fields.cascade)?.path), .text("\(fields.cause)"), .text(fields.cause.kind.name),
                    .number(fields.force ? 1 : 0), .number(event.t), .number(nil), .number(nil), .number(nil),
                    .number(nil), .number(nil), .number(nil), .number(nil),
                ])
        case .cancelCompleted(let fields):
            sql.update(
                "cascades", id: fields.cascade.rawValue,
                [
                    ("completed_ns", .number(event.t)), ("tasks", .amount(fields.tasks)),
                    ("resources", .amount(fields.resources)), ("failed", .amount(fields.failed)),
                    ("timed_out", .amount(fields.timedOut)), ("abandoned", .amount(fields.abandoned)),
                    ("duration_ns", .amount(fields.duration)),
                ])
        case .taskStarted, .taskProgress, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling, .taskJoining,
            .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceQuarantined, .resourceReturned, .taskFinished, .drainRequested, .taskDraining, .drainCompleted,
            .shutdownPhase, .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap,
            .sessionEnded:
            break
        }
    }
}
