import Canvas
import Dashboard
import Testing

/// Presses keys of the table on a real terminal, and knows which of them had their turn.
final class KeyPresses {
    private struct Place: Hashable {
        var row: Int
        var key: Key
    }
    private var pressed: Set<Place> = []

    /// The keys that were not pressed, each by what it does.
    var missing: [String] {
        Binding.table.enumerated().flatMap { row, binding in
            binding.keys.filter { !pressed.contains(Place(row: row, key: $0)) }.map { "\(binding.action): \($0)" }
        }
    }

    /// Presses a key where it has a meaning, and waits until the screen is as expected; it must not be so before.
    func press(
        _ key: Key, in context: Binding.Context, _ run: TerminalRun, sourceLocation: SourceLocation = #_sourceLocation,
        shows isExpected: (TinyTerminal) -> Bool
    ) {
        let row = Binding.table.firstIndex { $0.contexts.contains(context) && $0.keys.contains(key) }
        guard let row else {
            Issue.record("\(key) does nothing in \(context)", sourceLocation: sourceLocation)
            return
        }
        pressed.insert(Place(row: row, key: key))
        let wasSo = isExpected(run.screen)
        #expect(
            !wasSo, "before \(key) in \(context) it was so already:\n\(run.screen.text)",
            sourceLocation: sourceLocation)
        run.type(key.typed)
        let isSo = run.waits(isExpected)
        #expect(isSo, "\(key) in \(context)", sourceLocation: sourceLocation)
    }

    /// The same, with a text that comes, or one that goes.
    func press(
        _ key: Key, in context: Binding.Context, _ run: TerminalRun, shows text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        press(key, in: context, run, sourceLocation: sourceLocation) { $0.text.contains(text) }
    }

    func press(
        _ key: Key, in context: Binding.Context, _ run: TerminalRun, endsShowing text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        press(key, in: context, run, sourceLocation: sourceLocation) { !$0.text.contains(text) }
    }

    /// The same, with the row that the cursor comes to.
    func press(
        _ key: Key, in context: Binding.Context, _ run: TerminalRun, selects text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        press(key, in: context, run, sourceLocation: sourceLocation) { $0.selected.contains(text) }
    }
}

extension TinyTerminal {
    /// The row with the cursor of the dashboard.
    var selected: String { rows.first { $0.first == "❯" }.map { String($0) } ?? "" }
}

extension Key {
    /// What a terminal sends for it.
    var typed: String {
        switch self {
        case .character(let character): String(character)
        case .control(let letter): String(UnicodeScalar((letter.asciiValue ?? 0) & 0x1F))
        case .enter: "\r"
        case .escape: "\u{1B}"
        case .tab: "\t"
        case .backspace: "\u{7F}"
        case .up: "\u{1B}[A"
        case .down: "\u{1B}[B"
        case .right: "\u{1B}[C"
        case .left: "\u{1B}[D"
        case .home: "\u{1B}[H"
        case .end: "\u{1B}[F"
        case .backTab: "\u{1B}[Z"
        case .insert: "\u{1B}[2~"
        case .delete: "\u{1B}[3~"
        case .pageUp: "\u{1B}[5~"
        case .pageDown: "\u{1B}[6~"
        case .function(let number) where number <= 4: "\u{1B}O" + String(UnicodeScalar(UInt8(0x4F + number)))
        case .function(let number): "\u{1B}[\(number <= 5 ? 10 + number : number <= 10 ? 11 + number : 12 + number)~"
        case .alt(let character): "\u{1B}\(character)"
        case .unknown: ""
        }
    }
}
