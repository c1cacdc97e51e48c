import ArgumentParser
import Canvas
import Dashboard
import Recording

/// A screen of a replay, drawn without a terminal.
enum Picture: String, ExpressibleByArgument, CaseIterable {
    case svg, text

    static func draw(
        _ picture: Picture, _ start: Replay, _ session: SessionFile, _ size: ScreenSize, _ keys: String?,
        _ look: Look
    ) throws -> String {
        var replay = start
        var state = DashboardState(width: size.width, height: size.height, keys: look.keys)
        _ = state.update(.session(Sessions.status(session)))
        _ = state.update(.replay(replay.view))
        state.prepare()
        for key in try presses(keys ?? "") {
            for effect in state.update(.key(key)) {
                guard case .replay(let command) = effect else { continue }
                replay.perform(command)
                _ = state.update(.replay(replay.view))
            }
            state.prepare()
        }
        var canvas = CellGrid(width: size.width, height: size.height, ascii: look.ascii)
        render(state, into: &canvas)
        switch picture {
        case .svg:
            return canvas.svg(theme: look.usesColour ? look.theme : .mono, title: "treetop \(session.session.name)")
        case .text: return canvas.text
        }
    }

    /// Keys by name with spaces between them. A word that begins with `/` is typed, and a single character is its key.
    private static func presses(_ text: String) throws -> [Key] {
        try text.split(separator: " ").flatMap { word in
            if let key = Key(name: String(word)) { return [key] }
            if word.hasPrefix("/") { return word.map { Key.character($0) } }
            throw Problem(
                .usage, "--keys: \(word) is no key: give characters, /text, or names such as Enter, Esc, Up, F1")
        }
    }
}

/// A screen's size, as `120x36`.
struct ScreenSize: Formed, CustomStringConvertible {
    let width: Int
    let height: Int
    var description: String { "\(width)x\(height)" }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    static func form(insteadOf text: String) -> String { "a width and a height, from 1x1 to 500x200" }

    init?(argument: String) {
        let parts = argument.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (1...500).contains(parts[0]), (1...200).contains(parts[1]) else { return nil }
        self.init(width: parts[0], height: parts[1])
    }
}
