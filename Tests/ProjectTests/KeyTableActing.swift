import Canvas
import Dashboard
import Testing

/// The keys that act on a running program. Its screen goes on by itself: that a pane is gone is told by the line of keys,
/// which is drawn last.
extension KeyTableTests {
    func acts() throws {
        let run = try TerminalRun(["demo", "--port", "0", "--no-record", "--grace", "1h"])
        #expect(run.waits { $0.selected.contains("orders") && $0.text.contains("order-") })
        liveMoves(run)
        previews(run)
        cancels(run)
        keys.press(.character("p"), in: .live, run, shows: "PAUSED")
        run.type("p")
        run.waits { !$0.text.contains("PAUSED") }
        asks(run)
        // What `X` stops has no grace: where it did not return at once it is abandoned, and the exit code says so.
        let abandoned = run.screen.text.firstMatch(of: /([0-9]+) abandoned/)?.1
        keys.press(.character("y"), in: .quit, run, endsShowing: "Shut down orders?")
        #expect(run.end() == (abandoned == "0" ? 0 : 4))
        #expect(run.terminal.modes == run.modesBefore)
    }

    private func liveMoves(_ run: TerminalRun) {
        for (last, first) in [(Key.character("G"), Key.character("g")), (.end, .home)] {
            keys.press(last, in: .live, run) { !$0.selected.isEmpty && !$0.selected.contains("orders ") }
            keys.press(first, in: .live, run, selects: "orders ")
        }
        for (fold, unfold) in [(Key.character("h"), Key.character("l")), (.left, .right)] {
            keys.press(fold, in: .live, run, selects: "▸ orders")
            keys.press(unfold, in: .live, run, selects: "▾ orders")
        }
        keys.press(.character("F"), in: .live, run, shows: "the cursor follows what happens")
        run.type("F")
        run.waits { $0.text.contains("the cursor stays where it is") }
        run.type("g")
        run.waits { $0.selected.contains("orders ") }
    }

    private func previews(_ run: TerminalRun) {
        keys.press(.character("x"), in: .live, run, shows: "CANCEL orders ?")
        keys.press(.character("v"), in: .preview, run, shows: "v summary")
        keys.press(.character("n"), in: .preview, run, shows: "d drain")
        keys.press(.character("X"), in: .live, run, shows: "without grace")
        keys.press(.escape, in: .preview, run, shows: "d drain")
        keys.press(.character("d"), in: .live, run, shows: "DRAIN orders ?")
        run.type("n")
        run.waits { $0.text.contains("d drain") }
        keys.press(.character(" "), in: .live, run, shows: "1 tagged")
        run.type("\u{1B}")
        run.waits { !$0.text.contains("1 tagged") }
    }

    private func find(_ name: String, _ run: TerminalRun) {
        run.type("/\(name)\r")
        run.waits { $0.selected.contains(" \(name) ") && $0.text.contains("Esc close") }
    }

    private func cancels(_ run: TerminalRun) {
        for (name, key) in [("bank", Key.enter), ("http", .character("X")), ("client", .character("y"))] {
            find(name, run)
            run.type("x")
            run.waits { $0.text.contains("CANCEL orders / \(name) ?") }
            keys.press(key, in: .preview, run, shows: "over in")
            run.type("\u{1B}")
            run.waits { $0.text.contains("d drain") }
        }
        find("client", run)
        keys.press(.character("R"), in: .live, run, shows: "client started again")
    }

    private func asks(_ run: TerminalRun) {
        for (key, answer) in [(Key.character("q"), Key.character("n")), (.control("c"), .escape)] {
            keys.press(key, in: .live, run, shows: "Shut down orders?")
            keys.press(answer, in: .quit, run, endsShowing: "Shut down orders?")
        }
        run.type("q")
        run.waits { $0.text.contains("Shut down orders?") }
    }

    /// A cascade that waits for an hour for a task that cannot be interrupted, unless it is told not to.
    func escalates() throws {
        let run = try TerminalRun(["demo", "stuck", "--no-record", "--grace", "1h"])
        #expect(run.waits { $0.text.contains("wants-lock") && $0.text.contains("cancelling") })
        run.type("c")
        run.waits { $0.text.contains("X end grace now") }
        keys.press(.character("X"), in: .cascade, run, shows: "1 abandoned")
        run.type("qy")
        #expect(run.end() == 4)
    }

    /// The other answers to the question whether to shut down.
    func shutsDown() throws {
        for key in [Key.enter, .character("q"), .control("c")] {
            let run = try TerminalRun(["demo", "storm", "--scale", "40", "--no-record"])
            run.waits { $0.selected.contains("storm") }
            run.type("q")
            run.waits { $0.text.contains("Shut down storm?") }
            keys.press(key, in: .quit, run, endsShowing: "Shut down storm?")
            #expect(run.end() == 0)
            #expect(run.terminal.modes == run.modesBefore)
        }
    }

    /// A shell with job control, as at a prompt: when the program stops it goes on, and then takes it up again.
    func suspends() throws {
        let script = #""$0" "$@"; echo STOPPED; read line; fg"#
        let run = try TerminalRun(
            ["-mc", script, Program.path, "demo", "storm", "--scale", "40", "--no-record"], of: "/bin/bash")
        run.waits { $0.selected.contains("storm") }
        keys.press(.control("z"), in: .live, run, shows: "STOPPED")
        run.type("\n")
        run.waits { $0.selected.contains("storm") }
        run.type("qy")
        #expect(run.end() == 0)
    }
}
