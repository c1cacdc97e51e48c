import Demos
import EventBus
import Glibc
import Recording
import TaskTree
import TreeModel

/// Runs a tree without a dashboard: one line a change on standard output, to its end.
struct HeadlessRun {
    let scenario: Scenario
    let settings: DemoSettings
    let options: LiveOptions

    init(_ scenario: Scenario, _ settings: DemoSettings, _ options: LiveOptions) {
        self.scenario = scenario
        self.settings = settings
        self.options = options
    }

    func run() -> Int32 {
        let program = LiveProgram(scenario.name, options, beforeExit: {})
        program.complainOfRecording()
        let output = Output()
        let redaction = options.redacting.redaction
        var lines = EventLines(options.format, redaction.edited(program.log.session))
        lines.header.map { output.line($0) }
        program.start(scenario, settings, wake: {})
        let reader = program.log.makeReader()
        while true {
            reader.read(limit: 4096) { event in
                lines.line(for: redaction.edited(event)).map { output.line($0) }
            }
            output.flush()
            program.complainOfRecording()
            if output.isClosed { program.engine.shutDown(cause: Cause(.outer, message: "nobody reads the output")) }
            if reader.isAtEnd { break }
            let left = program.enforce(options.duration)
            _ = reader.wait(timeoutMilliseconds: left)
        }
        // The log's end is appended just before the result is there.
        while program.result == nil { sched_yield() }
        let exit = program.conclude(output, redaction, withReplayLine: options.format == .text)
        return output.isClosed && exit == .done ? 128 + SIGPIPE : exit.rawValue
    }
}

/// Events as lines: readable ones, or JSON.
struct EventLines {
    private let format: EventFormat
    private var tree = LiveTree()
    /// The resource of the event.
    private var resource = ""
    private let json = JSONLinesWriter()
    /// Whether what says little to people has a line, too.
    private let all: Bool
    let header: String?

    init(_ format: EventFormat, _ session: SessionInfo, all: Bool = false) {
        self.format = format
        self.all = all
        header = format == .jsonl ? json.header(session) : nil
    }

    /// Takes an event of which no line is wanted.
    mutating func pass(_ event: TreeEvent) {
        if format == .text { tree.apply(event) }
    }

    /// The line for an event; nil where there is nothing to say.
    mutating func line(for event: TreeEvent) -> String? {
        guard format == .text else { return json.line(event) }
        // A name is looked up before the event that may take it away, or after the one that brings it.
        resource = event.change.unnamedResource.map(name) ?? ""
        tree.apply(event)
        guard let words = words(event.change) ?? (all ? smallWords(event.change) : nil) else { return nil }
        return Output.printable("\(Words.seconds(event.t))  \(words)")
    }

    /// What `words` leaves out.
    private func smallWords(_ change: TreeEvent.Change) -> String {
        switch change {
        case .taskProgress(let said): "progress   \(path(said.task)): \(said.completed ?? 0) of \(said.total ?? 0)"
        case .resourceAcquiring(let wanted):
            "acquiring  \(path(wanted.task)): \(Words.resource(wanted.kind, wanted.name))"
        case .resourceReleasing(let release): "releasing  \(path(release.task)): \(resource)"
        case .snapshotTask(let row): "row        \(path(row.started.task)): \(row.phase.name)"
        case .snapshotResource(let row):
            "row        \(path(row.acquired.task)): \(Words.resource(row.acquired.kind, row.acquired.name))"
        case .taskStarted, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated, .taskCancelling,
            .taskJoining, .taskOverdue, .resourceFailed, .resourceAcquired, .resourceReleased, .resourceQuarantined,
            .resourceReturned, .taskFinished, .taskReturned, .cancelCompleted, .drainRequested, .taskDraining,
            .drainCompleted, .shutdownPhase, .engineStarved, .snapshotBegin, .snapshotEnd, .gap, .sessionEnded:
            change.kind.name
        }
    }

    private func name(of id: ResourceID) -> String {
        let known = tree.resource(id).map { Words.resource($0.kind, $0.name) }
        return known ?? tree.resourceName(id) ?? "resource \(id)"
    }

    private func path(_ task: TaskID) -> String {
        let slot = tree.slot(of: task)
        return slot < 0 ? "task \(task)" : tree.path(slot)
    }

