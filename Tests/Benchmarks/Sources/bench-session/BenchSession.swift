import ArgumentParser
import Measure

/// Measures sessions: what it costs to record, follow and read them, and what a kill leaves of them.
@main
struct BenchSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-session", abstract: "Measures Treetop's sessions: recording, following, reading, kills.",
        discussion: """
            swift run -c release --package-path Tests/Benchmarks bench-session record follow --quick
            swift run -c release --package-path Tests/Benchmarks bench-session kills --kills 1000
            """)

    @Argument(help: "Which: \(Topic.allCases.map(\.rawValue).joined(separator: ", ")). All of them by default.")
    var names: [Topic] = []

    @Flag(help: "Smaller trees and fewer turns.")
    var quick = false

    @Option(help: "How often a writer is killed.")
    var kills = 100

    @Option(help: "The seed of the kills; a random one by default, which is printed.")
    var seed: UInt64?

    @Option(help: "Also write the figures to this file, as a JSON list.")
    var json: String?

    @Option(help: .private)
    var child: Child?

    @Option(parsing: .remaining, help: .private)
    var with: [String] = []

    func run() throws {
        if let child { return try child.run(with) }
        var figures: [Figure] = []
        for topic in Topic.allCases where names.isEmpty || names.contains(topic) {
            for figure in try topic.measure(self) {
                print(figure.line)
                figures.append(figure)
            }
        }
        if let json { try Figure.write(figures, to: json) }
    }
}

/// What is measured.
enum Topic: String, CaseIterable, ExpressibleByArgument {
    /// What recording adds to an engine whose log is on; bytes an event.
    case record
    /// To append an event to a log that is recorded.
    case append
    /// From an append in one process until another one has the event.
    case follow
    /// To open a file, go to any time in it, step back, and fold it.
    case read
    /// What is left when a writer is killed at any moment.
    case kills

    func measure(_ bench: BenchSession) throws -> [Figure] {
        switch self {
        case .record: try RecordingCost.measure(bench.quick) + StormSize.measure(bench.quick)
        case .append: try Appending.measure(bench.quick)
        case .follow: try Following.measure(bench.quick)
        case .read: try Reading.measure(bench.quick)
        case .kills: try Kills.measure(bench.kills, bench.seed ?? .random(in: .min ... .max))
        }
    }
}

/// What this program does as a process of its own, for a measurement.
enum Child: String, ExpressibleByArgument {
    case follower, victim

    func run(_ arguments: [String]) throws {
        switch self {
        case .follower: try Following.follow(arguments[0])
        case .victim: try Kills.write(arguments)
        }
    }
}
