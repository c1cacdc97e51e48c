import Canvas
import TreeModel

extension DashboardState {
    func drawTimeline(_ rows: [TimelineRow], _ place: ViewLayout, into canvas: inout CellGrid) {
        let columns = TimelineColumns(width: canvas.width)
        let scale = TimeScale(timeSpan, columns.bar)
        if let y = place.heads { drawAxis(columns, scale, y, into: &canvas) }
        drawList(rows, place, into: &canvas) { row, y, canvas in
            let x = columns.name.lowerBound + min(2 * row.depth, max(0, columns.name.count - 8))
            let isOver = row.finishedAt != nil
            canvas.put(row.name, x: x, y: y, role: isOver ? .dim : .normal, limit: columns.name.upperBound - 1 - x)
            let (first, last) = numbers(row)
            if columns.firstEnd > 0 { canvas.putTrailing(first, end: columns.firstEnd, y: y, role: .dim, limit: 9) }
            if columns.lastEnd > 0 { canvas.putTrailing(last, end: columns.lastEnd, y: y, limit: 9) }
            let bars = ([row] + row.others).map { TimelineBar($0, now, scale, ascii: canvas.ascii) }
            let inside = bars.filter(\.isInside)
            if inside.isEmpty { bars[0].drawBeside(y, into: &canvas) }
            for bar in inside { bar.draw(y, into: &canvas) }
            return row.isTrouble
        }
        guard let y = place.below.first else { return }
        let signs = TimelineBar.signs(ascii: canvas.ascii)
        var x = 1
        for (sign, role, word) in signs where x + word.count + 4 <= canvas.width {
            x = canvas.put([Span(sign, role), Span(" " + word, .dim)], x: x, y: y) + 2
        }
    }

    /// When it started and how long it took; of a cascade, when it was told and when it ended.
    private func numbers(_ row: TimelineRow) -> (String, String) {
        guard let cascade = fittedCascade else {
            let took = row.took(now)
            return (Words.instant(row.startedAt), row.finishedAt == nil ? Words.age(took) : Words.duration(took))
        }
        func at(_ t: Int64?) -> String {
            guard let t, t >= cascade.requestedAt else { return "" }
            return "+" + Words.at(t - cascade.requestedAt, exact: true)
        }
        return (at(row.cancelledAt), at(row.finishedAt))
    }

    private func drawAxis(_ columns: TimelineColumns, _ scale: TimeScale, _ y: Int, into canvas: inout CellGrid) {
        let cascade = fittedCascade
        canvas.put("TASK", x: columns.name.lowerBound, y: y, role: .columnHead)
        if columns.firstEnd > 0 {
            canvas.putTrailing(cascade == nil ? "STARTED" : "TOLD", end: columns.firstEnd, y: y, role: .columnHead)
        }
        if columns.lastEnd > 0 {
            canvas.putTrailing(cascade == nil ? "TOOK" : "ENDED", end: columns.lastEnd, y: y, role: .columnHead)
        }
        let bar = columns.bar
        func label(_ t: Int64) -> String {
            guard let cascade else { return Words.instant(max(0, t)) }
            return "+" + Words.at(t - cascade.requestedAt, exact: true)
        }
        var (from, to) = (scale.span.lowerBound, scale.span.upperBound)
        if let cascade, views.window.length == nil { (from, to) = (cascade.requestedAt, cascade.completedAt ?? now) }
        canvas.put(
            label(from), x: scale.column(from), y: y, role: .columnHead, limit: bar.upperBound - scale.column(from))
        if bar.count >= 60 {
            let middle = from + (to - from) / 2
            canvas.put(label(middle), x: scale.column(middle), y: y, role: .columnHead)
        }
        if bar.count >= 24 { canvas.putTrailing(label(to), end: scale.column(to) + 1, y: y, role: .columnHead) }
    }
}

/// Which instant stands in which column.
struct TimeScale {
    let span: Range<Int64>
    let columns: Range<Int>

    init(_ span: Range<Int64>, _ columns: Range<Int>) {
        self.span = span
        self.columns = columns
    }

    /// The column of an instant; of one outside, the nearest.
    func column(_ t: Int64) -> Int {
        let share = Double(t - span.lowerBound) / Double(max(1, span.upperBound - span.lowerBound))
        let last = max(0, columns.count - 1)
        return columns.lowerBound + min(last, max(0, Int(min(max(share, 0), 1) * Double(last) + 0.5)))
    }

    func shows(_ t: Int64) -> Bool { t >= span.lowerBound && t <= span.upperBound }
}

