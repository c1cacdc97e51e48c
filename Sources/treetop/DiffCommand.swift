import ArgumentParser
import Dashboard
import Recording
import TreeModel

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changed between two instants of a recorded session.",
        discussion: """
            What started, ended, was acquired and released, and what is not as it
            was: a phase, a wait, a mark. What came and went in between is counted.

            Examples:
              treetop diff orders.treetop --from 12s --to 14s
              treetop diff orders.treetop --from 0:12 --to 0:14 --json | jq .ended
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The first instant: 0:38.7, or a time such as 12s.", valueName: "time"),
        transform: TimeSpan.read)
    var from: TimeSpan

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The second one; without it, the end.", valueName: "time"),
        transform: TimeSpan.read)
    var to: TimeSpan?

    @Flag(help: "One JSON object on one line.")
    var json = false

    @OptionGroup var sessions: SessionOptions

    func validate() throws {
        if let to, to.nanoseconds < from.nanoseconds {
            throw ValidationError("--to is before --from: give the earlier instant first")
        }
    }

    func run() throws {
        let session = try Sessions.open(file, sessions)
        try Sessions.refuseWhatIsNotKept(session, at: from.nanoseconds)
        var (tree, before) = try Sessions.readable { () throws(SessionError) in try session.tree(at: from.nanoseconds) }
        Sessions.tell(before, of: session)
        let start = min(from.nanoseconds, tree.now)
        var diff = TreeDiff(from: tree)
        _ = try Sessions.read(session, from: from.nanoseconds + 1, except: before.lines) { event in
            if let to, event.t > to.nanoseconds { return false }
            tree.apply(event)
            diff.note(event)
            return true
        }
        if let to { tree.advance(to: min(to.nanoseconds, session.lastT ?? 0)) }
        tree.settle()
        let changes = diff.changes(to: tree)
        let output = Output()
        if json {
            output.line(StateJSON.diff(changes, from: start, to: tree.now, of: session.session))
        } else {
            DiffText(changes).lines(from: start, to: tree.now).forEach { output.line(Output.printable($0)) }
        }
        output.flush()
    }
}

/// What differs between two instants, for people.
struct DiffText {
    private let changes: TreeDiff.Changes
    init(_ changes: TreeDiff.Changes) { self.changes = changes }

    func lines(from: Int64, to: Int64) -> [String] {
        var lines = ["\(Words.instant(from)) to \(Words.instant(to))"]
        if changes.lost > 0 { lines.append("not all is there: \(changes.lost) events are lost in between") }
        let passing = [(changes.passingTasks, "task"), (changes.passingResources, "resource")].filter { $0.0 > 0 }
            .map { Words.plural($0.0, $0.1) }
        if !passing.isEmpty { lines.append("came and went in between: \(passing.joined(separator: ", "))") }
        lines += section("STARTED", changes.started.map { "+ \($0.path)  [\($0.row.started.task)]" })
        lines += section("ENDED", changes.ended.map { "- \($0.path)  [\($0.row.started.task)]\(Self.end($0))" })
        lines += section("ACQUIRED", changes.acquired.map { "+ \(Self.name($0))  by \($0.path)" })
        lines += section(
            "RELEASED",
            changes.released.map { resource in
                let outcome = resource.outcome.flatMap { $0 == .ok ? nil : "  \(ReportText.word($0))" }
                return "- \(Self.name(resource))  by \(resource.path)\(outcome ?? "")"
            })
        let tasks = changes.changed.map { "~ \($0.after.path)  \(Self.words($0.before, $0.after))" }
        let resources = changes.changedResources.map { "~ \(Self.name($0.after))  \(Self.words($0.after))" }
        lines += section("CHANGED", tasks + resources)
        if lines.count == 1 { lines.append("nothing differs") }
        return lines
    }

    private func section(_ title: String, _ rows: [String]) -> [String] {
        rows.isEmpty ? [] : ["\(title) \(rows.count)"] + rows.map { "  " + $0 }
    }

    private static func end(_ task: TreeDiff.Task) -> String {
        (task.outcome.map { "  \($0.name)" } ?? "") + (task.error.map { ": \($0.message)" } ?? "")
    }

    private static func name(_ resource: TreeDiff.Resource) -> String {
        (resource.row.acquired.kind.map { $0 + " " } ?? "") + resource.row.acquired.name
    }

    private static func words(_ before: TreeDiff.Task, _ after: TreeDiff.Task) -> String {
        var words: [String] = []
        if before.row.phase != after.row.phase {
            words.append("\(before.row.phase.name), then \(after.outcome?.name ?? after.row.phase.name)")
        }
        if let cascade = after.row.cascade, before.row.cascade == nil {
            words.append("cancelled by cascade \(cascade)")
        }
        if after.row.draining, !before.row.draining { words.append("draining") }
        if after.row.overdue, !before.row.overdue { words.append("overdue") }
        if let on = after.row.on, before.row.waitingSince != after.row.waitingSince || before.row.on != on {
            words.append("waits for \(on.kind)\(on.name.map { " " + $0 } ?? "")")
        } else if before.row.on != nil, after.row.on == nil {
            words.append("waits no longer")
        }
        return words.isEmpty ? "not as it was" : words.joined(separator: "; ")
    }

    private static func words(_ after: TreeDiff.Resource) -> String {
        after.row.because.map { "quarantined because of task \($0)" } ?? after.row.phase.name
    }
}
