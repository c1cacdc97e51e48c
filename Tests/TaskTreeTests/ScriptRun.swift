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
    private let calls = CallRecorder()
    private let started = Lock<[String: TaskID]>([:])

    init(grace: Int64, seed: UInt64) {
        tree = WatchedTree("script", seed: seed) { $0.grace = .nanoseconds(grace) }
    }

    /// Runs it to its end, and answers what came out.
    func run(_ script: Script) async throws -> ScriptOutcome {
        let root = script.root
        let horizon = Duration.nanoseconds(script.horizon)
        let thrown: (any Error)? = try await tree.drive {
            async let end: Void = cancelRoot(after: horizon)
            var thrown: (any Error)?
            do {
                try await tree.engine.run("root", policy: root.policy, deadline: root.deadline.map { .nanoseconds($0) })
                { try await play(root, $0) }
            } catch {
                thrown = error
            }
            await end
            return thrown
        }
        try tree.promises()
        try calls.expectReleasedOnce()
        var outcome = outcome()
        outcome.thrown = thrown.map(words)
        return outcome
    }

    private func cancelRoot(after horizon: Duration) async {
        await tree.clock.sleep(for: horizon)
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

    private func play(_ script: TaskScript, _ scope: TaskScope) async throws {
        started.withLock { $0[script.name] = scope.id }
        var held: [Held<FakeResource>] = []
        for (pause, step) in script.steps {
            await tree.clock.sleep(for: .nanoseconds(pause))
            switch step {
            case .own(let resource):
                held.append(try scope.own(fake(resource), budget: .nanoseconds(resource.budget)))
            case .open(let resource):
                held.append(try await scope.hold(fake(resource), budget: .nanoseconds(resource.budget)))
            case .release(let index):
                if index < held.count { try? await held[index].release() }
            case .spawn(let child): try spawn(child, in: scope)
            case .call(let child):
                // A refusal is no error of the call.
                try scope.checkCancelled()
                _ = try? await scope.call(child.name, deadline: child.deadline.map { .nanoseconds($0) }) {
                    try await play(child, $0)
                }
            case .group(let group): try await open(group, in: scope)
            case .sleep(let time): try await scope.sleep(for: .nanoseconds(time))
            case .cancel(let name):
                if let id = started.withLock({ $0[name] }) { tree.engine.cancel(id, cause: Cause(.user)) }
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

    private func spawn(_ child: TaskScript, in scope: TaskScope) throws {
        try scope.spawn(child.name, policy: child.policy, deadline: child.deadline.map { .nanoseconds($0) }) {
            try await play(child, $0)
        }
    }

    private func open(_ script: GroupScript, in scope: TaskScope) async throws {
        let group = try scope.scope(script.name, policy: script.policy)
        for resource in script.resources { try group.own(fake(resource), budget: .nanoseconds(resource.budget)) }
        for child in script.children { try spawn(child, in: group) }
        if script.isClosed { await group.close() }
    }

    private func fake(_ script: ResourceScript) -> FakeResource {
        FakeResource(
            script.name, calls,
            open: .takes(.nanoseconds(script.opens), tree.clock, then: script.failsToOpen ? .fails : .works),
            release: .takes(.nanoseconds(script.releases), tree.clock, then: script.failsToRelease ? .fails : .works))
    }

    /// What the log says.
    private func outcome() -> ScriptOutcome {
        var outcome = ScriptOutcome()
        var names: [TaskID: String] = [:]
        var resources: [ResourceID: String] = [:]
        var releases: [TaskID: [String]] = [:]
        for event in tree.events {
            switch event.change {
            case .taskStarted(let task): names[task.task] = task.name
            case .taskFinished(let end):
                let errors = end.outcome == .abandoned ? [] : ([end.error].compactMap { $0 } + end.suppressed)
                outcome.tasks[names[end.task]!] = .init(
                    outcome: end.outcome, errors: Set(errors.map(\.message)), cause: end.cause?.kind, at: event.t)
            case .taskReturned(let late): outcome.tasks[names[late.task]!]?.returned = event.t
            case .resourceAcquired(let held):
                resources[held.resource] = held.name
                outcome.resources[held.name] = .init()
            case .resourceReleasing(let release):
                releases[release.task, default: []].append(resources[release.resource]!)
            case .resourceReleased(let end):
                outcome.resources[resources[end.resource]!]?.released = end.outcome
                outcome.resources[resources[end.resource]!]?.at = event.t
            case .resourceQuarantined(let kept): outcome.resources[resources[kept.resource]!]?.isQuarantined = true
            case .resourceReturned(let late): outcome.resources[resources[late.resource]!]?.returned = late.outcome
            case .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
                .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .cancelCompleted,
                .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase, .engineStarved, .snapshotBegin,
                .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
                break
            }
        }
        for (task, list) in releases { outcome.tasks[names[task]!]?.releases = list }
        return outcome
    }
}
