/// How a scalar is shown.
enum ScalarClass: Equatable {
    /// Printed as it is, on one column or two.
    case printable(width: UInt8)
    /// Combines with the character before it.
    case mark
    /// A space of any kind.
    case space(width: UInt8)
    /// A C0 control or DEL: shown as a picture of itself.
    case control
    /// One half of a flag: shown as its letter.
    case regional
    /// Cannot be seen, or turns text around: shown as a replacement mark.
    case hidden

    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        switch value {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0x2FF: self = .printable(width: 1)
        case 0x20, 0xA0: self = .space(width: 1)
        case 0..<0x20, 0x7F: self = .control
        case 0x80..<0xA0, 0xAD, 0x2800: self = .hidden
        // Lines, blocks and shapes: what a screen is full of.
        case 0x2500...0x25FC: self = .printable(width: 1)
        case 0xE000...0xF8FF: self = .printable(width: 1)
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: self = value == 0x1160 ? .hidden : .mark
        case 0x1F1E6...0x1F1FF: self = .regional
        default: self = Self.byProperties(of: scalar)
        }
    }

    private static func byProperties(of scalar: Unicode.Scalar) -> ScalarClass {
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint { return .hidden }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            return .hidden
        case .nonspacingMark, .enclosingMark:
            return .mark
        case .spaceSeparator:
            return .space(width: WideScalars.contains(scalar) ? 2 : 1)
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spacingMark,
            .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol,
            .currencySymbol, .modifierSymbol, .otherSymbol:
            return .printable(width: WideScalars.contains(scalar) ? 2 : 1)
        @unknown default:
            return .hidden
        }
    }
}
