import Canvas
import TreeModel

extension DashboardState {
    /// A cascade while it runs, and what it came to.
    func drawCascade(_ id: CascadeID, _ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let first = rows.first else { return }
        guard let cascade = shownCascade else {
            canvas.rule(y: first, title: "CASCADE \(id)")
            if rows.count > 1 { canvas.put("not remembered: only the last 64 are", x: 1, y: first + 1, role: .dim) }
            return
        }
        let isOver = cascade.completedAt != nil
        let time =
            isOver
            ? "over in \(Words.at((cascade.completedAt ?? now) - cascade.requestedAt, exact: true))"
            : "+\(Words.at(now - cascade.requestedAt, exact: false))"
        let all = shownCascades
        var name = "CASCADE \(id)  \(cascade.path.split(separator: "/").joined(separator: " / "))"
        var cause = cascade.cause
        if all.count > 1 {
            let ids = all.count == 2 ? "\(id) and \(all[1].id)" : "\(id) to \(all[all.count - 1].id)"
            name = "CASCADES \(ids)  \(all.count) subtrees"
            // The message is the path of one of them.
            cause.message = nil
        }
        canvas.rule(
            y: first, title: "\(name)   \(time)\(Self.escalation(cascade))   cause: \(cause.description)",
            titleRole: isOver ? .header : .cancelling)
        let body = rows.dropFirst()
        let extent = pageExtent
        if extent.isMore {
            drawPlace(pageStart..<min(extent.count, pageStart + extent.room), of: extent.count, first, into: &canvas)
        }
        switch page {
        case .summary: break
        case .ends: return drawOrder(cascade, body, into: &canvas)
        case .releases: return drawReleases(cascade, body, into: &canvas)
        }
        var lines = isOver ? result(cascade) : running(cascade)
        if body.count < 4, let y = body.first {
            // Where there is hardly any room, who holds it up comes first.
            canvas.put(lines[isOver ? 1 : 0], x: 1, y: y)
            return drawBars(cascade, body.dropFirst(), into: &canvas)
        }
        drawBars(cascade, body, into: &canvas)
        if all.count > 1 { lines.insert(each(all), at: min(2, lines.count)) }
        for (line, y) in zip(lines, (first + 3)..<max(first + 3, rows.upperBound)) { canvas.put(line, x: 1, y: y) }
    }

    /// How far each of several is, those that are not over first.
    private func each(_ cascades: [LiveTree.Cascade]) -> [Span] {
        var spans = [Span("each       ", .dim)]
        let open = cascades.filter { $0.completedAt == nil }
        for (index, cascade) in (open + cascades.filter { $0.completedAt != nil }).prefix(20).enumerated() {
            let name = cascade.path.split(separator: "/").last.map(String.init) ?? cascade.path
            let isOver = cascade.completedAt != nil
            spans += [
                Span(index == 0 ? "" : ", "), Span(name, isOver ? .normal : .cancelling),
                Span(
                    isOver
                        ? " +\(Words.at((cascade.completedAt ?? now) - cascade.requestedAt, exact: true))"
                        : " \(cascade.endedCount) of \(cascade.marked)", .dim),
            ]
        }
        return spans
    }

    private static func escalation(_ cascade: LiveTree.Cascade) -> String {
        if cascade.force { return "   without grace" }
        guard let at = cascade.escalatedAt else { return "" }
        let by = cascade.escalatedBy.map { " by \($0)" } ?? ""
        return "   grace ended at +\(Words.at(at - cascade.requestedAt, exact: true))\(by)"
    }

