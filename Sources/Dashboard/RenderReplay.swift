import Canvas
import TreeModel

extension DashboardState {
    /// The bar under a replay, and under the past of a running program: how much happened when, the marks, where it stands.
    func draw(_ replay: ReplayView, _ rows: Range<Int>, into canvas: inout CellGrid) {
        let bar = transportBar(replay)
        switch rows.count {
        case 4...:
            bar.drawMarks(rows.lowerBound, into: &canvas)
            bar.drawTrack(rows.lowerBound + 1, into: &canvas)
            bar.drawStatus(rows.lowerBound + 2, into: &canvas)
            bar.drawLast(rows.lowerBound + 3, into: &canvas)
        case 2...:
            bar.drawTrack(rows.lowerBound, withMarks: true, into: &canvas)
            bar.drawStatus(rows.lowerBound + 1, into: &canvas)
        case 1: bar.drawTrack(rows.lowerBound, withMarks: true, isAlone: true, into: &canvas)
        default: break
        }
    }
}

extension DashboardState {
    func transportBar(_ replay: ReplayView) -> TransportBar {
        TransportBar(replay, end: replay.isLive ? max(liveNow, replay.time) : replay.end, base: comparison?.markedAt)
    }

    /// Where a click on the bar goes: to the mark that is drawn there, else to the instant.
    func place(at pointer: Pointer) -> ReplayCommand? {
        let rows = layout.transport
        guard !showsHelp, let replay, rows.contains(pointer.y) else { return nil }
        // Of four lines the first has the marks and the second the track; of fewer the first has both.
        let line = pointer.y - rows.lowerBound
        guard line < (rows.count >= 4 ? 2 : 1) else { return nil }
        let hasMarks = rows.count < 4 || line == 0
        return transportBar(replay).place(
            at: pointer.x, width: width, isAlone: rows.count == 1, hasMarks: hasMarks)
    }
}

/// The lines of the bar under a replay.
struct TransportBar {
    let replay: ReplayView
    /// The instant at its right end.
    let end: Int64
    /// The instant that is compared with.
    let base: Int64?
    /// The marks that lie on it.
    private let marks: [ReplayMark]

    init(_ replay: ReplayView, end: Int64, base: Int64?) {
        self.replay = replay
        self.end = end
        self.base = base
        marks = replay.marks.filter { $0.t >= replay.begin }
    }

    // MARK: the track

    /// Where the track stands between its two times.
    private func room(_ width: Int, isAlone: Bool) -> Range<Int>? {
        let start = isAlone ? 14 : 1 + max(7, Words.clock(replay.begin).count + 1)
        return start + 4 < width - 11 ? start..<width - 11 : nil
    }

    /// How much happened when, passed and still to come, with what stands on it.
    func drawTrack(_ y: Int, withMarks: Bool = false, isAlone: Bool = false, into canvas: inout CellGrid) {
        guard let room = room(canvas.width, isAlone: isAlone) else {
            canvas.put(Words.instant(replay.time), x: 1, y: y, role: .accent)
            return
        }
        if isAlone {
            canvas.put(Words.instant(replay.time), x: 1, y: y, role: .accent)
        } else {
            canvas.put(Words.clock(replay.begin), x: 1, y: y, role: .dim)
        }
        let right = replay.isLive ? "now " + Words.clock(end) : Words.instant(end)
        canvas.put(right, x: room.upperBound + 1, y: y, role: .dim, limit: 10)
        // The root brings out the little beside the much.
        let counts = replay.density.columns(room.count, from: replay.begin, to: end).map { $0.squareRoot() }
        canvas.sparkline(counts, x: room.lowerBound, y: y, width: room.count)
        let here = place(replay.time, room)
        canvas.paint(.barRest, x: here, y: y, width: room.upperBound - here)
        if withMarks { put(room, y, into: &canvas) }
        if let loop = replay.loop {
            canvas.put("[", x: place(loop.begin, room), y: y, role: .mark)
            if let end = loop.end { canvas.put("]", x: place(end, room), y: y, role: .mark) }
        }
        if let base { canvas.put("=", x: place(base, room), y: y, role: .mark) }
        canvas.put("^", x: here, y: y, role: .accent)
    }

    private func place(_ t: Int64, _ room: Range<Int>) -> Int {
        guard end > replay.begin else { return room.lowerBound }
        let share = Double(t - replay.begin) / Double(end - replay.begin)
        return room.lowerBound + min(room.count - 1, max(0, Int(share * Double(room.count - 1))))
    }

