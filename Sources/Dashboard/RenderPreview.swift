import Canvas
import TreeModel

extension DashboardState {
    /// The question before a cancel or a drain, with all that the answer would do.
    func draw(_ preview: Preview, _ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let first = rows.first else { return }
        let verb =
            switch preview.act {
            case .cancel: "CANCEL"
            case .cancelNow: "CANCEL WITHOUT GRACE"
            case .drain: "DRAIN"
            }
        canvas.rule(
            y: first, title: "\(verb) \(preview.title) ?   (counts are live until you answer)", titleRole: .cancelling)
        if preview.listsAll { drawPlace(preview, first, into: &canvas) }
        var lines = preview.listsAll ? list(preview, rows.count - 1, canvas.width) : summary(preview)
        // Where there is room for two lines only, who will hold it up is one of them.
        if !preview.listsAll, preview.blocker != nil, rows.count <= 3, lines.count > 2 {
            lines.swapAt(1, preview.act == .drain ? 3 : 2)
        }
        for (line, y) in zip(lines, (first + 1)..<rows.upperBound) { canvas.put(line, x: 1, y: y) }
        let last = rows.upperBound - 1
        let text = "nothing has been sent "
        if last > first, !preview.listsAll, canvas.width >= 100, lines.count < rows.count {
            canvas.putTrailing(text, end: canvas.width, y: last, role: .dim)
        }
    }

    /// Which part of the list is on the screen.
    private func drawPlace(_ preview: Preview, _ y: Int, into canvas: inout CellGrid) {
        let count = preview.resources.count
        let top = listStart(preview)
        let last = min(count, top + listRoom)
        if count > listRoom { drawPlace(top..<last, of: count, y, into: &canvas) }
    }

    private func listStart(_ preview: Preview) -> Int {
        min(max(0, preview.listTop), max(0, preview.resources.count - listRoom))
    }

    private func summary(_ preview: Preview) -> [[Span]] {
        guard preview.stops > 0 || preview.already > 0 else {
            return [[Span("it is over already: there is nothing to cancel", .dim)]]
        }
        let totals = shown.totals
        var lines: [[Span]] = []
        func fact(_ name: String, _ number: String, _ spans: [Span]) {
            let head = name + String(repeating: " ", count: max(1, 11 - name.count))
            lines.append(
                [Span(head, .dim), Span(number.isEmpty ? "" : Self.padded(number, max(19, number.count + 2)), .accent)]
                    + spans)
        }
        let names = preview.names.prefix(8).map { $0.count == 0 ? $0.stem : "\($0.count) \($0.stem)" }
        let more = preview.names.count - names.count
        let isDrain = preview.act == .drain
        fact(
            isDrain ? "asks" : "stops", "\(Words.count(preview.stops)) of \(Words.plural(totals.live, "task"))",
            [
                Span(already(preview), .cancelling),
                Span(names.joined(separator: ", ") + (more > 0 ? ", \(more) more names" : "")),
            ])
        fact(
            isDrain ? "holds" : "releases", "\(Words.count(preview.held)) of \(Words.count(totals.held)) held",
            [Span(kinds(preview))])
        if isDrain {
            fact("means", "", [Span("nothing new is taken; what runs may finish; then they end and release")])
        }
        lines.append(blocker(preview))
        if isDrain {
            fact("at worst", "", [Span("as long as the slowest needs: a drain has no grace and abandons nothing")])
        } else {
            fact("at worst", "", worst(preview))
            fact("usually", "", usual(preview))
        }
        fact(
            "goes on", Words.plural(preview.goesOn, "task"),
            [Span(preview.others.joined(separator: ", ")), Span(noFailure(preview), .dim)])
        let key = keymap.name(of: preview.act.command())
        let path = preview.title.split(separator: " ", omittingEmptySubsequences: true).joined()
        lines.append([
            Span("cause will be recorded as: ", .dim),
            Span("user, key \(key), \(preview.roots.count == 1 ? path : "and the path of each")"),
        ])
        return lines
    }

