import Canvas
import TestSupport
import Testing

@testable import Terminal

@Suite("Bytes become keys")
struct KeyDecoderTests {
    private func keys(_ text: String) -> [Key] { keys(Array(text.utf8)) }

    private func keys(_ bytes: [UInt8]) -> [Key] {
        inputs(bytes).compactMap { if case .key(let key) = $0 { key } else { nil } }
    }

    private func inputs(_ text: String) -> [Input] { inputs(Array(text.utf8)) }

    private func inputs(_ bytes: [UInt8]) -> [Input] {
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
        #expect(keys("\u{1b}[<0;3;4Xq") == [.unknown("^[[<0;3;4X"), .character("q")])
        #expect(keys("\u{1b}[1;\u{1b}[A") == [.unknown("^[[1;"), .up])
        #expect(keys("\u{1b}x\u{1b}é") == [.alt("x"), .escape, .character("é")])
        #expect(keys("\u{1b}[") == [.alt("[")])
    }

    @Test func theMouseInBothForms() {
        #expect(
            inputs("\u{1b}[<0;3;4M\u{1b}[<0;3;4m\u{1b}[<64;300;200Mq\u{1b}[<65;1;1M") == [
                .pointer(Pointer(.press, x: 2, y: 3)), .pointer(Pointer(.wheelUp, x: 299, y: 199)),
                .key(.character("q")), .pointer(Pointer(.wheelDown, x: 0, y: 0)),
            ], "a release is nothing")
        #expect(inputs("\u{1b}[<20;3;4M") == [.pointer(Pointer(.press, x: 2, y: 3))], "whatever is held with it")
        #expect(
            inputs("\u{1b}[M #$q\u{1b}[M`!!") == [
                .pointer(Pointer(.press, x: 2, y: 3)), .key(.character("q")), .pointer(Pointer(.wheelUp, x: 0, y: 0)),
            ])
        for nothing in [
            "<2;3;4M", "<35;3;4M", "<0;0;4M", "<0;3M", "<0;3;4;5M", "<;;M", "<M", "<99999999999999999999;1;1M",
        ] {
            #expect(inputs("\u{1b}[\(nothing)q") == [.key(.character("q"))], "\(nothing)")
        }
    }

    @Test func aPasteIsTextWhateverIsInIt() {
        #expect(
            inputs("a\u{1b}[200~x\r\u{3}é\u{1b}[Aq\u{1b}[201\u{1b}[201~b") == [
                .key(.character("a")), .paste("x\r\u{3}é\u{1b}[Aq\u{1b}[201"), .key(.character("b")),
            ])
        #expect(inputs("\u{1b}[200~\u{1b}[201~b") == [.key(.character("b"))])
        #expect(inputs("\u{1b}[201~b") == [.key(.character("b"))])
        #expect(inputs("\u{1b}[200~without end") == [.paste("without end")])
        #expect(inputs([0x1B] + Array("[200~".utf8) + [0xFF] + [0x1B] + Array("[201~".utf8)) == [.paste("\u{FFFD}")])
        var decoder = KeyDecoder()
        for byte in "\u{1b}[200~a".utf8 { _ = decoder.feed(Int32(byte)) }
        #expect(decoder.feed(258) == [] && decoder.isPasting, "a number of ncurses in it is no key")
    }

    @Test func aPastedBookIsCut() {
        let found = inputs("\u{1b}[200~" + String(repeating: "x", count: 1_000_000) + "\u{1b}[201~q")
        #expect(found == [.paste(String(repeating: "x", count: 65_536)), .key(.character("q"))])
    }

    /// Pieces of what terminals send, between bytes of any kind and numbers of ncurses.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func anyBytesEndWithNothingWaiting(seed: UInt64) {
        var generator = Seeded(seed)
        let pieces: [[UInt8]] = [
            "\u{1b}", "\u{1b}[", "\u{1b}O", "\u{1b}[<", "\u{1b}[M", "\u{1b}[200~", "\u{1b}[201~", ";", "~", "M", "m",
            "[", "é",
            "日", "👍", "0;1;1M", "64;2;2M", "[A", "99999999999999999999",
        ].map { Array($0.utf8) }
        var decoder = KeyDecoder()
        for _ in 0..<2_000 {
            switch UInt8.random(in: 0..<6, using: &generator) {
            case 0, 1, 2:
                for byte in pieces.randomElement(using: &generator) ?? [] { _ = decoder.feed(Int32(byte)) }
            case 3: _ = decoder.feed(Int32.random(in: -5..<700, using: &generator))
            case 4 where Bool.random(using: &generator) && Bool.random(using: &generator):
                _ = decoder.flush()
                #expect(!decoder.isWaiting, "seed \(seed)")
            default: _ = decoder.feed(Int32(UInt8.random(in: 0...255, using: &generator)))
            }
        }
        // A paste ends with its mark and with a pause; anything else with a pause. After that a key is a key.
        _ = decoder.flush()
        #expect(!decoder.isWaiting && !decoder.isPasting, "seed \(seed)")
        #expect(decoder.feed(0x71) == [.key(.character("q"))], "seed \(seed)")
    }

    @Test func aSequenceWithoutEndIsGivenUp() {
        let found = keys("\u{1b}[" + String(repeating: "1", count: 1000))
        #expect(found.first.map { if case .unknown = $0 { true } else { false } } == true)
    }
}
