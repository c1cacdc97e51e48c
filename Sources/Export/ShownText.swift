/// Text from somewhere else, as pictures and documents may hold it: what has no look of its own, or would change that of
/// what stands around it, is shown as a sign.
enum ShownText {
    /// The text with signs in place of control characters; cut after `limit` characters, with a mark.
    static func shown(_ text: String, limit: Int = .max) -> String {
        var result = ""
        var count = 0
        for character in text {
            if count == limit {
                result.append("…")
                break
            }
            count += 1
            for scalar in character.unicodeScalars { result.unicodeScalars.append(sign(scalar)) }
        }
        return result
    }

    private static func sign(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        // The other control characters, those that turn the direction of text, and what XML has no room for.
        case 0x80..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFFFE...0xFFFF: "\u{FFFD}"
        default: scalar
        }
    }

    /// Such text inside XML or HTML, in an element or in an attribute between double quotes.
    static func markup(_ text: String, limit: Int = .max) -> String {
        var result = ""
        for scalar in shown(text, limit: limit).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
