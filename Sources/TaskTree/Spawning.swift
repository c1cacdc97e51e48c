import TreeModel

/// How a task or a scope is to be; what is nil is inherited.
struct NodeSettings: Sendable {
    var kind: String?
    var labels: [Label] = []
    var policy: Policy = .failFast
    var deadline: Duration?
    var grace: Duration?
    var isCaught = false
    var isGroup = false
    var restartOf: TaskID?
    var attempt: UInt64?
}

/// Keeps what it takes to start a task again, as long as its parent lives. Guarded by the engine's lock.
struct RestartPlan {
    let parent: TaskID
    let start: @Sendable (_ restartOf: TaskID, _ attempt: UInt64) throws -> TaskID
    let attempt: UInt64
    var isOver = false
}

extension TreeEngine {
    /// Puts a node into the tree, or says why not. The check and the link are one change: a spawn that races a cancel
    /// is refused here, or met by the cascade.
    func makeNode(_ name: String, under parent: Node?, _ settings: NodeSettings) throws -> Node {
        if let grace = settings.grace, grace < .zero {
            throw InvalidSetting(description: "\(name): a grace of \(grace) is negative; give zero or more")
        }
        if let deadline = settings.deadline, deadline < .zero {
            throw InvalidSetting(description: "\(name): a deadline of \(deadline) is negative; give zero or more")
        }
        let name = cut(name)
        let node = Node(
            name: name, engine: self, policy: settings.policy, isGroup: settings.isGroup, isCaught: settings.isCaught)
        let refusal: ScopeClosed? = change { now, after in
            if let refusal = parent?.refusal { return refusal }
            if parent == nil, shutdown != nil { return ScopeClosed(name: name, reason: .cancelled) }
            // It would close with its parent's body, and that is over.
            if settings.isGroup, let parent, parent.bodyEnded {
                return ScopeClosed(name: parent.name, reason: .closed)
            }
            let own = settings.deadline.map { now &+ $0.nanoseconds }
            let inherited = parent?.deadline
            let deadline = own.map { min($0, inherited ?? .max) } ?? inherited
            let grace = settings.grace?.nanoseconds ?? parent?.grace ?? options.grace.nanoseconds
            node.settleIn(id: nextTask(), grace: grace, deadline: deadline)
            node.describe(settings, like: parent?.lastChild, since: now)
            table.insert(node)
            if let parent { node.link(under: parent) } else { roots.append(node) }
            append(
                .taskStarted(
                    .init(
                        task: node.id, parent: parent?.id, name: name,
                        kind: settings.kind ?? (settings.isGroup ? "scope" : nil), labels: settings.labels,
                        deadline: own == deadline ? deadline : nil,
                        grace: settings.grace == nil && parent != nil ? nil : UInt64(grace),
                        policy: settings.policy == .failFast ? nil : settings.policy, attempt: settings.attempt,
                        restartOf: settings.restartOf)), now)
            if let own, let allowed = settings.deadline, own == deadline {
                let timer = DeadlineTimer(node, allowed)
                node.parts.deadlineTimer = timer
                timers.arm(timer, at: own)
            }
            if let parent {
                if settings.isGroup { remember(group: node, in: parent.parts) }
                if let drain = parent.drain { markDraining(node, drain, now, &after) }
            }
            return nil
        }
        if let refusal { throw refusal }
        return node
    }

    /// Starts the body of a node in the one Swift task that the node owns.
    func startBody<T: Sendable>(
        of node: Node, into box: ResultBox<T>, _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) {
        let task = start {
            withUnsafeCurrentTask { task in node.engine.change { _, _ in node.bodyTask = task } }
            do {
                let scope = TaskScope(node)
                box.value = try await TaskScope.$current.withValue(scope) { try await body(scope) }
                await node.engine.finishBody(of: node, nil)
            } catch {
                await node.engine.finishBody(of: node, error)
            }
        }
        // Published afterwards: a cascade that woke the node in between found nothing to cancel.
        change { _, after in
            guard !node.bodyEnded, node.phase != .finished else { return }
            node.body = task
            if let cascade = node.cascade, !cascade.isMarking { after.cancels.append(task) }
        }
    }

