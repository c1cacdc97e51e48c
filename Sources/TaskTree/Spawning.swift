import TreeModel

/// How a task or a scope is to be; what is nil is inherited.
struct NodeSettings: Sendable {
    var kind: String?
    var labels: [Label] = []
    var policy: Policy = .failFast
    var limit: Int?
    var restarts: Restarts?
    var deadline: Duration?
    var grace: Duration?
    var lending: [Resource] = []
    var isCaught = false
    var isGroup = false
    /// It may be started again by hand.
    var isRestartable = false
    /// It keeps its code: it may be started again.
    var isRepeatable = false
    /// It begins on the thread that spawns it.
    var isImmediate = false
    var restartOf: TaskID?
    var attempt: UInt64?

    /// Whether all of it makes sense.
    func check(_ name: String, _ engine: TreeEngine) throws {
        if let grace, grace < .zero {
            throw InvalidSetting(description: "\(name): a grace of \(grace) is negative; give zero or more")
        }
        if let deadline, deadline < .zero {
            throw InvalidSetting(description: "\(name): a deadline of \(deadline) is negative; give zero or more")
        }
        if let limit, limit < 1 {
            throw InvalidSetting(description: "\(name): with a limit of \(limit) nothing could run; give 1 or more")
        }
        try restarts?.check(name)
        if lending.contains(where: { $0.engine !== engine }) {
            throw InvalidSetting(
                description: "\(name): what is lent belongs to another tree; lend what its scope holds")
        }
    }
}

/// Keeps what it takes to start a task again by hand, as long as its parent lives. Guarded by the engine's lock.
struct RestartPlan {
    let parent: TaskID
    let node: Node

    var isOver: Bool { node.phase == .finished }
}

extension TreeEngine {
    /// Puts a node into the tree, or says why not, and begins it. The check and the link are one change: a spawn that
    /// races a cancel is refused here, or met by the cascade.
    func insert(_ node: Node, under parent: Node?, _ settings: NodeSettings) throws {
        if !settings.isPlain { try settings.check(node.name, self) }
        enum Entry {
            case begins, waits
            case refused(ScopeClosed)
        }
        var isGrowing = false
        let entry: Entry = change { now, after in
            if let refusal = parent?.refusal { return .refused(refusal) }
            if parent == nil, shutdown != nil { return .refused(ScopeClosed(name: node.name, reason: .cancelled)) }
            // It would close with its parent's body, and that is over.
            if settings.isGroup, let parent, parent.bodyEnded {
                return .refused(ScopeClosed(name: parent.name, reason: .closed))
            }
            for _ in 0..<2 { if let old = spent.take() { after.letGo(old) } }
            isGrowing = spent.isGrowing()
            enter(node, under: parent, settings, now, &after)
            return settings.isGroup || mayBegin(node, under: parent, now) ? .begins : .waits
        }
        if isGrowing { SpentNodes.makeRoom() }
        switch entry {
        case .begins: node.begin()
        case .waits: break
        case .refused(let refusal): throw refusal
        }
    }

    /// Puts a node into the tree; the lock is held.
    @inline(__always)
    func enter(_ node: Node, under parent: Node?, _ settings: NodeSettings, _ now: Int64, _ after: inout Afterwards) {
        let own = settings.deadline.map { now &+ $0.nanoseconds }
        let deadline = min(own ?? .max, parent?.deadline ?? .max)
        let grace = settings.grace?.nanoseconds ?? parent?.grace ?? options.grace.nanoseconds
        node.settleIn(
            id: nextTask(), grace: grace, deadline: deadline, since: now,
            NodeProfile.of(settings, like: parent?.lastChild?.profile))
        // Kept until `Afterwards.letGo`.
        _ = Unmanaged.passRetained(node)
        table.insert(node)
        spent.alive += SpentNodes.node
        if let parent {
            node.link(under: parent)
        } else {
            roots.append(node)
            rootBegins(now)
        }
        if !settings.isPlain { keepRare(settings, of: node, under: parent, own, now, &after) }
        append(TreeEvent.TaskStarted.self, now) { node.describe(&$0) }
        if let drain = parent?.drain { markDraining(node, drain, now, &after) }
    }

