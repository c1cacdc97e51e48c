import TreeModel

/// One call of a handler that the program registered with a task: the task does not end before it, as long as it keeps
/// within the budget of a release. Guarded by the engine's lock.
final class HandlerRun: TimerEntry, @unchecked Sendable {
    let node: Node
    let handler: @Sendable () async -> Void
    var isOver = false

    init(_ node: Node, _ handler: @escaping @Sendable () async -> Void) {
        self.node = node
        self.handler = handler
    }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        let message = "a handler was not over within \(engine.options.releaseBudget.short); its task goes on without it"
        if node.phase != .finished {
            engine.append(.taskLog(.init(task: node.id, level: "warning", message: message)), now)
        }
        engine.end(self, &after)
    }
}

extension TreeEngine {
    /// Has a handler run once the lock is let go.
    func queue(_ handler: @escaping @Sendable () async -> Void, of node: Node, _ now: Int64, _ after: inout Afterwards)
    {
        guard node.phase != .finished else { return }
        let run = HandlerRun(node, handler)
        node.handlers += 1
        timers.arm(run, at: now &+ releaseBudget)
        after.jobs.append(.handler(run))
    }

    func start(_ run: HandlerRun) {
        start { [self] in
            await TaskScope.$ofBody.withValue(.none) { await run.handler() }
            change { _, after in end(run, &after) }
        }
    }

    /// A handler is over, or is not waited for any more.
    func end(_ run: HandlerRun, _ after: inout Afterwards) {
        guard !run.isOver else { return }
        run.isOver = true
        timers.disarm(run)
        awaitsOneLess(run.node, &after)
    }

    /// One of the handlers or openings that a node waits for is over: after the last it may end.
    func awaitsOneLess(_ node: Node, _ after: inout Afterwards) {
        node.handlers -= 1
        if node.handlers == 0, node.bodyEnded, node.liveChildren == 0 { after.jobs.append(.carryOn(node)) }
    }
}
