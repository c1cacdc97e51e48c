import Canvas
import Testing

@Suite("Text is clipped at its limit and at the edge")
struct ClippingTests {
    private func line(_ width: Int, ascii: Bool = false, _ draw: (inout CellGrid) -> Int) -> Line {
        var canvas = CellGrid(width: width, height: 1, ascii: ascii)
        let used = draw(&canvas)
        return Line(text: canvas.text, used: used)
    }

    private struct Line: Equatable {
        var text: String
        var used: Int
    }

    @Test func aTextThatFitsIsWrittenAsItIs() {
        #expect(line(5) { $0.put("hello", x: 0, y: 0) } == Line(text: "hello", used: 5))
    }

    @Test func aTextThatIsCutEndsInAnEllipsis() {
        #expect(line(4) { $0.put("hello", x: 0, y: 0) } == Line(text: "hel…", used: 4))
        #expect(line(4, ascii: true) { $0.put("hello", x: 0, y: 0) } == Line(text: "hel~", used: 4))
        #expect(line(9) { $0.put("hello", x: 1, y: 0, limit: 3) } == Line(text: " he…", used: 3))
        #expect(line(4) { $0.put("hello", x: 0, y: 0, ellipsis: false) } == Line(text: "hell", used: 4))
        #expect(line(4) { $0.put("hello", x: 3, y: 0) } == Line(text: "   …", used: 1))
    }

    @Test func aWideCharacterIsNeverHalved() {
        #expect(line(5) { $0.put("日本語", x: 0, y: 0) } == Line(text: "日本…", used: 5))
        #expect(line(4) { $0.put("日本語", x: 0, y: 0) } == Line(text: "日…", used: 3))
        #expect(line(4) { $0.put("日本語", x: 0, y: 0, ellipsis: false) } == Line(text: "日本", used: 4))
        #expect(line(3) { $0.put("日本語", x: 0, y: 0, ellipsis: false) } == Line(text: "日", used: 2))
        #expect(line(1) { $0.put("日", x: 0, y: 0, ellipsis: false) } == Line(text: "", used: 0))
        #expect(line(1) { $0.put("日", x: 0, y: 0) } == Line(text: "…", used: 1))
    }

    @Test func writingOverHalfOfAWideCharacterBlanksTheOtherHalf() {
        var canvas = CellGrid(width: 6, height: 1)
        canvas.put("日本語", x: 0, y: 0)
        canvas.put("x", x: 1, y: 0)
        canvas.put("y", x: 4, y: 0)
        #expect(canvas.text == " x本y")
        canvas.put("日本語", x: 0, y: 0)
        canvas.put("中", x: 1, y: 0)
        #expect(canvas.text == " 中 語")
    }

    @Test func columnsOutsideAreLeftOut() {
        #expect(line(4) { $0.put("hello", x: -2, y: 0) } == Line(text: "llo", used: 5))
        #expect(line(4) { $0.put("日本", x: -1, y: 0) } == Line(text: " 本", used: 4))
        #expect(line(4) { $0.put("日本", x: -2, y: 0) } == Line(text: "本", used: 4))
        for (x, y) in [(0, -1), (0, 1), (4, 0), (Int.max, 0), (Int.min, 0), (0, Int.min), (0, Int.max)] {
            #expect(line(4) { $0.put("hello", x: x, y: y) } == Line(text: "", used: 0))
        }
        #expect(line(4) { $0.put("hello", x: 0, y: 0, limit: 0) } == Line(text: "", used: 0))
        #expect(line(4) { $0.put("hello", x: 0, y: 0, limit: -3) } == Line(text: "", used: 0))
    }

    @Test func aTinyCanvasTakesAnyDrawing() {
        for (width, height) in [(0, 0), (1, 1), (0, 5), (5, 0), (-3, -3), (2, 1)] {
            var canvas = CellGrid(width: width, height: height)
            canvas.put("日本", x: 0, y: 0)
            canvas.put("日本", x: -1, y: 0)
            canvas.putTrailing("日本", end: 1, y: 0)
            canvas.fill(x: -5, y: -5, width: .max, height: .max, with: "x")
            canvas.bar(x: 0, y: 0, width: 9, done: 1, total: 2)
            canvas.sparkline([1, 2, 3], x: 0, y: 0, width: 3)
            canvas.rule(y: 0, title: "title")
            canvas.select(row: 0)
            canvas.select(row: 9)
            canvas.paint(.match, x: -4, y: 0, width: 99)
            canvas.clear()
            #expect(canvas.width == max(width, 0) && canvas.height == max(height, 0))
            #expect(!canvas.svg(theme: .dark).isEmpty)
            #expect(canvas[7, 7] == Cell() && canvas.row(7) == "")
        }
    }

    @Test func trailingTextEndsWhereItShould() {
        #expect(line(8) { $0.putTrailing("86 KB", end: 8, y: 0) } == Line(text: "   86 KB", used: 5))
        #expect(line(8) { $0.putTrailing("a long one", end: 8, y: 0, limit: 4) } == Line(text: "    a l…", used: 4))
        #expect(line(3) { $0.putTrailing("日本", end: 3, y: 0) } == Line(text: "日…", used: 3))
    }

    /// If these were read to their ends, this would take many minutes.
    @Test(.timeLimit(.minutes(10)))
    func aMillionCharactersCostNoMoreThanWhatFits() {
        for text in [
            String(repeating: "x", count: 1_000_000), "e" + String(repeating: "\u{301}", count: 1_000_000),
            String(repeating: "\u{1b}", count: 1_000_000), String(repeating: "👩\u{200D}", count: 300_000),
            String(repeating: "\u{200B}", count: 1_000_000),
        ] {
            var canvas = CellGrid(width: 20, height: 1)
            var used = 0
            for _ in 0..<20_000 { used += canvas.put(text, x: 0, y: 0, limit: 3) + canvas.columns(of: text, limit: 3) }
            #expect(used > 0 && canvas.row(0).hasSuffix("…"))
        }
    }
}
