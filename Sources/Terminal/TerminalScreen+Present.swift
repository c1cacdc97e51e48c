import CNCurses
import CTerminal
import Canvas

extension TerminalScreen {
    /// Shows a canvas, and returns how many cells were sent. Only what changed since the last one is; if nothing did,
    /// nothing is written. A canvas of another size is cut, or shown from the top left.
    @discardableResult
    public func present(_ canvas: CellGrid) -> Int {
        guard !hungUp, ct_is_taken() else { return 0 }
        let frame = fit(canvas)
        let full = shown == nil
        let before = shown ?? CellGrid(width: width, height: height, ascii: frame.ascii)
        var sent = 0
        for y in 0..<height where !frame.hasRow(y, of: before) {
            let row = frame.cells(ofRow: y)
            for span in SpanDiff.spans(from: before.cells(ofRow: y), to: row) {
                draw(row, span, y: y)
                sent += span.count
            }
        }
        shown = frame
        guard sent > 0 || full else { return 0 }
        wnoutrefresh(window)
        // What takes the terminal again, after `endwin`, sets its modes too, and needs the terminal itself.
        let isWhole = !isendwin() && ct_begin_frame()
        doupdate()
        if isWhole { ct_end_frame() }
        return sent
    }

    /// Forgets what the terminal shows: the next frame is painted in full.
    public func redraw() {
        shown = nil
        werase(window)
        clearok(window, true)
    }

    private func fit(_ canvas: CellGrid) -> CellGrid {
        if canvas.width == width, canvas.height == height { return canvas }
        return canvas.cropped(width: width, height: height)
    }

    private func draw(_ row: ArraySlice<Cell>, _ span: Range<Int>, y: Int) {
        scratch.removeAll(keepingCapacity: true)
        for cell in row[(row.startIndex + span.lowerBound)..<(row.startIndex + span.upperBound)] {
            let look = palette.look(of: cell)
            scratch.append(
                ct_cell(
                    scalar: cell.scalar.value, marks: (cell.mark.value, cell.secondMark.value),
                    attributes: look.attributes, pair: look.pair, width: cell.width))
        }
        ct_put_cells(window, Int32(y), Int32(span.lowerBound), scratch, Int32(scratch.count))
    }
}