    private func drawBars(_ cascade: LiveTree.Cascade, _ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let y = rows.first else { return }
        let width = canvas.width < 100 ? 10 : min(30, canvas.width / 4)
        func line(_ y: Int, _ name: String, _ done: Int, _ total: Int, _ word: String, _ parts: [Span]) {
            guard y < rows.upperBound else { return }
            canvas.put(name, x: 1, y: y, role: .dim)
            canvas.bar(x: 12, y: y, width: width, done: Double(done), total: Double(total), role: .bar)
            let text = "\(Words.short(done)) of \(Words.short(total)) \(word)"
            let length = canvas.columns(of: text)
            let x = 12 + width + 1
            canvas.put(text, x: x + max(0, 8 - Words.short(done).count - Words.short(total).count - 2), y: y)
            let start = x + max(length + 4, canvas.width < 100 ? 20 : 22)
            // What there is none of is left out where not all fits.
            let columns = parts.reduce(-2) { $0 + canvas.columns(of: $1.text) }
            let fits = start + columns <= canvas.width
            canvas.put(Span.trimmed(fits ? parts : parts.filter { $0.role != .dim }), x: start, y: y)
        }
        func part(_ number: Int, _ word: String, _ role: Role) -> Span {
            Span("\(Words.short(number)) \(word)  ", number > 0 ? role : .dim)
        }
        let ended = cascade.ended
        var tasks = [
            part(ended[.cancelled] ?? 0, "cancelled", .cancelled), part(ended[.failed] ?? 0, "failed", .failed),
            part(ended[.abandoned] ?? 0, "abandoned", .abandoned),
        ]
        if let well = ended[.succeeded], well > 0 { tasks.append(part(well, "succeeded", .succeeded)) }
        line(y, "tasks", cascade.endedCount, cascade.marked, "ended", tasks)
        let released = cascade.released
        var resources = [
            part(released[.ok] ?? 0, "ok", .succeeded), part(released[.failed] ?? 0, "failed", .failed),
            part(released[.timedOut] ?? 0, "timed out", .failed), part(released[.leaked] ?? 0, "leaked", .failed),
        ]
        if cascade.quarantined > 0 { resources.append(part(cascade.quarantined, "quarantined", .abandoned)) }
        line(y + 1, "resources", cascade.releasedCount, cascade.resources, "released", resources)
    }

    // MARK: while it runs

    private func running(_ cascade: LiveTree.Cascade) -> [[Span]] {
        let tree = shown
        var lines: [[Span]] = []
        let blocker = cascadeBlocker
        let roots = shownCascades.map(\.root)
        if let blocker, roots.contains(tree.id(blocker)) {
            lines.append([Span("waits for  ", .dim), Span(ownWork(blocker), .overdue)])
            lines.append(consequence(tree.info(blocker), blocker, cascade))
        } else if let blocker {
            let info = tree.info(blocker)
            var spans = [Span("waits for  ", .dim), Span(info.name, .overdue)]
            if let earlier = info.cascade, !shownCascades.contains(where: { $0.id == earlier }) {
                spans.append(Span(", marked by cascade \(earlier)", .dim))
            } else {
                spans.append(Span(", since +\(Words.left((info.cancelledAt ?? now) - cascade.requestedAt))", .dim))
            }
            if let releasing = tree.resources(of: blocker).first(where: { $0.state == .releasing }) {
                spans = [
                    Span("waits for  ", .dim), Span(info.name, .overdue), Span(", which releases \(releasing.name)"),
                ]
            } else if let target = tree.waitTarget(blocker) {
                spans.append(Span(", on \(target.name ?? target.kind)"))
                if let holder = tree.holder(of: target, for: info.id) {
                    spans += [Span(", held by "), Span(holder.name, .accent)]
                    spans += [
                        Span("        "), Span(keymap.name(of: .toBlocker), .key),
                        Span(" goes to \(info.name), ", .dim),
                        Span(keymap.name(of: .toHolder), .key),
                        Span(" to \(holder.name)", .dim),
                    ]
                }
            }
            lines.append(spans)
            lines.append(consequence(info, blocker, cascade))
        } else {
            lines.append([Span("waits for  ", .dim), Span("nothing in particular", .dim)])
            lines.append([])
        }
        lines += [done(cascade), order(cascade), outside(cascade)]
        return lines
    }

    /// What the root of a cascade is at when nothing below it is left.
    private func ownWork(_ slot: LiveTree.Slot) -> String {
        let releasing = shown.resources(of: slot).first { $0.state == .releasing }
        if let releasing { return "the release of \(releasing.name)" }
        guard let target = shown.waitTarget(slot), !LiveTree.isPatient(target.kind) else { return "its own body" }
        let holder = shown.holder(of: target, for: shown.id(slot)).map { ", held by \($0.name)" } ?? ""
        return "its own body, which waits for \(target.name ?? target.kind)\(holder)"
    }

