extension CellGrid {
    /// What a terminal is sent so that it shows this screen: all of it, or what is different from the one before, of the
    /// same size. Empty if nothing is. Colours are those of the theme in 24 bits, also behind plain text; with the theme
    /// without colours they are the terminal's own.
    public func ansi(after before: CellGrid? = nil, theme: Theme) -> String {
        var writer = ANSIWriter(theme: theme)
        if before == nil { writer.clear() }
        for y in 0..<height {
            let row = cells(ofRow: y)
            guard let changed = Self.changed(row, before?.cells(ofRow: y)) else { continue }
            writer.move(x: changed.lowerBound - row.startIndex, y: y)
            for cell in row[changed] { writer.add(cell) }
        }
        return writer.finish()
    }

    /// From the first to the last cell that differs, without a wide character cut in half.
    private static func changed(_ row: ArraySlice<Cell>, _ before: ArraySlice<Cell>?) -> Range<Int>? {
        guard let before, before.count == row.count else { return row.isEmpty ? nil : row.indices }
        let shift = before.startIndex - row.startIndex
        guard var first = row.indices.first(where: { row[$0] != before[$0 + shift] }),
            var last = row.indices.last(where: { row[$0] != before[$0 + shift] })
        else { return nil }
        while first > row.startIndex, row[first].width == 0 || before[first + shift].width == 0 { first -= 1 }
        while last + 1 < row.endIndex, row[last + 1].width == 0 || before[last + 1 + shift].width == 0 { last += 1 }
        return first..<(last + 1)
    }
}

/// Writes cells with the sequences that set how they look.
private struct ANSIWriter {
    let theme: Theme
    private var text = ""
    private var look: (role: Role, selected: Bool)?

    init(theme: Theme) { self.theme = theme }

    mutating func clear() { text += "\u{1B}[?25l\u{1B}[2J" }

    mutating func move(x: Int, y: Int) { text += "\u{1B}[\(y + 1);\(x + 1)H" }

    mutating func add(_ cell: Cell) {
        if look.map({ $0.role != cell.role || $0.selected != cell.selected }) ?? true {
            look = (cell.role, cell.selected)
            text += "\u{1B}[\(codes(theme.style(for: cell.role, selected: cell.selected)))m"
        }
        cell.append(to: &text)
    }

    mutating func finish() -> String {
        if look != nil { text += "\u{1B}[0m" }
        return text
    }

    private func codes(_ style: Style) -> String {
        var codes = ["0"]
        if style.attributes.contains(.bold) { codes.append("1") }
        if style.attributes.contains(.dim) { codes.append("2") }
        if style.attributes.contains(.underline) { codes.append("4") }
        if style.attributes.contains(.reverse) { codes.append("7") }
        let isPlain = theme == .mono
        if let ink = style.foreground ?? (isPlain ? nil : theme.foreground) { codes.append("38;2;\(Self.parts(ink))") }
        if let ink = style.background ?? (isPlain ? nil : theme.background) { codes.append("48;2;\(Self.parts(ink))") }
        return codes.joined(separator: ";")
    }

    private static func parts(_ ink: Ink) -> String {
        "\(ink.rgb >> 16 & 0xFF);\(ink.rgb >> 8 & 0xFF);\(ink.rgb & 0xFF)"
    }
}
