import Canvas
import TreeModel

/// The notes: for each row the one thing that is most worth knowing.
extension RowWords {
    func note(_ info: LiveTree.TaskInfo, _ row: Row) -> [Span] {
        if info.outcome != nil || info.phase == .finished { return ended(info) }
        if info.isCancelled { return stopping(info, row.slot) }
        if info.waitsTooLong, let waiting = info.waiting {
            // That it waits, and for how long, stands in STATE and AGE.
            let what = what(waiting.on, info.id)
            return what + [Span(what.isEmpty ? "no deadline" : "; no deadline", .overdue)]
        }
        var spans: [Span] = []
        if let attempt = info.attempt, attempt > 1 { spans.append(Span("attempt \(attempt)", .accent)) }
        if let drain = drain(info, row.slot) { spans.append(Span(drain, .joining)) }
        if info.hasLeaked { spans.append(Span("leaked \(leak(info))", .failed)) }
        if let error = info.error { spans.append(Span(error.message, .failed)) }
        // Who holds what it waits for comes first, then how long it may; the bare name of it says the least.
        let isAlone = spans.isEmpty && info.progress == nil
        let wanted = info.waiting.flatMap { wait($0, info, isAlone: isAlone) }
        let isHeld = info.waiting.map { tree.holder(of: $0.on, for: info.id) != nil } ?? false
        if let wanted, isHeld { spans.append(wanted) }
        if let left = countdown(info) { spans.append(left) }
        let said = progress(info)
        spans += said
        if let wanted, !isHeld, said.isEmpty { spans.append(wanted) }
        if spans.isEmpty, info.phase == .joining {
            spans.append(Span("waits for \(livingChild(row.slot) ?? "its children")", .dim))
        }
        if spans.isEmpty, let log = info.log { spans.append(Span(log.message, log.level == "info" ? .dim : .warning)) }
        if info.children > 0 || info.limit != nil {
            if let limit = info.limit { spans.append(Span("limit \(limit)", .dim)) }
            if spans.isEmpty, info.policy == .isolate { spans.append(Span("isolate", .dim)) }
            if spans.isEmpty, info.policy == .restart { spans.append(Span("restart", .dim)) }
        }
        return joined(spans)
    }

    /// What a draining task says, where its state does not; the root of the drain says what it still waits for.
    private func drain(_ info: LiveTree.TaskInfo, _ slot: LiveTree.Slot) -> String? {
        guard info.isDraining else { return nil }
        guard tree.drains.contains(where: { $0.root == info.id && $0.duration == nil }),
            let last = tree.laggard(below: slot), last != slot
        else { return info.phase == .running && info.waiting == nil ? nil : "drains" }
        return "drains, waits for \(laggard(last))"
    }

    /// Who is waited for: the name, and in brackets what it is at.
    func laggard(_ slot: LiveTree.Slot) -> String {
        let name = tree.name(slot)
        guard let target = tree.waitTarget(slot), let what = target.name else { return name }
        let holder = tree.holder(of: target, for: tree.id(slot)).map { ", held by \($0.name)" } ?? ""
        return "\(name) (\(what)\(holder))"
    }

    private func joined(_ spans: [Span]) -> [Span] {
        var result: [Span] = []
        for span in spans {
            if !result.isEmpty { result.append(Span("; ", .dim)) }
            result.append(span)
        }
        return result
    }

    private func progress(_ info: LiveTree.TaskInfo) -> [Span] {
        guard let progress = info.progress else { return [] }
        var parts: [String] = []
        if let total = progress.total, total > 0 {
            parts.append("\(Words.count(progress.completed ?? 0)) of \(Words.count(total))")
        } else if let completed = progress.completed {
            parts.append(Words.count(completed))
        }
        if let message = progress.message, !message.isEmpty { parts.append(message) }
        return parts.isEmpty ? [] : [Span(parts.joined(separator: " "))]
    }

    private func wait(_ waiting: LiveTree.Waiting, _ info: LiveTree.TaskInfo, isAlone: Bool) -> Span? {
        let kind = waiting.on.kind
        if kind == "idle" { return nil }
        if kind == "cancel" || kind == "signal" { return isAlone ? Span("until it is cancelled", .dim) : nil }
        let isChild = kind == "child" || kind == "children" || kind == "task"
        var parts = (isChild ? [Span("waits for \(name(waiting.on))")] : what(waiting.on, info.id)).map(\.text).joined()
        if let deadline = waiting.deadline, info.deadline == nil {
            parts += (parts.isEmpty ? "" : ", ") + "at most \(Words.left(deadline - now))"
        }
        return parts.isEmpty ? nil : Span(parts, .waiting)
    }

