import ArgumentParser
import Measure

/// Measures the screen: what a key, a frame, an event and a quiet minute cost.
@main
struct BenchScreen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-screen", abstract: "Measures Treetop's dashboard: keys, frames, bytes, folding, opening.",
        discussion: """
            swift run -c release --package-path Tests/Benchmarks bench-screen keys paint --quick
            """)

    @Argument(help: "Which: \(Topic.allCases.map(\.rawValue).joined(separator: ", ")). All of them by default.")
    var names: [Topic] = []

    @Flag(help: "Smaller trees, fewer keys and shorter watches: two minutes at most.")
    var quick = false

    @Option(help: "Also write the figures to this file, as a JSON list.")
    var json: String?

    func run() throws {
        var figures: [Figure] = []
        for topic in Topic.allCases where names.isEmpty || names.contains(topic) {
            for figure in try topic.measure(quick) {
                print(figure.line)
                figures.append(figure)
            }
        }
        if let json { try Figure.write(figures, to: json) }
    }
}

/// What is measured.
enum Topic: String, CaseIterable, ExpressibleByArgument {
    /// From a key to the first byte that is painted for it, in the real program.
    case keys
    /// Frames that are painted, in this process.
    case paint
    /// What a screen costs that nobody touches, in the real program.
    case quiet
    /// Events folded into the model, and what the model keeps.
    case fold
    /// The real program with a million tasks.
    case million
    /// From the start of the program to its first screen.
    case open

    func measure(_ isQuick: Bool) throws -> [Figure] {
        switch self {
        case .keys: try Keys.measure(isQuick)
        case .paint: try Painting.measure(isQuick)
        case .quiet: try Quiet.measure(isQuick)
        case .fold: Folding.measure(isQuick)
        case .million: try Million.measure(isQuick)
        case .open: try Opening.measure(isQuick)
        }
    }
}
