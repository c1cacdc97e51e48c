import TreeModel

/// What must come out of a script, found by playing it through in plain sequence: a list of what happens when, and the
/// rules of the design, each where one looks for it. No locks, no slices, no marks ahead of wakes: what the engine does
/// with all of that must come to the same.
///
/// Here are the bodies and when they begin. How tasks end, what becomes of their resources, and how they are cancelled,
/// drained and shut down, each has a file of its own.
final class ScriptModel {
    let script: Script
    private(set) var now: Int64 = 0
    var outcome = ScriptOutcome()
    private var agenda: [(at: Int64, action: () -> Void)] = []
    /// The newest of each name.
    private var nodes: [String: ModelNode] = [:]
    private var keys = Keys()

    /// Plays the script through.
    static func outcome(of script: Script) -> ScriptOutcome {
        let model = ScriptModel(script)
        let root = model.start(script.root, under: nil)
        if let shutdown = script.shutdown {
            for instant in shutdown.asks { model.at(instant) { model.shutDown(root, shutdown) } }
        }
        model.at(script.horizon) { model.cancel(root, .user) }
        model.play()
        model.outcome.thrown = root.thrown
        return model.outcome
    }

    private init(_ script: Script) { self.script = script }

    func at(_ instant: Int64, _ action: @escaping () -> Void) { agenda.append((instant, action)) }
    func after(_ time: Int64, _ action: @escaping () -> Void) { at(now + time, action) }

    private func play() {
        while let next = agenda.indices.min(by: { agenda[$0].at < agenda[$1].at }) {
            let (instant, action) = agenda.remove(at: next)
            now = instant
            action()
        }
    }

    func key(_ name: String) -> String { keys.next(name) }

    // MARK: Starts

    @discardableResult
    private func start(
        _ script: TaskScript, under parent: ModelNode?, lender: ModelNode? = nil, isCaught: Bool = false
    ) -> ModelNode {
        // A call says nothing of what it is to its children.
        let node = enter(script.name, isCaught ? ScopeScript() : script.scope, script, under: parent)
        node.isCaught = isCaught
        node.borrowed = script.lent.compactMap { lender?.opened[$0] }
        takePlace(node)
        return node
    }

    private func enter(
        _ name: String, _ scope: ScopeScript, _ script: TaskScript?, under parent: ModelNode?
    ) -> ModelNode {
        let node = ModelNode(name, key(name), scope, script, under: parent)
        nodes[name] = node
        outcome.tasks[node.key] = .init(started: now)
        let own = script?.deadline.map { now + $0 }
        let inherited = parent?.deadline ?? .max
        node.deadline = min(own ?? .max, inherited)
        if let own, own <= inherited { at(own) { [self] in missDeadline(node) } }
        if let drain = parent?.drain { tellToDrain(node, drain) }
        return node
    }

    /// A failed task is started again unless it was too often, or its scope takes nothing any more.
    func startAgain(_ failed: ModelNode, under parent: ModelNode) -> Bool {
        guard parent.scope.policy == .restart, parent.cascade == nil, !(parent.isGroup && parent.bodyIsOver),
            let script = failed.script
        else { return false }
        let rules = parent.scope.restarts
        let recent = failed.restartedAt.filter { $0 > now - rules.window }
        guard recent.count < rules.limit else { return false }
        let next = enter(script.name, script.scope, script, under: parent)
        next.borrowed = failed.borrowed
        next.restartedAt = recent + [now]
        let pause = min(rules.longestBackoff, rules.backoff << recent.count)
        if pause == 0 {
            takePlace(next)
        } else {
            next.isQueued = true
            after(pause) { [self] in if next.isQueued { takePlace(next) } }
        }
        return true
    }

    /// Begins, or waits for a place.
    private func takePlace(_ node: ModelNode) {
        node.isQueued = false
        if let parent = node.parent, let limit = parent.scope.limit {
            guard parent.placesTaken < limit else {
                node.isQueued = true
                parent.queue.append(node)
                return
            }
            parent.placesTaken += 1
            node.hasPlace = true
        }
        outcome.tasks[node.key]?.began = now
        goOn(node)
    }

    /// A child is over, and the first who waits takes its place.
    func givePlace(of node: ModelNode, under parent: ModelNode) {
        guard node.hasPlace else { return }
        parent.placesTaken -= 1
        if parent.cascade == nil, !parent.queue.isEmpty { takePlace(parent.queue.removeFirst()) }
    }

    // MARK: Bodies

