import Canvas
import TreeModel

extension DashboardState {
    /// The pane about the task under the cursor: why it is there, what it holds, what happened below it.
    func drawDetail(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let detail, self.rows.indices.contains(cursorIndex) else {
            if let y = rows.first { canvas.rule(y: y) }
            return
        }
        let tree = shown
        let row = self.rows[cursorIndex]
        let info = tree.info(row.slot)
        var title = tree.pathNames(row.slot).joined(separator: " / ")
        if case .group(_, let stem) = row.id {
            title = (tree.pathNames(row.slot).dropLast() + ["\(Self.shownStem(stem)) x\(row.count)"]).joined(
                separator: " / ")
        }
        canvas.rule(y: rows.lowerBound, title: title)
        if canvas.width >= 60 {
            canvas.putTrailing(" task \(info.id) ", end: canvas.width - 2, y: rows.lowerBound, role: .dim)
        }
        let isSplit = canvas.width >= 72
        let middle = isSplit ? canvas.width * 54 / 100 : canvas.width
        var y = rows.lowerBound + 1
        let lines = left(info, row, detail, room: rows.count - 1, width: middle)
        for line in lines where y < rows.upperBound {
            canvas.put(line, x: 1, y: y, end: middle - 1)
            y += 1
        }
        if isSplit { drawRecent(row, rows.dropFirst(), x: middle, into: &canvas) }
    }

    private func left(_ info: LiveTree.TaskInfo, _ row: Row, _ detail: Preview, room: Int, width: Int) -> [[Span]] {
        var facts: [Fact] = []
        func fact(_ name: String, _ spans: [Span], rank: Int = 3) {
            facts.append(Fact(name: name, spans: spans, rank: rank))
        }
        if let cause = info.cause { fact("cause", [Span(cause.description, .cancelling)], rank: 2) }
        facts.append(settings(info, isNarrow: width < 56))
        if let error = info.error { fact("error", [Span("\(error.type): \(error.message)", .failed)], rank: 0) }
        if !info.suppressed.isEmpty {
            fact("also", [Span(info.suppressed.prefix(3).map(\.message).joined(separator: "; "), .failed)])
        }
        if let bad = info.released.last(where: { $0.outcome != .ok }) {
            fact("release", [Span("\(bad.name) \(RowWords.trouble(bad))", .failed)], rank: 1)
        }
        if let target = info.waiting?.on ?? (info.isOverdue || info.isAway ? info.overdueOn : nil) {
            var spans = [Span("\(target.kind) "), Span(target.name ?? target.id.map { "\($0)" } ?? "", .waiting)]
            if let holder = shown.holder(of: target, for: info.id) {
                spans += [Span(", held by "), Span(holder.name, .accent)]
            }
            if let waiting = info.waiting { spans.append(Span(" since \(Words.instant(waiting.since))", .dim)) }
            fact("waits for", spans, rank: 1)
        }
        if !info.labels.isEmpty {
            fact("labels", [Span(info.labels.prefix(6).map { "\($0.key)=\($0.value)" }.joined(separator: " "))])
        }
        if let returned = info.returnedAt, let end = info.finishedAt {
            fact("returned", [Span("\(Words.duration(returned - end)) after it was abandoned", .abandoned)])
        }
        var tails = detail.times.map { [times("releases", $0, width: width)] } ?? []
        var holds = holdings(detail, info, width: width)
        let rest = max(1, room - facts.count - tails.count)
        // How long tasks live is said where nothing else is left out for it.
        if let lives = detail.lives, holds.count < rest {
            tails.insert(times("tasks", lives, width: width), at: 0)
        }
        if holds.count > rest {
            // The first line is the head; it stays.
            let left = holds.count - max(1, rest - 1)
            holds = Array(holds.prefix(max(1, rest - 1)))
            if rest > 1 { holds.append([Span("  and \(Words.plural(left, "more kind"))", .dim)]) }
        }
        let free = max(0, room - facts.count - holds.count - tails.count)
        return Fact.lines(facts, width: width - 2, free: free) + holds + tails
    }

