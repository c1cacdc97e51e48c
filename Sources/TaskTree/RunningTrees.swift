import EventBus
import TreeModel

extension TreeEngine {
    /// Runs a root task and all that comes of it, and returns when nothing of it is alive but what was abandoned
    /// (`abandoned` says what that is).
    ///
    /// If the caller's own Swift task is cancelled, the tree is, with the cause `outer`.
    /// - Throws: what the body threw; `TaskFailure` if the tree failed because a child did, with what followed;
    ///   `TaskCancelled` if it was cancelled and did not return a value all the same.
    @discardableResult
    public func run<T: Sendable>(
        _ name: String, kind: String? = nil, labels: [Label] = [], policy: Policy = .failFast, limit: Int? = nil,
        restarts: Restarts? = nil, deadline: Duration? = nil, grace: Duration? = nil,
        _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) async throws -> T {
        var settings = NodeSettings(
            kind: kind, labels: labels, policy: policy, limit: limit, restarts: restarts, deadline: deadline,
            grace: grace)
        let root = try spawn(name, under: nil, &settings, values: nil, body)
        return try await withTaskCancellationHandler {
            try await root.value
        } onCancel: {
            cancel(root.id, cause: Cause(.outer, message: "the task that runs the tree was cancelled"))
        }
    }
}

/// Runs a task tree: the body is its root task, and this returns when nothing that it started is alive.
///
///     try await withTaskTree("orders") { root in
///         let db = try await root.acquire("database") { try await open() } release: { db, _ in await db.close() }
///         try root.spawn("http") { http in try await serve(db, http) }
///     }
///
/// Cancel goes down the tree and never up; children finish before their parents; what a task holds is released exactly
/// once, newest first, after its children ended. Grown from Go's `context`, `WaitGroup` and `errgroup`, and from trio's
/// nurseries.
/// - Throws: as `TreeEngine.run`.
@discardableResult
public func withTaskTree<T: Sendable>(
    _ name: String, log: EventLog? = nil, options: TreeOptions = TreeOptions(), policy: Policy = .failFast,
    deadline: Duration? = nil, _ body: @escaping @Sendable (TaskScope) async throws -> T
) async throws -> T {
    if let scope = TaskScope.current, log == nil {
        // A tree inside a tree is a child scope of it.
        var settings = NodeSettings(policy: policy, deadline: deadline, isCaught: true)
        let child = try scope.node.engine.spawn(name, under: scope.node, &settings, values: scope.values, body)
        return try await withTaskCancellationHandler {
            try await child.value
        } onCancel: {
            scope.node.engine.cancel(child.id, cause: Cause(.outer))
        }
    }
    let engine = TreeEngine(log: log ?? EventLog(SessionInfo(name: name), isOn: false), options: options)
    return try await engine.run(name, policy: policy, deadline: deadline, body)
}
