import ArgumentParser
import Glibc
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

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The session file to make; it must not exist.", valueName: "file"))
    var output: String

    func run() throws {
        if access(output, F_OK) == 0 {
            throw Problem(.unreadable, "\(output) exists already: choose another name or remove it")
        }
        let lines = try Sessions.open(file)
        // It gets its name when it is whole.
        let draft = "\(output).\(getpid()).part"
        Self.removeWhenInterrupted(draft)
        do {
            let summary = try SessionImport.write(lines, to: draft)
            guard rename(draft, output) == 0 else {
                throw Problem(.unreadable, "cannot write \(output): \(String(cString: strerror(errno)))")
            }
            tell(summary)
        } catch {
            unlink(draft)
            guard let error = error as? SessionError else { throw error }
            throw Problem(.unreadable, error.message.replacing(draft, with: output))
        }
    }

    /// Removes the file when a signal ends the program before it is whole.
    private static func removeWhenInterrupted(_ path: String) {
        interrupted = strdup(path)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = ImportCommand.interrupted { unlink(path) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    /// Written before the handlers are set, and never after.
    nonisolated(unsafe) private static var interrupted: UnsafeMutablePointer<CChar>?

    private func tell(_ summary: SessionImport.Summary) {
        for line in summary.read.lines { complain("\(file): \(line)") }
        if summary.earlier > 0 {
            complain("\(file): \(summary.earlier) events were earlier than the one before: they have its time now")
        }
        print("\(output): \(summary.events) events")
    }
}
