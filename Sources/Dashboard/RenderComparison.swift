import Canvas
import TreeModel

extension DashboardState {
    /// The pane that holds one instant against another.
    func drawComparison(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let comparison, let first = rows.first else { return }
        let span = comparison.to - comparison.from
        canvas.rule(
            y: first,
            title: "COMPARE \(Words.instant(comparison.from)) with \(Words.instant(comparison.to))")
        let events = Words.plural(comparison.events, "event")
        let length = " \(Words.duration(span)), \(events) "
        if canvas.width >= 45 + length.count {
            canvas.putTrailing(length, end: canvas.width - 2, y: first, role: .dim)
        }
        for (line, y) in zip(lines(comparison, rows.count - 1, canvas.width), first + 1..<rows.upperBound) {
            canvas.put(line, x: 1, y: y)
        }
    }

    private func lines(_ comparison: Comparison, _ room: Int, _ width: Int) -> [[Span]] {
        if comparison.from == comparison.to, comparison.events == 0 {
            let keys = "\(keymap.name(of: .steer(.stepBack))) \(keymap.name(of: .steer(.skipBack)))"
            return [[Span("This instant is marked. Go elsewhere, with \(keys) or as you like.", .dim)]]
        }
        func line(_ word: String, _ count: Int, _ rest: [Span]) -> [Span] {
            let number = Words.short(count)
            return [
                Span(word + String(repeating: " ", count: max(1, 10 - word.count)), .dim),
                Span(
                    String(repeating: " ", count: max(0, 5 - number.count)) + number + "  ", count > 0 ? .accent : .dim),
            ] + rest
        }
        let ended = comparison.ends.reduce(0) { $0 + $1.count }
        var outcomes: [Span] = []
        for (outcome, count) in comparison.ends {
            outcomes.append(Span("\(Words.short(count)) \(outcome.name)", outcome.role))
            outcomes.append(Span("  "))
        }
        var lines = [
            line("started", comparison.startedInAll, named(comparison.started, "there")),
            line("ended", ended, outcomes + named(comparison.ended, "there before")),
            line("acquired", comparison.acquiredInAll, named(comparison.acquired, "held")),
            line("released", comparison.releasedInAll, named(comparison.released, "held before")),
        ]
        if comparison.lost > 0 {
            lines.append([Span("\(Words.count(comparison.lost)) events between them are lost", .warning)])
        }
        guard comparison.hasNames else {
            return lines + [[Span("there are too many tasks to name them", .dim)]]
        }
        let changes = comparison.changed
        let rest = max(1, room - lines.count)
        guard rest > 2 else {
            let all = changes.prefix(40).flatMap { Self.spans($0) + [Span("   ")] }
            return lines + [line("changed", comparison.changedInAll, all)]
        }
        for (index, change) in changes.prefix(rest).enumerated() {
            if index == rest - 1, changes.count > rest {
                let left = comparison.changedInAll - index
                lines.append([Span(String(repeating: " ", count: 17)), Span("and \(Words.count(left)) more", .dim)])
            } else if index == 0 {
                lines.append(line("changed", comparison.changedInAll, Self.spans(change)))
            } else {
                lines.append([Span(String(repeating: " ", count: 17))] + Self.spans(change))
            }
        }
        if changes.isEmpty { lines.append(line("changed", 0, [])) }
        return lines
    }

    /// `3 there: order-1042, request x2`
    private func named(_ names: Comparison.Names, _ word: String) -> [Span] {
        guard names.count > 0 else { return [] }
        var alike: [(name: String, count: Int)] = []
        var places: [String: Int] = [:]
        for name in names.names {
            let stem = Stem.of(name).last?.isLetter == true ? Stem.of(name) : name
            if let place = places[stem] {
                alike[place].count += 1
                if alike[place].count == 2 { alike[place].name = stem }
            } else {
                places[stem] = alike.count
                alike.append((name, 1))
            }
        }
        let text = alike.prefix(60).map { $0.count == 1 ? $0.name : "\($0.name) x\($0.count)" }
        return [Span("\(Words.short(names.count)) \(word): ", .dim), Span(text.joined(separator: ", "))]
    }

    private static func spans(_ change: Comparison.Change) -> [Span] {
        [Span(change.name + " ", .normal), Span("\(change.before) -> ", .dim), Span(change.after)]
    }
}