    /// What a click on a column asks for; nil beside the track.
    func place(at x: Int, width: Int, isAlone: Bool, hasMarks: Bool) -> ReplayCommand? {
        guard let room = room(width, isAlone: isAlone), room.contains(x) else { return nil }
        if hasMarks, let mark = shownMarks(room)[x] { return .seekEvent(mark.position) }
        // The middle of the column, which is shown there; the ends are the ends.
        let column = x == room.lowerBound ? 0 : Double(x - room.lowerBound) + 0.5
        let share = min(1, column / Double(max(1, room.count - 1)))
        return .seek(to: replay.begin + Int64(share * Double(end - replay.begin)))
    }

    // MARK: marks

    func drawMarks(_ y: Int, into canvas: inout CellGrid) {
        guard let room = room(canvas.width, isAlone: false) else { return }
        canvas.put("marks", x: 1, y: y, role: .dim)
        put(room, y, into: &canvas)
        guard !marks.isEmpty else { return }
        let passed = marks.count { $0.position <= replay.position }
        canvas.put(
            "\(Words.short(passed))/\(Words.short(marks.count))", x: room.upperBound + 1, y: y, role: .dim, limit: 10)
    }

    private func put(_ room: Range<Int>, _ y: Int, into canvas: inout CellGrid) {
        for (x, mark) in shownMarks(room) {
            canvas.put(String(mark.kind.rawValue), x: x, y: y, role: Self.role(mark.kind))
        }
    }

    /// Of two marks in one column the one that matters more is seen.
    private func shownMarks(_ room: Range<Int>) -> [Int: ReplayMark] {
        var seen: [Int: ReplayMark] = [:]
        for mark in marks {
            let x = place(mark.t, room)
            if seen[x].map({ Self.weight($0.kind) < Self.weight(mark.kind) }) ?? true { seen[x] = mark }
        }
        return seen
    }

    // MARK: words

    /// Where it stands, how it plays, and what the marks mean.
    func drawStatus(_ y: Int, into canvas: inout CellGrid) {
        var spans = [Span(" \(Words.instant(replay.time))", .accent), Span("  \(Self.speed(replay.speed))")]
        if replay.isDropped { spans.append(Span("  dropped from the log", .warning)) }
        if let loop = replay.loop {
            let last = loop.end.map { Words.instant($0) } ?? "..."
            spans.append(Span("  loop \(Words.instant(loop.begin))-\(last)", .mark))
        }
        if replay.skipsIdle { spans.append(Span("  skips idle", .mark)) }
        spans.append(Span("  seq \(Words.count(replay.seq))", .dim))
        if let last = replay.last { spans.append(Span(" \(last.name)", .dim)) }
        var x = canvas.put(spans, x: 0, y: y) + 2
        for kind in Self.kinds where marks.contains(where: { $0.kind == kind }) {
            let word = "  \(kind.rawValue) \(Self.word(kind))"
            guard x + word.count < canvas.width else { continue }
            x = canvas.put(
                [Span("  "), Span("\(kind.rawValue)", Self.role(kind)), Span(" \(Self.word(kind))", .dim)], x: x, y: y)
        }
    }

    /// The mark that was passed last.
    func drawLast(_ y: Int, into canvas: inout CellGrid) {
        guard let mark = marks.last(where: { $0.position <= replay.position }) else { return }
        let word = mark.kind == .gap ? "" : ": \(Self.word(mark.kind))"
        canvas.put(
            [
                Span(" last mark  ", .dim), Span("\(mark.kind.rawValue)", Self.role(mark.kind)),
                Span(" \(Words.instant(mark.t))  \(mark.name)\(word)"),
            ], x: 0, y: y)
    }

    /// In the order of what they are worth.
    private static let kinds: [ReplayMark.Kind] = [
        .violated, .abandoned, .leaked, .cancel, .failed, .gap, .shutdown, .deadline, .waiting,
    ]

    private static func weight(_ kind: ReplayMark.Kind) -> Int { -(kinds.firstIndex(of: kind) ?? 0) }

    private static func word(_ kind: ReplayMark.Kind) -> String {
        switch kind {
        case .failed: "failed"
        case .deadline: "deadline"
        case .waiting: "waits too long"
        case .cancel: "cancel"
        case .abandoned: "abandoned"
        case .leaked: "leaked"
        case .shutdown: "shutdown"
        case .gap: "events lost"
        case .violated: "violated"
        }
    }

    private static func role(_ kind: ReplayMark.Kind) -> Role {
        switch kind {
        case .failed, .violated: .failed
        case .deadline, .gap: .warning
        case .waiting: .overdue
        case .cancel: .cancelling
        case .abandoned, .leaked: .abandoned
        case .shutdown: .accent
        }
    }

    private static func speed(_ factor: Double) -> String {
        if factor >= 1 { return "\(Int(factor))x" }
        // One digit that counts, whatever the size.
        var digits = 1
        var scaled = factor * 10
        while scaled < 0.95, digits < 6 {
            scaled *= 10
            digits += 1
        }
        return "0." + String(repeating: "0", count: digits - 1) + "\(Int(scaled.rounded()))x"
    }
}