    /// The body returned: goes on as far as the node and its parents can go, un-cancelled.
    private func finishBody(of node: Node, _ error: (any Error)?) async {
        let ended = endBody(of: node, error)
        guard ended.isReady, let entry = settle(node) else { return }
        if ended.isCancelled || Task.isCancelled {
            // The cancel of this body may still be on its way to its Swift task: releases never see it.
            startNow { await self.releaseAndGoOn(entry) }
        } else {
            await releaseAndGoOn(entry)
        }
    }

    func spawn<T: Sendable>(
        _ name: String, under parent: Node?, _ settings: NodeSettings,
        _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) throws -> ChildTask<T> {
        let node = try makeNode(name, under: parent, settings)
        let box = ResultBox<T>()
        startBody(of: node, into: box, body)
        return ChildTask(node: node, box: box)
    }

    /// Spawns a task that `restart` can start again while its parent takes children.
    func spawnRestartable(
        _ name: String, under parent: Node, _ settings: NodeSettings,
        _ body: @escaping @Sendable (TaskScope) async throws -> Void
    ) throws -> ChildTask<Void> {
        let child = try spawn(name, under: parent, settings, body)
        change { _, _ in
            guard parent.refusal == nil else { return }
            restarts[child.id] = RestartPlan(
                parent: parent.id,
                start: { [weak parent] restartOf, attempt in
                    guard let parent else { throw ScopeClosed(name: name, reason: .closed) }
                    var again = settings
                    again.restartOf = restartOf
                    again.attempt = attempt
                    return try parent.engine.spawnRestartable(name, under: parent, again, body).id
                },
                attempt: (settings.attempt ?? 1) + 1, isOver: child.node.phase == .finished)
            parent.parts.restartable.append(child.id)
            forgetOldRestarts(of: parent)
        }
        return child
    }

    /// Of many children that are over, the last can be started again.
    private func forgetOldRestarts(of parent: Node) {
        guard parent.parts.restartable.count >= 128 else { return }
        var tooMany = parent.parts.restartable.count - 64
        parent.parts.restartable.removeAll { id in
            guard tooMany > 0, restarts[id]?.isOver ?? true else { return false }
            tooMany -= 1
            restarts[id] = nil
            return true
        }
    }

    /// Keeps a group to close it with its parent; those that are over are dropped now and then.
    private func remember(group: Node, in parts: RareParts) {
        if parts.openGroups.count >= parts.mostOpenGroups {
            parts.openGroups.removeAll { $0.bodyEnded }
            parts.mostOpenGroups = max(8, 2 * parts.openGroups.count)
        }
        parts.openGroups.append(group)
    }

    /// Starts a finished or cancelled task again, as a task of its own that says what it is a restart of.
    /// - Throws: `InvalidSetting` with the reason if that task is not over, or cannot be started again;
    ///   `ScopeClosed` if its parent takes no more children.
    @discardableResult
    public func restart(_ id: TaskID) throws -> TaskID {
        let plan: RestartPlan? = change { _, _ in
            guard let plan = restarts[id], plan.isOver else { return nil }
            restarts[id] = nil
            table.find(plan.parent)?.rare?.restartable.removeAll { $0 == id }
            return plan
        }
        guard let plan else {
            let isAlive = change { _, _ in table.find(id) != nil }
            throw InvalidSetting(
                description: isAlive
                    ? "task \(id) is not over yet: cancel it first, then start it again"
                    : "task \(id) cannot be started again: it was not spawned as restartable, or its parent is over")
        }
        do {
            return try plan.start(id, plan.attempt)
        } catch {
            change { _, _ in
                guard let parent = table.find(plan.parent) else { return }
                restarts[id] = plan
                parent.parts.restartable.append(id)
            }
            throw error
        }
    }
}

/// Where a body leaves its result: written before its node ends, read after.
final class ResultBox<T: Sendable>: @unchecked Sendable {
    var value: T?
}
