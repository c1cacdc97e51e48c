import ArgumentParser
import Recording

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Holds a recorded session against the engine's promises.",
        discussion: """
            It says holds (exit code 0), violated (1), naming each event by its
            seq, or undetermined (3), saying what is missing; a file that cannot
            be read is 2. Session files and JSON Lines are read.

            Examples:
              treetop check orders.treetop
              my-program | treetop check /dev/stdin
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    func run() throws {
        let session = try Sessions.open(file)
        let verdict: Check.Verdict
        do { verdict = try Check.verdict(of: session) } catch { throw Problem(.unreadable, error.message) }
        let output = Output()
        output.line(headline(verdict, session))
        for violation in verdict.violations { output.line(Output.printable("  \(violation)")) }
        if verdict.furtherViolations > 0 { output.line("  and \(verdict.furtherViolations) more") }
        for reason in verdict.reasons { output.line(Output.printable("  missing: \(reason)")) }
        for note in verdict.notes { output.line(Output.printable("  note: \(note)")) }
        output.flush()
        switch verdict.result {
        case .holds: break
        case .violated: throw ExitCode(Exit.failed.rawValue)
        case .undetermined: throw ExitCode(Exit.undetermined.rawValue)
        }
    }

    private func headline(_ verdict: Check.Verdict, _ session: SessionFile) -> String {
        let counts = verdict.counts
        return Output.printable(
            "\(verdict.result.rawValue): \(session.path): \(counts.events) events, \(counts.tasks) tasks "
                + "(\(counts.failed) failed, \(counts.cancelled) cancelled, \(counts.abandoned) abandoned), "
                + "\(counts.acquired) resources acquired, \(counts.released) released, \(counts.cascades) cascades, "
                + (counts.gaps == 0 ? "no gap" : "\(counts.gaps) gaps"))
    }
}
