import Canvas
import Testing

/// What a terminal is sent for a screen.
@Suite struct ANSITests {
    private func screen(_ text: String, _ role: Role = .normal) -> CellGrid {
        var canvas = CellGrid(width: 8, height: 2)
        canvas.put(text, x: 0, y: 0, role: role)
        return canvas
    }

    @Test func theFirstScreenIsAllOfItAndTheSameOneAgainIsNothing() {
        let first = screen("ab").ansi(theme: .mono)
        #expect(first == "\u{1B}[?25l\u{1B}[2J\u{1B}[1;1H\u{1B}[0mab      \u{1B}[2;1H        \u{1B}[0m")
        #expect(screen("ab").ansi(after: screen("ab"), theme: .dark).isEmpty)
    }

    @Test func onlyWhatDiffersIsSent() {
        #expect(screen("abxd").ansi(after: screen("abcd"), theme: .mono) == "\u{1B}[1;3H\u{1B}[0mx\u{1B}[0m")
        #expect(
            screen("abcd", .failed).ansi(after: screen("abcd"), theme: .mono)
                == "\u{1B}[1;1H\u{1B}[0;1;4mabcd\u{1B}[0m")
    }

    /// Half a wide character is never sent, nor left behind.
    @Test func aWideCharacterIsSentWhole() {
        #expect(screen("a日d").ansi(after: screen("a本d"), theme: .mono) == "\u{1B}[1;2H\u{1B}[0m日\u{1B}[0m")
        #expect(screen("a日d").ansi(after: screen("abcd"), theme: .mono) == "\u{1B}[1;2H\u{1B}[0m日\u{1B}[0m")
        #expect(screen("abcd").ansi(after: screen("a日d"), theme: .mono) == "\u{1B}[1;2H\u{1B}[0mbc\u{1B}[0m")
    }

    @Test func coloursAreTheThemesAlsoBehindPlainText() {
        let text = screen("x").ansi(after: screen("y"), theme: .dark)
        #expect(text == "\u{1B}[1;1H\u{1B}[0;38;2;208;212;218;48;2;20;22;27mx\u{1B}[0m")
    }

    @Test func whatIsNoPlainTextIsNeverSent() {
        let text = screen("\u{1B}[31m\u{7}").ansi(theme: .mono)
        let plain = text.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
        #expect(plain.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        #expect(plain.contains("[31m"))
    }
}
