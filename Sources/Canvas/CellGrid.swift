/// A screen without a terminal: a grid of cells to draw on, to compare, to print as text and to send to a real screen.
///
/// Coordinates are columns and rows from the top left. What lies outside is clipped; no coordinate is an error. Text may
/// come from anywhere: what is not plain text is shown as a mark and never kept.
public struct CellGrid: Sendable, Equatable {
    /// The columns.
    public let width: Int
    /// The rows.
    public let height: Int
    /// Whether only ASCII is drawn: signs have stand-ins, and any other character is shown as `?`.
    public let ascii: Bool

    /// Row by row, `width` cells each.
    private(set) var cells: [Cell]

    /// The largest width and height; a larger one is cut.
    public static let largestSide = 4096

    /// An empty canvas. Sizes below zero count as zero.
    public init(width: Int, height: Int, ascii: Bool = false) {
        self.width = min(max(width, 0), Self.largestSide)
        self.height = min(max(height, 0), Self.largestSide)
        self.ascii = ascii
        cells = Array(repeating: Cell(), count: self.width * self.height)
    }

    /// The cell at a column and a row; an empty one outside.
    public subscript(x: Int, y: Int) -> Cell {
        contains(x, y) ? cells[y * width + x] : Cell()
    }

    /// Writes text from column `x` of row `y` and returns the columns used.
    ///
    /// The text ends before `limit` columns or the edge, whichever comes first. A text that is cut ends in `…` (`~` in
    /// ASCII), unless `ellipsis` is false. A wide character is never cut in half. From a negative `x`, the part that
    /// would be visible is drawn. Whether a cell is selected stays as it was. The cost is that of the columns passed,
    /// however long the text is.
    @discardableResult
    public mutating func put(
        _ text: String, x: Int, y: Int, role: Role = .normal, limit: Int = .max, ellipsis: Bool = true
    ) -> Int {
        guard y >= 0, y < height, x < width, x > -Self.largestSide * Self.largestSide, limit > 0 else { return 0 }
        let (sum, overflow) = x.addingReportingOverflow(limit)
        let end = overflow ? width : min(width, sum)
        var column = x
        var last = x
        var reader = GlyphReader(text, ascii: ascii)
        while let shown = reader.next() {
            guard column + Int(shown.width) <= end else {
                if ellipsis {
                    column = column < end ? column : last
                    place(ShownCharacter(scalar: Glyph.ellipsis.scalar(ascii: ascii)), x: column, y: y, role: role)
                    column += 1
                }
                break
            }
            last = column
            place(shown, x: column, y: y, role: role)
            column += Int(shown.width)
        }
        return column - x
    }

    /// Writes text so that it ends before column `end`, and returns the columns used.
    @discardableResult
    public mutating func putTrailing(
        _ text: String, end: Int, y: Int, role: Role = .normal, limit: Int = .max, ellipsis: Bool = true
    ) -> Int {
        let room = min(limit, max(end, 0))
        let used = columns(of: text, limit: room)
        return put(text, x: end - min(used, room), y: y, role: role, limit: room, ellipsis: ellipsis)
    }

    /// The columns that `text` takes on this canvas. Counting stops once there are more than `limit`.
    public func columns(of text: String, limit: Int = .max) -> Int {
        Self.columns(of: text, ascii: ascii, limit: limit)
    }

    /// The columns that `text` takes. Counting stops once there are more than `limit`.
    public static func columns(of text: String, ascii: Bool, limit: Int = .max) -> Int {
        var reader = GlyphReader(text, ascii: ascii)
        var columns = 0
        while columns <= limit, let shown = reader.next() { columns += Int(shown.width) }
        return columns
    }

    /// Fills a rectangle with one character of one column; the cells are no longer selected.
    public mutating func fill(
        x: Int, y: Int, width columns: Int, height rows: Int = 1, role: Role = .normal, with sign: Unicode.Scalar = " "
    ) {
        guard let down = Self.clip(y, rows, to: height) else { return }
        for row in down {
            put(sign, x: x, y: row, width: columns, role: role)
            change(x: x, y: row, width: columns) { $0.selected = false }
        }
    }

