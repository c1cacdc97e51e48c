import ArgumentParser
import Measure

/// Measures sessions: what it costs to read them.
@main
struct BenchSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-session", abstract: "Measures Treetop's session files: opening, seeking, stepping, folding."
    )

    @Flag(help: "A tenth of the events.")
    var quick = false

    @Option(help: "Also write the figures to this file, as a JSON list.")
    var json: String?

    func run() throws {
        let figures = try Reading.measure(quick)
        for figure in figures { print(figure.line) }
        if let json { try Figure.write(figures, to: json) }
    }
}