    private func consequence(_ info: LiveTree.TaskInfo, _ slot: LiveTree.Slot, _ cascade: LiveTree.Cascade) -> [Span] {
        guard let at = info.cancelledAt, info.phase == .running else { return [] }
        let tree = shown
        let grace = Int64(min(info.grace ?? 5_000_000_000, 1 << 60))
        let left = max(0, at + grace - now)
        var above: [String] = []
        var releases: [String] = []
        var parent = tree.parent(slot)
        let own = tree.cascade(slot) ?? cascade.id
        while parent >= 0, above.count < 4, tree.cascade(parent) == own || tree.cascade(parent) == cascade.id {
            above.append(tree.name(parent))
            releases += tree.resources(of: parent).filter { $0.state == .held }.reversed().map(\.name)
            if shownCascades.contains(where: { $0.root == tree.id(parent) }) { break }
            parent = tree.parent(parent)
        }
        var text = "\(info.name) is abandoned"
        if !above.isEmpty { text += "; \(above.joined(separator: ", ")) \(above.count == 1 ? "ends" : "end")" }
        if !releases.isEmpty { text += "; \(releases.count) more to release or quarantine" }
        return [
            Span("in \(Words.left(left))    ", .overdue),
            .bar(done: Double(now - at), total: Double(max(1, grace)), width: 12, .overdue), Span("  \(text)"),
        ]
    }

    private func done(_ cascade: LiveTree.Cascade) -> [Span] {
        var spans = [Span("done       ", .dim)]
        if let last = cascade.lastEnd {
            spans.append(Span("last ended \(last.name), +\(Words.at(last.t - cascade.requestedAt, exact: true))"))
        } else {
            spans.append(Span("nothing has ended yet", .dim))
        }
        if let slowest = cascade.slowest {
            spans.append(Span("         slowest release \(Words.duration(slowest.duration)) \(slowest.name)"))
        }
        return spans
    }

    /// The first ends; `|` where a moment passed.
    private func order(_ cascade: LiveTree.Cascade) -> [Span] {
        var text = ""
        var last = cascade.requestedAt
        for (index, end) in cascade.order.prefix(40).enumerated() {
            if index > 0 { text += end.t - last >= 2 * Words.millisecond ? " | " : " " }
            text += end.name
            last = end.t
            if text.utf8.count > 4_096 { break }
        }
        return [Span("order      ", .dim), Span(text)]
    }

    private func outside(_ cascade: LiveTree.Cascade) -> [Span] {
        let rest = max(0, shown.totals.live - shown.cancellingCount)
        guard rest > 0 else { return [] }
        let roots = shownCascades.map { shown.slot(of: $0.root) }
        let names = Preview.around(roots, shown).joined(separator: ", ")
        return [Span("goes on    \(Words.plural(rest, "task"))\(names.isEmpty ? "" : ": " + names)", .dim)]
    }

    // MARK: when it is over

    private func result(_ cascade: LiveTree.Cascade) -> [[Span]] {
        let ended = cascade.ended
        var parts: [Span] = [Span("result     ", .dim)]
        func part(_ number: Int, _ word: String, _ role: Role) {
            if number > 0 { parts += [Span("\(Words.count(number)) \(word)", role), Span(", ")] }
        }
        part(ended[.cancelled] ?? 0, "cancelled", .cancelled)
        part(ended[.succeeded] ?? 0, "succeeded", .succeeded)
        part(ended[.failed] ?? 0, "failed", .failed)
        part(ended[.abandoned] ?? 0, "abandoned", .abandoned)
        part(cascade.releasedCount, "released", .normal)
        part(cascade.quarantined, "quarantined", .abandoned)
        let took = (cascade.completedAt ?? now) - cascade.requestedAt
        parts.append(Span("in \(Words.at(took, exact: true))"))
        for (index, held) in cascade.mainHoldUps.enumerated() {
            let time = Words.at(held.duration, exact: true)
            parts.append(Span(index == 0 ? ", of which \(time) waiting for " : ", \(time) for "))
            parts.append(Span(Self.holdUp(held.task, held.name, in: cascade), .overdue))
        }
        var lines = [parts, why(cascade), done(cascade), order(cascade)]
        if let completed = cascade.completed, completed.tasks != UInt64(cascade.marked) {
            lines.append([
                Span("the engine counts \(Words.count(completed.tasks)) tasks: events are missing here", .warning)
            ])
        }
        return lines
    }

    private func why(_ cascade: LiveTree.Cascade) -> [Span] {
        let held = cascade.mainHoldUps
        guard !held.isEmpty else { return [Span("held up    ", .dim), Span("by nothing", .succeeded)] }
        var spans = [Span("held up    ", .dim), Span("by ")]
        if held.count == 1 { return spans + why(held[0], cascade) }
        for (index, one) in held.enumerated() {
            if index > 0 { spans.append(Span(" and ")) }
            spans.append(
                Span("\(Self.holdUp(one.task, one.name, in: cascade)) \(Words.at(one.duration, exact: true))", .overdue)
            )
            if let what = inBrief(one) { spans.append(Span(" (\(what))")) }
        }
        for one in held where one.rank == .abandoned {
            guard let info = shown.task(one.task) else { continue }
            spans.append(Span("; \(one.name): grace \(graceWords(info))", .abandoned))
        }
        return spans
    }

