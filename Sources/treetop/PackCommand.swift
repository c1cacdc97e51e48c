import ArgumentParser
import Glibc
import Recording

struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Makes a session file smaller and quicker to open: sealed, indexed, without what is dead.",
        discussion: """
            Left out are the room that was taken ahead, damaged parts, and strings
            that are said again and again. A check of the new file says the same,
            and exported it is the same lines. JSON Lines are read as well.

            Examples:
              treetop pack orders.treetop -o small.treetop
              treetop pack orders.treetop --redact '[\\w.]+@[\\w.]+' -o ticket.treetop
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @OptionGroup var made: NewSession
    @OptionGroup var sessions: SessionOptions

    func run() throws {
        try made.refuseExisting()
        let session = try Sessions.open(file, sessions)
        let summary = try made.write { path throws(SessionError) in try SessionPack.write(session, to: path) }
        Sessions.tell(summary, of: session)
        print("\(made.output): \(summary.events) events, \(Self.size(made.output)) bytes of \(Self.size(file))")
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
