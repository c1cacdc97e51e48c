import TreeModel

/// A task's own place in the tree: what its body spawns and acquires with, and how it learns of its cancel.
///
/// A scope can be handed to other code; what is asked of it after it is cancelled or over throws `ScopeClosed`.
public struct TaskScope: Sendable {
    /// The scope of the running body, for code that was not handed one. A release runs in nobody's scope.
    public static var current: TaskScope? {
        guard let scope = ofBody.node.map({ TaskScope($0) }), scope.isBodys else { return nil }
        return scope
    }

    /// Bound to every body, and inherited by the Swift tasks that it starts. Not an optional: of a generic type Swift would
    /// look for the metadata, for each task.
    struct Body: Sendable {
        let node: Node?
        static let none = Body(node: nil)
    }

    @TaskLocal static var ofBody = Body.none

    /// Whether its body runs, or what the body started: it does not while releases do.
    private var isBodys: Bool {
        engine.look { node.phase == .running || node.phase == .joining || node.givenUp }
    }

    @usableFromInline let node: Node
    /// What those that it spawns see.
    let values: ScopeValues?

    init(_ node: Node) {
        self.node = node
        values = node.values
    }

    init(_ node: Node, _ values: ScopeValues?) {
        self.node = node
        self.values = values
    }

    private var engine: TreeEngine { node.engine }

    public var id: TaskID { node.id }
    public var name: String { node.name }

    // MARK: Children

    /// Starts a child task. Its parent does not finish before it does.
    /// - Parameters:
    ///   - kind: what sort of thing it is, for people who look at the tree.
    ///   - policy: what the failures of *its* children mean to it.
    ///   - limit: how many of *its* children may run at once; the others wait in the tree, in their order. A place is free
    ///     again when the child is over, with what it held.
    ///   - restarts: how often, and after what pause, a scope under the policy `restart` starts a failed child again.
    ///   - deadline: how long it may take from now; the earliest deadline on the path holds.
    ///   - grace: how long its body may take to return once it is cancelled.
    ///   - lending: what this scope, or one above it, holds and this child uses: if the child is abandoned, that is not
    ///     released before it returns.
    ///   - restartable: `TreeEngine.restart` can start it again once it is over, as long as this scope lives.
    ///   - immediate: its body begins on this thread, before this returns, up to its first suspension. For short bodies
    ///     that seldom wait: it saves the queue. In a chain of such starts each 65th is an ordinary one.
    /// - Throws: `ScopeClosed` at once if this scope is cancelled or over; `InvalidSetting` for a negative time, or a
    ///   limit below 1.
    @discardableResult
    public func spawn<T: Sendable>(
        _ name: String, kind: String? = nil, labels: [Label] = [], policy: Policy = .failFast, limit: Int? = nil,
        restarts: Restarts? = nil, deadline: Duration? = nil, grace: Duration? = nil, lending: [Resource] = [],
        restartable: Bool = false, immediate: Bool = false,
        _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) throws -> ChildTask<T> {
        var settings = NodeSettings(
            kind: kind, labels: labels, policy: policy, limit: limit, restarts: restarts, deadline: deadline,
            grace: grace, lending: lending, isRestartable: restartable, isImmediate: immediate)
        return try engine.spawn(name, under: node, &settings, values: values, body)
    }

    /// Runs one operation as a child task and waits for it: what it throws is thrown here, and is not given to this
    /// scope's policy.
    /// - Throws: what the body throws; `DeadlineExceeded` if it was not done in time; `TaskCancelled`.
    @discardableResult
    public func call<T: Sendable>(
        _ name: String, kind: String? = nil, labels: [Label] = [], deadline: Duration? = nil, grace: Duration? = nil,
        _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) async throws -> T {
        var settings = NodeSettings(kind: kind, labels: labels, deadline: deadline, grace: grace, isCaught: true)
        return try await engine.spawn(name, under: node, &settings, values: values, body).value
    }

    /// Runs one operation that must be done within the given time (Go's `context.WithTimeout`, without its lost
    /// values: what it acquired is released before this throws).
    @discardableResult
    public func deadline<T: Sendable>(
        _ allowed: Duration, _ name: String = "deadline", _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) async throws -> T {
        try await call(name, deadline: allowed, body)
    }

    /// A scope without a body, to group children and resources. It costs no task; it ends when it is closed, or with
    /// this scope, after its children have. The parameters are those of `spawn`.
    public func scope(
        _ name: String, kind: String? = nil, labels: [Label] = [], policy: Policy = .failFast, limit: Int? = nil,
        restarts: Restarts? = nil, deadline: Duration? = nil, grace: Duration? = nil
    ) throws -> TaskScope {
        let settings = NodeSettings(
            kind: kind, labels: labels, policy: policy, limit: limit, restarts: restarts, deadline: deadline,
            grace: grace, isGroup: true)
        return TaskScope(try engine.group(name, under: node, settings, values: values))
    }

