import ArgumentParser
import Dashboard
import Glibc
import Recording

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Holds a recorded session against the engine's promises.",
        discussion: """
            It says holds (exit code 0), violated (1), naming each event by its
            seq, or undetermined (3), saying what is missing; a file that cannot
            be read is 2. Session files and JSON Lines are read. What keeps only
            the last part is held to the promises from its keyframe on, and a
            note says so.

            --junit writes a test case for each promise, and one for each of
            nothing-leaked, nothing-abandoned, releases-in-time and
            releases-succeed. Those four break no promise; with --strict they
            end with 1 as well.

            Examples:
              treetop check orders.treetop
              treetop check orders.treetop --strict --junit check.xml
              my-program | treetop check /dev/stdin
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(help: ArgumentHelp("Write the verdict to this file as well, as JUnit XML.", valueName: "file"))
    var junit: String?

    @Flag(help: "What leaked, was abandoned, overran or failed to release counts as violated.")
    var strict = false

    @OptionGroup var sessions: SessionOptions

    func run() throws {
        let session = try Sessions.open(file, sessions)
        var verdict = try Sessions.readable { () throws(SessionError) in
            try Check.verdict(of: session) { Sessions.tell($0, of: session) }
        }
        let xml = JUnit(verdict, of: Sessions.fileName(file)).xml()
        if strict, !verdict.findings.isEmpty { verdict.result = .violated }
        let destination = try junit.map { try Destination($0, source: file) }
        // Where the XML goes there is nothing else.
        let output = Output(destination?.isStandardOutput == true ? STDERR_FILENO : STDOUT_FILENO)
        output.line(headline(verdict, session))
        for violation in verdict.violations { output.line(Output.printable("  \(violation)")) }
        if verdict.furtherViolations > 0 { output.line("  and \(verdict.furtherViolations) more") }
        if strict { for finding in verdict.findings { output.line(Output.printable("  \(finding)")) } }
        for reason in verdict.reasons { output.line(Output.printable("  missing: \(reason)")) }
        for note in verdict.notes { output.line(Output.printable("  note: \(note)")) }
        output.flush()
        try destination?.write(Array(xml.utf8))
        try destination?.complete()
        switch verdict.result {
        case .holds: break
        case .violated: throw ExitCode(Exit.failed.rawValue)
        case .undetermined: throw ExitCode(Exit.undetermined.rawValue)
        }
    }

    private func headline(_ verdict: Check.Verdict, _ session: SessionFile) -> String {
        let counts = verdict.counts
        return Output.printable(
            "\(verdict.result.rawValue): \(session.path): \(Words.plural(counts.events, "event")), "
                + "\(Words.plural(counts.tasks, "task")) "
                + "(\(counts.failed) failed, \(counts.cancelled) cancelled, \(counts.abandoned) abandoned), "
                + "\(Words.plural(counts.acquired, "resource")) acquired, \(Words.count(counts.released)) released, "
                + "\(Words.plural(counts.cascades, "cascade")), "
                + (counts.gaps == 0 ? "no gap" : Words.plural(counts.gaps, "gap")))
    }
}
