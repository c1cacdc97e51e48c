import Canvas
import TreeModel

extension DashboardState {
    /// The bar under a replay: the marks, where it stands, and what the marks mean.
    func draw(_ replay: ReplayView, _ rows: Range<Int>, into canvas: inout CellGrid) {
        let legend = rows.count >= 4
        let isOneLine = rows.count == 1
        let markRow = rows.lowerBound
        let barRow = rows.lowerBound + (legend ? 1 : 0)
        let start = isOneLine ? 14 : 8
        let end = canvas.width - 11
        let room = end - start
        if room > 4 {
            if isOneLine {
                canvas.put(Words.instant(replay.time), x: 1, y: barRow, role: .accent)
            } else {
                canvas.put(Words.clock(0), x: 1, y: barRow, role: .dim)
            }
            canvas.rule(x: start, y: barRow, width: room)
            canvas.put(Words.instant(replay.end), x: end + 1, y: barRow, role: .dim)
            // Of two marks in one column the one that matters more is seen.
            for kind in Self.leastFirst {
                for mark in replay.marks where mark.kind == kind {
                    let x = start + Self.place(mark.t, replay.end, room)
                    canvas.put(String(kind.rawValue), x: x, y: markRow, role: Self.role(kind))
                }
            }
            let x = start + Self.place(replay.time, replay.end, room)
            canvas.put("^", x: x, y: barRow, role: .accent)
            if legend {
                canvas.put("marks", x: 1, y: markRow, role: .dim)
                let passed = replay.marks.count { $0.position <= replay.position }
                if !replay.marks.isEmpty {
                    canvas.put("\(passed)/\(replay.marks.count)", x: end + 1, y: markRow, role: .dim, limit: 10)
                }
            }
        }
        let y = barRow + 1
        guard y < rows.upperBound else { return }
        let x = canvas.put(
            [
                Span(" \(Words.instant(replay.time))", .accent), Span("  \(Self.speed(replay.speed))"),
                Span("  seq \(Words.count(replay.seq))   ", .dim),
            ], x: 0, y: y)
        guard legend else { return }
        var spans: [Span] = []
        for (kind, word) in Self.legend {
            guard replay.marks.contains(where: { $0.kind == kind }) else { continue }
            spans += [Span(" \(kind.rawValue)", Self.role(kind)), Span(" \(word) ", .dim)]
        }
        canvas.put(spans, x: x, y: y)
        guard y + 1 < rows.upperBound, let mark = replay.marks.last(where: { $0.position <= replay.position }) else {
            return
        }
        let word = Self.legend.first { $0.0 == mark.kind }?.1 ?? ""
        canvas.put(
            [
                Span(" last mark  ", .dim), Span("\(mark.kind.rawValue)", Self.role(mark.kind)),
                Span(" \(Words.instant(mark.t))  \(mark.name): \(word)"),
            ], x: 0, y: y + 1)
    }

    private static let legend: [(ReplayMark.Kind, String)] = [
        (.failed, "failed"), (.deadline, "deadline"), (.waiting, "waits too long"), (.cancel, "cancel"),
        (.abandoned, "abandoned"), (.shutdown, "shutdown"),
    ]

    private static let leastFirst: [ReplayMark.Kind] = [.waiting, .deadline, .shutdown, .failed, .cancel, .abandoned]

    private static func place(_ t: Int64, _ end: Int64, _ room: Int) -> Int {
        guard end > 0 else { return 0 }
        return min(room - 1, max(0, Int(Double(t) / Double(end) * Double(room - 1))))
    }

    private static func role(_ kind: ReplayMark.Kind) -> Role {
        switch kind {
        case .failed: .failed
        case .deadline: .warning
        case .waiting: .overdue
        case .cancel: .cancelling
        case .abandoned: .abandoned
        case .shutdown: .accent
        }
    }

    private static func speed(_ factor: Double) -> String {
        if factor >= 1 { return "\(Int(min(factor, 1_000)))x" }
        return "1/\(Int(1 / max(factor, 0.001) + 0.5))x"
    }
}