    private func already(_ preview: Preview) -> String {
        guard preview.already > 0 else { return "" }
        let all = Words.count(preview.stops + preview.already)
        return
            "\(all) here, \(Words.count(preview.already)) of them \(preview.already == 1 ? "is" : "are") already cancelling; "
    }

    private func kinds(_ preview: Preview) -> String {
        guard preview.held > 0 else { return "nothing" }
        var text = preview.kinds.prefix(6).map { "\($0.count) \($0.kind)" }.joined(separator: ", ")
        let last = preview.lastKinds.map { "\($0.count) \($0.kind)" }.joined(separator: ", ")
        if !last.isEmpty { text += text.isEmpty ? last : ", then " + last }
        return text + "      children first, newest first"
    }

    private func blocker(_ preview: Preview) -> [Span] {
        let head = Span("waits for  ", .dim)
        guard let blocker = preview.blocker else {
            return [head, Span("nothing is known that would hold it up", .dim)]
        }
        var spans = [head, Span(blocker.name, .warning)]
        if blocker.isCancelling { spans.append(Span(", cancelled already,", .cancelling)) }
        let age = Words.age(now - blocker.since)
        if let target = blocker.target {
            spans.append(Span("   in one wait for \(age), on \(target.name ?? target.kind)"))
        } else {
            spans.append(Span("   does not stop since \(age)"))
        }
        if let holder = blocker.holder {
            spans += [
                Span(", held by "), Span(holder.name, .accent),
                Span(blocker.holderIsInside ? " (in this subtree: stops too)" : " (outside this subtree: stays)", .dim),
            ]
        }
        return spans
    }

    private func worst(_ preview: Preview) -> [Span] {
        if preview.act == .cancelNow {
            return [
                Span("at once: what does not stop by itself is abandoned, what it was lent is quarantined", .warning)
            ]
        }
        var spans = [Span(Words.left(preview.blocker?.left ?? preview.worst), .warning)]
        if let blocker = preview.blocker {
            spans.append(Span(", then \(blocker.name) is abandoned and what it was lent is quarantined"))
        } else {
            spans.append(Span(", then who did not stop is abandoned"))
            if preview.worstBudget > 0 {
                spans.append(Span("; a release at most \(Words.setting(preview.worstBudget))", .dim))
            }
        }
        return spans
    }

    private func usual(_ preview: Preview) -> [Span] {
        var spans: [Span] = []
        if let usual = preview.usual {
            spans.append(Span(Words.duration(usual), .succeeded))
            spans.append(Span("    \(Words.plural(preview.earlier, "earlier cancel")) below here; "))
        } else {
            spans.append(Span("unknown: nothing was cancelled below here yet; ", .dim))
        }
        if let times = preview.times {
            spans.append(
                Span("\(Words.plural(times.count, "release")) below here, worst \(Words.duration(times.worst))"))
        } else {
            spans.append(Span("no release below here yet", .dim))
        }
        return spans
    }

    private func noFailure(_ preview: Preview) -> String {
        preview.act == .drain || preview.rootName.isEmpty
            ? "" : ".  A cancelled child is no failure of \(preview.rootName)"
    }

    /// All resources in the order of their release, in columns.
    private func list(_ preview: Preview, _ rows: Int, _ width: Int) -> [[Span]] {
        let tree = shown
        guard rows > 0 else { return [] }
        var lines: [[Span]] = Array(repeating: [], count: rows)
        for (index, resource) in preview.resources.dropFirst(listStart(preview)).prefix(listRoom).enumerated() {
            let owner = resource.task.map { tree.name(tree.slot(of: $0)) } ?? ""
            lines[index % rows] += [
                Span(Self.padded("\(listStart(preview) + index + 1)", 5), .dim),
                Span(Self.cell(resource.kind ?? "resource", 10), .accent), Span(Self.cell(resource.name, 22)),
                Span(Self.cell(owner, 19), .dim),
            ]
        }
        return lines
    }
}
