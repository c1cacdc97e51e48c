import Canvas

extension DashboardState {
    /// The commands, each with its key and what it does.
    func drawPalette(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let palette, var first = rows.first else { return }
        let entries = paletteEntries
        // Where there is little room, a command is worth more than a title.
        if rows.count > 3 {
            canvas.rule(y: first, title: "COMMANDS")
            canvas.putTrailing(" \(entries.count) ", end: canvas.width - 2, y: first, role: .dim)
            first += 1
        }
        let room = rows.upperBound - first
        let chosen = min(palette.index, max(0, entries.count - 1))
        let top = min(max(0, chosen - room / 2), max(0, entries.count - room))
        for (index, y) in zip(top..<min(entries.count, top + room), first..<rows.upperBound) {
            let binding = entries[index].binding
            if index == chosen {
                canvas.select(row: y)
                canvas.put(Glyph.cursor.text(ascii: canvas.ascii), x: 0, y: y, role: .accent)
            }
            canvas.put(names(of: binding.keys, columns: 10), x: 2, y: y, role: .key, limit: 10)
            canvas.put(binding.action, x: 13, y: y, limit: 16)
            canvas.put(entries[index].help, x: 30, y: y, role: .dim)
        }
    }

    /// As many of the keys as there is room for, each whole.
    private func names(of keys: [Key], columns: Int) -> String {
        keys.dropFirst().reduce(keys.first?.name ?? "") { names, key in
            names.count + 1 + key.name.count <= columns ? names + " " + key.name : names
        }
    }
}
