import Canvas
import Dashboard
import TestSupport
import Testing

/// Every key of the one table, pressed on a real terminal where it has a meaning, and what the screen shows for it. A key that
/// is added to the table has no case here: the test says so.
@Suite(.serialized, .onItsOwnThread) struct KeyTableTests {
    let keys = KeyPresses()

    @Test func eachKeyDoesWhatTheTableSays() throws {
        let scratch = Scratch()
        let file = scratch.path("shop.jsonl")
        try ShopRecording.write(to: file)
        let replay = try TerminalRun(["replay", file, "--at", "5s"])
        #expect(replay.waits { $0.selected.contains("shop") && $0.text.contains("check ") })
        moves(replay)
        looks(replay)
        replays(replay)
        cascades(replay)
        views(replay)
        helps(replay)
        try leaves(replay, file)
        try acts()
        try escalates()
        try shutsDown()
        try suspends()
        #expect(keys.missing.isEmpty, "no case for \(keys.missing.joined(separator: ", "))")
    }

    // MARK: a recording

    private func moves(_ run: TerminalRun) {
        for key in [Key.down, .character("j")] {
            keys.press(key, in: .replay, run, selects: "▾ desk")
            keys.press(key == .down ? .up : .character("k"), in: .replay, run, selects: "▾ shop")
        }
        for (down, up) in [(Key.pageDown, Key.pageUp), (.control("f"), .control("b"))] {
            keys.press(down, in: .replay, run, selects: "box-")
            keys.press(up, in: .replay, run, selects: "▾ shop")
        }
        keys.press(.character("G"), in: .replay, run, selects: ShopRecording.boxes.last ?? "")
        keys.press(.character("g"), in: .replay, run, selects: "▾ shop")
        for (fold, unfold) in [("h", "l"), ("-", "+")] as [(Character, Character)] {
            keys.press(.character(fold), in: .replay, run, selects: "▸ shop")
            keys.press(.character(unfold), in: .replay, run, selects: "▾ shop")
        }
        keys.press(.character("*"), in: .replay, run, selects: "▸ shop")
        run.type("*")
        run.waits { $0.selected.contains("▾ shop") && $0.text.contains("▾ yard") }
    }

    private func looks(_ run: TerminalRun) {
        keys.press(.enter, in: .replay, run, endsShowing: "RECENT")
        keys.press(.enter, in: .replay, run, shows: "RECENT")
        keys.press(.escape, in: .detail, run, endsShowing: "RECENT")
        keys.press(.character("/"), in: .replay, run, shows: "Enter stay there")
        run.type("box-b\r")
        run.waits { $0.selected.contains("box-ba") && $0.text.contains("Esc close") }
        keys.press(.character("n"), in: .replay, run, selects: "box-bb")
        keys.press(.character("N"), in: .replay, run, selects: "box-ba")
        keys.press(.character("!"), in: .replay, run, selects: "  till ")
        keys.press(.character("f"), in: .replay, run, shows: "show only _")
        run.type("clerk\r")
        run.waits { $0.selected.contains("clerk") && $0.text.contains("only clerk: 1 of") }
        keys.press(.character("z"), in: .replay, run, shows: "shop / desk / clerk   only clerk")
        keys.press(.character("Z"), in: .replay, run, endsShowing: "shop / desk / clerk   only clerk")
        run.type("\u{1B}")
        run.waits { !$0.text.contains("only clerk") }
        keys.press(.character("Y"), in: .replay, run, shows: "takes no copy: shop/desk/clerk")
        keys.press(.character("s"), in: .replay, run, shows: "by age, youngest first")
        keys.press(.character(":"), in: .replay, run, shows: "COMMANDS")
        run.type("\u{1B}")
        run.waits { !$0.text.contains("COMMANDS") }
    }

