import Canvas

/// Text in columns, for a terminal of 80 of them.
enum Columns {
    static let width = 80

    /// A line that a terminal may see, cut at its edge with a mark.
    static func fit(_ line: String, _ width: Int = width) -> String { Output.printable(line, limit: width) }

    /// The text in so many columns, with spaces behind it.
    static func left(_ text: String, _ width: Int) -> String {
        let text = fit(text, width)
        return text + String(repeating: " ", count: max(0, width - columns(text)))
    }

    /// The text in so many columns, with spaces before it.
    static func right(_ text: String, _ width: Int) -> String {
        let text = fit(text, width)
        return String(repeating: " ", count: max(0, width - columns(text))) + text
    }

    /// A path in at most so many columns: of a long one, its end.
    static func path(_ path: String, _ width: Int) -> String {
        var names = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        if columns(path) <= width { return path }
        while names.count > 1 {
            names = names.dropFirst()
            let rest = "…/" + names.joined(separator: "/")
            if columns(rest) <= width { return rest }
        }
        return fit(String(names.joined()), width)
    }

    /// Words with a separator between them, broken before `width`; further lines begin with `indent` spaces.
    static func wrap(_ words: [String], separator: String, indent: Int, first: String, width: Int = width) -> [String] {
        var lines: [String] = []
        var line = first
        for (index, word) in words.enumerated() {
            let piece = index + 1 < words.count ? word + separator : word
            if columns(trimmed(line + piece)) > width, columns(line) > indent {
                lines.append(trimmed(line))
                line = String(repeating: " ", count: indent)
            }
            line += piece
        }
        return lines + [line]
    }

    /// Without the spaces at its end, which need no room.
    private static func trimmed(_ line: String) -> String {
        String(line.dropLast(line.reversed().prefix { $0 == " " }.count))
    }

    private static func columns(_ text: String) -> Int { CellGrid.columns(of: text, ascii: false, limit: 2_000) }
}
