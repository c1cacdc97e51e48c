import Canvas
import TreeModel

extension DashboardState {
    func drawTree(_ layout: Layout, into canvas: inout CellGrid) {
        let columns = layout.columns
        var isCascade = false
        if case .cascade = pane { isCascade = true }
        if let y = layout.heads.first {
            canvas.put("TASK", x: columns.task.lowerBound, y: y, role: .columnHead)
            if !columns.state.isEmpty { canvas.put("STATE", x: columns.state.lowerBound, y: y, role: .columnHead) }
            if columns.ageEnd > 0 {
                canvas.putTrailing(isCascade ? "+AT" : "AGE", end: columns.ageEnd, y: y, role: .columnHead)
            }
            if columns.liveEnd > 0 { canvas.putTrailing("LIVE", end: columns.liveEnd, y: y, role: .columnHead) }
            if columns.heldEnd > 0 { canvas.putTrailing("HELD", end: columns.heldEnd, y: y, role: .columnHead) }
            if columns.note.lowerBound + 4 < canvas.width {
                canvas.put("NOTE", x: columns.note.lowerBound, y: y, role: .columnHead)
            }
        }
        drawHidden(layout, into: &canvas)
        let painter = RowPainter(self)
        for (index, y) in layout.tree.enumerated() {
            let position = top + index
            guard rows.indices.contains(position) else { break }
            if position == cursorIndex { canvas.select(row: y) }
            painter.draw(rows[position], isCursor: position == cursorIndex, columns, y, into: &canvas)
        }
        if rows.isEmpty, let y = layout.tree.first {
            let text =
                hits != nil
                ? "no task fits the filter"
                : !isRecording && !isRewound ? "nothing has started yet" : "nothing has started here"
            canvas.put(text, x: 1, y: y, role: .dim)
        }
    }
}

extension DashboardState {
    /// How many rows are above and below the screen, at the right end of the heads.
    private func drawHidden(_ layout: Layout, into canvas: inout CellGrid) {
        guard let y = layout.heads.first else { return }
        let below = rows.count - top - layout.tree.count
        var parts: [String] = []
        if top > 0 { parts.append("+\(Words.short(top)) above") }
        if below > 0 { parts.append("+\(Words.short(below)) below") }
        let text = parts.joined(separator: ", ") + " "
        let taken = layout.columns.note.isEmpty ? layout.columns.task.upperBound : layout.columns.note.lowerBound + 6
        guard !parts.isEmpty, canvas.width - text.count >= min(taken, canvas.width - 11) else { return }
        canvas.putTrailing(text, end: canvas.width, y: y, role: .accent)
    }
}

/// Draws rows of the tree.
struct RowPainter {
    let state: DashboardState
    let tree: LiveTree
    let words: RowWords
    private let wanted: String
    private let needle: Needle?
    private var asked: [LiveTree.Slot] = []

    init(_ state: DashboardState) {
        self.state = state
        tree = state.shown
        words = RowWords(state)
        wanted = state.search?.text ?? (state.found.isEmpty ? state.filter.name ?? "" : state.found)
        needle = wanted.isEmpty ? nil : Needle(wanted)
        if case .preview(let preview) = state.pane {
            asked = preview.roots.map { tree.slot(of: $0) }.filter { $0 >= 0 }
        }
    }

    func draw(_ row: Row, isCursor: Bool, _ columns: Columns, _ y: Int, into canvas: inout CellGrid) {
        let isAsked = !asked.isEmpty && tree.live(row.slot) > 0 && asked.contains { tree.isBelow(row.slot, $0) }
        let line = words.line(row, isAsked: isAsked)
        mark(row, isCursor, isAsked, line, y, into: &canvas)

        let room = max(0, (columns.task.count - 10) / 2)
        let depth = min(Int(row.depth), room)
        let x = columns.task.lowerBound + 2 * depth
        let sign: Glyph? =
            switch row.fold {
            case .none: nil
            case .open: .unfolded
            case .closed: .folded
            }
        if let sign { canvas.put(sign.text(ascii: canvas.ascii), x: x, y: y, role: .border) }
        let isTagged = state.isTagged(row)
        // Between the sign and the name there is a column free.
        if isTagged { canvas.put(Glyph.bullet.text(ascii: canvas.ascii), x: x + 1, y: y, role: .mark) }
        let end = columns.task.upperBound - 1
        var start = x + 2
        // What is too deep to be shown by its place says how deep it is.
        if Int(row.depth) > room {
            start += canvas.put("\(row.depth) ", x: start, y: y, role: .dim, limit: end - start)
        }
        canvas.put(line.name, x: start, y: y, role: isTagged ? .accent : line.nameRole, limit: end - start)
        if let needle, let found = needle.position(in: line.name) {
            let before = canvas.columns(of: String(line.name.prefix(found)))
            let length = canvas.columns(of: wanted)
            canvas.paint(.match, x: start + before, y: y, width: max(0, min(length, end - start - before)))
        }
        canvas.put(line.state, x: columns.state.lowerBound, y: y, role: line.stateRole, limit: columns.state.count - 1)
        if columns.ageEnd > 0 { canvas.putTrailing(line.age, end: columns.ageEnd, y: y, role: line.ageRole, limit: 6) }
        if columns.liveEnd > 0 { canvas.putTrailing(line.live, end: columns.liveEnd, y: y, role: .normal, limit: 5) }
        if columns.heldEnd > 0 { canvas.putTrailing(line.held, end: columns.heldEnd, y: y, role: .normal, limit: 5) }
        if !columns.note.isEmpty { canvas.put(line.note, x: columns.note.lowerBound, y: y) }
    }

    private func mark(
        _ row: Row, _ isCursor: Bool, _ isAsked: Bool, _ line: RowWords.Line, _ y: Int, into canvas: inout CellGrid
    ) {
        if isAsked {
            canvas.put("x", x: 0, y: y, role: .cancelling)
        } else if isCursor {
            canvas.put(Glyph.cursor.text(ascii: canvas.ascii), x: 0, y: y, role: .accent)
        } else if line.isTrouble {
            canvas.put("!", x: 0, y: y, role: .mark)
        }
    }
}
