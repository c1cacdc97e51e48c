import Canvas
import TreeModel

extension DashboardState {
    func drawHeader(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let first = rows.first else { return }
        drawTitle(first, into: &canvas)
        if rows.count > 1 { drawTotals(first + 1, into: &canvas) }
    }

    private func drawTitle(_ y: Int, into canvas: inout CellGrid) {
        var right: [Span] = []
        var left = [Span(" treetop", .title)]
        if let replay {
            left.append(Span("  \(session.file ?? session.name)", .header))
            left.append(Span("   REPLAY ", .accent))
            left.append(Span(replay.isPlaying ? "plays" : "paused", .accent))
            if let verdict = replay.verdict {
                right.append(Span("check \(verdict)   ", verdict == "holds" ? .succeeded : .failed))
            }
            right.append(Span("\(Words.count(replay.eventCount)) events, ", .dim))
            right.append(shown.totals.gaps == 0 ? Span("no gap ", .dim) : gap)
        } else {
            left.append(Span("  \(session.name)", .header))
            left.append(Span("  \(Words.clock(now))", .normal))
            if frozen != nil {
                left.append(Span("  PAUSED, \(Words.plural(pendingEvents, "event")) since", .warning))
            }
            if let reason = tree.ended { left.append(Span("  ENDED (\(reason.name))", .accent)) }
            if let shutdown = tree.shutdown, shutdown.phase != .done, tree.ended == nil {
                left.append(Span("  SHUTDOWN \(shutdown.phase.name)", .cancelling))
            }
            right = recording
        }
        let length = right.reduce(0) { $0 + canvas.columns(of: $1.text) }
        let start = canvas.width - length
        let used = canvas.put(left, x: 0, y: y)
        if start > used { canvas.put(right, x: start, y: y) }
    }

    private var recording: [Span] {
        switch session.recording {
        case .off: return [Span(session.isAttached ? "attached " : "not recorded ", .dim)]
        case .running:
            return [Span("REC", .recording), Span(" \(session.file ?? "") \(Words.bytes(session.bytes)) ", .dim)]
        case .failed(let why): return [Span("RECORDING ENDED: \(why) ", .failed)]
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
        if totals.gaps > 0, replay == nil { spans += [Span("  "), gap] }
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
        let values = shown.pulse.live.suffix(min(room, max(20, canvas.width / 6))).map(Double.init)
        let start = canvas.width - length - values.count
        if !values.isEmpty { canvas.put("live ", x: start - 5, y: y, role: .dim) }
        canvas.sparkline(values, x: start, y: y, width: values.count)
        canvas.put(rate, x: canvas.width - length, y: y, role: .dim)
    }
}
