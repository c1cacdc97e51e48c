/// One column of one row of a ``CellGrid``.
///
/// A cell never holds a control character: only a canvas makes cells with text, and it shows such characters instead.
public struct Cell: Sendable, Equatable {
    /// The character; a space where nothing is drawn.
    public internal(set) var scalar: Unicode.Scalar
    /// The first combining mark on the character, U+0000 where there is none.
    public internal(set) var mark: Unicode.Scalar
    /// The second combining mark, U+0000 where there is none. Further marks are dropped.
    public internal(set) var secondMark: Unicode.Scalar
    /// What the text means.
    public internal(set) var role: Role
    /// Whether the cell is part of the highlighted row.
    public internal(set) var selected: Bool
    /// The columns that the character takes: 1, 2, or 0 for the second half of the wide character on its left.
    public internal(set) var width: UInt8
    /// The last of its sixteen bytes, so that none of them is left undefined.
    private let end: UInt8 = 0

    /// An empty cell.
    public init(role: Role = .normal, selected: Bool = false) {
        scalar = " "
        mark = "\0"
        secondMark = "\0"
        self.role = role
        self.selected = selected
        width = 1
    }

    /// Whether the cell shows nothing but its background.
    public var isBlank: Bool { scalar == " " && mark == "\0" && width == 1 }

    /// Cells are compared by the thousand for each frame: all their bytes at once.
    @inlinable public static func == (one: Cell, other: Cell) -> Bool {
        let (one, other) = (
            unsafeBitCast(one, to: (UInt64, UInt64).self), unsafeBitCast(other, to: (UInt64, UInt64).self)
        )
        return (one.0 ^ other.0) | (one.1 ^ other.1) == 0
    }

    /// Appends the character and its marks to `text`; nothing for the second half of a wide character.
    func append(to text: inout String) {
        guard width > 0 else { return }
        text.unicodeScalars.append(scalar)
        guard mark != "\0" else { return }
        text.unicodeScalars.append(mark)
        if secondMark != "\0" { text.unicodeScalars.append(secondMark) }
    }
}