    private func settings(_ info: LiveTree.TaskInfo, isNarrow: Bool) -> Fact {
        var spans: [Span] = []
        func pair(_ name: String, _ value: String, _ width: Int, _ role: Role = .normal) {
            if !name.isEmpty { spans.append(Span(name + " ", .dim)) }
            spans.append(Span(value + String(repeating: " ", count: max(2, width - value.count)), role))
        }
        var head = "cause"
        if let end = info.finishedAt {
            head = "lived"
            pair("", Words.duration(end - info.startedAt), 13)
        } else {
            let deadline = info.deadline.map { "in " + Words.left($0 - now) } ?? "none"
            if info.cause == nil { pair("", "-", isNarrow ? 4 : 13, .dim) } else { head = "deadline" }
            pair(info.cause == nil ? "deadline" : "", deadline, 9)
        }
        if info.outcome == .abandoned {
            pair("grace", graceWords(info), 5)
        } else if info.finishedAt == nil {
            pair("grace", info.grace.map { Words.setting($0) } ?? "5s", 5)
        }
        if let attempt = info.attempt, attempt > 1 { pair("attempt", "\(attempt)", 3) }
        return Fact(name: head, spans: Span.trimmed(spans), rank: nil)
    }

    /// What became of the grace of an abandoned task.
    func graceWords(_ info: LiveTree.TaskInfo) -> String {
        let grace = info.grace.map { Words.setting($0) } ?? "5s"
        guard let at = info.cancelledAt, let end = info.finishedAt else { return grace }
        if let cascade = info.cascade.flatMap({ shown.cascade($0) }) {
            if cascade.force { return "none was given" }
            if let escalated = cascade.escalatedAt, escalated <= end {
                let by = cascade.escalatedBy.map { " by \($0)" } ?? ""
                return "was ended\(by) at +\(Words.left(escalated - cascade.requestedAt))"
            }
        }
        let whole = Int64(min(info.grace ?? 5_000_000_000, 1 << 60))
        // The engine's clock may be a little early.
        if end - at < whole - whole / 20 { return "\(grace), cut short at +\(Words.left(end - at))" }
        return "\(grace) spent in full"
    }

    private func holdings(_ detail: Preview, _ info: LiveTree.TaskInfo, width: Int) -> [[Span]] {
        guard detail.held > 0 else {
            return [[Span(info.outcome == nil ? "HOLDS nothing" : "holds nothing any more", .dim)]]
        }
        let order = detail.isPartial ? ", among them" : ", released in this order"
        var lines = [[Span("HOLDS \(Words.count(detail.held))", .header), Span(order, .dim)]]
        let tree = shown
        var kinds: [(kind: String, names: [String], owners: [String], known: Set<String>)] = []
        for resource in detail.resources {
            let kind = resource.kind ?? "resource"
            // What was found out a moment ago may be over.
            let slot = resource.task.map { tree.slot(of: $0) }
            if let slot, slot < 0 { continue }
            let owner = slot.map { tree.name($0) } ?? ""
            if let index = kinds.firstIndex(where: { $0.kind == kind }) {
                if kinds[index].names.count < 200 { kinds[index].names.append(resource.name) }
                if kinds[index].owners.count < 200, kinds[index].known.insert(owner).inserted {
                    kinds[index].owners.append(owner)
                }
            } else {
                kinds.append((kind, [resource.name], [owner], [owner]))
            }
        }
        var counts: [String: Int] = [:]
        for (kind, count) in detail.kinds + detail.lastKinds { counts[kind, default: 0] += count }
        let nameWidth = max(12, min(36, (width - 15) * 6 / 10))
        for kind in kinds {
            let count = String(counts[kind.kind] ?? kind.names.count)
            lines.append([
                Span(String(repeating: " ", count: max(0, 3 - count.count)) + count + " ", .accent),
                Span(Self.cell(kind.kind, 10)),
                Span(Self.padded(Self.compressed(kind.names), nameWidth - 1)),
                Span(" " + Self.owners(kind.owners), .dim),
            ])
        }
        return lines
    }

