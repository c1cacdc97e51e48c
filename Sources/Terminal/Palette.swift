import CNCurses
import CTerminal
import Canvas

/// How ncurses draws every role: its attributes and its pair of colours.
struct Palette {
    /// What ncurses needs to draw a cell.
    struct Look {
        var attributes: UInt32
        var pair: Int32
    }

    /// By role, then whether selected.
    private let looks: [Look]

    /// Makes the pairs of a theme on the current screen; without colours the mono theme is used in its place.
    init(theme: Theme, colours: Colours) {
        let used = colours == .none ? Theme.mono : theme
        var known: [Pair: Int32] = [:]
        var looks: [Look] = []
        for role in Role.allCases {
            for selected in [false, true] {
                let style = used.style(for: role, selected: selected, colours: colours.count)
                let pair = Pair(
                    foreground: colours.index(style.foreground), background: colours.index(style.background))
                looks.append(
                    Look(attributes: Self.bits(style.attributes), pair: Self.number(of: pair, in: &known, colours)))
            }
        }
        self.looks = looks
    }

    /// How a cell is drawn.
    func look(of cell: Cell) -> Look {
        looks[Int(cell.role.rawValue) * 2 + (cell.selected ? 1 : 0)]
    }

    private struct Pair: Hashable {
        var foreground: Int32
        var background: Int32
    }

    private static func number(of pair: Pair, in known: inout [Pair: Int32], _ colours: Colours) -> Int32 {
        guard colours != .none, pair.foreground >= 0 || pair.background >= 0 else { return 0 }
        if let number = known[pair] { return number }
        let number = Int32(known.count + 1)
        guard number < colours.pairs, ct_make_pair(number, pair.foreground, pair.background) else { return 0 }
        known[pair] = number
        return number
    }

    private static func bits(_ attributes: Attributes) -> UInt32 {
        ct_attributes(
            attributes.contains(.bold), attributes.contains(.dim), attributes.contains(.reverse),
            attributes.contains(.underline))
    }
}

/// The colours that the current screen has.
enum Colours: Equatable {
    case none
    case eight(pairs: Int32)
    case sixteen(pairs: Int32)
    case many(pairs: Int32)
    case direct(pairs: Int32)

    /// Starts the colours of the current screen; its palette is left alone.
    static func start(wanted: Bool) -> Colours {
        guard wanted, has_colors(), start_color() == OK else { return .none }
        guard use_default_colors() == OK else { return .none }
        let pairs = tigetnum("pairs")
        switch tigetnum("colors") {
        case ..<8: return .none
        case 8..<16: return .eight(pairs: pairs)
        case 16..<256: return .sixteen(pairs: pairs)
        case 256: return .many(pairs: pairs)
        default: return tigetflag("RGB") > 0 ? .direct(pairs: 256) : .many(pairs: pairs)
        }
    }

    /// How many there are.
    var count: Int {
        switch self {
        case .none: 0
        case .eight: 8
        case .sixteen: 16
        case .many: 256
        case .direct: 1 << 24
        }
    }

    /// How many pairs may be made, the first not counted.
    var pairs: Int32 {
        switch self {
        case .none: 0
        case .eight(let pairs), .sixteen(let pairs), .many(let pairs), .direct(let pairs): pairs
        }
    }

    /// The number of a colour here; -1 is the terminal's own.
    func index(_ ink: Ink?) -> Int32 {
        guard let ink else { return -1 }
        switch self {
        case .none: return -1
        case .eight: return Int32(ink.index8)
        case .sixteen: return Int32(ink.index16)
        case .many: return Int32(ink.index256)
        case .direct: return Int32(ink.rgb)
        }
    }
}
