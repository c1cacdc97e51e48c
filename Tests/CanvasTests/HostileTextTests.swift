import Canvas
import Testing

@Suite("Text from elsewhere is shown and never kept raw")
struct HostileTextTests {
    private func shown(_ text: String, ascii: Bool = false) -> String {
        var canvas = CellGrid(width: 60, height: 1, ascii: ascii)
        let used = canvas.put(text, x: 0, y: 0)
        #expect(used == canvas.columns(of: text))
        return canvas.text
    }

    @Test func controlCharactersBecomePictures() {
        #expect(shown("a\u{1b}[31mb\u{7}\n\r\t\0c\u{7f}") == "a␛[31mb␇␊␍␉␀c␡")
        #expect(shown("a\u{1b}[31mb\u{7}c\u{7f}", ascii: true) == "a^[[31mb^Gc^?")
        #expect(shown("\r\n") == "␍␊")
    }

    @Test(arguments: [
        "\u{80}", "\u{9b}", "\u{9f}", "\u{ad}", "\u{61c}", "\u{200b}", "\u{200d}", "\u{200e}", "\u{200f}", "\u{2028}",
        "\u{2029}", "\u{202a}", "\u{202e}", "\u{2060}", "\u{2066}", "\u{2069}", "\u{feff}", "\u{fff9}", "\u{e0041}",
        "\u{3164}", "\u{ffff}", "\u{10ffff}", "\u{fe0f}",
    ])
    func whatCannotBeSeenBecomesAMark(text: String) {
        #expect(shown("a\(text)b") == (text == "\u{fe0f}" ? "ab" : "a\u{FFFD}b"))
        #expect(shown("a\(text)b", ascii: true) == (text == "\u{fe0f}" ? "ab" : "a?b"))
    }

    @Test func everyScalarGivesPrintableCellsOnly() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for ascii in [false, true] where !ascii || value < 0x3100 {
                var canvas = CellGrid(width: 4, height: 1, ascii: ascii)
                canvas.put(String(Character(scalar)), x: 0, y: 0)
                for cell in canvas.cells(ofRow: 0) {
                    let held = cell.scalar
                    let isRaw = held.value < 0x20 || (0x7F..<0xA0).contains(held.value) || (ascii && !held.isASCII)
                    let turns =
                        (0x200B...0x200F).contains(held.value) || (0x2028...0x202E).contains(held.value)
                        || (0x2060...0x206F).contains(held.value)
                    if isRaw || turns { Issue.record("U+\(String(value, radix: 16)) is kept raw") }
                }
            }
        }
    }

    @Test func asciiCanvasesHoldAsciiOnly() {
        #expect(shown("naïve 日本 → … ━╌ e\u{301} 👩\u{200D}x", ascii: true) == "na?ve ???? > ~ #. e ???x")
    }
}
