import Canvas
import TreeModel

extension DashboardState {
    func drawHeader(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let first = rows.first else { return }
        drawTitle(first, into: &canvas)
        if rows.count > 1 { drawTotals(first + 1, into: &canvas) }
    }

    private func drawTitle(_ y: Int, into canvas: inout CellGrid) {
        var left = [Span(" treetop", .title)]
        // What to say on the right, the longest first: the first that fits is shown.
        let right: [[Span]]
        var isUrgent = false
        if isRewound, let replay {
            left.append(Span("  PAST ", .warning))
            left.append(Span(Words.instant(replay.time), .accent))
            left.append(Span("  \(Words.age(liveNow - replay.time)) behind now", .warning))
            if replay.isPlaying { left.append(Span(", plays", .accent)) }
            if width >= 60 { left.append(Span("  \(session.name)", .header)) }
            right = recording
        } else if let replay, isRecording {
            left.append(Span("  \(session.file ?? session.name)", .header))
            left.append(Span("   REPLAY ", .accent))
            left.append(Span(replay.isOnTheWay ? "on the way" : replay.isPlaying ? "plays" : "paused", .accent))
            right = checked(replay)
        } else {
            left.append(Span("  \(session.name)", .header))
            left.append(Span("  \(Words.clock(now))", .normal))
            if frozen != nil {
                left.append(Span("  PAUSED, \(Words.plural(pendingEvents, "event")) since", .warning))
            }
            if let reason = tree.ended { left.append(Span("  ENDED (\(ending(reason)))", .accent)) }
            if let shutdown = runningShutdown {
                left.append(Span("  SHUTDOWN \(shutdown.phase.name)", .cancelling))
            }
            right = recording
            if case .failed = session.recording { isUrgent = true }
        }
        func length(_ spans: [Span]) -> Int { spans.reduce(0) { $0 + canvas.columns(of: $1.text) } }
        let used = length(left)
        if let text = right.first(where: { canvas.width - length($0) > used + 1 }) {
            canvas.put(left, x: 0, y: y)
            canvas.put(text, x: canvas.width - length(text), y: y)
        } else if isUrgent, let text = right.last {
            let start = max(0, canvas.width - length(text))
            canvas.put(left, x: 0, y: y, end: max(0, start - 2))
            canvas.put(text, x: start, y: y)
        } else {
            canvas.put(left, x: 0, y: y)
        }
    }

    /// How the session ended: as its root did, unless it was cut short.
    private func ending(_ reason: EndReason) -> String {
        let root = shown.root
        guard reason == .finished, root >= 0, let outcome = shown.outcome(root) else { return reason.name }
        return outcome.name
    }

    private func checked(_ replay: ReplayView) -> [[Span]] {
        if let progress = replay.progress {
            let share = Span("reads \(Int(progress * 100))% ", .accent)
            let lack = replay.isPartial ? "  what was before is not known yet, " : ""
            let words = [Span(lack, .warning), Span("  \(Words.count(replay.eventCount)) events, ", .dim), share]
            return [words, [share]]
        }
        var verdict: [Span] = []
        if let text = replay.verdict {
            let role: Role = text == "holds" ? .succeeded : text.hasPrefix("violated") ? .failed : .warning
            verdict = [Span("check \(text) ", role)]
        }
        let events = [Span("  \(Words.count(replay.eventCount)) events, ", .dim)]
        let hole = shown.totals.gaps == 0 ? Span("no gap ", .dim) : gap
        var first: [[Span]] = []
        if let text = replay.verdict, let cut = text.firstIndex(of: ":") {
            first = [[Span("check \(text[..<cut]) ", verdict.first?.role ?? .failed)]]
        }
        return [verdict + events + [hole], verdict] + first
    }

    private var recording: [[Span]] {
        switch session.recording {
        case .off: return [[Span(session.isAttached ? "attached " : "not recorded ", .dim)]]
        case .running:
            let size = Words.bytes(session.bytes)
            return [
                [Span("REC", .recording), Span(" \(session.file ?? "") \(size) ", .dim)], [Span("REC ", .recording)],
            ]
        case .failed(let why):
            // The reason may be long: it is cut before it is left out.
            let lengths = [120, 60, 40, 24].filter { $0 < why.count }
            let short = ([why] + lengths.map { why.prefix($0) + "~" }).map {
                [Span("RECORDING ENDED: \($0) ", .failed)]
            }
            return short + [[Span("NOT RECORDED ", .failed)]]
        }
    }

    private var gap: Span {
        let totals = shown.totals
        return Span("GAP: \(Words.count(totals.lost)) events lost ", .warning)
    }

    private func drawTotals(_ y: Int, into canvas: inout CellGrid) {
        let totals = shown.totals
        var spans: [Span] = []
        func total(_ number: Int, _ word: String, _ role: Role, always: Bool = true) {
            guard always || number > 0 else { return }
            spans.append(Span("  \(Words.short(number)) \(word)", number > 0 ? role : .dim))
        }
        total(totals.live, "live", .running)
        total(totals.held, "held", .accent)
        total(totals.quarantined, "quarantined", .abandoned, always: false)
        total(totals.leaked, "leaked", .failed)
        total(totals.abandoned, "abandoned", .abandoned)
        total(totals.failed, "failed", .failed)
        total(totals.cancelled, "cancelled", .cancelled)
        spans[0].text.removeFirst()
        if totals.gaps > 0, !isRecording { spans += [Span("  "), gap] }
        if let starved = shown.lastStarvation, now - starved.t < 10 * Words.second {
            spans.append(Span("  STARVED \(Words.duration(starved.duration))", .warning))
        }
        let used = canvas.put(spans, x: 0, y: y)
        let rate = "  \(Words.short(shown.pulse.eventsPerSecond)) events/s "
        let length = canvas.columns(of: rate)
        let room = canvas.width - used - length - 8
        guard room >= 0 else {
            if canvas.width - used > length { canvas.putTrailing(rate, end: canvas.width, y: y, role: .dim) }
            return
        }
        // Both where there is room for both: how many were alive, and how many events there were, second by second.
        let most = max(20, canvas.width / 6)
        let events = room >= 2 * most + 2 ? shown.pulse.events.suffix(most).map(Double.init) : []
        let values = shown.pulse.live.suffix(min(room, most)).map(Double.init)
        let start = canvas.width - length - values.count - (events.isEmpty ? 0 : events.count + 2)
        if !values.isEmpty { canvas.put("live ", x: start - 5, y: y, role: .dim) }
        canvas.sparkline(values, x: start, y: y, width: values.count)
        canvas.sparkline(events, x: canvas.width - length - events.count, y: y, width: events.count)
        canvas.put(rate, x: canvas.width - length, y: y, role: .dim)
    }
}
