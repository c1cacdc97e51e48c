import Canvas
import TreeModel

extension DashboardState {
    /// The line above the keys: a question, an answer, else what needs a look.
    func drawMessage(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let y = rows.first else { return }
        canvas.put(message, x: 1, y: y)
    }

    private var message: [Span] {
        if isAskingToQuit { return question }
        if let search {
            var spans = [Span("/", .key), Span(search.text, .normal), Span("_", .accent)]
            if !search.isFound { spans.append(Span("   no task is named like this", .warning)) }
            return spans
        }
        if let notice { return [Span(notice, .accent)] }
        if case .preview = pane { return [] }
        return trouble ?? hint
    }

    private var question: [Span] {
        let totals = shown.totals
        return [
            Span("Shut down \(session.name)?", .warning),
            Span(
                "  \(Words.plural(totals.live, "task")) live, \(totals.held) held: drained, cancelled and released, in that order."
            ),
        ]
    }

    private var trouble: [Span]? {
        let totals = shown.totals
        let away = totals.abandoned - totals.returned
        var text: String?
        if totals.overdue > 0 {
            text = "\(Words.plural(totals.overdue, "task")) \(totals.overdue == 1 ? "is" : "are") overdue"
        } else if away > 0 {
            text = "\(Words.plural(away, "task")) \(away == 1 ? "was" : "were") abandoned and did not return"
        } else if totals.leaked > 0 {
            text = "\(Words.plural(totals.leaked, "resource")) leaked"
        } else if totals.waitTooLong > 0 {
            text = "\(Words.plural(totals.waitTooLong, "task")) \(totals.waitTooLong == 1 ? "waits" : "wait") too long"
        }
        guard let text else { return nil }
        return [Span("! \(text)", .warning), Span(": "), Span("!", .key), Span(" goes there.  ")] + hint
    }

    private var hint: [Span] {
        guard replay == nil, case .none = pane, rows.indices.contains(cursorIndex) else { return [] }
        let row = rows[cursorIndex]
        guard case .task = row.id, shown.phase(row.slot) != .finished else { return [] }
        return [
            Span("x", .key),
            Span(" here shows what a cancel of \(shown.name(row.slot)) would do, before it does it", .dim),
        ]
    }

    /// The keys that work here, from the one table.
    func drawKeys(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let y = rows.first else { return }
        if search != nil {
            canvas.put(
                [
                    Span(" "), Span("Enter", .key), Span(" stay there   "), Span("Up Down", .key), Span(" next one   "),
                    Span("Esc", .key), Span(" go back"),
                ], x: 0, y: y)
            return
        }
        var end = canvas.width
        let contexts = contexts
        if let last = Binding.table.first(
            where: { $0.command == .quit || $0.command == .leave },
            in: contexts), canvas.width >= 40, !isAskingToQuit
        {
            let name = session.isAttached || (tree.ended != nil && replay == nil) ? "leave" : last.short
            let length = canvas.columns(of: name) + 3
            canvas.put([Span("q", .key), Span(" " + name, .dim)], x: canvas.width - length, y: y)
            end -= length + 2
        }
        var x = 1
        for context in contexts {
            for binding in Binding.table where binding.contexts.contains(context) && !binding.short.isEmpty {
                if binding.command == .quit || binding.command == .leave { continue }
                let label = label(binding)
                guard !label.isEmpty else { continue }
                let parts = label.split(separator: "|", maxSplits: 1).map(String.init)
                let name = parts.count == 2 ? parts[0] : binding.footerName
                let word = " " + (parts.last ?? "")
                guard x + canvas.columns(of: name) + canvas.columns(of: word) <= end else { continue }
                x = canvas.put([Span(name, .key), Span(word)], x: x, y: y, end: end) + 2
            }
        }
    }

    /// The word for a key, where the moment has a better one than the table.
    private func label(_ binding: Binding) -> String {
        guard !isAskingToQuit, !showsHelp else { return binding.short }
        if replay != nil, binding.command == .escalate { return "" }
        if case .cascade(let id) = pane, binding.contexts == [.cascade], shown.cascade(id)?.completedAt != nil {
            return binding.command == .order ? binding.short : ""
        }
        guard case .preview(let preview) = pane else { return binding.short }
        switch (binding.command, preview.act) {
        case (.confirm, .drain): return "drain \(Words.plural(preview.stops, "task"))"
        case (.confirm, .cancel): return "cancel \(Words.plural(preview.stops, "task"))"
        case (.confirm, .cancelNow): return "cancel \(Words.plural(preview.stops, "task")) without grace"
        case (.confirmNow, .drain), (.confirmNow, .cancelNow): return ""
        case (.confirmNow, .cancel): return "cancel without grace"
        case (.listAll, _): return preview.listsAll ? "summary" : "list all \(Words.plural(preview.held, "resource"))"
        default: return binding.short
        }
    }
}

extension Binding {
    /// The key in the footer, where the short text does not name keys itself, before a `|`.
    var footerName: String { keys.first?.name ?? "" }
}

extension [Binding] {
    func first(where isWanted: (Binding) -> Bool, in contexts: [Binding.Context]) -> Binding? {
        first { isWanted($0) && contexts.contains(where: $0.contexts.contains) }
    }
}