    /// Writes one character of one column over part of a row. Whether a cell is selected stays as it was.
    mutating func put(_ sign: Unicode.Scalar, x: Int, y: Int, width columns: Int, role: Role) {
        guard y >= 0, y < height, let across = Self.clip(x, columns, to: width) else { return }
        var reader = GlyphReader(String(Character(sign)), ascii: ascii)
        let read = reader.next() ?? .replacement
        let shown = read.width == 1 ? read : .replacement
        for column in across { place(shown, x: column, y: y, role: role) }
    }

    /// Empties the canvas.
    public mutating func clear() {
        cells = Array(repeating: Cell(), count: cells.count)
    }

    /// The same screen in another size: cut on the right and at the bottom, or with empty cells there.
    public func cropped(width newWidth: Int, height newHeight: Int) -> CellGrid {
        var result = CellGrid(width: newWidth, height: newHeight, ascii: ascii)
        let columns = min(width, result.width)
        for y in 0..<min(height, result.height) {
            for x in 0..<columns { result.cells[y * result.width + x] = cells[y * width + x] }
            if columns > 0, columns < width, self[columns, y].width == 0 {
                result.blank(y * result.width + columns - 1)
            }
        }
        return result
    }

    /// Highlights a row, keeping its text and roles; what is drawn on it afterwards is highlighted too.
    public mutating func select(row y: Int) {
        select(x: 0, y: y, width: width)
    }

    /// Highlights part of a row.
    public mutating func select(x: Int, y: Int, width columns: Int) {
        change(x: x, y: y, width: columns) { $0.selected = true }
    }

    /// Gives what is drawn on part of a row another role.
    public mutating func paint(_ role: Role, x: Int, y: Int, width columns: Int) {
        change(x: x, y: y, width: columns) { $0.role = role }
    }

    private mutating func change(x: Int, y: Int, width columns: Int, _ body: (inout Cell) -> Void) {
        guard y >= 0, y < height, let across = Self.clip(x, columns, to: width) else { return }
        for column in across { body(&cells[y * width + column]) }
    }

    /// Puts one character into its cells, inside the row; the half that is left of an overwritten wide one goes blank.
    mutating func place(_ shown: ShownCharacter, x: Int, y: Int, role: Role) {
        let wide = shown.width == 2
        guard x >= 0 else {
            if wide, x == -1, width > 0 { place(ShownCharacter(scalar: " "), x: 0, y: y, role: role) }
            return
        }
        let start = y * width
        let final = x + Int(shown.width) - 1
        guard final < width else { return }
        if cells[start + x].width == 0, x > 0 { blank(start + x - 1) }
        if cells[start + final].width == 2, final + 1 < width { blank(start + final + 1) }
        write(shown, at: start + x, role: role)
        if wide {
            write(ShownCharacter(scalar: " ", width: 0), at: start + x + 1, role: role)
        }
    }

    private mutating func write(_ shown: ShownCharacter, at index: Int, role: Role) {
        cells[index].scalar = shown.scalar
        cells[index].mark = shown.mark
        cells[index].secondMark = shown.secondMark
        cells[index].width = shown.width
        cells[index].role = role
    }

    private mutating func blank(_ index: Int) {
        write(ShownCharacter(scalar: " "), at: index, role: cells[index].role)
    }

    private func contains(_ x: Int, _ y: Int) -> Bool { x >= 0 && x < width && y >= 0 && y < height }

    private static func clip(_ start: Int, _ count: Int, to bound: Int) -> Range<Int>? {
        guard count > 0, start < bound else { return nil }
        let (sum, overflow) = start.addingReportingOverflow(count)
        let end = overflow ? bound : min(sum, bound)
        let first = max(start, 0)
        return first < end ? first..<end : nil
    }
}