    /// Closes a scope without a body: it takes no more, and this returns when it is over. On the scope of a task it only
    /// waits for the end, which its own body must not do.
    public func close() async {
        engine.change { _, after in engine.close(node, &after) }
        await waitForChildren(of: [node])
    }

    // MARK: Cancel

    /// Whether it is cancelled. Never unset.
    public var isCancelled: Bool { node.isMarked.load(ordering: .acquiring) }

    /// Why it is cancelled, or nil.
    public var cause: Cause? { engine.look { node.cause } }

    /// Throws `TaskCancelled` if it is cancelled.
    public func checkCancelled() throws {
        if let cause { throw TaskCancelled(cause: cause) }
    }

    /// Cancels this scope and all below it, and nothing else. Twice is once.
    public func cancel(_ message: String? = nil) {
        engine.cancel(id, cause: Cause(.code, by: TaskScope.current?.name, message: message))
    }

    /// Sleeps until it is cancelled.
    public nonisolated(nonsending) func cancelled() async {
        guard isBodysTask else {
            _ = await parkBeside(.cancel, until: nil)
            return
        }
        let wake: Wake = await withUnsafeContinuation { engine.park($0, node) }
        if wake == .cancelled { node.cancelOwnTask() }
    }

    /// Sleeps for a time, or until it is cancelled.
    /// - Throws: `TaskCancelled` as soon as it is cancelled; `CancellationError` if only the Swift task that sleeps is.
    public func sleep(for duration: Duration) async throws {
        guard await park(.cancel, until: duration) == .cancelled else { return }
        try checkCancelled()
        throw CancellationError()
    }

    /// Has the handler run, in a task of its own, when the scope is cancelled; at once if it is already. Not if its
    /// body ends before. The scope waits for it, as long as it keeps within the budget of a release.
    public func onCancel(_ handler: @escaping @Sendable (Cause) async -> Void) {
        engine.change { now, after in
            if let cascade = node.cascade, !cascade.isMarking {
                let cause = node.cause ?? cascade.cause
                engine.queue({ await handler(cause) }, of: node, now, &after)
            } else if node.phase == .running {
                node.parts.cancelHandlers.append(handler)
            }
        }
    }

    /// What ends a park early.
    private enum Call { case cancel, drain }

    /// Whether the Swift task that runs is the body's own. That one is woken by the engine; only one that the body started
    /// may be cancelled by somebody else.
    var isBodysTask: Bool { node.runningTask == .now && node.runningTask != RunningTask() }

    /// Parks until the cancel, or the drain, or the time if there is one.
    private func park(_ call: Call, until duration: Duration?) async -> Wake {
        guard isBodysTask else { return await parkBeside(call, until: duration) }
        let wake = await withUnsafeContinuation { sleep($0, for: call, until: duration) }
        if wake == .cancelled { node.cancelOwnTask() }
        return wake
    }

