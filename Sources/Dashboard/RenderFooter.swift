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
            var spans = [Span(keymap.name(of: .search), .key), Span(search.text, .normal), Span("_", .accent)]
            if !search.isFound { spans.append(Span("   no task is named like this", .warning)) }
            if let place = search.place { spans.append(Span("   \(place)", .dim)) }
            return spans
        }
        if let prompt = filterPrompt { return line(prompt) }
        if let palette {
            let text = [Span(keymap.name(of: .palette), .key), Span(palette.text), Span("_", .accent)]
            return text + (paletteEntries.isEmpty ? [Span("   no command is named like this", .warning)] : [])
        }
        if views.filterBefore != nil { return typedFilter }
        if let notice { return [Span(notice, .accent)] }
        if case .preview = pane { return [] }
        if let shutdown = runningShutdown { return progress(of: shutdown) }
        return trouble ?? hint
    }

    /// `show only !failed_   3 of 40 tasks`
    private func line(_ prompt: FilterPrompt) -> [Span] {
        var spans = [Span("show only ", .key), Span(prompt.text), Span("_", .accent)]
        let unknown = filter.unknown
        if !unknown.isEmpty {
            let states = Filter.State.allCases.map { "!" + $0.rawValue }.joined(separator: " ")
            spans.append(Span("   \(unknown[0]) is no state: \(states)", .warning))
        } else if let hits {
            spans.append(Span("   \(Words.count(hits.matches.count)) of \(Words.plural(shown.count, "task"))", .dim))
        }
        return spans
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
        if !session.isAttached, width >= 100 {
            spans += [Span("; "), Span(keymap.name(of: .quit), .key), Span(" cancels now")]
        }
        return spans
    }

    private var question: [Span] {
        // Also where the past is shown it is the present that would end.
        let totals = tree.totals
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
        return [
            Span("! \(text)", .warning), Span(": "), Span(keymap.name(of: .nextTrouble), .key), Span(" goes there.  "),
        ] + hint
    }

    private var hint: [Span] {
        if isRewound, view == .tree { return [Span(keymap.name(of: .pause), .key), Span(" returns to now", .dim)] }
        guard !isRecording, view == .tree, case .none = pane, tags.isEmpty, rows.indices.contains(cursorIndex) else {
            return []
        }
        let row = rows[cursorIndex]
        guard case .task = row.id, shown.phase(row.slot) != .finished else { return [] }
        return [
            Span(keymap.name(of: .cancel), .key),
            Span(" here shows what a cancel of \(shown.name(row.slot)) would do, before it does it", .dim),
        ]
    }

    /// The keys that work here, from the one table.
    func drawKeys(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let y = rows.first else { return }
        if isPrompting, !isAskingToQuit {
            let words: [(String, String)] =
                search != nil
                ? [("Enter", "stay there"), ("Up Down", "next one"), ("Esc", "go back")]
                : views.filterBefore != nil
                    ? [("Enter", "keep it"), ("Esc", "as before")]
                    : palette != nil
                        ? [("Enter", "do it"), ("Up Down", "choose"), ("Esc", "leave")]
                        : [
                            ("Enter", "keep"), ("Esc", "as before"),
                            ("name !state held:kind label:key=value kind:word", ""),
                        ]
            canvas.put(words.flatMap { [Span(" "), Span($0.0, .key), Span(" \($0.1)  ")] }, x: 0, y: y)
            return
        }
        var words = keyWords
        var end = canvas.width
        func length(_ words: [KeyWord]) -> Int {
            words.reduce(1) { $0 + canvas.columns(of: $1.name) + canvas.columns(of: $1.word) + 3 } - 2
        }
        if let leave = leaveWord, canvas.width >= 40 {
            let own = canvas.columns(of: leave.key + leave.word) + 2
            // While something is asked, the way out is the answer: this one goes first then.
            var isPreview = false
            if case .preview = pane { isPreview = true }
            if !isPreview || length(words) + own + 2 <= end {
                canvas.put([Span(leave.key, .key), Span(" " + leave.word, .dim)], x: canvas.width - own, y: y)
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

    /// The key that leaves and what it does, at the right end.
    private var leaveWord: (key: String, word: String)? {
        guard !isAskingToQuit, !showsHelp, !(runningShutdown != nil && !session.isAttached) else { return nil }
        let last = keymap.bindings.first(where: { $0.command == .quit || $0.command == .leave }, in: contexts)
        return last.map {
            ($0.footerName, session.isAttached || (tree.ended != nil && !isRecording) ? "leave" : $0.short)
        }
    }

    private var keyWords: [KeyWord] {
        var words: [KeyWord] = []
        if runningShutdown != nil, !session.isAttached, leaveWord == nil, !isAskingToQuit, !showsHelp {
            words.append(KeyWord(name: keymap.name(of: .quit), word: "cancel now", rank: 0))
        }
        if case .preview(let preview) = pane, preview.listsAll, preview.resources.count > listRoom, !isAskingToQuit {
            words.append(KeyWord(name: "Up Down", word: "more", rank: 1))
        }
        let contexts = contexts
        for (order, context) in contexts.enumerated() {
            for binding in keymap.bindings where binding.contexts.contains(context) && !binding.short.isEmpty {
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
        if !tags.isEmpty, binding.command == .cancel { return 1 }
        if case .none = pane, view == .tree, !isRecording, !isRewound {
            if binding.command == .cancel, runningShutdown == nil { return 2 }
            if binding.command == .view(.next) { return 3 }
        }
        if binding.command == .pause { return frozen == nil ? 21 : 0 }
        if binding.command == .drain { return 20 }
        let acts: Set<Command> = [.cancel, .cancelNow]
        return runningShutdown != nil && acts.contains(binding.command) ? 19 : 4 + order
    }

    /// The word for a key, where the moment has a better one than the table.
    private func label(_ binding: Binding) -> String {
        if isAskingToQuit, runningShutdown != nil {
            return binding.command == .force ? "" : binding.command == .confirm ? "cancel now" : "wait"
        }
        guard !isAskingToQuit, !showsHelp else { return binding.short }
        if isRecording || isRewound, binding.command == .escalate { return "" }
        // Once all is over there is nothing left to act on.
        if binding.command == .steer(.play), replay?.isPlaying == true { return "stop" }
        if binding.command == .pause {
            return isRecording ? "" : frozen != nil ? "now" : tree.ended != nil ? "go back" : binding.short
        }
        let acts: Set<Command> = [.cancel, .drain]
        if !isRecording, tree.ended != nil, acts.contains(binding.command) { return "" }
        if case .cascade = pane, binding.contexts == [.cascade] {
            if binding.command == .order { return page.next.word }
            if (shownCascade?.completedAt == nil) == (binding.command == .watch) { return "" }
        }
        if case .cascade = pane, binding.contexts == [.cascades], binding.command == .view(.open) { return "" }
        if case .cascade = pane, binding.contexts == Binding.viewing, binding.command == .close { return "" }
        guard case .preview(let preview) = pane else { return treeLabel(binding) }
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

    /// While something is tagged the keys are about that; Esc takes away what came last.
    private func treeLabel(_ binding: Binding) -> String {
        if binding.command == .close, case .none = pane, let layer = topLayer { return layer.word }
        guard !tags.isEmpty, case .none = pane, binding.command == .cancel || binding.command == .drain else {
            return binding.short
        }
        return "\(binding.short) \(Words.short(tags.count)) tagged"
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
