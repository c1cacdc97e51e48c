extension CellGrid {
    /// The screen as a picture: a self-contained SVG of 9 by 18 units a cell, that refers to nothing outside.
    public func svg(theme: Theme, title: String = "") -> String {
        var picture = SVGWriter(theme: theme, columns: width, rows: height)
        picture.open(title: title)
        for y in 0..<height {
            let row = cells(ofRow: y)
            var start = row.startIndex
            while start < row.endIndex {
                let end = Self.runEnd(in: row, from: start)
                picture.add(run: row[start..<end], x: start - row.startIndex, y: y)
                start = end
            }
        }
        picture.close()
        return picture.text
    }

    /// Where the run of cells ends that look alike and are as wide as the one at `start`.
    private static func runEnd(in row: ArraySlice<Cell>, from start: Int) -> Int {
        let first = row[start]
        var end = start + 1
        while end < row.endIndex {
            let cell = row[end]
            let alike = cell.role == first.role && cell.selected == first.selected
            guard alike, cell.width == first.width || (cell.width == 0 && first.width == 2) else { break }
            end += 1
        }
        return end
    }
}

/// Writes the elements of the picture.
private struct SVGWriter {
    private static let cellWidth = 9
    private static let cellHeight = 18
    private static let margin = 12

    let theme: Theme
    let columns: Int
    let rows: Int
    var text = ""

    init(theme: Theme, columns: Int, rows: Int) {
        self.theme = theme
        self.columns = columns
        self.rows = rows
    }

    mutating func open(title: String) {
        let width = columns * Self.cellWidth + 2 * Self.margin
        let height = rows * Self.cellHeight + 2 * Self.margin
        text +=
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" width=\"\(width)\" height=\"\(height)\""
        text += " viewBox=\"0 0 \(width) \(height)\" font-size=\"15\""
        text += " font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\">\n"
        if !title.isEmpty { text += "<title>\(Self.shown(title))</title>\n" }
        text += "<style>text { white-space: pre }</style>\n"
        text += "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"\(theme.background.hex)\"/>\n"
    }

    mutating func close() { text += "</svg>\n" }

    mutating func add(run: ArraySlice<Cell>, x: Int, y: Int) {
        guard let first = run.first else { return }
        let style = theme.style(for: first.role, selected: first.selected)
        var foreground = style.foreground ?? theme.foreground
        var background = style.background
        if style.attributes.contains(.reverse) {
            (foreground, background) = (background ?? theme.background, foreground)
        }
        let left = Self.margin + x * Self.cellWidth
        let top = Self.margin + y * Self.cellHeight
        let length = run.count * Self.cellWidth
        if let background {
            text += "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(length)\" height=\"\(Self.cellHeight)\""
            text += " fill=\"\(background.hex)\" shape-rendering=\"crispEdges\"/>\n"
        }
        guard run.contains(where: { !$0.isBlank && $0.width > 0 }) else { return }
        text += "<text x=\"\(left)\" y=\"\(top + 14)\" textLength=\"\(length)\" lengthAdjust=\"spacingAndGlyphs\""
        text += " fill=\"\(foreground.hex)\"\(Self.marks(style.attributes))>"
        var content = ""
        for cell in run { cell.append(to: &content) }
        text += Self.escaped(content) + "</text>\n"
    }

    private static func marks(_ attributes: Attributes) -> String {
        var marks = ""
        if attributes.contains(.bold) { marks += " font-weight=\"bold\"" }
        if attributes.contains(.dim) { marks += " opacity=\"0.6\"" }
        if attributes.contains(.underline) { marks += " text-decoration=\"underline\"" }
        return marks
    }

    /// Text from anywhere, as a canvas would show it.
    private static func shown(_ text: String) -> String {
        var line = CellGrid(width: 200, height: 1)
        line.put(text, x: 0, y: 0)
        return escaped(line.text)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
