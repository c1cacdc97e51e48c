/// A character as a cell shows it, with its marks and its width.
struct ShownCharacter: Equatable {
    var scalar: Unicode.Scalar
    var mark: Unicode.Scalar = "\0"
    var secondMark: Unicode.Scalar = "\0"
    var width: UInt8 = 1

    static let replacement = ShownCharacter(scalar: "\u{FFFD}")
}

/// Reads text character by character the way a canvas shows it: lazily, so that only what fits is ever looked at.
///
/// Emoji sequences are reduced to their first picture, because terminals disagree on how wide a sequence is. What cannot
/// be seen or could command a terminal is shown as a mark of its own.
struct GlyphReader {
    /// As many scalars at most are folded into one character; the rest are shown, so that no character costs more.
    private static let foldLimit = 32

    private var scalars: String.UnicodeScalarView.Iterator
    private var ahead: Unicode.Scalar?
    /// What is shown next without being read, on so many columns.
    private var pending: (scalar: Unicode.Scalar, count: Int) = (" ", 0)
    private let ascii: Bool

    init(_ text: String, ascii: Bool) {
        scalars = text.unicodeScalars.makeIterator()
        ahead = scalars.next()
        self.ascii = ascii
    }

    mutating func next() -> ShownCharacter? {
        if pending.count > 0 {
            pending.count -= 1
            return ShownCharacter(scalar: pending.scalar)
        }
        guard let scalar = ahead else { return nil }
        ahead = scalars.next()
        if scalar.value >= 0x20, scalar.value < 0x7F, ahead.map({ $0.value < 0x300 }) ?? true {
            return ShownCharacter(scalar: scalar)
        }
        let shown = read(scalar)
        return ascii ? spell(shown) : shown
    }

    private mutating func read(_ scalar: Unicode.Scalar) -> ShownCharacter {
        switch ScalarClass(scalar) {
        case .printable(let width):
            return fold(into: ShownCharacter(scalar: scalar, width: width))
        case .mark:
            return fold(into: ShownCharacter(scalar: "\u{25CC}", mark: scalar))
        case .space(let width):
            if width == 2 { pending = (" ", 1) }
            return width == 2 ? ShownCharacter(scalar: " ") : fold(into: ShownCharacter(scalar: " "))
        case .control:
            return picture(of: scalar)
        case .regional:
            return ShownCharacter(scalar: Unicode.Scalar(UInt8(scalar.value - 0x1F1E6 + 0x41)))
        case .hidden:
            return .replacement
        }
    }

    private mutating func picture(of scalar: Unicode.Scalar) -> ShownCharacter {
        let code = UInt8(scalar.value)
        guard !ascii else {
            pending = (Unicode.Scalar(code ^ 0x40), 1)
            return ShownCharacter(scalar: "^")
        }
        let picture = code == 0x7F ? "\u{2421}" : Unicode.Scalar(0x2400 + UInt32(code))
        return ShownCharacter(scalar: picture ?? "\u{FFFD}")
    }

    /// Takes the marks and the rest of an emoji sequence that follow `first`.
    private mutating func fold(into first: ShownCharacter) -> ShownCharacter {
        var shown = first
        for _ in 0..<Self.foldLimit {
            guard let next = ahead, next.value >= 0x300 else { return shown }
            switch next.value {
            case 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x20E3:
                break
            case 0x1F3FB...0x1F3FF where first.scalar.properties.isEmojiModifierBase,
                0xE0020...0xE007F where first.scalar.value == 0x1F3F4:
                break
            case 0x200D where first.scalar.value > 0xFF && first.scalar.properties.isEmoji:
                ahead = scalars.next()
                guard let joined = ahead, joined.value > 0xFF, joined.properties.isEmoji else {
                    pending = ("\u{FFFD}", 1)
                    return shown
                }
            default:
                guard ScalarClass(next) == .mark else { return shown }
                if shown.mark == "\0" {
                    shown.mark = next
                } else if shown.secondMark == "\0" {
                    shown.secondMark = next
                }
            }
            ahead = scalars.next()
        }
        return shown
    }

    /// The ASCII stand-in of a character: as wide, without marks, and never empty.
    private mutating func spell(_ shown: ShownCharacter) -> ShownCharacter {
        guard !shown.scalar.isASCII else { return ShownCharacter(scalar: shown.scalar) }
        let unseen = pending.count
        if shown.width == 2 || unseen > 0 { pending = ("?", unseen + (shown.width == 2 ? 1 : 0)) }
        return ShownCharacter(scalar: Glyph.asciiStandIn(for: shown.scalar) ?? "?")
    }
}