/// The bar of one task: what it was at, from its start to its end, and the instants that matter.
private struct TimelineBar {
    let row: TimelineRow
    let now: Int64
    let scale: TimeScale
    let ascii: Bool

    init(_ row: TimelineRow, _ now: Int64, _ scale: TimeScale, ascii: Bool) {
        self.row = row
        self.now = now
        self.scale = scale
        self.ascii = ascii
    }

    /// What the signs mean, in the order of a task's life.
    static func signs(ascii: Bool) -> [(String, Role, String)] {
        [
            (Glyph.barDone.text(ascii: ascii), .running, "runs"), (Glyph.barRest.text(ascii: ascii), .waiting, "waits"),
            ("x", .cancelling, "told"), ("~", .cancelling, "stops"),
            (Glyph.horizontal.text(ascii: ascii), .joining, "children, releases"), ("r", .releasing, "released"),
            ("|", .succeeded, "ended"), ("f", .failed, "failed"), ("A", .abandoned, "abandoned"),
        ]
    }

    private var end: Int64 { row.finishedAt ?? max(now, row.startedAt) }
    /// What was abandoned goes on until it comes home.
    private var last: Int64 { row.outcome == .abandoned ? row.returnedAt ?? now : end }

    /// Whether some of it is on the screen.
    var isInside: Bool { last >= scale.span.lowerBound && row.startedAt <= scale.span.upperBound }

    /// Says on which side of the screen it is.
    func drawBeside(_ y: Int, into canvas: inout CellGrid) {
        let isBefore = last < scale.span.lowerBound
        canvas.put(
            isBefore ? "<" : ">", x: isBefore ? scale.columns.lowerBound : scale.columns.upperBound - 1, y: y,
            role: .dim)
    }

    func draw(_ y: Int, into canvas: inout CellGrid) {
        let bodyEnd = min(row.bodyEndedAt ?? end, end)
        let told = min(row.cancelledAt ?? bodyEnd, bodyEnd)
        let waits = min(row.waitingSince ?? told, told)
        line(row.startedAt, waits, .barDone, .running, y, into: &canvas)
        line(waits, told, .barRest, .waiting, y, into: &canvas)
        line(told, bodyEnd, nil, row.isTrouble ? .overdue : .cancelling, y, into: &canvas)
        line(bodyEnd, end, .horizontal, .joining, y, into: &canvas)
        if last > end { line(end, last, .barRest, .abandoned, y, into: &canvas) }
        if let told = row.cancelledAt { mark("x", told, .cancelling, y, into: &canvas) }
        for release in row.released {
            mark("r", release.t, release.outcome == .ok ? .releasing : .failed, y, into: &canvas)
        }
        guard row.finishedAt != nil else { return }
        switch row.outcome {
        case .succeeded, nil: mark("|", end, .succeeded, y, into: &canvas)
        case .cancelled: mark("|", end, .cancelled, y, into: &canvas)
        case .failed: mark("f", end, .failed, y, into: &canvas)
        case .abandoned: mark("A", end, .abandoned, y, into: &canvas)
        }
    }

    /// The time in which it was at one thing; `~` where there is no glyph.
    private func line(
        _ from: Int64, _ to: Int64, _ glyph: Glyph?, _ role: Role, _ y: Int, into canvas: inout CellGrid
    ) {
        guard from < to, to >= scale.span.lowerBound, from <= scale.span.upperBound else { return }
        let first = scale.column(from)
        let length = scale.column(to) - first + 1
        let text = String(repeating: glyph?.text(ascii: ascii) ?? "~", count: length)
        canvas.put(text, x: first, y: y, role: role, ellipsis: false)
    }

    private func mark(_ sign: String, _ t: Int64, _ role: Role, _ y: Int, into canvas: inout CellGrid) {
        if scale.shows(t) { canvas.put(sign, x: scale.column(t), y: y, role: role) }
    }
}

/// The columns of a timeline; those without room have no width.
private struct TimelineColumns {
    var name: Range<Int>
    var firstEnd = 0
    var lastEnd = 0
    var bar: Range<Int>

    init(width: Int) {
        let names = min(44, max(10, width * 28 / 100))
        name = 1..<1 + names
        var end = name.upperBound
        if width >= 110 {
            firstEnd = end + 9
            end = firstEnd
        }
        if width >= 60 {
            lastEnd = end + 8
            end = lastEnd
        }
        bar = end + 1..<max(end + 2, width - 1)
    }
}
