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

            Examples:
              treetop events orders.treetop --where kind=task.finished
              treetop events orders.treetop --where text=failed --where from=12s
              treetop events orders.treetop --where name=lock* --format jsonl | jq
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(name: .customLong("where"), help: ArgumentHelp("A condition; may be repeated.", valueName: "key=value"))
    var conditions: [EventCondition] = []

    @Option(help: "How they are printed: text, with their seq before them, or jsonl without a first line.")
    var format = EventFormat.text

    @OptionGroup var sessions: SessionOptions

    func run() throws {
        let session = try Sessions.open(file, sessions)
        var query = EventQuery()
        for condition in conditions { condition.add(to: &query) }
        var lines = EventLines(format, session.session, all: true)
        let output = Output()
        _ = try Sessions.read(session) { event in
            if !query.picks(event) {
                lines.pass(event)
            } else if let line = lines.line(for: event) {
                output.line(format == .jsonl ? line : Columns.right(String(event.seq), 7) + " " + line)
            }
            return event.t <= query.to && !output.isClosed
        }
        output.flush()
    }
}

/// A condition as people write it: `kind=task.*`.
enum EventCondition: ExpressibleByArgument {
    case kinds([String])
    case task(TaskID)
    case names([String])
    case text(String)
    case from(TimeSpan)
    case to(TimeSpan)

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
