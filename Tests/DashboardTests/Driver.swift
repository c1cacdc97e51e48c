import Canvas
import Dashboard
import Testing
import TreeModel

/// Uses a dashboard as a person would: presses keys, looks at lines.
final class Driver {
    var state: DashboardState
    private(set) var effects: [Effect] = []
    var ascii = true

    init(width: Int = 120, height: Int = 36, keys: KeyMap = KeyMap()) {
        state = DashboardState(width: width, height: height, keys: keys)
        send(.session(SessionStatus(name: "orders", file: "orders-1012.treetop", bytes: 86_412, recording: .running)))
    }

    func send(_ input: DashboardInput) { effects += state.update(input) }

    /// Feeds events, and lets time pass up to the last of them or to `seconds`.
    func watch(_ events: some Sequence<TreeEvent>, until seconds: Double? = nil) {
        let events = Array(events)
        for event in events { state.take(event) }
        send(.tick(now: seconds.map(Script.ns) ?? events.last?.t ?? 0))
    }

    func press(_ keys: Key...) {
        for key in keys { send(.key(key)) }
    }

    func type(_ text: String) {
        for character in text { send(.key(.character(character))) }
    }

    /// What the keys so far asked for; asking empties it.
    func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    func canvas() -> CellGrid {
        state.prepare()
        var canvas = CellGrid(width: state.width, height: state.height, ascii: ascii)
        render(state, into: &canvas)
        return canvas
    }

    func screen() -> String { canvas().text }

    /// Compares the screen with a picture of it; spaces at the ends of lines do not count.
    func expect(_ picture: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let lines = screen().split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = picture.split(separator: "\n", omittingEmptySubsequences: false)
        for row in 0..<max(lines.count, wanted.count) {
            let line = row < lines.count ? String(lines[row]) : "<none>"
            var other = row < wanted.count ? String(wanted[row]) : "<none>"
            while other.last == " " { other.removeLast() }
            #expect(line == other, "row \(row)", sourceLocation: sourceLocation)
        }
    }

    /// Expects that some line has this text in it.
    func expectLine(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let screen = screen()
        #expect(
            screen.split(separator: "\n").contains { $0.contains(text) }, "\(text) in\n\(screen)",
            sourceLocation: sourceLocation)
    }

    func expectNoLine(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let screen = screen()
        #expect(!screen.contains(text), "\(text) in\n\(screen)", sourceLocation: sourceLocation)
    }

    /// The line that starts with the cursor or, in a preview, is highlighted.
    func cursorLine() -> String {
        let canvas = canvas()
        for y in 0..<canvas.height where canvas[0, y].selected { return canvas.row(y) }
        return ""
    }
}
