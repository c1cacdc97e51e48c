import ArgumentParser
import Dashboard
import Recording

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a session file of JSON Lines from any program.",
        discussion: """
            A line that is no event ends it with exit code 2 and the line's
            number, and no file is made. Sources/Recording/FORMAT.md has the lines.

            Examples:
              treetop import orders.jsonl -o orders.treetop
              my-program | treetop import /dev/stdin -o mine.treetop
            """)

    @Argument(help: "JSON Lines.")
    var file: String

    @OptionGroup var made: NewSession
    @OptionGroup var sessions: SessionOptions

    func run() throws {
        try made.refuseExisting()
        let lines = try Sessions.open(file, sessions)
        tell(try made.write { path throws(SessionError) in try SessionImport.write(lines, to: path) })
    }

    private func tell(_ summary: SessionImport.Summary) {
        for line in summary.read.lines { complain("\(file): \(line)") }
        if summary.earlier > 0 {
            complain("\(file): \(summary.earlier) events were earlier than the one before: they have its time now")
        }
        print("\(made.output): \(Words.plural(summary.happened, "event"))")
    }
}
