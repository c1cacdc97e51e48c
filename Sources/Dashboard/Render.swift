import Canvas
import TreeModel

/// Draws a dashboard. It changes nothing: what is drawn follows from the state alone.
public func render(_ state: DashboardState, into canvas: inout CellGrid) {
    canvas.clear()
    if state.showsHelp {
        state.drawHelp(into: &canvas)
        return
    }
    let layout = state.layout
    state.drawHeader(layout.header, into: &canvas)
    state.drawPlace(layout.place, into: &canvas)
    if state.view == .tree { state.drawTree(layout, into: &canvas) } else { state.drawView(into: &canvas) }
    if state.palette != nil {
        state.drawPalette(layout.pane, into: &canvas)
    } else if !layout.pane.isEmpty {
        switch state.pane {
        case .none: state.drawDetail(layout.pane, into: &canvas)
        case .preview(let preview): state.draw(preview, layout.pane, into: &canvas)
        case .cascade(let id): state.drawCascade(id, layout.pane, into: &canvas)
        case .comparison: state.drawComparison(layout.pane, into: &canvas)
        }
    }
    if let replay = state.replay, !layout.transport.isEmpty {
        state.draw(replay, layout.transport, into: &canvas)
    }
    state.drawMessage(layout.message, into: &canvas)
    state.drawKeys(layout.keys, into: &canvas)
}

/// A piece of a line.
struct Span: Sendable {
    var text: String
    var role: Role = .normal
    /// A bar that is drawn in place of the text: how much is done, of how much, and how wide it is.
    var bar: (done: Double, total: Double, width: Int)?

    init(_ text: String, _ role: Role = .normal) {
        self.text = text
        self.role = role
    }

    static func bar(done: Double, total: Double, width: Int, _ role: Role = .bar) -> Span {
        var span = Span("", role)
        span.bar = (done, total, width)
        return span
    }

    /// Without the spaces at the end, which would be cut with a mark where there is no room for them.
    static func trimmed(_ spans: [Span]) -> [Span] {
        var spans = spans
        while let last = spans.indices.last, spans[last].text.last == " " { spans[last].text.removeLast() }
        return spans
    }

    /// Text over several lines, broken at spaces where that is possible. The last line has all that is left, however long.
    static func wrapped(_ spans: [Span], width: Int, lines most: Int) -> [[Span]] {
        var lines: [[Span]] = [[]]
        var used = 0
        func columns(_ text: some StringProtocol) -> Int {
            CellGrid.columns(of: String(text), ascii: false, limit: 1_000)
        }
        for span in spans {
            var rest = Substring(span.text)
            while !rest.isEmpty {
                guard lines.count < most, used + columns(rest) > width else {
                    used += columns(rest)
                    lines[lines.count - 1].append(Span(String(rest), span.role))
                    break
                }
                // As much as fits, up to a space; a word that is longer than a line is cut.
                var fits = rest.startIndex
                var taken = used
                while fits < rest.endIndex, case let next = columns(rest[fits...fits]), taken + next <= width {
                    taken += next
                    fits = rest.index(after: fits)
                }
                let space = rest[..<fits].lastIndex(of: " ").map { rest.index(after: $0) }
                let end = rest[fits...].first == " " ? fits : space ?? (used == 0 ? fits : rest.startIndex)
                if end > rest.startIndex { lines[lines.count - 1].append(Span(String(rest[..<end]), span.role)) }
                rest = rest[end...].drop { $0 == " " }
                if end == rest.startIndex, used == 0, taken == 0 { return lines }
                lines.append([])
                used = 0
            }
        }
        return lines
    }
}

extension CellGrid {
    /// Draws pieces one after the other and returns the column after the last.
    @discardableResult
    mutating func put(_ spans: [Span], x: Int, y: Int, end: Int = .max) -> Int {
        var x = x
        let end = min(end, width)
        for span in spans {
            guard x < end else { break }
            if let bar = span.bar {
                x += self.bar(
                    x: x, y: y, width: min(bar.width, end - x), done: bar.done, total: bar.total, role: span.role)
            } else {
                x += put(span.text, x: x, y: y, role: span.role, limit: end - x)
            }
        }
        return x
    }
}