    /// The body pauses and takes its next step.
    func goOn(_ node: ModelNode) {
        node.wait = .nothing
        guard let script = node.script else { return }
        if node.next < script.steps.count {
            let (pause, step) = script.steps[node.next]
            node.next += 1
            after(pause) { [self] in take(step, node) }
        } else {
            after(script.end.pause) { [self] in end(script.end.1, node) }
        }
    }

    /// After a wait for children, also a short one, it has its whole grace again.
    func goOnAfterWait(_ node: ModelNode) {
        if node.cascade != nil { losePatience(node) }
        goOn(node)
    }

    private func take(_ step: TaskScript.Step, _ node: ModelNode) {
        let isCancelled = node.cascade != nil
        switch step {
        case .own(let script):
            if isCancelled { return bodyEnds(node, .heedsCancel) }
            if script.failsToOpen { return bodyEnds(node, .throwing("\(script.name) was told to fail")) }
            hold(script, node)
            goOn(node)
        case .open(let script), .lease(let script):
            if isCancelled { return bodyEnds(node, .heedsCancel) }
            var isLease = false
            if case .lease = step { isLease = true }
            after(script.opens) { [self] in opened(script, node, isLease: isLease) }
        case .release(let place): giveBack(place, node)
        case .drop(let place):
            if place < node.opened.count { drop(node.opened[place], node) }
            goOn(node)
        case .spawn(let child):
            if isCancelled { return bodyEnds(node, .heedsCancel) }
            start(child, under: node, lender: node)
            goOn(node)
        case .call(let child):
            if isCancelled { return bodyEnds(node, .heedsCancel) }
            node.wait = .end(of: start(child, under: node, isCaught: true))
        case .group(let script):
            if isCancelled { return bodyEnds(node, .heedsCancel) }
            open(script, node)
        case .sleep(let time):
            if isCancelled { return bodyEnds(node, .heedsCancel) }
            node.wait = .sleep
            after(time) { [self] in if case .sleep = node.wait { goOn(node) } }
        case .awaitDrain:
            if node.drain != nil { return goOn(node) }
            if isCancelled { return bodyEnds(node, .heedsCancel) }
            node.wait = .drain
        case .handle(let handler):
            register(handler, node)
            goOn(node)
        case .cancel(let name):
            if let target = nodes[name] { cancel(target, .user) }
            goOn(node)
        case .drain(let name):
            if let target = nodes[name] { drain(target) }
            goOn(node)
        }
    }

    private func opened(_ script: ResourceScript, _ node: ModelNode, isLease: Bool) {
        if script.failsToOpen { return bodyEnds(node, .throwing("\(script.name) was told to fail")) }
        let resource = hold(script, node, isLease: isLease)
        guard node.cascade != nil else { return goOn(node) }
        // Nobody has the handle, so nobody can be to blame.
        resource.isGivenBack = true
        // To an abandoned task it came too late.
        if node.isFinished { release(resource) }
        bodyEnds(node, .heedsCancel)
    }

    private func open(_ script: GroupScript, _ node: ModelNode) {
        let group = enter(script.name, script.scope, nil, under: node)
        for resource in script.resources {
            if resource.failsToOpen { return bodyEnds(node, .throwing("\(resource.name) was told to fail")) }
            hold(resource, group)
        }
        for child in script.children { start(child, under: group, lender: node) }
        switch script.end {
        case .left: goOn(node)
        case .closed:
            node.wait = .end(of: group)
            close(group)
        case .stopped(let pause, let total, let draining):
            after(pause) { [self] in
                if group.isFinished { return goOnAfterWait(node) }
                node.wait = .end(of: group)
                stop(group, total: total, draining: draining)
            }
        }
    }

    private func end(_ end: TaskScript.End, _ node: ModelNode) {
        switch end {
        case .returns: bodyEnds(node, .returning)
        case .fails: bodyEnds(node, .throwing("oops of \(node.name)"))
        case .waitsForCancel, .waitsForCancelAndFails:
            node.wait = .cancel
            if node.cascade != nil { hear(node) }
        case .ignores(let time): after(time) { [self] in bodyEnds(node, .returning) }
        }
    }

    /// A body that sleeps or waits hears of the cancel.
    func hear(_ node: ModelNode) {
        switch node.wait {
        case .sleep, .drain: bodyEnds(node, .heedsCancel)
        case .cancel:
            if case .waitsForCancelAndFails? = node.script?.end.1 {
                bodyEnds(node, .throwing("oops of \(node.name)"))
            } else {
                bodyEnds(node, .heedsCancel)
            }
        case .nothing, .release, .end: break
        }
    }
}