    /// Text that takes exactly so many columns of plain text; cut with a mark.
    static func padded(_ text: String, _ width: Int) -> String {
        let count = CellGrid.columns(of: text, ascii: false, limit: width + 1)
        if count <= width { return text + String(repeating: " ", count: width - count) }
        var short = String(text.prefix(max(0, width - 1)))
        while !short.isEmpty, CellGrid.columns(of: short, ascii: false, limit: width + 1) > width - 1 {
            short.removeLast()
        }
        let used = CellGrid.columns(of: short, ascii: false, limit: width)
        return short + "~" + String(repeating: " ", count: max(0, width - 1 - used))
    }

    /// Text in a column that ends with a space, so that it does not run into the next.
    static func cell(_ text: String, _ width: Int) -> String { padded(text, max(0, width - 1)) + " " }

    /// Names that end alike, with the end said once: `1017 1042 .lock`.
    static func compressed(_ names: [String]) -> String {
        guard names.count > 1, let first = names.first else { return names.first ?? "" }
        if names.allSatisfy({ $0 == first }) { return first }
        guard let dot = first.firstIndex(of: ".") else { return names.joined(separator: " ") }
        let suffix = String(first[dot...])
        guard names.allSatisfy({ $0.hasSuffix(suffix) && $0.count > suffix.count }) else {
            return names.joined(separator: " ")
        }
        return names.map { String($0.dropLast(suffix.count)) }.sorted().joined(separator: " ") + " " + suffix
    }

    /// Who holds things: names, or what many are called together.
    private static func owners(_ names: [String]) -> String {
        guard names.count > 2 else { return names.joined(separator: " ") }
        var stems: [(stem: String, names: [String])] = []
        for name in names {
            let stem = Stem.of(name)
            if let index = stems.firstIndex(where: { $0.stem == stem }) {
                stems[index].names.append(name)
            } else {
                stems.append((stem, [name]))
            }
        }
        return stems.map { $0.names.count > 1 ? "\($0.stem) x\($0.names.count)" : $0.names[0] }.joined(separator: " ")
    }

    /// How long things took: how many took how long, from the shortest on the left, and the numbers.
    private func times(_ name: String, _ times: LiveTree.Durations, width: Int) -> [Span] {
        let isNarrow = width < 56
        let columns = isNarrow ? 6 : 12
        // The longest stand at the right end of their place.
        var counts = Array(repeating: 0.0, count: columns)
        let step = (times.spread.count + columns - 1) / columns
        for (place, count) in times.spread.enumerated() { counts[place / step] += Double(count) }
        let spread = CellGrid.sparks(counts.prefix((times.spread.count + step - 1) / step))
        let numbers =
            ["p50 \(Words.duration(times.median))"] + (isNarrow ? [] : ["p99 \(Words.duration(times.p99))"])
            + ["worst \(Words.duration(times.worst))"]
        return [
            Span(Self.padded(name, 10), .dim), Span(Self.padded(spread, columns + 1), .bar),
            Span(numbers.joined(separator: "  ")), Span(" (\(times.worstName))", .dim),
        ]
    }

