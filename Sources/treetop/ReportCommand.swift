import ArgumentParser
import Recording

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Sums a recorded session up, or compares two.",
        discussion: """
            Totals, peaks and durations; the slowest releases; the longest
            cascades with who held them up, their critical path and the order of
            the ends; leaks, abandoned tasks, and failures that are alike. With a
            second file it says what differs. Session files and JSON Lines are
            read; what a log without an end, or with a gap, cannot tell is said.

            Examples:
              treetop report orders.treetop
              treetop report before.treetop after.treetop
              treetop report orders.treetop --json | jq .leaks
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Argument(help: "Another one to compare it with.")
    var other: String?

    @Flag(help: "One JSON object on one line; of two files {\"a\":…,\"b\":…}.")
    var json = false

    @OptionGroup var sessions: SessionOptions

    func run() throws {
        let first = try summary(file)
        let second = try other.map(summary)
        let output = Output()
        if json {
            output.line(second.map { #"{"a":\#(first.json),"b":\#($0.json)}"# } ?? first.json)
        } else if let second, let other {
            ReportComparison(a: first, b: second).lines(Sessions.fileName(file), Sessions.fileName(other))
                .forEach { output.line(Columns.fit($0)) }
        } else {
            ReportText(first).lines(Sessions.fileName(file)).forEach { output.line(Columns.fit($0)) }
        }
        output.flush()
    }

    private func summary(_ path: String) throws -> Report.Summary {
        let session = try Sessions.open(path, sessions)
        return try Sessions.readable { () throws(SessionError) in
            try Report.summary(of: session) { Sessions.tell($0, of: session) }
        }
    }
}
