import Canvas

/// All keys, made from the one table, and how they fill a screen.
struct HelpPage {
    struct Line {
        var name = ""
        var text = ""
        var isHead = false
    }

    private static let sections: [(String, Set<Binding.Context>)] = [
        ("THE TREE", [.live]), ("WHILE IT ASKS", [.preview]), ("A CASCADE", [.cascade]),
        ("THE OTHER VIEWS", Binding.viewing), ("A REPLAY, AND BACK FROM A PAUSE", [.replay]), ("LEAVING", [.quit]),
    ]

    let lines: [Line]
    /// How many lines a column has room for, and the row of the first.
    let room: Int
    let top: Int
    let columns: Int

    init(_ keymap: KeyMap, width: Int, height: Int) {
        var lines: [Line] = []
        for (title, contexts) in Self.sections {
            if !lines.isEmpty { lines.append(Line()) }
            lines.append(Line(name: title, isHead: true))
            for binding in keymap.bindings where !binding.help.isEmpty && !binding.contexts.isDisjoint(with: contexts) {
                // What works in the tree is told there.
                if binding.contexts.contains(.live), contexts != [.live] { continue }
                lines.append(Line(name: binding.name, text: binding.help))
            }
        }
        self.lines = lines
        top = height > 4 ? 2 : 1
        room = max(0, height - top - 1)
        columns = max(1, min(3, width / 58, (lines.count + room - 1) / max(1, room)))
    }

    /// The first line, where the last one is on the screen.
    var last: Int { max(0, lines.count - columns * room) }
}

extension DashboardState {
    func drawHelp(into canvas: inout CellGrid) {
        canvas.put([Span(" treetop", .title), Span("  all keys", .header)], x: 0, y: 0)
        let page = HelpPage(keymap, width: canvas.width, height: canvas.height)
        let columnWidth = canvas.width / page.columns
        for (index, line) in page.lines.dropFirst(min(helpTop, page.last)).prefix(page.columns * page.room).enumerated()
        {
            let x = index / page.room * columnWidth
            let y = page.top + index % page.room
            if line.isHead {
                canvas.put(line.name, x: x + 1, y: y, role: .header)
            } else {
                canvas.put(line.name, x: x + 2, y: y, role: .key, limit: 11)
                canvas.put(line.text, x: x + 14, y: y, limit: columnWidth - 15)
            }
        }
        guard canvas.height > 2 else { return }
        let keys = [Span(" Esc", .key), Span(" back")]
        let pages = "\(keymap.name(of: .pageUp)) \(keymap.name(of: .pageDown))"
        let more = page.last > 0 ? [Span("  \(pages)", .key), Span(" more")] : []
        canvas.put(keys + more, x: 0, y: canvas.height - 1)
    }
}
