import EventBus
import TaskTree
import TaskTreeTesting
import TreeModel

private struct Oops: Error, CustomStringConvertible {
    let by: String
    var description: String { "oops of \(by)" }
}

/// Runs a script on the engine.
struct ScriptRun: Sendable {
    let tree: WatchedTree
    let script: Script
    let calls = CallRecorder()
    let seen = Lock(Seen())
    let leases = Lock<[Int: Lease<FakeResource>]>([:])

    /// What bodies and handlers say themselves, and what they know of the log.
    struct Seen {
        /// When the bodies began.
        var began: [TaskID: Int64] = [:]
        var handlers: [(name: String, at: Int64)] = []
        var leases = 0
        var reader: EventReader?
        /// The newest of each name.
        var newest: [String: TaskID] = [:]
    }

    /// What a body has of what it opened.
    enum Handle {
        case held(Held<FakeResource>)
        /// Its owner is kept under this number until it is dropped.
        case lease(Int)
    }

    init(_ script: Script, seed: UInt64) {
        self.script = script
        tree = WatchedTree("script", seed: seed) {
            $0.grace = .nanoseconds(script.grace)
            $0.releaseBudget = .nanoseconds(script.handlerBudget)
            $0.shutdownTotal = .nanoseconds(script.shutdown?.total ?? 0)
            $0.drainBudget = .nanoseconds(script.shutdown?.draining ?? 0)
        }
        let reader = tree.log.makeReader()
        seen.withLock { $0.reader = reader }
    }

    /// Runs it to its end, and answers what came out.
    func run() async throws -> ScriptOutcome {
        let root = script.root
        let thrown: (any Error)? = try await tree.drive {
            async let end: Void = steer()
            var thrown: (any Error)?
            do {
                try await tree.engine.run(
                    "root", policy: root.scope.policy, limit: root.scope.limit, restarts: restarts(root.scope),
                    deadline: root.deadline.map { .nanoseconds($0) }
                ) { try await play(root, $0) }
            } catch {
                thrown = error
            }
            await end
            return thrown
        }
        try tree.promises()
        try calls.expectReleasedOnce()
        var outcome = ScriptOutcome(tree.events, seen.withLock { $0 })
        outcome.thrown = thrown.map(words)
        return outcome
    }

    private func steer() async {
        for instant in script.shutdown?.asks ?? [] {
            await tree.clock.sleep(for: .nanoseconds(instant - tree.clock.now()))
            tree.engine.shutDown(cause: Cause(.signal))
        }
        await tree.clock.sleep(for: .nanoseconds(script.horizon - tree.clock.now()))
        tree.engine.cancel(TaskID(1), cause: Cause(.user))
    }

    private func words(_ error: any Error) -> Set<String> {
        switch error {
        case let failure as TaskFailure: Set(([failure.error] + failure.suppressed).map { "\($0)" })
        case is TaskCancelled: ["cancelled"]
        case is TaskAbandoned: ["abandoned"]
        default: ["\(error)"]
        }
    }

    // MARK: Bodies

    private func play(_ script: TaskScript, _ scope: TaskScope) async throws {
        seen.withLock { $0.began[scope.id] = tree.clock.now() }
        var opened: [Handle] = []
        for (pause, step) in script.steps {
            await tree.clock.sleep(for: .nanoseconds(pause))
            switch step {
            case .own(let resource): opened.append(.held(try own(resource, in: scope, opened)))
            case .open(let resource): opened.append(.held(try await open(resource, in: scope, opened)))
            case .lease(let resource): opened.append(.lease(try await lease(resource, in: scope, opened)))
            case .release(let place): if place < opened.count { await release(opened[place]) }
            case .drop(let place): if place < opened.count { drop(opened[place]) }
            case .spawn(let child): try spawn(child, in: scope, opened)
            case .call(let child):
                // A refusal is no error of the call.
                try scope.checkCancelled()
                _ = try? await scope.call(child.name, deadline: child.deadline.map { .nanoseconds($0) }) {
                    try await play(child, $0)
                }
            case .group(let group): try await open(group, in: scope, opened)
            case .sleep(let time): try await scope.sleep(for: .nanoseconds(time))
            case .awaitDrain: if await !scope.draining() { try scope.checkCancelled() }
            case .handle(let handler): register(handler, in: scope)
            case .cancel(let name): if let id = newest(name) { tree.engine.cancel(id, cause: Cause(.user)) }
            case .drain(let name): if let id = newest(name) { tree.engine.drain(id, cause: Cause(.user)) }
            }
        }
        await tree.clock.sleep(for: .nanoseconds(script.end.pause))
        switch script.end.1 {
        case .returns: return
        case .fails: throw Oops(by: script.name)
        case .waitsForCancel:
            await scope.cancelled()
            try scope.checkCancelled()
        case .waitsForCancelAndFails:
            await scope.cancelled()
            throw Oops(by: script.name)
        case .ignores(let time): await tree.clock.sleep(for: .nanoseconds(time))
        }
    }

    /// The newest task of a name, as the log knows it.
    private func newest(_ name: String) -> TaskID? {
        seen.withLock { seen in
            var newest = seen.newest
            seen.reader?.read { if case .taskStarted(let task) = $0.change { newest[task.name] = task.task } }
            seen.newest = newest
            return newest[name]
        }
    }

    private func restarts(_ scope: ScopeScript) -> Restarts? {
        guard scope.policy == .restart else { return nil }
        let rules = scope.restarts
        return Restarts(
            limit: rules.limit, within: .nanoseconds(rules.window), backoff: .nanoseconds(rules.backoff),
            longestBackoff: .nanoseconds(rules.longestBackoff))
    }

    private func spawn(_ child: TaskScript, in scope: TaskScope, _ lender: [Handle]) throws {
        try scope.spawn(
            child.name, policy: child.scope.policy, limit: child.scope.limit, restarts: restarts(child.scope),
            deadline: child.deadline.map { .nanoseconds($0) }, lending: child.lent.compactMap { resource(lender, $0) }
        ) { try await play(child, $0) }
    }

    private func open(_ script: GroupScript, in scope: TaskScope, _ lender: [Handle]) async throws {
        let rules = script.scope
        func fill(_ group: TaskScope) throws {
            var opened: [Handle] = []
            for resource in script.resources { opened.append(.held(try own(resource, in: group, opened))) }
            for child in script.children { try spawn(child, in: group, lender) }
        }
        switch script.end {
        case .left, .closed:
            let group = try scope.scope(
                script.name, policy: rules.policy, limit: rules.limit, restarts: restarts(rules))
            try fill(group)
            if case .closed = script.end { await group.close() }
        case .stopped(let pause, let total, let draining):
            let controller = try TaskController(
                script.name, under: scope, policy: rules.policy, limit: rules.limit, restarts: restarts(rules))
            try fill(controller.scope)
            await tree.clock.sleep(for: .nanoseconds(pause))
            await controller.stop(within: .nanoseconds(total), draining: .nanoseconds(draining))
        }
    }

    private func register(_ handler: HandlerScript, in scope: TaskScope) {
        let run: @Sendable () async -> Void = {
            seen.withLock { $0.handlers.append((handler.name, tree.clock.now())) }
            await tree.clock.sleep(for: .nanoseconds(handler.takes))
        }
        switch handler.call {
        case .cancel: scope.onCancel { _ in await run() }
        case .drain: scope.onDrain(handler.name, run)
        }
    }
}
