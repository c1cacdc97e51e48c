import Canvas

extension DashboardState {
    private static let sections: [(String, Binding.Context)] = [
        ("THE TREE", .live), ("WHILE IT ASKS", .preview), ("A CASCADE", .cascade),
        ("A REPLAY, AND BACK FROM A PAUSE", .replay),
        ("LEAVING", .quit),
    ]

    /// All keys, made from the one table.
    func drawHelp(into canvas: inout CellGrid) {
        canvas.put([Span(" treetop", .title), Span("  all keys", .header)], x: 0, y: 0)
        var lines: [(name: String, text: String, isHead: Bool)] = []
        for (title, context) in Self.sections {
            if !lines.isEmpty { lines.append(("", "", true)) }
            lines.append((title, "", true))
            for binding in keymap.bindings where !binding.help.isEmpty && binding.contexts.contains(context) {
                let isEverywhere = binding.contexts.count > 2 || binding.contexts.contains(.live)
                if isEverywhere, context != .live { continue }
                lines.append((binding.name, binding.help, false))
            }
        }
        let first = canvas.height > 4 ? 2 : 1
        let room = max(0, canvas.height - first - 1)
        let isWide = canvas.width >= 116 && lines.count > room
        let columnWidth = isWide ? canvas.width / 2 : canvas.width
        let shownLines = lines.dropFirst(min(helpTop, max(0, lines.count - room)))
        for (index, line) in shownLines.enumerated() {
            guard index < (isWide ? 2 * room : room) else { break }
            let x = index >= room ? columnWidth : 0
            let y = first + (index >= room ? index - room : index)
            if line.isHead {
                canvas.put(line.name, x: x + 1, y: y, role: .header)
            } else {
                canvas.put(line.name, x: x + 2, y: y, role: .key, limit: 11)
                canvas.put(line.text, x: x + 14, y: y, limit: columnWidth - 15)
            }
        }
        guard canvas.height > 2 else { return }
        let more = !isWide && lines.count > room ? "   Up Down  more" : ""
        canvas.put([Span(" Esc", .key), Span(" back" + more)], x: 0, y: canvas.height - 1)
    }
}