    private func words(_ change: TreeEvent.Change) -> String? {
        switch change {
        case .taskStarted(let task): "started    \(path(task.task))\(Words.restart(task.restartOf))"
        case .taskProgress(let said): said.message.map { "says       \(path(said.task)): \($0)" }
        case .taskLog(let said): "\(Words.column(said.level)) \(path(said.task)): \(said.message)"
        case .taskWaiting(let wait): "waits      \(path(wait.task)) for \(Words.target(wait.on))"
        case .taskResumed(let task): "goes on    \(path(task.task))"
        case .cancelRequested(let request):
            "cancel     \(path(request.task)) (cascade \(request.cascade)): \(request.cause)\(request.force ? ", without grace" : "")"
        case .cancelEscalated(let request):
            "escalated  cascade \(request.cascade)\(request.by.map { ": " + $0 } ?? "")"
        case .taskCancelling(let mark): "cancelling \(path(mark.task)) (cascade \(mark.cascade))"
        case .taskJoining(let task): "joining    \(path(task.task)): its body \(task.outcome.name)"
        case .taskOverdue(let late):
            "OVERDUE    \(path(late.task))\(late.on.map { ", waits for " + Words.target($0) } ?? "")"
        case .taskFinished(let end):
            "\(Words.column(end.outcome == .abandoned ? "ABANDONED" : end.outcome.name)) \(path(end.task))\(Words.error(end.error))"
        case .taskReturned(let task): "returned   \(path(task.task)), after it was abandoned"
        case .resourceAcquiring: nil
        case .resourceFailed(let failed): "not opened \(path(failed.task)): \(failed.error.message)"
        case .resourceAcquired(let held): "acquired   \(path(held.task)): \(Words.resource(held.kind, held.name))"
        case .resourceReleasing: nil
        case .resourceReleased(let release):
            "\(Words.column(release.outcome == .ok ? "released" : release.outcome.name.uppercased())) \(path(release.task)): \(resource) in \(Words.milliseconds(release.duration))\(Words.error(release.error))"
        case .resourceQuarantined(let kept): "kept       \(path(kept.task)): \(resource), in quarantine"
        case .resourceReturned(let late):
            "late       \(resource): its release ended, \(late.outcome.name)"
        case .cancelCompleted(let end):
            "cancelled  cascade \(end.cascade): \(Words.plural(end.tasks, "task")), \(Words.plural(end.resources, "resource")), releases: \(end.failed) failed, \(end.timedOut) timed out; \(end.abandoned) abandoned, in \(Words.milliseconds(end.duration))"
        case .drainRequested(let request): "drain      \(path(request.task)): \(request.cause)"
        case .taskDraining(let task): "draining   \(path(task.task))"
        case .drainCompleted(let end): "drained    in \(Words.milliseconds(end.duration))"
        case .shutdownPhase(let step): "shutdown   \(path(step.task)): \(step.phase.name)"
        case .engineStarved(let starved): "STARVED    the pool ran nothing for \(Words.milliseconds(starved.duration))"
        case .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd: nil
        case .gap(let gap): "GAP        \(gap.lost) events are missing"
        case .sessionEnded(let end): "ended      \(end.reason.name)"
        }
    }
}

/// The small words of the lines.
private enum Words {
    static func plural(_ number: UInt64, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

    static func seconds(_ t: Int64) -> String {
        let milliseconds = max(0, t) / 1_000_000
        let (whole, rest) = (String(milliseconds / 1000), String(1000 + milliseconds % 1000).dropFirst())
        return String(repeating: " ", count: max(0, 4 - whole.count)) + whole + "." + rest
    }

    static func milliseconds(_ duration: UInt64) -> String {
        let tenths = duration / 100_000
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)ms" : "\(tenths / 10)ms"
    }

    static func column(_ word: String) -> String { word + String(repeating: " ", count: max(0, 10 - word.count)) }
    static func target(_ on: WaitTarget) -> String { on.name.map { "\(on.kind) \($0)" } ?? on.kind }
    static func resource(_ kind: String?, _ name: String) -> String { kind.map { "\($0) \(name)" } ?? name }
    static func error(_ error: Failure?) -> String { error.map { ": " + $0.message } ?? "" }
    static func restart(_ of: TaskID?) -> String { of.map { ", again (was task \($0))" } ?? "" }
}