    /// The same in a Swift task that is not the body's own.
    private func parkBeside(_ call: Call, until duration: Duration?) async -> Wake {
        let ticket = Ticket()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                engine.change { now, after in
                    let waiter = Waiter(continuation)
                    if let wake = ticket.isCancelled ? .cancelled : answer(to: call) {
                        waiter.wake(wake, engine, &after)
                    } else {
                        ticket.waiter = waiter
                        enlist(waiter, for: call, until: duration, now)
                    }
                }
            }
        } onCancel: {
            engine.change { _, after in
                ticket.isCancelled = true
                ticket.waiter?.wake(.cancelled, engine, &after)
            }
        }
    }

    /// The body sleeps in one place at a time, which its node has.
    private func sleep(
        _ continuation: UnsafeContinuation<Wake, Never>, for call: Call, until duration: Duration?
    ) {
        engine.change { now, after in
            if let wake = answer(to: call) { return after.resume(continuation, wake) }
            let waiter = Waiter(continuation)
            node.sleeper = waiter
            if call == .drain { enlist(waiter, for: call, until: nil, now) }
            if let duration { engine.timers.arm(waiter, at: now &+ duration.nanoseconds) }
        }
    }

    /// Why there is nothing to wait for, or nil; the lock is held.
    private func answer(to call: Call) -> Wake? {
        if call == .drain, node.isDraining { return .ready }
        return node.isWoken ? .cancelled : nil
    }

    /// Puts a waiter where its call finds it; the lock is held.
    private func enlist(_ waiter: Waiter, for call: Call, until duration: Duration?, _ now: Int64) {
        switch call {
        case .drain:
            node.parts.drainWaiters.append(waiter)
            engine.drainInterest += 1
        case .cancel:
            if node.cancelWaiters.count >= 8, node.cancelWaiters.count >= node.parts.mostCancelWaiters {
                node.cancelWaiters.removeAll { $0.isOver }
                node.parts.mostCancelWaiters = max(8, 2 * node.cancelWaiters.count)
            }
            node.cancelWaiters.append(waiter)
        }
        if let duration { engine.timers.arm(waiter, at: now &+ duration.nanoseconds) }
    }

    // MARK: Drain

    /// Whether it was told to take no new work and to finish what there is.
    public var isDraining: Bool { engine.look { node.isDraining } }

    /// Sleeps until it is told to drain.
    /// - Returns: true when it was, false if it, or the Swift task that waits, was cancelled instead.
    @discardableResult
    public func draining() async -> Bool { await park(.drain, until: nil) == .ready }

    /// Has the handler run, in a task of its own, when the scope is told to drain; at once if it was already. The scope
    /// waits for it, as long as it keeps within the budget of a release.
    public func onDrain(_ name: String, _ handler: @escaping @Sendable () async -> Void) {
        engine.change { now, after in
            if node.isDraining {
                engine.queue(handler, of: node, now, &after)
            } else if node.phase != .finished {
                node.parts.drainHandlers.append(handler)
                engine.drainInterest += 1
            }
        }
    }

    /// Tells this scope and all below it to drain.
    public func drain(_ message: String? = nil) {
        engine.drain(id, cause: Cause(.code, by: TaskScope.current?.name, message: message))
    }

    // MARK: What it says of itself

    /// Says how far it is, or what it is at: the dashboard's note.
    public func progress(_ message: String? = nil, completed: UInt64? = nil, total: UInt64? = nil) {
        say(
            .taskProgress(
                .init(task: id, completed: completed, total: total, message: message.map { cut($0) })))
    }

    /// A line for the task's log.
    public func log(_ message: String, level: String = "info") {
        say(.taskLog(.init(task: id, level: cut(level), message: cut(message))))
    }

    private func say(_ change: TreeEvent.Change) {
        engine.change { now, _ in
            guard node.phase != .finished else { return }
            engine.append(change, now)
        }
    }

    /// Runs the operation, and says meanwhile that it waits for something, so that people can see who holds it.
    public func waiting<T>(
        on target: WaitTarget, deadline: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        _ operation: () async throws -> T
    ) async rethrows -> T {
        engine.change { now, _ in
            guard node.phase != .finished else { return }
            engine.wait(node, on: target, until: deadline.map { now &+ $0.nanoseconds }, now)
        }
        defer {
            engine.change { now, _ in
                guard node.phase != .finished else { return }
                engine.stopWaiting(node, now)
            }
        }
        return try await operation()
    }

    // MARK: Waiting for children

    /// Waits for the end of tasks.
    func waitForChildren(of nodes: [Node]) async {
        await joining(nodes) { for node in nodes { await engine.waitForEnd(of: node) } }
    }

    /// Waits until no child of this scope is alive.
    func waitUntilIdle() async {
        await joining([node]) {
            _ = await withUnsafeContinuation { continuation in
                engine.change { _, after in
                    if node.liveChildren == 0 {
                        after.resume(continuation, .ready)
                    } else {
                        node.parts.idleWaiters.append(Waiter(continuation))
                    }
                }
            }
        }
    }

    /// While a body waits for its own children it is never overdue; it has its whole grace again afterwards.
    private func joining(_ nodes: [Node], _ wait: () async -> Void) async {
        let waiting = TaskScope.ofBody.node
        let isParent = waiting.map { waiting in
            waiting.engine === engine
                && engine.look {
                    guard nodes.allSatisfy({ $0.parent === waiting || $0.phase == .finished }) else { return false }
                    waiting.parts.joins += 1
                    return true
                }
        }
        await wait()
        guard isParent == true, let waiting else { return }
        engine.change { now, after in
            guard waiting.phase != .finished else { return }
            waiting.parts.joins -= 1
            guard let cascade = waiting.cascade, waiting.parts.joins == 0 else { return }
            waiting.parts.patienceFrom = now
            engine.checkPatienceSoon(cascade, &after)
        }
    }
}

/// Joins a parked call to the cancel of the Swift task that parked. Guarded by the engine's lock.
private final class Ticket: @unchecked Sendable {
    var waiter: Waiter?
    var isCancelled = false
}
