import Canvas
import Dashboard
import Testing

/// The keys of the views, of a recording that stands at 5 s.
extension KeyTableTests {
    func views(_ run: TerminalRun) {
        run.type("g")
        run.waits { $0.selected.contains("shop") }
        keys.press(.tab, in: .replay, run, shows: "CASCADES")
        keys.press(.backTab, in: .replay, run, endsShowing: "CASCADES")
        for (number, name) in ["CASCADES", "RESOURCES", "EVENTS", "TIMELINE", "LOGS"].enumerated() {
            keys.press(.function(number + 3), in: .replay, run, shows: name)
        }
        keys.press(.function(2), in: .replay, run, endsShowing: "LOGS")
        cascadesView(run)
        resources(run)
        lines(run)
        timeline(run)
    }

    private func open(_ number: Int, _ name: String, _ run: TerminalRun) {
        run.type(Key.function(number).typed)
        run.waits { $0.text.contains(name) }
    }

    private func cascadesView(_ run: TerminalRun) {
        open(3, "CASCADES", run)
        keys.press(.enter, in: .cascades, run, shows: "CASCADE 1  shop / desk")
        run.type("\u{1B}")
        run.waits { !$0.text.contains("CASCADE 1") }
        keys.press(.character("t"), in: .cascades, run, selects: "▾ desk")
    }

    private func resources(_ run: TerminalRun) {
        for key in [Key.enter, .character("t")] {
            open(4, "RESOURCES", run)
            run.waits { $0.selected.contains("door.lock") }
            keys.press(key, in: .resources, run, selects: "❯    guard ")
        }
        open(4, "RESOURCES", run)
        keys.press(.character("s"), in: .resources, run, shows: "by kind")
        keys.press(.escape, in: .resources, run, endsShowing: "RESOURCES")
    }

    private func lines(_ run: TerminalRun) {
        open(5, "EVENTS", run)
        keys.press(.character("/"), in: .events, run, shows: "Enter stay there")
        run.type("is in\r")
        run.waits { $0.selected.contains("box 39 is in") && $0.text.contains("Esc close") }
        keys.press(.character("n"), in: .events, run, selects: "box 0 is in")
        keys.press(.character("N"), in: .events, run, selects: "box 39 is in")
        keys.press(.character("F"), in: .events, run, selects: "task.overdue")
        run.type("\u{1B}")
        run.waits { $0.text.contains("Esc back") }
        keys.press(.character("f"), in: .events, run, shows: "show only _")
        run.type("no ink\r")
        run.waits { $0.text.contains("only no ink") && !$0.text.contains("show only") }
        run.type("\u{1B}")
        run.waits { $0.text.contains("Esc back") }
        // The logs are those of what is under the cursor of the tree.
        run.type(Key.function(2).typed)
        run.waits { $0.selected.contains("guard") }
        run.type("g" + Key.function(7).typed)
        run.waits { $0.text.contains("shop and below") }
        keys.press(.character("*"), in: .logs, run, shows: "shop alone")
        run.type("*")
        run.waits { $0.text.contains("shop and below") }
    }

    private func timeline(_ run: TerminalRun) {
        open(6, "TIMELINE", run)
        run.waits { $0.text.contains("TOOK 0:00.000") }
        keys.press(.character("+"), in: .timeline, run, shows: "TOOK 0:02.500")
        keys.press(.character("<"), in: .timeline, run, shows: "TOOK 0:01.875")
        keys.press(.character(">"), in: .timeline, run, shows: "TOOK 0:02.500")
        keys.press(.character("-"), in: .timeline, run, shows: "TOOK 0:00.000")
        keys.press(.character("c"), in: .timeline, run, shows: "+500ms")
        run.type("c\u{1B}")
        run.waits { !$0.text.contains("TIMELINE") }
    }
}
