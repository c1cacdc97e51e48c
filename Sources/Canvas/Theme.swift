/// How every role looks, alone and in the highlighted row.
public struct Theme: Sendable, Equatable {
    /// The theme's name on the command line.
    public let name: String
    /// The colour of plain text where the terminal's own is not known (in a picture).
    public let foreground: Ink
    /// The colour of the screen where the terminal's own is not known (in a picture).
    public let background: Ink
    /// What is laid over a cell of the highlighted row where there are 256 colours or more; none: it is reversed.
    public let selection: Ink?

    /// By the roles' raw values.
    private let styles: [Style]

    /// A theme; a role without a style looks like plain text.
    public init(
        name: String, foreground: Ink, background: Ink, selection: Ink?, styles: [Role: Style]
    ) {
        self.name = name
        self.foreground = foreground
        self.background = background
        self.selection = selection
        self.styles = Role.allCases.map { styles[$0] ?? Style() }
    }

    /// How a role looks. `colours` is how many the screen has: the highlighted row has a background of its own from 256
    /// up; below it is reversed and plain, because with few colours no background suits every text.
    public func style(for role: Role, selected: Bool = false, colours: Int = 1 << 24) -> Style {
        var style = styles[Int(role.rawValue)]
        guard selected || role == .selected else { return style }
        if let selection, colours >= 256 {
            // The text has a colour of its own here: the terminal's may be too near to this background.
            style.foreground = style.background ?? style.foreground ?? foreground
            style.background = selection
            style.attributes.remove(.dim)
        } else {
            (style.foreground, style.background) = (nil, nil)
            style.attributes.formSymmetricDifference(.reverse)
            if style.attributes.isDisjoint(with: .reverse) { style.attributes.insert([.bold, .underline]) }
        }
        return style
    }
}

extension Theme: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}

extension Theme {
    /// For a dark terminal.
    public static let dark = Theme(
        name: "dark",
        foreground: Ink(rgb: 0xD0D4DA, index256: 252, index16: 7, index8: 7),
        background: Ink(rgb: 0x14161B, index256: 233, index16: 0, index8: 0),
        selection: Ink(rgb: 0x303642, index256: 237, index16: 8, index8: 4),
        styles: palette(
            grey: Ink(rgb: 0x8A919C, index256: 245, index16: 8, index8: 7),
            blue: Ink(rgb: 0x6CB0F5, index256: 75, index16: 12, index8: 4),
            cyan: Ink(rgb: 0x5FD7D7, index256: 80, index16: 14, index8: 6),
            green: Ink(rgb: 0x87D787, index256: 114, index16: 10, index8: 2),
            yellow: Ink(rgb: 0xE8C765, index256: 221, index16: 11, index8: 3),
            red: Ink(rgb: 0xFF7575, index256: 210, index16: 9, index8: 1),
            magenta: Ink(rgb: 0xD7A0F0, index256: 183, index16: 13, index8: 5),
            onBright: Ink(rgb: 0x14161B, index256: 233, index16: 0, index8: 0)))

    /// For a light terminal.
    public static let light = Theme(
        name: "light",
        foreground: Ink(rgb: 0x24292F, index256: 235, index16: 0, index8: 0),
        background: Ink(rgb: 0xFCFCFA, index256: 231, index16: 15, index8: 7),
        selection: Ink(rgb: 0xDDE4EE, index256: 254, index16: 7, index8: 7),
        styles: palette(
            grey: Ink(rgb: 0x6A717A, index256: 242, index16: 8, index8: 0),
            blue: Ink(rgb: 0x0757B8, index256: 25, index16: 4, index8: 4),
            cyan: Ink(rgb: 0x006B75, index256: 23, index16: 6, index8: 6),
            green: Ink(rgb: 0x1A6B2C, index256: 22, index16: 2, index8: 2),
            yellow: Ink(rgb: 0x7D5600, index256: 94, index16: 3, index8: 3),
            red: Ink(rgb: 0xB3201F, index256: 124, index16: 1, index8: 1),
            magenta: Ink(rgb: 0x7B32A8, index256: 91, index16: 5, index8: 5),
            onBright: Ink(rgb: 0xFFFFFF, index256: 231, index16: 15, index8: 7)))

    /// Without colours: what matters is told apart by bold, dim, underline and reverse alone.
    public static let mono = Theme(
        name: "mono",
        foreground: Ink(rgb: 0xD0D4DA, index256: 252, index16: 7, index8: 7),
        background: Ink(rgb: 0x14161B, index256: 233, index16: 0, index8: 0),
        selection: nil,
        styles: [
            .dim: Style(nil, .dim), .border: Style(nil, .dim), .barRest: Style(nil, .dim),
            .title: Style(nil, .bold), .columnHead: Style(nil, [.bold, .underline]), .key: Style(nil, .bold),
            .accent: Style(nil, .bold), .waiting: Style(nil, .underline), .releasing: Style(nil, .underline),
            .cancelling: Style(nil, .bold), .failed: Style(nil, [.bold, .underline]), .cancelled: Style(nil, .dim),
            .abandoned: Style(nil, .reverse), .overdue: Style(nil, [.bold, .reverse]), .warning: Style(nil, .bold),
            .recording: Style(nil, .bold), .bar: Style(nil, .bold), .match: Style(nil, .reverse),
            .mark: Style(nil, .bold),
        ])

    /// The themes by name.
    public static let all: [Theme] = [.dark, .light, .mono]

    /// One assignment of roles for both coloured themes, so that they mean the same.
    private static func palette(
        grey: Ink, blue: Ink, cyan: Ink, green: Ink, yellow: Ink, red: Ink, magenta: Ink, onBright: Ink
    ) -> [Role: Style] {
        [
            .dim: Style(grey), .title: Style(cyan, .bold), .header: Style(nil, .bold), .columnHead: Style(grey, .bold),
            .key: Style(yellow, .bold), .border: Style(grey), .accent: Style(blue, .bold), .running: Style(green),
            .waiting: Style(yellow), .joining: Style(cyan), .releasing: Style(blue),
            .cancelling: Style(magenta, .bold), .succeeded: Style(green), .failed: Style(red, .bold),
            .cancelled: Style(grey), .abandoned: Style(onBright, on: red, .bold), .overdue: Style(red, .bold),
            .warning: Style(yellow, .bold), .recording: Style(red), .bar: Style(green), .barRest: Style(grey),
            .match: Style(onBright, on: yellow), .mark: Style(cyan, .bold),
        ]
    }
}

extension Style {
    fileprivate init(_ foreground: Ink?, _ attributes: Attributes) { self.init(foreground, on: nil, attributes) }
}
