import Canvas
import TreeModel

extension DashboardState {
    /// The cancels that are remembered, the newest first.
    func cascadeRows(_ filter: WordFilter) -> [LiveTree.Cascade] {
        shown.cascades.reversed().filter { filter.lets(text(of: $0)) }
    }

    /// The line of a cascade as text.
    func text(of cascade: LiveTree.Cascade) -> String {
        "\(cascade.path) \(cascade.cause.description) \(note(cascade).map(\.text).joined())"
    }

    func drawCascades(_ rows: [LiveTree.Cascade], _ place: ViewLayout, into canvas: inout CellGrid) {
        let columns = CascadeColumns(width: canvas.width)
        if let y = place.heads {
            canvas.putTrailing("ID", end: columns.idEnd, y: y, role: .columnHead)
            canvas.put("AT", x: columns.at.lowerBound, y: y, role: .columnHead, limit: columns.at.count)
            canvas.put("CANCELLED", x: columns.path.lowerBound, y: y, role: .columnHead)
            canvas.putTrailing("TOOK", end: columns.tookEnd, y: y, role: .columnHead)
            if columns.tasksEnd > 0 { canvas.putTrailing("ENDED", end: columns.tasksEnd, y: y, role: .columnHead) }
            if columns.heldEnd > 0 { canvas.putTrailing("RELEASED", end: columns.heldEnd, y: y, role: .columnHead) }
            canvas.put("REPORT", x: columns.note.lowerBound, y: y, role: .columnHead, limit: columns.note.count)
        }
        drawList(rows, place, into: &canvas) { cascade, y, canvas in
            let isOver = cascade.completedAt != nil
            let took = (cascade.completedAt ?? now) - cascade.requestedAt
            canvas.putTrailing("\(cascade.id)", end: columns.idEnd, y: y, role: .dim, limit: 6)
            canvas.put(
                Words.instant(cascade.requestedAt), x: columns.at.lowerBound, y: y, role: .dim,
                limit: columns.at.count - 1)
            canvas.put(
                Self.tail(cascade.path, columns.path.count - 1, in: canvas), x: columns.path.lowerBound, y: y,
                role: isOver ? .normal : .cancelling)
            canvas.putTrailing(
                (isOver ? "" : "+") + Words.at(took, exact: isOver), end: columns.tookEnd, y: y,
                role: cascade.holdUps.isEmpty ? .normal : .overdue, limit: 8)
            if columns.tasksEnd > 0 {
                let ended = Words.share(cascade.endedCount, of: cascade.marked, columns: 7)
                canvas.putTrailing(ended, end: columns.tasksEnd, y: y, limit: 7)
            }
            if columns.heldEnd > 0 {
                let released = Words.share(cascade.releasedCount, of: cascade.resources, columns: 9)
                canvas.putTrailing(released, end: columns.heldEnd, y: y, limit: 9)
            }
            canvas.put(note(cascade), x: columns.note.lowerBound, y: y, end: columns.note.upperBound)
            return !isOver || cascade.ended[.abandoned] != nil
        }
    }

    /// What went wrong in it, who held it up, else why it was.
    private func note(_ cascade: LiveTree.Cascade) -> [Span] {
        var parts: [Span] = []
        func part(_ number: Int?, _ word: String, _ role: Role) {
            if let number, number > 0 { parts.append(Span("\(Words.short(number)) \(word)", role)) }
        }
        func releases(_ number: Int?) -> String { number == 1 ? "release" : "releases" }
        part(cascade.ended[.abandoned], "abandoned", .abandoned)
        part(cascade.ended[.failed], "failed", .failed)
        part(cascade.released[.failed], releases(cascade.released[.failed]) + " failed", .failed)
        part(cascade.released[.timedOut], releases(cascade.released[.timedOut]) + " timed out", .failed)
        part(cascade.released[.leaked], "leaked", .failed)
        part(cascade.quarantined, "quarantined", .abandoned)
        if cascade.completedAt == nil {
            if let blocker = shown.blocker(below: shown.slot(of: cascade.root)) {
                parts.insert(Span("waits for \(RowWords(self).laggard(blocker))", .overdue), at: 0)
            }
        } else if let held = cascade.heldUp {
            let name = Self.holdUp(held.task, held.name, in: cascade)
            parts.append(Span("held up \(Words.at(held.duration, exact: true)) by \(name)", .overdue))
        }
        if cascade.escalatedAt != nil || cascade.force { parts.append(Span("without grace", .warning)) }
        parts.append(Span(cascade.cause.description, .dim))
        return Array(parts.map { [$0] }.joined(separator: [Span(", ", .dim)]))
    }
}

/// The columns of the cascades; those without room have no width.
private struct CascadeColumns {
    var idEnd: Int
    var at: Range<Int>
    var path: Range<Int>
    var tookEnd: Int
    var tasksEnd = 0
    var heldEnd = 0
    var note: Range<Int>

    init(width: Int) {
        let isWide = width >= 72
        idEnd = isWide ? 6 : 4
        at = isWide ? 8..<19 : 5..<5
        let start = isWide ? at.upperBound : 5
        let paths = width >= 110 ? width / 4 : isWide ? 16 : max(6, width / 3)
        path = start..<start + paths
        tookEnd = path.upperBound + 7
        var end = tookEnd
        if isWide {
            tasksEnd = tookEnd + 8
            heldEnd = width >= 110 ? tasksEnd + 10 : 0
            end = max(tasksEnd, heldEnd)
        }
        note = end + 2..<max(end + 2, width)
    }
}
