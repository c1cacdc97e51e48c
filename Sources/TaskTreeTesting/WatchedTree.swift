import EventBus
import TaskTree
import TreeModel

/// An engine for a test: its log, a clock that the test moves, and questions to the log.
public struct WatchedTree: Sendable {
    public let clock: ManualClock
    public let log: EventLog
    public let engine: TreeEngine
    /// What orders its jobs, if it was made with a seed.
    public let executor: SeededExecutor?

    /// A tree in Swift's own pool, whose clock the test moves; or, with a seed, one whose jobs come in the order that
    /// the seed says, and whose clock moves on by itself when there is none.
    public init(_ name: String = "test", seed: UInt64? = nil, _ change: (inout TreeOptions) -> Void = { _ in }) {
        let clock = ManualClock()
        self.clock = clock
        executor = seed.map { SeededExecutor(seed: $0, clock: clock) }
        var options = TreeOptions()
        options.clock = clock
        options.executor = executor
        change(&options)
        log = EventLog(SessionInfo(name: name))
        engine = TreeEngine(log: log, options: options)
    }

    /// Runs the test's own part where the tree runs: with a seed its steps are ordered by it, too, and it returns when
    /// nothing more is to be done.
    ///
    ///     let tree = WatchedTree(seed: 7)
    ///     try await tree.drive {
    ///         try await tree.engine.run("root") { root in … }
    ///     }
    ///     try tree.promises()
    /// - Throws: what it throws; `Stuck`.
    @discardableResult
    public func drive<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        guard let executor else { return try await body() }
        return try await executor.run(body)
    }

    /// All events so far.
    public var events: [TreeEvent] {
        var events: [TreeEvent] = []
        log.makeReader().read { events.append($0) }
        return events
    }

    /// What the log says is held: acquired, and not released.
    public var held: Set<ResourceID> {
        var held: Set<ResourceID> = []
        for event in events {
            if case .resourceAcquired(let resource) = event.change { held.insert(resource.resource) }
            if case .resourceReleased(let resource) = event.change { held.remove(resource.resource) }
        }
        return held
    }

    /// Waits until the log has an event for which `match` answers something, from its beginning.
    @discardableResult
    public func first<T>(_ match: (TreeEvent.Change) -> T?) async -> T {
        for await event in log.makeReader().events() {
            if let found = match(event.change) { return found }
        }
        preconditionFailure("the log ended before what was waited for")
    }

    /// Waits until a task of this name has started, and answers its id.
    public func started(_ name: String) async -> TaskID {
        await first { if case .taskStarted(let task) = $0, task.name == name { task.task } else { nil } }
    }

    /// Waits until a resource of this name is held, and answers its id.
    public func acquired(_ name: String) async -> ResourceID {
        await first { if case .resourceAcquired(let held) = $0, held.name == name { held.resource } else { nil } }
    }

    /// Waits until a task of this name is over, and answers how.
    public func finished(_ name: String) async -> TreeEvent.TaskFinished {
        let id = await started(name)
        return await first { if case .taskFinished(let end) = $0, end.task == id { end } else { nil } }
    }

    /// The log in short words, one for each event that matters to a test: `+a` a task started, `-a succeeded`,
    /// `hold r`, `release r`, `released r ok`, `mark a`.
    public var trace: [String] {
        var names: [TaskID: String] = [:]
        var resources: [ResourceID: String] = [:]
        return events.compactMap { event in
            switch event.change {
            case .taskStarted(let task):
                names[task.task] = task.name
                return "+\(task.name)"
            case .taskFinished(let end): return "-\(names[end.task] ?? "?") \(end.outcome.name)"
            case .taskCancelling(let mark): return "mark \(names[mark.task] ?? "?")"
            case .taskOverdue(let late): return "overdue \(names[late.task] ?? "?")"
            case .taskReturned(let late): return "returned \(names[late.task] ?? "?")"
            case .taskDraining(let told): return "drain \(names[told.task] ?? "?")"
            case .resourceAcquired(let held):
                resources[held.resource] = held.name
                return "hold \(held.name)"
            case .resourceReleasing(let release): return "release \(resources[release.resource] ?? "?")"
            case .resourceReleased(let end): return "released \(resources[end.resource] ?? "?") \(end.outcome.name)"
            case .resourceQuarantined(let kept): return "quarantine \(resources[kept.resource] ?? "?")"
            case .resourceReturned(let late): return "late \(resources[late.resource] ?? "?") \(late.outcome.name)"
            case .shutdownPhase(let step): return "shutdown \(step.phase.name)"
            case .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
                .taskJoining, .resourceAcquiring, .resourceFailed, .cancelCompleted, .drainRequested,
                .drainCompleted, .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd,
                .gap, .sessionEnded:
                return nil
            }
        }
    }
}
