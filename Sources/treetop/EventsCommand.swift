import ArgumentParser
import Recording
import TreeModel

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "The events of a recorded session, all or those for which conditions hold.",
        discussion: """
            A condition is one of these; all that are given must hold:
              kind=task.finished,resource.*   of one of these kinds
              task=12                         about task 12 or what is below it
              name=order-*,worker-1           about a task or resource so named
              text=timeout                    with this in a name, message, cause
              from=12s to=0:38.7              in this time

            With --follow the file is a session file, and the exit code is 3 when
            the writer died before it ended the session.

            Examples:
              treetop events orders.treetop --where kind=task.finished
              treetop events orders.treetop --where text=failed --where from=12s
              treetop events orders.treetop --where name=lock* --format jsonl | jq
              treetop events orders.treetop --where kind=task.finished --follow
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(
        name: .customLong("where"), help: ArgumentHelp("A condition; may be repeated.", valueName: "key=value"),
        transform: EventCondition.read)
    var conditions: [EventCondition] = []

    @Option(help: "How they are printed: text, with their seq before them, or jsonl without a first line.")
    var format = EventFormat.text

    @Flag(help: "Go on while another process writes the session, until it ends.")
    var follow = false

    @OptionGroup var sessions: SessionOptions

    func validate() throws {
        try sessions.refuseRecovery(whileFollowing: follow)
        let query = query
        if query.to < query.from {
            throw ValidationError("--where to=… is before from=…: nothing is in that time")
        }
    }

    private var query: EventQuery {
        var query = EventQuery()
        for condition in conditions { condition.add(to: &query) }
        return query
    }

    func run() throws {
        var query = query
        let output = Output()
        if follow {
            let run = try FollowRun(file, sessions)
            var lines = EventLines(format, run.session, all: true)
            let exit = try run.print(output, until: query.to) { line(for: $0, &query, &lines) }
            if exit != .done { throw ExitCode(exit.rawValue) }
            return
        }
        let session = try Sessions.open(file, sessions)
        var lines = EventLines(format, session.session, all: true)
        // Lines for people say names, which events before have told.
        let start = query.needsPast || format == .text ? .min : query.from
        _ = try Sessions.read(session, from: start) { event in
            line(for: event, &query, &lines).map { output.line($0) }
            return event.t <= query.to && !output.isClosed
        }
        output.flush()
    }

    private func line(for event: TreeEvent, _ query: inout EventQuery, _ lines: inout EventLines) -> String? {
        guard query.picks(event) else {
            lines.pass(event)
            return nil
        }
        let line = lines.line(for: event)
        return format == .jsonl ? line : line.map { Columns.right(String(event.seq), 7) + " " + $0 }
    }
}

/// A condition as people write it: `kind=task.*`.
enum EventCondition: Formed {
    case kinds([String])
    case task(TaskID)
    case names([String])
    case text(String)
    case from(TimeSpan)
    case to(TimeSpan)

    static func form(insteadOf text: String) -> String {
        switch text.prefix(while: { $0 != "=" }) {
        case "kind": "kinds of events, such as task.finished or resource.*"
        case "task": "the number of a task"
        case "from", "to": TimeSpan.form(insteadOf: text)
        default: "kind=…, task=…, name=…, text=…, from=… or to=…"
        }
    }

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="),
            case let value = String(argument[argument.index(after: equals)...]),
            !value.isEmpty
        else { return nil }
        let list = value.split(separator: ",").map { String($0) }
        switch argument[..<equals] {
        case "kind":
            // A kind that there is not would pick nothing, and say nothing.
            let isKnown = list.allSatisfy { kind in TreeEvent.Kind.names.contains { EventQuery.matches(kind, $0) } }
            guard isKnown, !list.isEmpty else { return nil }
            self = .kinds(list)
        case "task":
            guard let number = UInt64(value) else { return nil }
            self = .task(TaskID(number))
        case "name": self = .names(list)
        case "text": self = .text(value)
        case "from", "to":
            guard let time = TimeSpan(argument: value) else { return nil }
            self = argument[..<equals] == "from" ? .from(time) : .to(time)
        default: return nil
        }
    }

    func add(to query: inout EventQuery) {
        switch self {
        case .kinds(let kinds): query.kinds += kinds
        case .task(let task): query.task = task
        case .names(let names): query.names += names
        case .text(let text): query.texts.append(text)
        case .from(let time): query.from = time.nanoseconds
        case .to(let time): query.to = time.nanoseconds
        }
    }
}