    /// What a wait is for and who has that; nothing if there is no more to it than its kind, which is the state.
    private func what(_ target: WaitTarget, _ waiter: TaskID) -> [Span] {
        let isNamed = target.name?.isEmpty == false || target.id != nil
        return (isNamed ? [Span(name(target), .waiting)] : []) + holder(target, waiter)
    }

    private func countdown(_ info: LiveTree.TaskInfo) -> Span? {
        guard let deadline = info.deadline, deadline - now < 60 * Words.second else { return nil }
        let left = deadline - now
        if left < 0 { return Span("deadline was \(Words.left(-left)) ago", .overdue) }
        return Span("deadline in \(Words.left(left))", left < 2 * Words.second ? .warning : .dim)
    }

    private func holder(_ target: WaitTarget, _ waiter: TaskID) -> [Span] {
        guard let holder = tree.holder(of: target, for: waiter) else { return [] }
        return [Span(", held by "), Span(holder.name, .accent)]
    }

    func name(_ target: WaitTarget) -> String {
        if let name = target.name, !name.isEmpty { return name }
        return target.id.map { "\(target.kind) \($0)" } ?? target.kind
    }

    private func leak(_ info: LiveTree.TaskInfo) -> String {
        info.released.last { $0.outcome == .leaked }?.name ?? "a resource"
    }

    // MARK: what ended

    private func ended(_ info: LiveTree.TaskInfo) -> [Span] {
        let ago = Words.age(now - (info.finishedAt ?? now)) + " ago"
        switch info.outcome {
        case .failed:
            var text = "\(ago): \(info.error?.message ?? "no reason given")"
            if info.releasedCount > 0 { text += "; released \(info.releasedCount) in \(worst(info.released))" }
            return [Span(text, .failed)]
        case .abandoned:
            if let returned = info.returnedAt {
                let late = Words.duration(returned - (info.finishedAt ?? returned))
                return [Span("came home \(late) after it was abandoned", .abandoned)]
            }
            let still = info.overdueOn.map { "; still in \($0.kind)(\(name($0)))" } ?? ""
            return [Span("did not heed cancel\(still)", .abandoned)]
        case .cancelled, .succeeded, nil:
            if info.hasLeaked { return [Span("leaked \(leak(info))", .failed)] }
            if let error = info.error { return [Span("\(ago): \(error.message)", .warning)] }
            if let bad = info.released.last(where: { $0.outcome != .ok }) {
                return [Span("\(bad.name) \(Self.trouble(bad))", .failed)]
            }
            let cascade = cascade(of: info.cascade)
            if cascade == nil, let cause = info.cause, info.outcome == .cancelled {
                return [Span("\(ago): \(why(cause))", .dim)]
            }
            if !info.released.isEmpty { return released(info) }
            if let held = cascade?.heldUp, held.task != info.id,
                tree.isBelow(tree.slot(of: held.task), tree.slot(of: info.id))
            {
                return [Span("held up \(Words.at(held.duration, exact: true)) by \(held.name)", .overdue)]
            }
            if cascade != nil { return [] }
            return [Span("took \(Words.duration((info.finishedAt ?? now) - info.startedAt))", .dim)]
        }
    }

    private func why(_ cause: Cause) -> String {
        switch cause.kind {
        case .deadline, .failure: cause.message ?? cause.description
        case .user, .code, .parent, .shutdown, .signal, .outer:
            ([cause.kind.name] + (cause.by.map { [$0] } ?? [])).joined(separator: ", ")
        }
    }

    private func released(_ info: LiveTree.TaskInfo) -> [Span] {
        let names = info.released.suffix(4).map { label($0.kind, $0.name) }
        let more = info.releasedCount - names.count
        var text = "released " + names.joined(separator: ", ")
        if more > 0 { text += " and \(more) more" }
        return [Span(text, .dim), Span("   \(worst(info.released))", .dim)]
    }

    /// What went wrong with a release.
    static func trouble(_ release: LiveTree.Released) -> String {
        switch release.outcome {
        case .failed: "failed: \(release.error?.message ?? "no reason given")"
        case .timedOut: "took longer than its budget"
        case .leaked, .ok: "leaked"
        }
    }

