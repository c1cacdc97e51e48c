import Canvas
import Dashboard
import Demos
import EventBus
import Glibc
import TaskTree
import Terminal
import TreeModel

/// Runs a tree under the dashboard: one thread waits for keys and events, folds, and draws.
struct ScreenRun {
    let scenario: Scenario
    let settings: DemoSettings
    let options: LiveOptions

    init(_ scenario: Scenario, _ settings: DemoSettings, _ options: LiveOptions) {
        self.scenario = scenario
        self.settings = settings
        self.options = options
    }

    func run() throws -> Int32 {
        BacktracePrompt.turnOff()
        let look = try Look(options.look)
        let screen = try Stage.open(look)
        let handle = screen.handle
        let program = LiveProgram(scenario.name, options, beforeExit: { handle.giveBack() })
        program.start(scenario, settings, wake: { handle.wake() })
        let stage = Stage(screen, look, LiveActor(program, options))
        stage.run()
        screen.giveBack()
        let output = Output()
        return program.conclude(output, options.redacting.redaction, withReplayLine: true).rawValue
    }
}

/// A live program behind the dashboard.
final class LiveActor: Performer {
    private let program: LiveProgram
    private let reader: EventReader
    /// What was, for going back in it.
    private var past: Replay
    private var pastMoved: Int64 = 0
    private let options: LiveOptions
    private var saidThatItIsOver = false
    private var isLeaving = false

    init(_ program: LiveProgram, _ options: LiveOptions) {
        self.program = program
        self.options = options
        reader = program.log.makeReader()
        past = Replay(following: LogTape(program.log))
    }

    var now: Int64 { program.engine.elapsed }

    func arm(_ wake: @escaping @Sendable () -> Void) { reader.whenReady(wake) }

    func pending(_ state: inout DashboardState) -> Int? {
        let count = withUnsafeMutablePointer(to: &past) { past in
            withUnsafeMutablePointer(to: &state) { state in
                var sink = KeepingPast(state: state, past: past)
                return reader.read(limit: Stage.mostEvents, into: &sink)
            }
        }
        if count > 0 { past.follow(state.tree) }
        let status = status
        if state.session != status { _ = state.update(.session(status)) }
        if program.result != nil, !saidThatItIsOver {
            saidThatItIsOver = true
            if !program.engine.isShuttingDown {
                _ = state.update(.notice("\(program.name) is over; look around, q leaves"))
            }
        }
        let limit = [program.enforce(options.duration), playPast(&state)].compactMap { $0 }.min()
        return count == Stage.mostEvents ? 0 : limit
    }

    /// Lets the past go on where it plays, and shows what has come since at the end of its bar, four times a second.
    private func playPast(_ state: inout DashboardState) -> Int? {
        guard state.isPaused, state.pausedTree == nil else { return nil }
        let time = Monitor.now
        if state.tree.ended == nil { past.follow(now: now) }
        if past.isPlaying ? past.advance(realNanoseconds: time - pastMoved) : time - pastMoved >= 250_000_000 {
            _ = state.update(.replay(past.view))
            pastMoved = time
        }
        return past.isPlaying ? 16 : nil
    }

    private func goBack(_ command: Dashboard.ReplayCommand, _ state: inout DashboardState) {
        if let paused = state.pausedTree { past.stand(at: paused) }
        if state.tree.ended == nil { past.follow(now: now) }
        past.perform(command)
        pastMoved = Monitor.now
        _ = state.update(.replay(past.view))
    }

    /// It ends with the tree when somebody asked for that, else when the user leaves.
    var isOver: Bool {
        guard program.result != nil, reader.isAtEnd else { return false }
        return isLeaving || program.engine.isShuttingDown
    }

    private var status: SessionStatus {
        let recording: SessionStatus.Recording
        if let problem = program.recordingFailure {
            recording = .failed(problem)
        } else {
            recording = program.recording == nil ? .off : .running
        }
        return SessionStatus(
            name: program.name, file: program.recording.map { Sessions.fileName($0.path) },
            bytes: UInt64(program.log.bytes), recording: recording)
    }

    func perform(_ effect: Effect, _ state: inout DashboardState) {
        let engine = program.engine
        switch effect {
        case .cancel(let task, let force, let by):
            let slot = state.tree.slot(of: task)
            let cause = Cause(.user, by: by, message: slot < 0 ? nil : state.tree.path(slot))
            if !engine.cancel(task, cause: cause, force: force) { _ = state.update(.notice("it is over already")) }
        case .escalate(let cascade, let by): engine.escalate(cascade, by: by)
        case .drain(let task, let by):
            if !engine.drain(task, cause: Cause(.user, by: by)) {
                _ = state.update(.notice("it is over, or draining already"))
            }
        case .restart(let task):
            do { try engine.restart(task) } catch { _ = state.update(.notice("\(error)")) }
        case .shutdown(let force):
            isLeaving = true
            engine.shutDown(cause: Cause(.user, by: "key q"))
            if force { engine.shutDown(cause: Cause(.user, by: "key q, again")) }
        case .leave:
            isLeaving = true
            if program.result == nil { engine.shutDown(cause: Cause(.user, by: "key q")) }
        case .replay(let command): goBack(command, &state)
        case .suspend, .redraw, .copy: break
        }
    }

    func hangUp() {
        isLeaving = true
        program.engine.shutDown(cause: Cause(.signal, by: "SIGHUP", message: "the terminal is gone"))
    }
}

/// Hands events to what is shown, and to what is kept for going back.
private struct KeepingPast: EventSink {
    /// For the time of a call: both are large.
    let state: UnsafeMutablePointer<DashboardState>
    let past: UnsafeMutablePointer<Replay>

    var wantsRows: Bool {
        mutating get { state.pointee.wantsRows }
    }

    func take(_ event: TreeEvent) -> Bool {
        state.pointee.take(event, keeping: &past.pointee)
        return true
    }
}
