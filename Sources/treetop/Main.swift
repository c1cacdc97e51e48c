import ArgumentParser
import Glibc

@main
enum Main {
    static func main() {
        // A reader of our output that leaves early ends the output, not the cleanup.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try Treetop.parseAsRoot()
            let result = Result { try command.run() }
            try Output.complete()
            try result.get()
        } catch {
            leave(error)
        }
    }

    /// One line for an error, the whole text for a request for help; exits with the documented code.
    private static func leave(_ error: any Error) -> Never {
        if let problem = error as? Problem {
            complain(problem.message)
            exit(problem.exit.rawValue)
        }
        let code = Treetop.exitCode(for: error)
        if code == .success {
            print(Treetop.fullMessage(for: error))
        } else if code == .validationFailure {
            complain("\(oneLine(Treetop.message(for: error))) (\(helpCommand) says more)")
        }
        exit(code.rawValue)
    }

    /// The help of the command that was asked for.
    private static var helpCommand: String {
        let names = Treetop.configuration.subcommands.compactMap { $0.configuration.commandName }
        let name = CommandLine.arguments.dropFirst().first { names.contains($0) }
        return (["treetop"] + (name.map { [$0] } ?? []) + ["--help"]).joined(separator: " ")
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

struct Treetop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "treetop",
        abstract: "top, for live task trees: what runs, who started it, what it holds, and why it does not stop.",
        discussion: """
            Examples:
              treetop demo                       a live tree; x cancels a subtree
              treetop replay                     the last recording, both ways
              treetop check FILE                 does it keep the promises?
              treetop report FILE                what it came to, in numbers
              treetop state FILE --at 12s        the tree as it stood
              treetop diff FILE --from 12s       what changed since
              treetop events FILE --where K=V    those for which conditions hold
              treetop export FILE --to jsonl     one JSON object a line
              treetop import FILE -o FILE        a session file of such lines
              treetop pack FILE -o FILE          smaller, and quicker to open
              treetop trim FILE --from T -o FILE a part of it
              treetop merge FILE FILE -o FILE    several side by side

            The dashboard's keys, its theme and plain ASCII can be set in
            $XDG_CONFIG_HOME/treetop/config.yaml; the README has an example.

            Exit codes: 0 done; 1 the tree failed, or a check says violated;
            2 a file cannot be read or written; 3 a check says undetermined, or
            who wrote a followed session died; 4 something was abandoned; 5 the
            recording failed, all else went well; 64 bad usage; 69 what is needed
            is not there (a port, a terminal); 128+n ended by signal n.
            """,
        version: "0.1.0",
        subcommands: [
            DemoCommand.self, ReplayCommand.self, CheckCommand.self, ReportCommand.self,
            StateCommand.self, DiffCommand.self, EventsCommand.self, ExportCommand.self,
            ImportCommand.self, PackCommand.self, TrimCommand.self, MergeCommand.self,
        ])
}

/// The exit codes, as documented in `--help`.
enum Exit: Int32 {
    case done = 0
    case failed = 1
    case unreadable = 2
    case undetermined = 3
    case abandoned = 4
    case recordingFailed = 5
    case usage = 64
    case unavailable = 69
}

/// What ends a command: one line that says what is wrong and what to do, and the exit code.
struct Problem: Error {
    let exit: Exit
    let message: String
    init(_ exit: Exit, _ message: String) {
        self.exit = exit
        self.message = message
    }
}

/// Writes one line to standard error.
func complain(_ message: String) {
    let line = Array("treetop: \(Output.printable(message))\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