    private func replays(_ run: TerminalRun) {
        keys.press(.left, in: .replay, run, shows: " 0:00.000  1x")
        keys.press(.right, in: .replay, run, shows: " 0:05.000  1x")
        keys.press(.character(","), in: .replay, run, shows: " 0:04.000  1x")
        keys.press(.character("."), in: .replay, run, shows: " 0:05.000  1x")
        keys.press(.character("["), in: .replay, run, shows: " 0:04.000  1x")
        keys.press(.character("]"), in: .replay, run, shows: " 0:05.000  1x")
        keys.press(.character("{"), in: .replay, run, shows: " 0:05.000  0.5x")
        keys.press(.character("}"), in: .replay, run, shows: " 0:05.000  1x")
        keys.press(.end, in: .replay, run, shows: " 0:20.000  1x")
        keys.press(.home, in: .replay, run, shows: " 0:00.000  1x")
        // The last first: each is somewhere else than the one before.
        for tenth in (0...9).reversed() {
            keys.press(
                .character(Character(String(tenth))), in: .replay, run,
                shows: " 0:\(tenth < 5 ? "0" : "")\(2 * tenth).000  1x")
        }
        run.type("8")
        run.waits { $0.text.contains(" 0:16.000  1x") }
        run.type("/desk\r")
        run.waits { $0.selected.contains("desk") && $0.text.contains("Esc close") }
        keys.press(.character("u"), in: .replay, run, shows: "cancelled by user, key x: cascade 1")
        run.waits { $0.text.contains(" 0:04.000  1x") }
        keys.press(.character("="), in: .replay, run, shows: "COMPARE 0:04.000 with")
        run.type("\u{1B}")
        run.waits { !$0.text.contains("COMPARE") }
        keys.press(.character("a"), in: .replay, run, shows: "loop 0:04.000-...")
        run.type("a")
        run.waits { !$0.text.contains("loop 0:04.000") }
        keys.press(.character("i"), in: .replay, run, shows: "skips idle")
        run.type("i")
        run.waits { !$0.text.contains("skips idle") }
        keys.press(.character(" "), in: .replay, run, shows: "REPLAY plays")
        run.type(" ")
        run.waits { $0.text.contains("REPLAY paused") }
    }

    private func cascades(_ run: TerminalRun) {
        run.type("2]")
        run.waits { $0.text.contains(" 0:05.000  1x") }
        keys.press(.character("c"), in: .replay, run, shows: "CASCADE 1  shop / desk")
        keys.press(.character("b"), in: .cascade, run, selects: "  till ")
        keys.press(.character("B"), in: .cascade, run, selects: "  guard ")
        keys.press(.character("o"), in: .cascade, run, shows: "o releases")
        keys.press(.escape, in: .cascade, run, endsShowing: "CASCADE 1")
        run.type("8c")
        run.waits { $0.text.contains("over in") }
        keys.press(.character("r"), in: .cascade, run, shows: "the cascade of 2.0s, again and again")
        run.type("a ")
        run.waits { !$0.text.contains("loop 0:0") && $0.text.contains("REPLAY paused") }
        run.type("\u{1B}")
        run.waits { !$0.text.contains("CASCADE 1") }
        run.type("2]")
        run.waits { $0.text.contains(" 0:05.000  1x") }
    }

    private func helps(_ run: TerminalRun) {
        let closing: [Key] = [.character("q"), .escape, .character("?"), .enter, .control("c")]
        for (index, key) in closing.enumerated() {
            keys.press(index == 0 ? .function(1) : .character("?"), in: .replay, run, shows: "all keys")
            keys.press(key, in: .help, run, endsShowing: "all keys")
        }
        // The footer is painted last: all is there.
        run.waits { $0.text.contains("? keys  q leave") }
        // Without an interval the whole screen is sent: the bytes say that, and the screen is what it was.
        let (before, count) = (run.screen.text, run.bytes.count)
        keys.press(.control("l"), in: .replay, run) { _ in run.bytes.count > count }
        run.waits { _ in run.bytes[count...].count > 36 * 20 }
        #expect(run.waits { $0.text == before })
    }

    private func leaves(_ run: TerminalRun, _ file: String) throws {
        let other = try TerminalRun(["replay", file, "--at", "5s"])
        other.waits { $0.selected.contains("shop") }
        for (key, run) in [(Key.character("q"), run), (.control("c"), other)] {
            keys.press(key, in: .replay, run) { _ in run.terminal.modes == run.modesBefore }
            #expect(run.end() == 0)
        }
    }
}
