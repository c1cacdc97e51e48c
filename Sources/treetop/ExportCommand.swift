import ArgumentParser
import Recording

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a recorded session in another format, to standard output.",
        discussion: """
            Examples:
              treetop export orders.treetop --to jsonl > orders.jsonl
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl }

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(help: "jsonl: one JSON object a line, a header first.")
    var to: Format

    func run() throws {
        let session = try Sessions.open(file)
        let reader = session.events()
        let json = JSONLinesWriter()
        let output = Output()
        output.line(json.header(session.session))
        do {
            while let item = try reader.next(), !output.isClosed {
                if case .event(let event) = item { output.line(json.line(event)) }
            }
        } catch {
            output.flush()
            throw Problem(.unreadable, error.message)
        }
        output.flush()
        for line in reader.summary.lines { complain("\(session.path): \(line)") }
    }
}
