import Demos
import EventBus
import Glibc
import Recording
import Synchronization
import TaskTree
import TreeModel

/// A program that runs a task tree: its log and recording, its engine, its signals, and how it ended.
final class LiveProgram: Sendable {
    let name: String
    let log: EventLog
    let engine: TreeEngine
    let signals: SignalLadder
    /// The recording, if there is one.
    let recording: SessionRecording?
    /// Why there is none although one was to be.
    private let recordingProblem: String?

    private struct State {
        var result: Result<[String], any Error>?
        var wake: (@Sendable () -> Void)?
        /// The problem with the recording was told.
        var hasComplained = false
    }
    private let state = Mutex(State())

    /// Opens the log (a recording that cannot be made is a problem to tell, and no reason not to run) and takes over
    /// the signals.
    init(_ name: String, _ options: LiveOptions, beforeExit: @escaping @Sendable () -> Void) {
        let session = SessionInfo(name: name)
        let keeping = options.kept.keeping
        var recording: SessionRecording?
        var problem: String?
        if !options.noRecord {
            do {
                let path = try options.record ?? StateDirectory.newFile(name)
                recording = try SessionRecording(
                    to: path, for: session, keeping: keeping, redaction: options.redacting.redaction)
                if options.record == nil { StateDirectory.prune() }
            } catch {
                problem = (error as? Problem)?.message ?? "\(error)"
            }
        }
        self.name = name
        self.recording = recording
        recordingProblem = problem
        log = recording?.makeLog(session) ?? EventLog(session)
        var settings = TreeOptions()
        if let grace = options.grace { settings.grace = grace.duration }
        let spacing = keeping.keyframeSpacing
        if let bytes = spacing.bytes { settings.keyframeSpacing = min(settings.keyframeSpacing, bytes) }
        settings.keyframeInterval = spacing.nanoseconds.map { .nanoseconds($0) }
        engine = TreeEngine(log: log, options: settings)
        signals = SignalLadder(engine, beforeExit: beforeExit)
    }

    /// Starts the tree; `wake` is called when it is over.
    func start(_ scenario: Scenario, _ settings: DemoSettings, wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        Task { [self] in
            let result: Result<[String], any Error>
            do { result = .success(try await scenario.run(engine, settings)) } catch { result = .failure(error) }
            engine.endSession(signals.signal == nil ? .finished : .signal)
            let wake = state.withLock { state in
                state.result = result
                return state.wake
            }
            wake?()
        }
    }

    var result: Result<[String], any Error>? { state.withLock { $0.result } }

    /// Shuts down after the given time, counted from the session's start; answers how many milliseconds are left.
    func enforce(_ limit: TimeSpan?) -> Int? {
        guard let limit, !engine.isShuttingDown else { return nil }
        let left = limit.nanoseconds - engine.elapsed
        if left <= 0 {
            engine.shutDown(cause: Cause(.code, by: "--for", message: "the time is over"))
            return nil
        }
        return Int(left / 1_000_000) + 1
    }

    /// Why nothing is recorded although it was to be; nil as long as all is well.
    var recordingFailure: String? { recordingProblem ?? recording?.failure }

    /// Says what is wrong with the recording, once.
    func complainOfRecording(isOver: Bool = false) {
        guard let failure = recordingFailure else { return }
        let isFirst = state.withLock { state in
            defer { state.hasComplained = true }
            return !state.hasComplained
        }
        if isFirst { complain(isOver ? failure : "\(failure); going on without a recording") }
    }

    /// Prints how it went, and answers with the exit code.
    /// - Parameter redaction: what is blacked out in it.
    func conclude(_ output: Output, _ redaction: Redaction?, withReplayLine: Bool) -> Exit {
        var exit = Exit.done
        func shown(_ text: String) -> String { redaction?.edited(text) ?? text }
        switch result {
        case .success(let lines): for line in lines { output.line(Output.printable(shown(line))) }
        case .failure(let error):
            let (lines, code) = report(error)
            for line in lines { complain(shown(line)) }
            exit = code
        case nil: break
        }
        let abandoned = engine.abandonedInAll
        if abandoned > 0 {
            let still = engine.abandoned.map(\.name)
            let names = still.isEmpty ? "all came home" : "still running: " + still.prefix(8).joined(separator: ", ")
            output.flush()
            complain("\(abandoned) \(abandoned == 1 ? "task was" : "tasks were") abandoned (\(shown(names)))")
            if exit == .done { exit = .abandoned }
        }
        let outcome = recording?.end()
        if recordingFailure ?? outcome?.failure != nil {
            output.flush()
            complainOfRecording(isOver: true)
            if exit == .done { exit = .recordingFailed }
        }
        if let note = outcome?.note {
            output.flush()
            complain(note)
        }
        // What was recorded before a recording failed can be replayed, too.
        if let file = outcome?.path, withReplayLine { output.line("treetop replay \(Self.quoted(file))") }
        output.flush()
        return exit
    }

    /// What is to be said of an error that the tree ended with, in lines, and the exit code.
    private func report(_ error: any Error) -> (lines: [String], exit: Exit) {
        switch error {
        case let problem as DemoError: return ([problem.message], .unavailable)
        case let failure as TaskFailure:
            let suppressed = failure.suppressed.enumerated().map { index, error in
                "  suppressed \(index + 1) of \(failure.suppressed.count): \(error)"
            }
            return (["\(name) failed: \(failure.name): \(failure.error)"] + suppressed, .failed)
        case is TaskCancelled, is TaskAbandoned, is CancellationError, is ScopeClosed: return ([], .done)
        default: return (["\(name) failed: \(error)"], .failed)
        }
    }

    /// A path as a shell takes it back.
    static func quoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            (0x2B...0x3A).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x5F
        }
        if plain { return path }
        return "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
