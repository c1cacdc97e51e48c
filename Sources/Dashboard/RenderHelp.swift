import Canvas

extension DashboardState {
    private static let sections: [(String, Set<Binding.Context>)] = [
        ("THE TREE", [.live]), ("WHILE IT ASKS", [.preview]), ("A CASCADE", [.cascade]),
        ("THE OTHER VIEWS", Binding.viewing), ("A REPLAY, AND BACK FROM A PAUSE", [.replay]), ("LEAVING", [.quit]),
    ]

    /// All keys, made from the one table.
    func drawHelp(into canvas: inout CellGrid) {
        canvas.put([Span(" treetop", .title), Span("  all keys", .header)], x: 0, y: 0)
        var lines: [(name: String, text: String, isHead: Bool)] = []
        for (title, contexts) in Self.sections {
            if !lines.isEmpty { lines.append(("", "", true)) }
            lines.append((title, "", true))
            for binding in keymap.bindings where !binding.help.isEmpty && !binding.contexts.isDisjoint(with: contexts) {
                // What works in the tree is told there.
                if binding.contexts.contains(.live), contexts != [.live] { continue }
                lines.append((binding.name, binding.help, false))
            }
        }
        let first = canvas.height > 4 ? 2 : 1
        let room = max(0, canvas.height - first - 1)
        let columns = max(1, min(3, canvas.width / 58, (lines.count + room - 1) / max(1, room)))
        let columnWidth = canvas.width / columns
        let most = columns * room
        for (index, line) in lines.dropFirst(min(helpTop, max(0, lines.count - most))).prefix(most).enumerated() {
            let x = index / room * columnWidth
            let y = first + index % room
            if line.isHead {
                canvas.put(line.name, x: x + 1, y: y, role: .header)
            } else {
                canvas.put(line.name, x: x + 2, y: y, role: .key, limit: 11)
                canvas.put(line.text, x: x + 14, y: y, limit: columnWidth - 15)
            }
        }
        guard canvas.height > 2 else { return }
        let more = lines.count > most ? "   Up Down  more" : ""
        canvas.put([Span(" Esc", .key), Span(" back" + more)], x: 0, y: canvas.height - 1)
    }
}