    /// A root does not wait for itself.
    static func holdUp(_ task: TaskID, _ name: String, in cascade: LiveTree.Cascade) -> String {
        task == cascade.root ? "\(name) itself" : name
    }

    /// The release that took most of the time in which a task held others up.
    private func slowRelease(_ held: LiveTree.Cascade.HoldUp, _ info: LiveTree.TaskInfo) -> LiveTree.Released? {
        guard held.rank == .slow else { return nil }
        return info.released.max { $0.duration < $1.duration }.flatMap { $0.duration * 2 > held.duration ? $0 : nil }
    }

    private func inBrief(_ held: LiveTree.Cascade.HoldUp) -> String? {
        if let slow = shown.task(held.task).flatMap({ slowRelease(held, $0) }) {
            return slow.outcome == .timedOut ? "release of \(slow.name) over its budget" : "release of \(slow.name)"
        }
        switch held.rank {
        case .abandoned: return "abandoned"
        case .overdue: return "overdue"
        case .slow: return nil
        }
    }

    /// Where the one that held a cascade up was, and what became of it.
    private func why(_ held: LiveTree.Cascade.HoldUp, _ cascade: LiveTree.Cascade) -> [Span] {
        var spans = [Span(Self.holdUp(held.task, held.name, in: cascade), .overdue)]
        guard let info = shown.task(held.task) else { return spans }
        if let slow = slowRelease(held, info) {
            spans.append(Span(", in the release of \(slow.name), \(Words.at(slow.duration, exact: true))"))
            if slow.outcome == .timedOut { spans.append(Span(": its budget was over", .overdue)) }
        } else if let target = info.waiting?.on ?? info.overdueOn {
            spans.append(Span(", in \(target.kind)(\(target.name ?? ""))"))
        }
        guard info.outcome == .abandoned else { return spans }
        spans.append(Span(": grace \(graceWords(info)), then abandoned", .abandoned))
        if let returned = info.returnedAt {
            let late = Words.duration(returned - (info.finishedAt ?? returned))
            spans.append(Span("; came home \(late) later", .abandoned))
        }
        return spans
    }

    /// The ends in their order: each with a bar from the cancel to its end, or in columns where they are many.
    private func drawOrder(_ cascade: LiveTree.Cascade, _ rows: Range<Int>, into canvas: inout CellGrid) {
        if cascade.order.count <= rows.count, canvas.width >= 70 {
            drawTimeline(cascade, rows, into: &canvas)
            return
        }
        let columns = max(1, canvas.width / 38)
        let room = rows.count * columns
        for (index, end) in cascade.order.dropFirst(pageStart).prefix(room).enumerated() {
            let x = 1 + index / max(1, rows.count) * 38
            let y = rows.lowerBound + index % max(1, rows.count)
            let at = "+" + Words.at(end.t - cascade.requestedAt, exact: true)
            canvas.putTrailing(at, end: x + 8, y: y, role: .dim)
            canvas.put(end.name, x: x + 9, y: y, limit: 16)
            canvas.put(end.outcome.name, x: x + 26, y: y, role: end.outcome == .abandoned ? .abandoned : .dim)
        }
    }

    private func drawTimeline(_ cascade: LiveTree.Cascade, _ rows: Range<Int>, into canvas: inout CellGrid) {
        let whole = max(1, (cascade.completedAt ?? now) - cascade.requestedAt)
        let room = max(1, canvas.width - 38)
        for (end, y) in zip(cascade.order, rows) {
            let took = end.t - cascade.requestedAt
            canvas.putTrailing("+" + Words.at(took, exact: true), end: 9, y: y, role: .dim)
            canvas.put(end.name, x: 10, y: y, limit: 16)
            let length = min(room, max(1, Int(Double(took) / Double(whole) * Double(room))))
            let isHard = end.outcome == .abandoned || end.outcome == .failed
            let sign = Glyph.barDone.text(ascii: canvas.ascii)
            canvas.put(String(repeating: sign, count: length), x: 27, y: y, role: isHard ? .overdue : .bar, limit: room)
            canvas.put(end.outcome.name, x: 28 + length, y: y, role: isHard ? .abandoned : .dim)
        }
    }
}
