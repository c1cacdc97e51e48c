import Canvas
import Testing

@Suite("The picture of a screen is a well-formed SVG that stands alone")
struct SVGTests {
    private var canvas: CellGrid {
        var canvas = CellGrid(width: 30, height: 3)
        canvas.put("<a & \"b\">", x: 0, y: 0, role: .failed)
        canvas.put("x 日本 y", x: 2, y: 1)
        canvas.select(row: 1)
        canvas.put("\u{1b}]8;;http://example.org\u{7}", x: 0, y: 2, role: .abandoned)
        return canvas
    }

    @Test func tagsAreClosedAndTextIsEscaped() throws {
        for theme in Theme.all {
            let svg = canvas.svg(theme: theme, title: "<\u{1}&>")
            try checkWellFormed(svg)
            #expect(svg.contains("&lt;a &amp; &quot;b&quot;&gt;"))
            #expect(svg.contains("<title>&lt;␁&amp;&gt;</title>"))
            #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("<script"))
            #expect(svg.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        }
    }

    @Test func wideTextIsPlacedByItsColumns() {
        let svg = canvas.svg(theme: .dark)
        #expect(svg.contains("<text x=\"48\" y=\"44\" textLength=\"36\""))
        #expect(svg.contains(">日本</text>"))
    }

    /// A check of nesting, attributes and entities, enough for what a picture can hold.
    private func checkWellFormed(_ svg: String) throws {
        var open: [Substring] = []
        var rest = Substring(svg)
        while let start = rest.firstIndex(of: "<") {
            #expect(!rest[..<start].contains(">"))
            let end = try #require(rest[start...].firstIndex(of: ">"))
            let tag = rest[rest.index(after: start)..<end]
            #expect(tag.count(where: { $0 == "\"" }).isMultiple(of: 2) && !tag.contains("<"))
            if tag.hasPrefix("/") {
                #expect(open.popLast() == tag.dropFirst())
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { $0 != " " })
            }
            rest = rest[rest.index(after: end)...]
        }
        #expect(open.isEmpty)
    }
}
