import Canvas
import Testing

@testable import Terminal

@Suite("Bytes become keys")
struct KeyDecoderTests {
    private func keys(_ text: String) -> [Key] { keys(Array(text.utf8)) }

    private func keys(_ bytes: [UInt8]) -> [Key] {
        var decoder = KeyDecoder()
        return bytes.flatMap { decoder.feed(Int32($0)) } + decoder.flush()
    }

    @Test func plainKeys() {
        #expect(
            keys("a Z\r\t\u{7f}\u{8}\u{3}\u{1a}\u{1c}\0") == [
                .character("a"), .character(" "), .character("Z"), .enter, .tab, .backspace, .backspace, .control("c"),
                .control("z"), .control("\\"), .control(" "),
            ])
    }

    @Test func charactersBeyondASCII() {
        #expect(keys("é日👍") == [.character("é"), .character("日"), .character("👍")])
    }

    @Test func brokenUTF8IsUnknownAndLosesNothingElse() {
        #expect(keys([0xFF, 0x61]) == [.unknown("<ff>"), .character("a")])
        #expect(keys([0xE6, 0x97, 0x61]) == [.unknown("<e6><97>"), .character("a")])
        #expect(keys([0xC2, 0x9B, 0x61]) == [.unknown("<c2><9b>"), .character("a")])
        #expect(keys([0xE6]) == [.unknown("<e6>")])
    }

    @Test func aBareEscapeIsAKey() {
        #expect(keys("\u{1b}") == [.escape])
        #expect(keys("\u{1b}\u{1b}") == [.escape, .escape])
    }

    @Test func sequencesOfAnyTerminal() {
        #expect(keys("\u{1b}[A\u{1b}OB\u{1b}[1;5C\u{1b}[D") == [.up, .down, .right, .left])
        #expect(keys("\u{1b}[H\u{1b}[4~\u{1b}[5~\u{1b}[6~") == [.home, .end, .pageUp, .pageDown])
        #expect(keys("\u{1b}[3~\u{1b}[2~\u{1b}[Z") == [.delete, .insert, .backTab])
        #expect(
            keys("\u{1b}OP\u{1b}[15~\u{1b}[24~\u{1b}[[A") == [
                .function(1), .function(5), .function(12), .function(1),
            ])
    }

    @Test func aStraySequenceIsNeverTakenForLetters() {
        #expect(keys("\u{1b}[99;3xq") == [.unknown("^[[99;3x"), .character("q")])
        #expect(keys("\u{1b}[<0;3;4Mq") == [.unknown("^[[<0;3;4M"), .character("q")])
        #expect(keys("\u{1b}[1;\u{1b}[A") == [.unknown("^[[1;"), .up])
        #expect(keys("\u{1b}x\u{1b}é") == [.alt("x"), .escape, .character("é")])
        #expect(keys("\u{1b}[") == [.alt("[")])
    }

    @Test func aSequenceWithoutEndIsGivenUp() {
        let found = keys("\u{1b}[" + String(repeating: "1", count: 1000))
        #expect(found.first.map { if case .unknown = $0 { true } else { false } } == true)
    }
}
