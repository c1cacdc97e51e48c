import ArgumentParser
import Dashboard
import Export
import Glibc
import Recording
import TreeModel

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a recorded session in another format.",
        discussion: """
            Session files and JSON Lines are read.

            Formats:
            \(Target.list)

            SQL makes a database of tables (session, events, tasks, labels, waits,
            resources, cascades, logs, suppressed) and views (slowest_releases,
            leaks, abandoned_tasks, failures, failures_by_kind, cascade_summary,
            and live_tasks: how many were alive, over time) when the sqlite3
            program is given it. With -o and a name that ends in .db or .sqlite
            it is given it.

            Examples:
              treetop export orders.treetop --to jsonl > orders.jsonl
              treetop export orders.treetop --to perfetto -o orders.pftrace
              treetop export orders.treetop --to html -o ticket.html
              treetop export orders.treetop --to sqlite -o orders.db
              treetop export orders.treetop --to dot --at 12s | dot -Tsvg > tree.svg
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(
        help: ArgumentHelp("One of the formats above.", valueName: "format"), transform: Target.init(named:))
    var to: Target

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write to this file, once it is whole, instead of standard output.", valueName: "file"))
    var output: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The tree as it stood then (dot, mermaid).", valueName: "time"),
        transform: TimeSpan.read)
    var at: TimeSpan?

    @Option(help: ArgumentHelp("Only this task and what is below it (dot, mermaid, svg, html).", valueName: "id"))
    var task: UInt64?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The size of the screen (asciicast).", valueName: "size"),
        transform: ScreenSize.read)
    var size = ScreenSize(width: 100, height: 30)

    @Option(parsing: .unconditional, help: "Frames in a second at most (asciicast).")
    var fps = 10

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Cut out the time after nothing happened for so long (asciicast); 2s unless given.", valueName: "time"),
        transform: TimeSpan.read)
    var idle: TimeSpan?

    @OptionGroup var sessions: SessionOptions
    @OptionGroup var look: LookOptions

    private static func namesDatabase(_ path: String) -> Bool {
        [".db", ".sqlite", ".sqlite3"].contains { path.hasSuffix($0) }
    }

    func validate() throws {
        if at != nil, !to.takesInstant { throw ValidationError("--at is for --to dot and mermaid") }
        if task != nil, !to.takesTask { throw ValidationError("--task is for --to dot, mermaid, svg and html") }
        if !(1...60).contains(fps) { throw ValidationError("--fps \(fps): give 1 to 60") }
    }

    func run() throws {
        let session = try Sessions.open(file, sessions)
        if output == nil, to.isBinary, isatty(STDOUT_FILENO) != 0 {
            throw Problem(.usage, "\(to) is nothing for a terminal: give -o FILE")
        }
        if let at { try Sessions.refuseWhatIsNotKept(session, at: at.nanoseconds) }
        let isDatabase = to.isSQL && output.map(Self.namesDatabase) ?? false
        let destination = try Destination(output, source: file, isDatabase: isDatabase)
        switch to {
        case .format(let format): try write(session, format, to: destination)
        case .cast(let version):
            let cast = Cast(
                version: version, size: size, rate: Int64(fps), idle: max(1, idle?.nanoseconds ?? 2_000_000_000),
                look: try Look(look))
            try cast.write(session, to: destination)
        }
        try destination.complete()
    }

    private func write(_ session: SessionFile, _ format: ExportFormat, to destination: Destination) throws {
        let reader = session.events()
        var writer = format.writer(at: at?.nanoseconds, task: task.map { TaskID($0) })
        writer.begin(session.session)
        do {
            var count = 0
            while let event = try reader.nextEvent(), !destination.isClosed {
                writer.write(event)
                count += 1
                if count % 16 == 0 { try destination.write(writer.take()) }
            }
            try writer.end()
        } catch let error as SessionError {
            // What was read until there is good.
            try destination.write(writer.take())
            throw Problem(.unreadable, error.message)
        } catch let error as ExportError {
            throw Problem(.usage, error.message)
        }
        try destination.write(writer.take())
        Sessions.tell(reader.summary, of: session)
    }
}

/// What a session can be exported to.
enum Target: CustomStringConvertible {
    case format(ExportFormat)
    case cast(Cast.Version)

    private static let casts: [(name: String, version: Cast.Version, summary: String)] = [
        ("asciicast", .three, "the dashboard's replay, for asciinema 3"),
        ("asciicast-v2", .two, "the same for older players"),
    ]

    init(named name: String) throws {
        if let format = ExportFormat(rawValue: name) {
            self = .format(format)
        } else if let cast = Self.casts.first(where: { $0.name == name }) {
            self = .cast(cast.version)
        } else {
            let names = ExportFormat.allCases.map(\.rawValue) + Self.casts.map(\.name)
            throw ValidationError("give one of \(names.joined(separator: ", "))")
        }
    }

    /// The formats, a line each.
    static var list: String {
        let lines = ExportFormat.allCases.map { ($0.rawValue, $0.summary) } + casts.map { ($0.name, $0.summary) }
        return lines.map { name, summary in
            "  \(name)\(String(repeating: " ", count: max(1, 14 - name.count)))\(summary)"
        }.joined(separator: "\n")
    }

    var description: String {
        switch self {
        case .format(let format): format.rawValue
        case .cast(let version): Self.casts.first { $0.version == version }?.name ?? ""
        }
    }

    var isBinary: Bool { if case .format(let format) = self { format.isBinary } else { false } }
    var isSQL: Bool { if case .format(.sqlite) = self { true } else { false } }
    var takesInstant: Bool { if case .format(let format) = self { format.takesInstant } else { false } }
    var takesTask: Bool { if case .format(let format) = self { format.takesTask } else { false } }
}
