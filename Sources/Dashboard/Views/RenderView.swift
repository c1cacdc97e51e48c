import Canvas
import TreeModel

/// Where things stand in a view: the line of tabs, the heads of the columns, the list, and what is below it.
struct ViewLayout {
    var tabs: Int?
    var heads: Int?
    var list: Range<Int>
    /// The totals of the resources, or what the signs of the timeline mean.
    var below: Range<Int>
}

extension DashboardState {
    /// Where things stand in the view that is shown.
    var viewLayout: ViewLayout {
        let layout = layout
        var list = layout.tree
        var place = ViewLayout(tabs: layout.heads.first, list: list, below: 0..<0)
        if list.count >= 8 {
            place.heads = list.lowerBound
            list = list.dropFirst()
        }
        let wanted =
            view == .resources && list.count >= 12
            ? min(shown.kinds.count + 2, max(list.count / 3, list.count - max(4, views.rows.count)))
            : view == .timeline && list.count >= 7 ? 1 : 0
        place.below = list.upperBound - wanted..<list.upperBound
        list = list.dropLast(wanted)
        place.list = list
        return place
    }

    /// Draws the view that is shown in the place of the tree.
    func drawView(into canvas: inout CellGrid) {
        let place = viewLayout
        drawTabs(place, into: &canvas)
        switch views.rows {
        case .none: break
        case .cascades(let rows): drawCascades(rows, place, into: &canvas)
        case .resources(let rows): drawLedger(rows, place, into: &canvas)
        case .events(let rows): drawEvents(rows, place, into: &canvas)
        case .timeline(let rows): drawTimeline(rows, place, into: &canvas)
        case .logs(let rows): drawLogs(rows, place, into: &canvas)
        }
        if views.rows.count == 0, let y = place.list.first {
            canvas.put(views.filter.isEmpty ? emptiness : "nothing here has these words", x: 1, y: y, role: .dim)
        }
    }

    private var emptiness: String {
        switch view {
        case .tree: ""
        case .cascades: "nothing was cancelled yet"
        case .resources: "nothing is held"
        case .events: "nothing has happened yet"
        case .timeline: "nothing has started here"
        case .logs: views.rootName.isEmpty ? "nothing was said yet" : "\(views.rootName) has said nothing yet"
        }
    }

    /// Draws the rows that are on the screen; `draw` says whether a row is a trouble.
    func drawList<Row>(
        _ rows: [Row], _ place: ViewLayout, into canvas: inout CellGrid,
        _ draw: (Row, Int, inout CellGrid) -> Bool
    ) {
        let cursor = views.place
        let marked = markedInLines
        for (offset, y) in place.list.enumerated() {
            let index = cursor.top + offset
            guard rows.indices.contains(index) else { break }
            if index == cursor.index { canvas.select(row: y) }
            let isTrouble = draw(rows[index], y, &canvas)
            canvas.mark(marked, y: y)
            if index == cursor.index {
                canvas.put(Glyph.cursor.text(ascii: canvas.ascii), x: 0, y: y, role: .accent)
            } else if isTrouble {
                canvas.put("!", x: 0, y: y, role: .mark)
            }
        }
    }

    // MARK: the line of tabs

    private func drawTabs(_ place: ViewLayout, into canvas: inout CellGrid) {
        guard let y = place.tabs else { return }
        for (tab, columns) in tabs {
            let isShown = tab == view
            canvas.put(
                isShown ? tab.name.uppercased() : tab.name, x: columns.lowerBound, y: y, role: isShown ? .title : .dim)
        }
        let x = (tabs.last?.columns.upperBound ?? 0) + 2
        // What is least worth knowing is left out first.
        var parts = status(place)
        while parts.count > 1, parts.reduce(0, { $0 + canvas.columns(of: $1.text) + 2 }) > canvas.width - x {
            parts.removeFirst()
        }
        var end = canvas.width - 1
        for part in parts.reversed() {
            end -= canvas.putTrailing(part.text, end: end, y: y, role: part.role, limit: max(0, end - x)) + 2
        }
    }

    /// The names of the views and where they stand; only the one that is shown where there is little room.
    var tabs: [(view: View, columns: Range<Int>)] {
        var x = 1
        return View.allCases.filter { width >= 72 || $0 == view }.map { tab in
            defer { x += tab.name.count + 2 }
            return (tab, x..<x + tab.name.count)
        }
    }

    private func status(_ place: ViewLayout) -> [Span] {
        var parts: [Span] = []
        let above = views.place.top
        let below = views.rows.count - above - place.list.count
        let hidden = [above > 0 ? "\(Words.short(above)) above" : "", below > 0 ? "\(Words.short(below)) below" : ""]
        let text = hidden.filter { !$0.isEmpty }.joined(separator: ", ")
        if !text.isEmpty { parts.append(Span(text, .dim)) }
        switch view {
        case .tree, .cascades: break
        case .resources:
            if shown.resourceCount > LedgerRow.most {
                parts.append(Span("the oldest \(Words.count(LedgerRow.most))", .warning))
            }
            parts.append(Span("by \(views.sort)", .accent))
        case .events: parts.append(Span(views.place.follows ? "follows" : "F follows", .accent))
        case .timeline:
            parts.append(Span("by \(views.order)", .dim))
            parts.append(Span(views.rootName, .accent))
        case .logs:
            parts.append(Span(views.place.follows ? "follows" : "F follows", .dim))
            parts.append(Span(views.isAlone ? "\(views.rootName) alone" : "\(views.rootName) and below", .accent))
        }
        if !views.filter.isEmpty { parts.append(Span("only \(views.filter)", .match)) }
        return parts
    }

    /// The end of a text that fits; the start of a path says less than its end.
    static func tail(_ text: String, _ width: Int, in canvas: CellGrid) -> String {
        guard width > 0 else { return "" }
        guard canvas.columns(of: text, limit: width) > width else { return text }
        var end = Substring(text.suffix(width))
        while !end.isEmpty, canvas.columns(of: String(end), limit: width) > width - 1 { end.removeFirst() }
        return Glyph.ellipsis.text(ascii: canvas.ascii) + end
    }
}
