extension CellGrid {
    /// Draws a bar `[#####.....]` that is `width` columns wide with its brackets, and returns the columns used.
    ///
    /// It is full only when `done` has reached `total`, and shows at least one step once anything is done. A total of
    /// zero, and a number that is none, draw an empty bar.
    @discardableResult
    public mutating func bar(
        x: Int, y: Int, width columns: Int, done: Double, total: Double, role: Role = .bar, rest: Role = .barRest
    ) -> Int {
        let inner = min(columns, Self.largestSide) - 2
        guard inner > 0 else { return 0 }
        let filled = Self.steps(done: done, total: total, of: inner)
        put("[", x: x, y: y, role: rest)
        put(Glyph.barDone.scalar(ascii: ascii), x: x + 1, y: y, width: filled, role: role)
        put(Glyph.barRest.scalar(ascii: ascii), x: x + 1 + filled, y: y, width: inner - filled, role: rest)
        put("]", x: x + 1 + inner, y: y, role: rest)
        return inner + 2
    }

    private static func steps(done: Double, total: Double, of columns: Int) -> Int {
        guard total > 0, done > 0 else { return 0 }
        guard done < total else { return columns }
        let share = done / total * Double(columns)
        return min(max(Int(share), 1), columns - 1)
    }

    /// Draws values as columns of different heights, the last one at the right end, and returns the columns used.
    ///
    /// The highest value that is visible has full height; what is not zero differs from what is. Where there are more
    /// values than columns the oldest are left out.
    @discardableResult
    public mutating func sparkline(_ values: [Double], x: Int, y: Int, width columns: Int, role: Role = .bar) -> Int {
        let shown = values.suffix(min(max(columns, 0), Self.largestSide))
        return put(Self.sparks(shown, ascii: ascii), x: x, y: y, role: role, ellipsis: false)
    }

    /// The text of a sparkline: a character for each value.
    public static func sparks(_ values: some Collection<Double>, ascii: Bool = false) -> String {
        let highest = values.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
        let levels: [Character] = ascii ? ["_", ".", ":", "|"] : ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        var text = ""
        for value in values {
            guard highest > 0, value > 0 else {
                text.append(levels[0])
                continue
            }
            let share = value < highest ? value / highest : 1
            text.append(levels[max(1, min(levels.count - 1, Int((share * Double(levels.count - 1)).rounded())))])
        }
        return text
    }

    /// Draws a line across `width` columns, with a title in it where there is one: `── orders ─────`.
    @discardableResult
    public mutating func rule(
        x: Int = 0, y: Int, width columns: Int? = nil, title: String = "", role: Role = .border,
        titleRole: Role = .header
    ) -> Int {
        let length = min(columns ?? (width - x), Self.largestSide)
        guard length > 0 else { return 0 }
        put(Glyph.horizontal.scalar(ascii: ascii), x: x, y: y, width: length, role: role)
        let lead = ascii ? 3 : 2
        if !title.isEmpty, length > lead + 3 {
            let room = length - lead - 2
            put(" ", x: x + lead, y: y, role: role)
            let used = put(title, x: x + lead + 1, y: y, role: titleRole, limit: room)
            put(" ", x: x + lead + 1 + used, y: y, role: role)
        }
        return length
    }
}
