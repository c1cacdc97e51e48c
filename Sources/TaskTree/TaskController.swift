import EventBus
import TreeModel

/// A tree that is not tied to a block: for an object that starts tasks, waits for them and stops them, from anywhere, in
/// any order and any number of times.
///
///     let pool = try TaskController("pool", limit: 8)
///     try pool.start("job") { job in … }
///     try await pool.wait()
///     let report = await pool.stop(within: .seconds(5))
///
/// The controller pattern of Go programs, without its faults: the error goes to all who wait, none is dropped; a second
/// `stop` is the first; `stop` before `start` stops; a stop that took too long says what it left behind.
public final class TaskController: Sendable {
    public let engine: TreeEngine
    /// Where its tasks are: to acquire what they share, to group, to drain.
    public let scope: TaskScope

    /// A controller of its own, as a root: in an engine that others use, or in one of its own.
    /// - Throws: `InvalidSetting`, as `TaskScope.spawn`; `ScopeClosed` if the engine is shutting down.
    public init(
        _ name: String, policy: Policy = .failFast, limit: Int? = nil, restarts: Restarts? = nil,
        grace: Duration? = nil, engine: TreeEngine? = nil, options: TreeOptions = TreeOptions()
    ) throws {
        let engine = engine ?? TreeEngine(log: EventLog(SessionInfo(name: name)), options: options)
        self.engine = engine
        let settings = NodeSettings(policy: policy, limit: limit, restarts: restarts, grace: grace, isGroup: true)
        scope = TaskScope(try engine.group(name, under: nil, settings, values: nil))
    }

    /// A controller inside a scope, which it does not outlive: a hierarchy of controllers.
    /// - Throws: `ScopeClosed` if that scope takes nothing any more; `InvalidSetting`.
    public init(
        _ name: String, under parent: TaskScope, policy: Policy = .failFast, limit: Int? = nil,
        restarts: Restarts? = nil, grace: Duration? = nil
    ) throws {
        engine = parent.node.engine
        scope = try parent.scope(name, policy: policy, limit: limit, restarts: restarts, grace: grace)
    }

    /// Whoever drops a controller cannot stop it any more: it is cancelled.
    deinit {
        engine.change { now, after in
            let cause = Cause(.code, message: "its controller was dropped")
            _ = engine.requestCancel(scope.node, cause, force: false, now, &after)
        }
    }

    public var id: TaskID { scope.id }

    /// Starts a task. The parameters are those of `TaskScope.spawn`.
    /// - Throws: `ScopeClosed` once it is stopped, cancelled, or has failed.
    @discardableResult
    public func start<T: Sendable>(
        _ name: String, kind: String? = nil, labels: [Label] = [], policy: Policy = .failFast, limit: Int? = nil,
        restarts: Restarts? = nil, deadline: Duration? = nil, grace: Duration? = nil, lending: [Resource] = [],
        restartable: Bool = false, _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) throws -> ChildTask<T> {
        try scope.spawn(
            name, kind: kind, labels: labels, policy: policy, limit: limit, restarts: restarts, deadline: deadline,
            grace: grace, lending: lending, restartable: restartable, body)
    }

    /// Waits until none of its tasks is alive; at once if it has none. It may be given more afterwards. Any number may wait.
    /// - Throws: the first failure, with those that came after it, to each who waits, whenever they ask. That it was
    ///   cancelled or stopped is no failure.
    public func wait() async throws {
        await scope.waitUntilIdle()
        if let error = engine.look({ scope.node.childFailure?.error(at: scope.id) }) { throw error }
    }

    /// Cancels what it has, and takes no more.
    public func cancel(_ message: String? = nil) { scope.cancel(message) }

    /// Tells its tasks to take no new work and to finish what there is.
    public func drain(_ message: String? = nil) { scope.drain(message) }

    /// Stops it: takes no more, lets its tasks drain if they are given time to, then cancels them, and leaves behind what
    /// is not over when the time is. Asked for again, by anybody, it answers what the first call brought about.
    /// - Parameters:
    ///   - total: how long all of it may take.
    ///   - draining: how much of that is for finishing what there is.
    /// - Returns: how it ended. A time that is negative counts as none.
    @discardableResult
    public func stop(within total: Duration = .seconds(30), draining: Duration = .zero) async -> StopReport {
        engine.stop(scope.node, total: max(.zero, total), draining: max(.zero, draining))
        await scope.waitForChildren(of: [scope.node])
        return engine.report(of: scope.node)
    }
}

/// How a controller was stopped.
public struct StopReport: Sendable {
    /// The first failure of its tasks, as `TaskController.wait` throws it.
    public let failure: (any Error)?
    /// Tasks that did not heed their cancel and were left behind.
    public let abandoned: [Left]
    public let releasesFailed: Int
    public let releasesTimedOut: Int

    /// A task that was left behind.
    public struct Left: Sendable, Hashable {
        public let task: TaskID
        public let name: String
    }

    /// Whether all ended in time, and all was released.
    public var isClean: Bool { abandoned.isEmpty && releasesFailed == 0 && releasesTimedOut == 0 }
}
