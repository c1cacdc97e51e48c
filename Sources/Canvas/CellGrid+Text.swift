extension CellGrid {
    /// The rows as text, without the spaces at their ends, joined by newlines. A wide character appears once.
    public var text: String {
        (0..<height).map(row).joined(separator: "\n")
    }

    /// One row as text, without the spaces at its end; empty outside.
    public func row(_ y: Int) -> String {
        guard y >= 0, y < height else { return "" }
        var text = ""
        var spaces = 0
        for cell in cells[(y * width)..<((y + 1) * width)] where cell.width > 0 {
            if cell.isBlank {
                spaces += 1
                continue
            }
            for _ in 0..<spaces { text.append(" ") }
            spaces = 0
            cell.append(to: &text)
        }
        return text
    }

    /// Whether a row of this canvas surely is the same as that of another one. It is a quick look at the memory of both:
    /// false may also mean that it has to be looked at cell by cell.
    public func surelyHasRow(_ y: Int, of other: CellGrid) -> Bool {
        guard y >= 0, y < height, y < other.height, width == other.width else { return false }
        return cells.withUnsafeBytes { mine in
            other.cells.withUnsafeBytes { theirs in
                guard mine.baseAddress != theirs.baseAddress else { return true }
                let bytes = width * MemoryLayout<Cell>.stride
                let words = MemoryLayout<UInt64>.size
                // The difference of all words at once, without a branch, is what the compiler makes vectors of.
                var difference: UInt64 = 0
                for offset in stride(from: y * bytes, to: (y + 1) * bytes, by: words) {
                    let first = mine.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    difference |= first ^ theirs.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                }
                return difference == 0
            }
        }
    }

    /// The cells of one row, left to right; none outside.
    public func cells(ofRow y: Int) -> ArraySlice<Cell> {
        guard y >= 0, y < height else { return [] }
        return cells[(y * width)..<((y + 1) * width)]
    }
}
