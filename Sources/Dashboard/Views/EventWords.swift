import Canvas
import TreeModel

/// What an event says besides its kind and its task.
enum EventWords {
    /// The whole line as text, to look for something in it.
    static func text(_ entry: EventEntry) -> String {
        "\(entry.event.change.kind.name) \(entry.parent)/\(entry.name) \(detail(entry).text)"
    }

    /// The rest of the line.
    static func detail(_ entry: EventEntry) -> Span {
        let name = entry.resource
        switch entry.event.change {
        case .taskStarted(let fields): return Span(started(fields), .dim)
        case .taskProgress(let fields): return Span(progress(fields.completed, fields.total, fields.message))
        case .taskLog(let fields): return Span("\(fields.level): \(fields.message)", LogView.role(fields.level))
        case .taskWaiting(let fields):
            let until = fields.deadline.map { ", until \(Words.instant($0))" } ?? ""
            return Span(target(fields.on) + until, .waiting)
        case .taskResumed: return Span("")
        case .cancelRequested(let fields):
            let force = fields.force ? ", without grace" : ""
            return Span("cascade \(fields.cascade): \(fields.cause.description)\(force)", .cancelling)
        case .cancelEscalated(let fields):
            return Span("cascade \(fields.cascade): grace ended\(fields.by.map { " by \($0)" } ?? "")", .cancelling)
        case .taskCancelling(let fields): return Span("cascade \(fields.cascade)", .cancelling)
        case .taskJoining(let fields):
            return Span(outcome(fields.outcome, fields.error), fields.error == nil ? .joining : .failed)
        case .taskOverdue(let fields):
            let on = fields.on.map { ", in \(target($0))" } ?? ""
            return Span("grace \(Words.setting(fields.grace))\(on)", .overdue)
        case .resourceAcquiring(let fields): return Span(labelled(fields.kind, name), .dim)
        case .resourceFailed(let fields): return Span("\(name): \(fields.error.message)", .failed)
        case .resourceAcquired(let fields): return Span(labelled(fields.kind, name))
        case .resourceReleasing: return Span(name, .dim)
        case .resourceReleased(let fields): return released(fields, name)
        case .resourceQuarantined: return Span("\(name), because of \(entry.other)", .abandoned)
        case .resourceReturned(let fields):
            return Span("\(name) \(fields.outcome.name), \(time(fields.duration))", .warning)
        case .taskFinished(let fields):
            let cause = fields.error == nil ? fields.cause.map { ", \($0.description)" } ?? "" : ""
            return Span(outcome(fields.outcome, fields.error) + cause, fields.outcome.role)
        case .taskReturned: return Span("came home", .abandoned)
        case .cancelCompleted(let fields): return completed(fields)
        case .drainRequested(let fields): return Span("drain \(fields.drain): \(fields.cause.description)", .joining)
        case .taskDraining(let fields): return Span("drain \(fields.drain)", .joining)
        case .drainCompleted(let fields): return Span("drain \(fields.drain), \(time(fields.duration))", .joining)
        case .shutdownPhase(let fields):
            let budget = fields.budget.map { ", at most \(Words.setting($0))" } ?? ""
            return Span(fields.phase.name + budget, .cancelling)
        case .engineStarved(let fields): return Span("for \(time(fields.duration))", .warning)
        case .gap(let fields): return Span("\(Words.count(fields.lost)) events lost", .warning)
        case .sessionEnded(let fields): return Span(fields.reason.name, .accent)
        case .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd: return Span("")
        }
    }

    /// `3 of 5 message`, as far as it was said.
    static func progress(_ completed: UInt64?, _ total: UInt64?, _ message: String?) -> String {
        var parts: [String] = []
        if let total, total > 0 {
            parts.append("\(Words.count(completed ?? 0)) of \(Words.count(total))")
        } else if let completed {
            parts.append(Words.count(completed))
        }
        if let message, !message.isEmpty { parts.append(message) }
        return parts.joined(separator: " ")
    }

    private static func started(_ fields: TreeEvent.TaskStarted) -> String {
        var parts = fields.kind.map { [$0] } ?? []
        if let attempt = fields.attempt, attempt > 1 { parts.append("attempt \(attempt)") }
        if let policy = fields.policy, policy != .failFast { parts.append(policy.name) }
        if let limit = fields.limit { parts.append("limit \(limit)") }
        if let deadline = fields.deadline { parts.append("deadline \(Words.instant(deadline))") }
        return parts.joined(separator: ", ")
    }

    private static func released(_ fields: TreeEvent.ResourceReleased, _ name: String) -> Span {
        let text = "\(name) \(time(fields.duration))"
        guard fields.outcome != .ok else { return Span(text) }
        let word = fields.outcome == .timedOut ? "timed out" : fields.outcome.name
        return Span("\(text), \(word)\(fields.error.map { ": \($0.message)" } ?? "")", .failed)
    }

    private static func completed(_ fields: TreeEvent.CancelCompleted) -> Span {
        var text =
            "cascade \(fields.cascade): \(Words.plural(Int(clamping: fields.tasks), "task")), \(Words.count(fields.resources)) released"
        for (number, word) in [
            (fields.failed, "failed"), (fields.timedOut, "timed out"), (fields.abandoned, "abandoned"),
        ] where number > 0 {
            text += ", \(Words.count(number)) \(word)"
        }
        return Span(text + ", \(time(fields.duration))", fields.abandoned > 0 ? .abandoned : .cancelled)
    }

    private static func outcome(_ outcome: Outcome, _ error: Failure?) -> String {
        outcome.name + (error.map { ": \($0.message)" } ?? "")
    }

    private static func target(_ target: WaitTarget) -> String {
        let name = target.name ?? target.id.map(String.init) ?? ""
        return name.isEmpty ? target.kind : "\(target.kind) \(name)"
    }

    private static func labelled(_ kind: String?, _ name: String) -> String {
        kind.map { "\($0) \(name)" } ?? name
    }

    private static func time(_ nanoseconds: UInt64) -> String { Words.duration(Int64(min(nanoseconds, 1 << 60))) }
}
