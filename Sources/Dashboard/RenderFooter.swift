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
            if !search.isFound {
                let words = view == .tree ? "no task is named like this" : "no line has this in it"
                spans.append(Span("   \(words)", .warning))
            }
            if let count = search.count { spans.append(Span("   \(count)", .dim)) }
            return spans
        }
        if let prompt = filterPrompt { return line(prompt) }
        if let palette {
            let text = [Span(keymap.name(of: .palette), .key), Span(palette.text), Span("_", .accent)]
            return text + (paletteEntries.isEmpty ? [Span("   no command is named like this", .warning)] : [])
        }
        if let notice { return [Span(notice, .accent)] }
        if case .preview = pane { return [] }
        if let shutdown = runningShutdown { return progress(of: shutdown) }
        return trouble ?? hint
    }

    /// `show only !failed_   3 of 40 tasks`
    private func line(_ prompt: FilterPrompt) -> [Span] {
        var spans = [Span("show only ", .key), Span(prompt.text), Span("_", .accent)]
        let unknown = filter.unknown
        if view != .tree {
            let lines = views.rows.count
            spans.append(Span("   \(Words.plural(lines, "line"))", lines == 0 ? .warning : .dim))
        } else if !unknown.isEmpty {
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
        for piece in footer(width: canvas.width) {
            canvas.put(piece.text, x: piece.x, y: y, role: piece.role, limit: canvas.width - piece.x)
        }
    }
}
