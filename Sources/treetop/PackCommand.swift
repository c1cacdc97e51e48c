import ArgumentParser
import Dashboard
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
        let packed = try made.write { path throws(SessionError) in try SessionPack.write(session, to: path) }
        Sessions.tell(packed.read, of: session)
        let (size, before) = (Self.size(made.output), Self.size(file))
        print(
            "\(made.output): \(Words.plural(packed.happened, "event")), \(Words.plural(size, "byte"))"
                + (before > 0 ? " of \(Words.count(before))" : ""))
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
