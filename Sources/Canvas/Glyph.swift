/// The signs that drawing code needs beyond letters, each with its stand-in where only ASCII may be drawn.
public enum Glyph: CaseIterable, Sendable {
    /// A line across.
    case horizontal
    /// A line down.
    case vertical
    /// The corner at the top left.
    case topLeft
    /// The corner at the top right.
    case topRight
    /// The corner at the bottom left.
    case bottomLeft
    /// The corner at the bottom right.
    case bottomRight
    /// Where a line across begins at a line down.
    case teeLeft
    /// Where a line across ends at a line down.
    case teeRight
    /// Where two lines cross.
    case cross
    /// A node whose children are not shown.
    case folded
    /// A node whose children are shown.
    case unfolded
    /// The row under the cursor.
    case cursor
    /// Something was cut here.
    case ellipsis
    /// An item.
    case bullet
    /// The done part of a bar.
    case barDone
    /// The rest of a bar.
    case barRest
    /// Leads to.
    case arrow

    /// The sign itself.
    public func scalar(ascii: Bool) -> Unicode.Scalar {
        ascii ? pair.ascii : pair.unicode
    }

    /// The sign as text.
    public func text(ascii: Bool) -> String {
        String(Character(scalar(ascii: ascii)))
    }

    private var pair: (unicode: Unicode.Scalar, ascii: Unicode.Scalar) {
        switch self {
        case .horizontal: ("─", "-")
        case .vertical: ("│", "|")
        case .topLeft: ("┌", "+")
        case .topRight: ("┐", "+")
        case .bottomLeft: ("└", "+")
        case .bottomRight: ("┘", "+")
        case .teeLeft: ("├", "+")
        case .teeRight: ("┤", "+")
        case .cross: ("┼", "+")
        case .folded: ("▸", "+")
        case .unfolded: ("▾", "v")
        case .cursor: ("❯", ">")
        case .ellipsis: ("…", "~")
        case .bullet: ("•", "*")
        case .barDone: ("━", "#")
        case .barRest: ("╌", ".")
        case .arrow: ("→", ">")
        }
    }

    /// What stands for `scalar` where only ASCII may be drawn, if it is a known sign.
    static func asciiStandIn(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x2581...0x2582: "_"
        case 0x2583...0x2584: "."
        case 0x2585...0x2586: ":"
        case 0x2587...0x2588: "|"
        default: standIns[scalar]
        }
    }

    private static let standIns: [Unicode.Scalar: Unicode.Scalar] = {
        var table: [Unicode.Scalar: Unicode.Scalar] = ["–": "-", "—": "-", "‘": "'", "’": "'", "“": "\"", "”": "\""]
        for glyph in allCases { table[glyph.scalar(ascii: false)] = glyph.scalar(ascii: true) }
        return table
    }()
}
