import ArgumentParser
import Dashboard
import Recording

struct TrimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trim",
        abstract: "Cuts a part out of a recorded session, as a session that opens by itself.",
        discussion: """
            It begins with a gap for what came before and the tree as it stood, and
            ends with a gap for what came after. Times and seq stay as they were.

            Examples:
              treetop trim orders.treetop --from 0:12 --to 0:15 -o hang.treetop
              treetop trim orders.treetop --from 12s -o end.treetop
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The first instant: 0:38.7, or a time such as 12s.", valueName: "time"),
        transform: TimeSpan.read)
    var from: TimeSpan?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The last one; without it, the end.", valueName: "time"),
        transform: TimeSpan.read)
    var to: TimeSpan?

    @OptionGroup var made: NewSession
    @OptionGroup var sessions: SessionOptions

    func validate() throws {
        guard from != nil || to != nil else { throw ValidationError("give --from, --to or both") }
        if let from, let to, to.nanoseconds < from.nanoseconds {
            throw ValidationError("--to is before --from: give the earlier instant first")
        }
    }

    func run() throws {
        try made.refuseExisting()
        let session = try Sessions.open(file, sessions)
        let from = from?.nanoseconds ?? .min
        if from > session.lastT ?? 0 {
            throw Problem(
                .usage, "--from is behind the end of \(file), which is at \(Words.instant(session.lastT ?? 0))")
        }
        let cut = try made.write { path throws(SessionError) in
            try SessionTrim.write(session, from: from, to: to?.nanoseconds ?? .max, to: path)
        }
        Sessions.tell(cut.read, of: session)
        let rest = cut.events - cut.happened
        print(
            "\(made.output): \(Words.plural(cut.happened, "event"))"
                + (rest > 0 ? ", and \(rest) of a keyframe and gaps" : ""))
    }
}
