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
    /// The session file, if there is one.
    let file: String?
    /// Why there is none although one was to be.
    let recordingProblem: String?

    private struct State {
        var result: Result<[String], any Error>?
        var wake: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    /// Opens the log (a recording that cannot be made is a problem to tell, and no reason not to run) and takes over
    /// the signals.
    init(_ name: String, _ options: LiveOptions, beforeExit: @escaping @Sendable () -> Void) {
        let session = SessionInfo(name: name)
        var file: String?
        var problem: String?
        var store: (any SegmentStore)?
        if !options.noRecord {
            do {
                let path = try options.record ?? StateDirectory.newFile(name)
                store = try MappedStore(creating: path, for: session)
                file = path
                if options.record == nil { StateDirectory.prune() }
            } catch {
                problem = (error as? Problem)?.message ?? "\(error)"
            }
        }
        self.name = name
        self.file = file
        recordingProblem = problem
        log = EventLog(session, store: store ?? MemoryStore())
        var settings = TreeOptions()
        if let grace = options.grace { settings.grace = grace.duration }
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

    /// Prints how it went, and answers with the exit code.
    func conclude(_ output: Output, withReplayLine: Bool) -> Exit {
        var exit = Exit.done
        switch result {
        case .success(let lines): for line in lines { output.line(Output.printable(line)) }
        case .failure(let error): exit = report(error)
        case nil: break
        }
        let abandoned = engine.abandonedInAll
        if abandoned > 0 {
            let still = engine.abandoned.map(\.name)
            let names = still.isEmpty ? "all came home" : "still running: " + still.prefix(8).joined(separator: ", ")
            output.flush()
            complain("\(abandoned) \(abandoned == 1 ? "task was" : "tasks were") abandoned (\(names))")
            if exit == .done { exit = .abandoned }
        }
        if let problem = recordingProblem ?? log.recordingFailure {
            output.flush()
            complain(problem)
            if exit == .done { exit = .recordingFailed }
        }
        // What was recorded before a recording failed can be replayed, too.
        if let file, withReplayLine { output.line("treetop replay \(Self.quoted(file))") }
        output.flush()
        return exit
    }

    private func report(_ error: any Error) -> Exit {
        switch error {
        case let problem as DemoError:
            complain(problem.message)
            return .unavailable
        case let failure as TaskFailure:
            complain("\(name) failed: \(failure.name): \(failure.error)")
            for (index, suppressed) in failure.suppressed.enumerated() {
                complain("  suppressed \(index + 1) of \(failure.suppressed.count): \(suppressed)")
            }
            return .failed
        case is TaskCancelled, is TaskAbandoned, is CancellationError, is ScopeClosed: return .done
        default:
            complain("\(name) failed: \(error)")
            return .failed
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
