import Canvas
import TreeModel

extension DashboardState {
    /// Whether less than the whole tree is shown, or it is shown in another way than usual.
    var isPlaced: Bool {
        !zooms.isEmpty || !filter.isEmpty || filterPrompt != nil && view == .tree || sort != .start || !tags.isEmpty
            || follow != nil
    }

    /// What of the tree is shown, and how: the way to the zoom, the filter, the order, the tags.
    func drawPlace(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let y = rows.first else { return }
        var parts: [[Span]] = []
        if !filter.isEmpty {
            parts.append([Span("only ", .dim), Span(filter.text, .accent), Span(": \(found(hits))", .dim)])
        }
        if !tags.isEmpty { parts.append(tagged) }
        if follow != nil { parts.append([Span("follows", .accent)]) }
        if sort != .start { parts.append([Span(sort.words, .accent)]) }
        var spans = parts.reduce(into: [Span]()) { spans, part in
            if !spans.isEmpty { spans.append(Span("   ")) }
            spans += part
        }
        let used = spans.reduce(2) { $0 + canvas.columns(of: $1.text) }
        if let way = way(room: canvas.width - used - 2, canvas) {
            spans = way + (spans.isEmpty ? [] : [Span("   ")]) + spans
        }
        canvas.put(spans, x: 1, y: y)
    }

    private func found(_ hits: FilterHits?) -> String {
        "\(Words.count(hits?.matches.count ?? 0)) of \(Words.plural(shown.count, "task"))"
    }

    private var tagged: [Span] {
        let slots = taggedRoots
        let live = slots.reduce(0) { $0 + shown.live($1) }
        let held = slots.reduce(0) { $0 + shown.held($1) }
        return [
            Span("\(Words.count(tags.count)) tagged", .mark),
            Span(": \(Words.plural(live, "task")), \(Words.count(held)) held", .dim),
        ]
    }

    /// The names from the root to the zoom; where there is little room, the last ones.
    private func way(room: Int, _ canvas: CellGrid) -> [Span]? {
        let slot = zoomSlot
        guard slot >= 0 else { return nil }
        var names = shown.pathNames(slot)
        let last = names.removeLast()
        func text(_ names: [String]) -> String { names.map { $0 + " / " }.joined() }
        while !names.isEmpty, canvas.columns(of: text(names) + last) > room { names.removeFirst() }
        let isCut = names.count + 1 < shown.pathNames(slot).count
        return [Span((isCut ? ".. / " : "") + text(names), .dim), Span(last, .header)]
    }
}
