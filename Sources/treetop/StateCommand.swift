import ArgumentParser
import Recording
import TreeModel

struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "The tree as it stood at an instant of a recorded session.",
        discussion: """
            Examples:
              treetop state orders.treetop --at 12s
              treetop state orders.treetop --at 0:38.7 --json | jq '.tasks[].path'
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("When: 0:38.7, or a time such as 12s; without it, the end.", valueName: "time"),
        transform: TimeSpan.read)
    var at: TimeSpan?

    @Flag(help: "One JSON object on one line: tasks, and what they hold.")
    var json = false

    @OptionGroup var sessions: SessionOptions

    func run() throws {
        let session = try Sessions.open(file, sessions)
        let tree = try Sessions.tree(session, at: at?.nanoseconds ?? .max)
        let output = Output()
        if json {
            output.line(StateJSON.state(tree, of: session.session))
        } else {
            TreeText(tree).write(to: output)
        }
        output.flush()
    }
}