    private func drawRecent(_ row: Row, _ rows: Range<Int>, x: Int, into canvas: inout CellGrid) {
        guard let first = rows.first else { return }
        let tree = shown
        canvas.put("RECENT", x: x, y: first, role: .header)
        let future = ThenWords(self, row.slot).lines(limit: max(0, rows.count / 2 - 1))
        if !future.isEmpty {
            let y = rows.upperBound - future.count - 1
            canvas.put("THEN", x: x, y: y, role: .header)
            for (index, line) in future.enumerated() { canvas.put(line, x: x, y: y + 1 + index) }
        }
        let rows = first..<(future.isEmpty ? rows.upperBound : rows.upperBound - future.count - 1)
        var events = tree.recent(below: tree.id(row.slot), limit: rows.count - 1)
        if !row.members.isEmpty {
            events = row.members.prefix(32).flatMap { tree.recent(below: tree.id($0), limit: rows.count - 1) }
            events.sort { $0.t > $1.t }
        }
        for (event, y) in zip(events, (first + 1)..<rows.upperBound) {
            let used = canvas.put(Words.seconds(event.t), x: x, y: y, role: .dim)
            canvas.put(RecentWords.spans(event, below: tree.id(row.slot)), x: x + used + 1, y: y)
        }
        if events.isEmpty, first + 1 < rows.upperBound {
            canvas.put("nothing remembered", x: x, y: first + 1, role: .dim)
        }
    }
}

/// Something that is said of a task, with its name before it.
private struct Fact {
    static let indent = 10
    var name: String
    var spans: [Span]
    /// Where there is room for more than a line each, the lowest have it first; nil is never given more.
    var rank: Int?

    /// The facts, a line each, and more for those that need more as long as lines are free.
    static func lines(_ facts: [Fact], width: Int, free: Int) -> [[Span]] {
        var free = free
        var all = facts.map { [$0.spans] }
        let ranked = facts.enumerated().filter { $0.element.rank != nil }
        for (place, fact) in ranked.sorted(by: { ($0.element.rank ?? 0, $0.offset) < ($1.element.rank ?? 0, $1.offset) }
        )
        where free > 0 {
            all[place] = Span.wrapped(fact.spans, width: max(1, width - indent), lines: 1 + free)
            free -= all[place].count - 1
        }
        return zip(facts, all).flatMap { fact, lines in
            lines.enumerated().map { index, spans in
                let name = index == 0 ? fact.name : ""
                return [Span(name + String(repeating: " ", count: max(1, indent - name.count)), .dim)] + spans
            }
        }
    }
}

/// Events as lines.
enum RecentWords {
    static func spans(_ event: LiveTree.Recent, below task: TaskID) -> [Span] {
        // The name alone says little where many are alike: its parent goes with it.
        let name =
            event.task == task || event.parentName.isEmpty || Stem.of(event.name) != event.name
            ? event.name : event.parentName + "/" + event.name
        let detail = event.detail
        func line(_ text: String, _ role: Role = .normal) -> [Span] { [Span(name + " "), Span(text, role)] }
        switch event.what {
        case .logged: return line(detail)
        case .overdue: return line("is overdue, in \(detail)", .overdue)
        case .returned: return line("returned, \(Words.duration(event.duration)) after abandoned", .abandoned)
        case .acquired: return line("acquired \(detail)")
        case .acquireFailed: return line("could not acquire \(detail)", .failed)
        case .quarantined: return line("quarantined \(detail)", .abandoned)
        case .resourceReturned: return line("\(detail) released after all", .warning)
        case .finished(let outcome):
            var text = outcome.name
            if !detail.isEmpty, outcome != .succeeded {
                text += ": \(detail)"
            } else if outcome == .succeeded {
                text += " \(Words.duration(event.duration))"
            }
            if event.count > 0 { text += ", released \(event.count)" }
            return line(text, outcome.role)
        case .released(let outcome):
            let text =
                outcome == .ok ? "released \(detail)" : "\(detail) \(outcome == .timedOut ? "timed out" : outcome.name)"
            return line("\(text) \(Words.duration(event.duration))", outcome == .ok ? .normal : .failed)
        case .cancelRequested: return line("cancel: \(detail)", .cancelling)
        case .cancelCompleted:
            return line(
                "cancel over: \(Words.plural(event.count, "task")), \(Words.duration(event.duration))", .cancelled)
        case .drainRequested: return line("drain: \(detail)", .joining)
        case .drainCompleted: return line("drained in \(Words.duration(event.duration))", .joining)
        case .shutdown(let phase): return line("shutdown: \(phase.name)", .cancelling)
        }
    }
}
