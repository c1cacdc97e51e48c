import ArgumentParser
import Canvas
import Dashboard
import Glibc
import Recording
import Terminal
import TreeModel

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "The dashboard over a recorded session, forwards and backwards.",
        discussion: """
            Without a file it is the latest recording. It reads session files and JSON Lines.

            Examples:
              treetop replay                            Space plays, . , step
              treetop replay FILE --at 0:38.7           begins there
              treetop replay FILE --headless --at 12s   the tree as it stood
              treetop replay FILE --at 12s --to svg     a picture of the screen
              treetop replay FILE --follow              while another process writes it

            With --follow the file is a session file, and the exit code is 3 when
            the writer died before it ended the session.
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Where to begin: 0:38.7, or a time such as 12s.", valueName: "time"),
        transform: TimeSpan.read)
    var at: TimeSpan?

    @Option(help: "How many seconds of the session pass in one.")
    var speed = 1.0

    @Flag(help: "Watch a session that is still being written, until it ends.")
    var follow = false

    @Flag(help: "Print the tree as it stood, instead of the dashboard; with --follow one line a change.")
    var headless = false

    @Option(help: "How it is printed: text, or jsonl for the snapshot rows.")
    var format = EventFormat.text

    @Option(help: "Write the screen as a picture instead: svg, or text.")
    var to: Picture?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The size of that screen.", valueName: "size"),
        transform: ScreenSize.read)
    var size = ScreenSize(width: 120, height: 36)

    @Option(
        help: ArgumentHelp("Keys to press before the picture is taken, such as '/workers Enter c'.", valueName: "keys"))
    var keys: String?

    @OptionGroup var sessions: SessionOptions
    @OptionGroup var look: LookOptions

    func validate() throws {
        if follow, at != nil || to != nil || keys != nil {
            throw ValidationError("--follow begins with what is kept and goes on: leave out --at, --to and --keys")
        }
        if headless, to != nil {
            throw ValidationError("--headless prints the tree and --to a picture of the screen: leave one of them out")
        }
        if keys != nil, to == nil {
            throw ValidationError("--keys are pressed before a picture is taken: give --to as well")
        }
        try sessions.refuseRecovery(whileFollowing: follow)
        if !(speed >= 0.1 && speed <= 1_000) { throw ValidationError("--speed \(speed): give 0.1 to 1000") }
    }

    func run() throws {
        guard let file = file ?? StateDirectory.latest else {
            throw Problem(.unreadable, "there is no recording in \(StateDirectory.path): record one with treetop demo")
        }
        if follow { return try self.follow(file) }
        let session = try Sessions.open(file, sessions)
        if headless || to == nil && (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
            return try printState(session)
        }
        if let to {
            var replay = try loaded(session)
            replay.seek(time: at?.nanoseconds ?? .max)
            print(try Picture.draw(to, replay, session, size, keys, Look(look)))
            return
        }
        BacktracePrompt.turnOff()
        let look = try Look(look)
        var replay: Replay
        let tape = SessionTape(session)
        if let tape {
            replay = Replay(reading: tape, end: session.lastT ?? 0)
            replay.perform(.speed(speed))
        } else {
            replay = try loaded(session)
        }
        let screen = try Stage.open(look)
        // The actor alone has the tree: it is not copied when it goes on.
        let actor = ReplayActor(consume replay, session, tape, at: at?.nanoseconds)
        Stage(screen, look, actor).run()
        screen.giveBack()
        if let summary = actor.summary { Sessions.tell(summary, of: session) }
    }

    /// All of a session, read and checked before anything is shown.
    private func loaded(_ session: SessionFile) throws -> Replay {
        let (events, check) = try Sessions.load(session)
        var replay = Replay(events: events, verdict: check.line, violations: check.violations)
        replay.perform(.speed(speed))
        return replay
    }

    private func follow(_ file: String) throws {
        let run = try FollowRun(file, sessions)
        guard headless || isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0 else {
            return try run.show(Look(look))
        }
        let output = Output()
        var lines = EventLines(format, run.session)
        lines.header.map { output.line($0) }
        let exit = try run.print(output) { lines.line(for: $0) }
        if exit != .done { throw ExitCode(exit.rawValue) }
    }

    private func printState(_ session: SessionFile) throws {
        let tree = try Sessions.tree(session, at: at?.nanoseconds ?? .max)
        let output = Output()
        switch format {
        case .jsonl:
            let json = JSONLinesWriter()
            output.line(json.header(session.session))
            for row in tree.snapshotRows() {
                output.line(json.line(TreeEvent(seq: tree.seq, t: tree.now, change: row)))
            }
        case .text: TreeText(tree).write(to: output)
        }
        output.flush()
    }
}