    private func worst(_ released: [LiveTree.Released]) -> String {
        Words.duration(released.map(\.duration).max() ?? 0)
    }

    // MARK: what is being cancelled

    private func stopping(_ info: LiveTree.TaskInfo, _ slot: LiveTree.Slot) -> [Span] {
        let own = tree.resources(of: slot).filter { $0.state == .held || $0.state == .releasing }
        if info.live > 1 {
            var text = "waits for \(livingChild(slot) ?? "its children")"
            if !own.isEmpty { text += "; then releases \(names(own.reversed()))" }
            return [Span(text, .dim)]
        }
        if let releasing = own.first(where: { $0.state == .releasing }) {
            var text = "releases \(label(releasing.kind, releasing.name))"
            if let since = releasing.releasingSince, now - since > 100 * Words.millisecond {
                text += " for \(Words.left(now - since))"
                if let budget = releasing.budget { text += ", at most \(Words.setting(budget))" }
            }
            return [Span(text, .releasing)]
        }
        guard let at = info.cancelledAt else { return [] }
        var spans: [Span] = []
        let grace = Int64(min(info.grace ?? 5_000_000_000, 1 << 60))
        let isSlow = now - at >= 100 * Words.millisecond || slot == blocker
        if slot == blocker { spans.append(Span("BLOCKER ", .overdue)) }
        if isSlow { spans.append(Span("\(Words.left(at + grace - now)) left", .overdue)) }
        if let target = info.waiting?.on ?? info.overdueOn {
            spans.append(Span((isSlow ? ", " : "") + name(target)))
            if let holder = tree.holder(of: target, for: info.id) {
                spans += [Span(" held by "), Span(holder.name, .accent)]
            }
            spans.append(Span("  "))
        } else if info.isOverdue {
            spans.append(Span((isSlow ? ", " : "") + "does not heed the cancel  ", .overdue))
        } else if isSlow {
            spans.append(Span("  "))
        }
        if isSlow { spans.append(.bar(done: Double(now - at), total: Double(max(1, grace)), width: 12, .overdue)) }
        return spans
    }

    /// A child that is alive, and how many others are.
    func livingChild(_ slot: LiveTree.Slot) -> String? {
        var child = tree.firstChild(slot)
        var found: LiveTree.Slot = -1
        var others = 0
        for _ in 0..<256 where child >= 0 {
            if tree.live(child) > 0 {
                // The oldest of those that are slow is the one to name.
                if found < 0 { found = child } else { others += 1 }
            }
            child = tree.nextSibling(child)
        }
        guard found >= 0 else { return nil }
        return tree.name(found) + (others > 0 ? " and \(others) more" : "")
    }

    func names(_ resources: [LiveTree.Resource]) -> String {
        let shown = resources.prefix(4).map { label($0.kind, $0.name) }.joined(separator: ", ")
        return resources.count > 4 ? shown + " and \(resources.count - 4) more" : shown
    }

    /// A resource in a few words: what it is goes before a name that does not look like a file's.
    func label(_ kind: String?, _ name: String) -> String {
        guard let kind, !kind.isEmpty, !name.utf8.contains(UInt8(ascii: ".")), !name.hasPrefix(kind) else {
            return name
        }
        return "\(kind) \(name)"
    }

    // MARK: what is asked about

    /// What a row says while a cancel of something is asked about; nil for the usual.
    func asked(_ info: LiveTree.TaskInfo, _ row: Row, _ isAsked: Bool) -> [Span]? {
        guard let preview, info.outcome == nil, info.phase != .finished else { return nil }
        if info.isCancelled { return nil }
        guard isAsked else {
            return row.depth <= 1 && info.live <= tree.totals.live - preview.stops - preview.already
                ? [Span("goes on", .dim)] : nil
        }
        if info.id == preview.blocker?.id, let blocker = preview.blocker {
            return [
                Span(
                    "likely blocker: \(Words.age(now - blocker.since)) in one wait; grace \(Words.setting(blocker.grace))",
                    .warning)
            ]
        }
        let own = Preview.releaseOrder(tree.resources(of: row.slot)).filter { $0.state != .quarantined }
        guard !own.isEmpty else { return [] }
        let isLast = preview.roots.contains(info.id) && info.live > 1
        return [Span("\(isLast ? "last: releases" : "releases") \(names(own))", .releasing)]
    }
}
