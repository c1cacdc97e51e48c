/// A colour with what stands for it where there are fewer: nothing is computed at run time, each was chosen.
public struct Ink: Sendable, Hashable {
    /// Red, green and blue, `0xRRGGBB`.
    public let rgb: UInt32
    /// The index among 256.
    public let index256: UInt8
    /// The index among 16; 8 and up are the bright ones.
    public let index16: UInt8
    /// The index among 8.
    public let index8: UInt8

    /// A colour with its three stand-ins.
    public init(rgb: UInt32, index256: UInt8, index16: UInt8, index8: UInt8) {
        self.rgb = rgb
        self.index256 = index256
        self.index16 = index16
        self.index8 = index8
    }

    /// The colour as `#rrggbb`.
    var hex: String {
        let digits = String(rgb & 0xFF_FFFF, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// How text is marked besides its colour.
public struct Attributes: OptionSet, Sendable, Hashable {
    /// The attributes as bits.
    public let rawValue: UInt8

    /// Attributes from their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bold or brighter.
    public static let bold = Attributes(rawValue: 1)
    /// Fainter.
    public static let dim = Attributes(rawValue: 2)
    /// Text and background exchanged.
    public static let reverse = Attributes(rawValue: 4)
    /// Underlined.
    public static let underline = Attributes(rawValue: 8)
}

/// How a role looks. Without a colour, the terminal's own is used.
public struct Style: Sendable, Hashable {
    /// The colour of the text.
    public var foreground: Ink?
    /// The colour behind the text.
    public var background: Ink?
    /// What is shown besides colours.
    public var attributes: Attributes

    /// A style.
    public init(_ foreground: Ink? = nil, on background: Ink? = nil, _ attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}
