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
        if views.filterBefore != nil { return typedFilter }
        if let notice { return [Span(notice, .accent)] }
        if case .preview = pane { return [] }
        if let shutdown = runningShutdown { return progress(of: shutdown) }
        return trouble ?? hint
    }

    /// `SHUTDOWN drains, 6s left, waits for lock (1017.lock, held by auditor); q cancels now`
    private func progress(of shutdown: LiveTree.Shutdown) -> [Span] {
        let verb =
            switch shutdown.phase {
            case .draining: "drains"
            case .cancelling: "cancels"
            case .releasing: "releases"
            case .done: "is done"
            }
        var spans = [Span("SHUTDOWN \(verb)", .cancelling)]
        if let budget = shutdown.budget {
            let left = max(0, shutdown.since + Int64(min(budget, 1 << 60)) - max(clock, tree.now))
            spans.append(Span(", \(Words.age(left + Words.second - 1)) left", .warning))
        }
        if let task = shutdownWaitsFor, case let slot = shown.slot(of: task), slot >= 0 {
            spans.append(Span(", waits for \(RowWords(self).laggard(slot))"))
        }
        // The keys say it too, where there is no room here.
        if !session.isAttached, width >= 100 { spans += [Span("; "), Span("q", .key), Span(" cancels now")] }
        return spans
    }

    private var question: [Span] {
        let totals = shown.totals
        if runningShutdown != nil {
            return [
                Span("Cancel everything now?", .warning),
                Span(
                    "  The shutdown waits no longer: \(Words.plural(totals.live, "task")) live, \(totals.held) held."
                ),
            ]
        }
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
        guard replay == nil, view == .tree, case .none = pane, rows.indices.contains(cursorIndex) else { return [] }
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
        if views.filterBefore != nil, !isAskingToQuit {
            canvas.put(
                [Span(" "), Span("Enter", .key), Span(" keep it   "), Span("Esc", .key), Span(" as before")], x: 0, y: y
            )
            return
        }
        if search != nil {
            canvas.put(
                [
                    Span(" "), Span("Enter", .key), Span(" stay there   "), Span("Up Down", .key), Span(" next one   "),
                    Span("Esc", .key), Span(" go back"),
                ], x: 0, y: y)
            return
        }
        var words = keyWords
        var end = canvas.width
        func length(_ words: [KeyWord]) -> Int {
            words.reduce(1) { $0 + canvas.columns(of: $1.name) + canvas.columns(of: $1.word) + 3 } - 2
        }
        if let leave = leaveWord, canvas.width >= 40 {
            let own = canvas.columns(of: leave) + 3
            // While something is asked, the way out is the answer: this one goes first then.
            var isPreview = false
            if case .preview = pane { isPreview = true }
            if !isPreview || length(words) + own + 2 <= end {
                canvas.put([Span("q", .key), Span(" " + leave, .dim)], x: canvas.width - own, y: y)
                end -= own + 2
            }
        }
        while words.count > 1, length(words) > end, let worst = words.map(\.rank).max(),
            let index = words.lastIndex(where: { $0.rank == worst })
        {
            words.remove(at: index)
        }
        var x = 1
        for word in words {
            x = canvas.put([Span(word.name, .key), Span(" " + word.word)], x: x, y: y, end: end) + 2
        }
    }

    /// A key and what it does; the highest ranks are left out first.
    private struct KeyWord {
        var name: String
        var word: String
        var rank: Int
    }

    /// What `q` does, at the right end.
    private var leaveWord: String? {
        guard !isAskingToQuit, !showsHelp, !(runningShutdown != nil && !session.isAttached) else { return nil }
        let last = Binding.table.first(where: { $0.command == .quit || $0.command == .leave }, in: contexts)
        return last.map { session.isAttached || (tree.ended != nil && replay == nil) ? "leave" : $0.short }
    }

    private var keyWords: [KeyWord] {
        var words: [KeyWord] = []
        if runningShutdown != nil, !session.isAttached, leaveWord == nil, !isAskingToQuit, !showsHelp {
            words.append(KeyWord(name: "q", word: "cancel now", rank: 0))
        }
        if case .preview(let preview) = pane, preview.listsAll, preview.resources.count > listRoom, !isAskingToQuit {
            words.append(KeyWord(name: "Up Down", word: "more", rank: 1))
        }
        let contexts = contexts
        for (order, context) in contexts.enumerated() {
            for binding in Binding.table where binding.contexts.contains(context) && !binding.short.isEmpty {
                if binding.command == .quit || binding.command == .leave { continue }
                let label = label(binding)
                guard !label.isEmpty else { continue }
                let parts = label.split(separator: "|", maxSplits: 1).map(String.init)
                let name = parts.count == 2 ? parts[0] : binding.footerName
                words.append(KeyWord(name: name, word: parts.last ?? "", rank: rank(binding, order)))
            }
        }
        return words
    }

    /// The way out, the help and the way to the other views stay longest; `d` and `p` go first.
    private func rank(_ binding: Binding, _ order: Int) -> Int {
        let stays: Set<Command> = [.refuse, .close, .confirm, .help]
        if stays.contains(binding.command) { return binding.command == .help ? 1 : 0 }
        if binding.command == .view(.next), case .none = pane, replay == nil, view == .tree { return 2 }
        if binding.command == .pause { return 21 }
        if binding.command == .drain { return 20 }
        let acts: Set<Command> = [.cancel, .cancelNow]
        return runningShutdown != nil && acts.contains(binding.command) ? 19 : 3 + order
    }

    /// The word for a key, where the moment has a better one than the table.
    private func label(_ binding: Binding) -> String {
        if isAskingToQuit, runningShutdown != nil {
            return binding.command == .force ? "" : binding.command == .confirm ? "cancel now" : "wait"
        }
        guard !isAskingToQuit, !showsHelp else { return binding.short }
        if replay != nil, binding.command == .escalate { return "" }
        // Once all is over there is nothing left to act on.
        let acts: Set<Command> = [.cancel, .drain, .pause]
        if replay == nil, tree.ended != nil, acts.contains(binding.command) { return "" }
        if case .cascade(let id) = pane, binding.contexts == [.cascade] {
            if binding.command == .order { return page.next.word }
            if shown.cascade(id)?.completedAt != nil { return "" }
        }
        if case .cascade = pane, binding.contexts == [.cascades], binding.command == .view(.open) { return "" }
        if case .cascade = pane, binding.contexts == Binding.viewing, binding.command == .close { return "" }
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
