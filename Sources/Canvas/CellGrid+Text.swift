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

    /// Whether a row of this canvas is the same as that of another one of the same width: a quick look at the memory of both.
    public func hasRow(_ y: Int, of other: CellGrid) -> Bool {
        guard y >= 0, y < height, y < other.height, width == other.width else { return false }
        return cells.withUnsafeBytes { mine in
            other.cells.withUnsafeBytes { theirs in
                guard mine.baseAddress != theirs.baseAddress else { return true }
                let size = MemoryLayout<Cell>.stride
                // The difference of all cells at once, without a branch.
                var difference = SIMD2<UInt64>()
                var offset = y * width * size
                let end = offset + width * size
                while offset < end {
                    let first = mine.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
                    difference |= first ^ theirs.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
                    offset &+= size
                }
                return difference == SIMD2()
            }
        }
    }

    /// The cells of one row, left to right; none outside.
    public func cells(ofRow y: Int) -> ArraySlice<Cell> {
        guard y >= 0, y < height else { return [] }
        return cells[(y * width)..<((y + 1) * width)]
    }
}
