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
            """)

    @Argument(help: "A session file, or JSON Lines.")
    var file: String?

    @Option(help: ArgumentHelp("Where to begin: 0:38.7, or a time such as 12s.", valueName: "time"))
    var at: TimeSpan?

    @Option(help: "How many seconds of the session pass in one.")
    var speed = 1.0

    @Flag(help: "Print the tree as it stood, instead of the dashboard.")
    var headless = false

    @Option(help: "How it is printed: text, or jsonl for the snapshot rows.")
    var format = EventFormat.text

    @Option(help: "Write the screen as a picture instead: svg, or text.")
    var to: Picture?

    @Option(help: "The size of that screen.")
    var size = ScreenSize(width: 120, height: 36)

    @Option(
        help: ArgumentHelp("Keys to press before the picture is taken, such as '/workers Enter c'.", valueName: "keys"))
    var keys: String?

    @OptionGroup var sessions: SessionOptions
    @OptionGroup var look: LookOptions

    func validate() throws {
        if !(speed >= 0.1 && speed <= 1_000) { throw ValidationError("--speed \(speed): give 0.1 to 1000") }
    }

    func run() throws {
        guard let file = file ?? StateDirectory.latest else {
            throw Problem(.unreadable, "there is no recording in \(StateDirectory.path): record one with treetop demo")
        }
        let session = try Sessions.open(file, sessions)
        if headless || to == nil && (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
            return try printState(session)
        }
        let (events, check) = try Sessions.load(session)
        var replay = Replay(events: events, verdict: check.line, violations: check.violations)
        replay.seek(time: at?.nanoseconds ?? (to == nil ? 0 : .max))
        replay.perform(.speed(speed))
        if let to {
            print(try Picture.draw(to, replay, session, size, keys, Look(look)))
            return
        }
        BacktracePrompt.turnOff()
        let look = try Look(look)
        let screen = try Stage.open(look)
        Stage(screen, look, ReplayActor(replay, session, isPlaying: at == nil)).run()
        screen.giveBack()
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

/// A recorded session behind the dashboard.
final class ReplayActor: Performer {
    private var replay: Replay
    private let session: SessionFile
    private var isLeaving = false
    private var moved: Int64
    private var isShown = false

    init(_ replay: Replay, _ session: SessionFile, isPlaying: Bool) {
        self.replay = replay
        self.session = session
        moved = Stage.monotonic
        if isPlaying { self.replay.perform(.play) }
    }

    var now: Int64 { replay.time }
    var isOver: Bool { isLeaving }

    /// A recording brings no news.
    func arm(_ wake: @escaping @Sendable () -> Void) {}

    func pending(_ state: inout DashboardState) -> Int? {
        let time = Stage.monotonic
        let hasMoved = replay.advance(realNanoseconds: time - moved)
        moved = time
        if hasMoved || !isShown {
            if !isShown { _ = state.update(.session(Sessions.status(session))) }
            isShown = true
            _ = state.update(.replay(replay.view))
        }
        return replay.isPlaying ? 16 : nil
    }

    func perform(_ effect: Effect, _ state: inout DashboardState) {
        switch effect {
        case .replay(let command):
            replay.perform(command)
            moved = Stage.monotonic
            _ = state.update(.replay(replay.view))
        case .leave, .shutdown: isLeaving = true
        case .cancel, .escalate, .drain, .restart:
            _ = state.update(.notice("this is a recording: nothing can be changed in it"))
        case .suspend, .redraw, .copy: break
        }
    }

    func hangUp() { isLeaving = true }
}
