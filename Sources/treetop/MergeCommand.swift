import ArgumentParser
import Dashboard
import Recording

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Puts several recorded sessions side by side into one.",
        discussion: """
            Each is below a root of its own, of kind session. Their ids are made
            distinct, their times are aligned by the wall clock, and the events are
            numbered anew.

            Example:
              treetop merge orders.treetop bank.treetop -o both.treetop
            """)

    @Argument(help: ArgumentHelp("Session files, or JSON Lines; two or more.", valueName: "file"))
    var files: [String]

    @OptionGroup var made: NewSession
    @OptionGroup var sessions: SessionOptions

    func validate() throws {
        if files.count < 2 { throw ValidationError("one session is nothing to merge: give two or more") }
    }

    func run() throws {
        try made.refuseExisting()
        let opened = try files.map { try Sessions.open($0, sessions) }
        let merged = try made.write { path throws(SessionError) in try SessionMerge.write(opened, to: path) }
        for (session, summary) in zip(opened, merged.read) { Sessions.tell(summary, of: session) }
        print("\(made.output): \(Words.plural(merged.happened, "event")) of \(files.count) sessions")
    }
}