    /// What few nodes ask for.
    private func keepRare(
        _ settings: NodeSettings, of node: Node, under parent: Node?, _ own: Int64?, _ now: Int64,
        _ after: inout Afterwards
    ) {
        if let own, let allowed = settings.deadline, own == node.deadline {
            let timer = DeadlineTimer(node, allowed)
            node.parts.deadlineTimer = timer
            timers.arm(timer, at: own)
        }
        if let limit = settings.limit { node.parts.limit = Limit(limit) }
        if settings.policy == .restart { node.parts.restarts = settings.restarts ?? Restarts() }
        if settings.isRepeatable { node.parts.settings = settings }
        if !settings.lending.isEmpty { node.parts.borrowed = settings.lending.map(\.entry) }
        guard let parent else { return }
        if settings.isGroup { remember(group: node, in: parent.parts) }
        if settings.isRestartable { remember(restartable: node, under: parent, &after) }
    }

    /// Its settings are given to be changed, and never copied: to count all that is in them took a tenth of a spawn.
    func spawn<T: Sendable>(
        _ name: String, under parent: Node?, _ settings: inout NodeSettings, values: ScopeValues?,
        _ body: @escaping @Sendable (TaskScope) async throws -> T
    ) throws -> ChildTask<T> {
        if settings.isRestartable || parent?.policy == .restart { settings.isRepeatable = true }
        let node = BodyNode(cut(name), self, settings, values: values, body)
        if settings.isImmediate, let parent, parent.startDepth < 64 { node.startDepth = parent.startDepth + 1 }
        try insert(node, under: parent, settings)
        return ChildTask(node: node)
    }

    func group(
        _ name: String, under parent: Node?, _ settings: NodeSettings, values: ScopeValues?
    ) throws -> Node {
        let node = Node(
            name: cut(name), engine: self, policy: settings.policy, isGroup: true, isCaught: settings.isCaught,
            values: values)
        try insert(node, under: parent, settings)
        return node
    }

    // MARK: Restart by hand

    private func remember(restartable node: Node, under parent: Node, _ after: inout Afterwards) {
        restartPlans[node.id] = RestartPlan(parent: parent.id, node: node)
        parent.parts.restartable.append(node.id)
        // Of many children that are over, the last can be started again.
        guard parent.parts.restartable.count >= 128 else { return }
        var tooMany = parent.parts.restartable.count - 64
        parent.parts.restartable.removeAll { id in
            guard tooMany > 0, restartPlans[id]?.isOver ?? true else { return false }
            tooMany -= 1
            if let plan = restartPlans.removeValue(forKey: id) { after.jobs.append(.letGo(plan.node)) }
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
        enum Turn {
            case begun(TaskID)
            case refused(any Error)
        }
        let turn: Turn = change { now, after in
            guard let plan = restartPlans[id], plan.isOver, let parent = table.find(plan.parent) else {
                return .refused(
                    InvalidSetting(
                        description: table.find(id) != nil
                            ? "task \(id) is not over yet: cancel it first, then start it again"
                            : "task \(id) cannot be started again: it was not spawned as restartable, or its parent is over"
                    ))
            }
            if let refusal = parent.refusal { return .refused(refusal) }
            guard let settings = plan.node.rare?.settings?.again(after: id), let node = plan.node.again(settings) else {
                return .refused(InvalidSetting(description: "task \(id) cannot be started again: it has no body"))
            }
            restartPlans[id] = nil
            parent.rare?.restartable.removeAll { $0 == id }
            after.jobs.append(.letGo(plan.node))
            enter(node, under: parent, settings, now, &after)
            if mayBegin(node, under: parent, now) { after.jobs.append(.begin(node)) }
            return .begun(node.id)
        }
        switch turn {
        case .begun(let task): return task
        case .refused(let error): throw error
        }
    }
}

extension NodeSettings {
    /// The same for the attempt that follows this one.
    func again(after task: TaskID) -> NodeSettings {
        var next = self
        next.restartOf = task
        next.attempt = (attempt ?? 1) + 1
        return next
    }

    /// Nothing of it needs `RareParts` or a check.
    var isPlain: Bool {
        deadline == nil && grace == nil && limit == nil && restarts == nil && policy != .restart && lending.isEmpty
            && !isGroup && !isRepeatable
    }
}
