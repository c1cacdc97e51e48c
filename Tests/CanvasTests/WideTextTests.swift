import Canvas
import Testing

@Suite("Wide characters, emoji and combining marks take the columns that a terminal gives them")
struct WideTextTests {
    private func drawn(_ text: String) -> (text: String, columns: Int) {
        var canvas = CellGrid(width: 40, height: 1)
        let used = canvas.put(text, x: 0, y: 0)
        return (canvas.text, used)
    }

    @Test func eastAsianTextIsTwoColumnsWide() {
        #expect(drawn("日本語") == ("日本語", 6))
        #expect(drawn("한국") == ("한국", 4))
        #expect(drawn("Ａ") == ("Ａ", 2))
        #expect(drawn("ｱ") == ("ｱ", 1))
        #expect(drawn("あ\u{3000}い") == ("あ  い", 6))
    }

    @Test func emojiSequencesAreReducedToTheirFirstPicture() {
        #expect(drawn("👩\u{200D}👩\u{200D}👧x") == ("👩x", 3))
        #expect(drawn("👍🏽x") == ("👍x", 3))
        #expect(drawn("🏳\u{FE0F}\u{200D}🌈x") == ("🏳x", 2))
        #expect(drawn("❤\u{FE0F}x") == ("❤x", 2))
        #expect(drawn("1\u{FE0F}\u{20E3}x") == ("1x", 2))
        #expect(drawn("🇩🇪x") == ("DEx", 3))
        #expect(drawn("🏴\u{E0067}\u{E0062}\u{E007F}x") == ("🏴x", 3))
        #expect(drawn("🏽x") == ("🏽x", 3))
    }

    @Test func combiningMarksAttachToTheCharacterBefore() {
        #expect(drawn("e\u{301}x") == ("e\u{301}x", 2))
        #expect(drawn("e\u{301}\u{302}\u{303}\u{304}x") == ("e\u{301}\u{302}x", 2))
        #expect(drawn("\u{301}x") == ("\u{25CC}\u{301}x", 2))
        #expect(drawn("日\u{301}x") == ("日\u{301}x", 3))
    }

    @Test func aWideCharacterHasOneCellAndItsOtherHalf() {
        var canvas = CellGrid(width: 3, height: 1)
        canvas.put("日", x: 0, y: 0, role: .failed)
        #expect(canvas.cells(ofRow: 0).map(\.width) == [2, 0, 1])
        #expect(canvas[0, 0].role == .failed && canvas[1, 0].role == .failed && canvas[2, 0].role == .normal)
    }
}
