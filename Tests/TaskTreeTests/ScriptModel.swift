import TreeModel

/// What must come out of a script, found by playing it through in plain sequence: a list of what happens when, and the
/// rules of the design, each where one looks for it. No locks, no slices, no marks ahead of wakes: what the engine does
/// with all of that must come to the same.
final class ScriptModel {
    private let grace: Int64
    private var now: Int64 = 0
    private var agenda: [(at: Int64, action: () -> Void)] = []
    private var nodes: [String: ModelNode] = [:]
    private var outcome = ScriptOutcome()

    /// Plays the script through.
    static func outcome(of script: Script) -> ScriptOutcome {
        let model = ScriptModel(grace: script.grace)
        let root = model.start(script.root, under: nil)
        model.at(script.horizon) { model.cancel(root, .user) }
        model.play()
        model.outcome.thrown = root.thrown
        return model.outcome
    }

    private init(grace: Int64) { self.grace = grace }

    private func at(_ instant: Int64, _ action: @escaping () -> Void) { agenda.append((instant, action)) }
    private func after(_ time: Int64, _ action: @escaping () -> Void) { at(now + time, action) }

    private func play() {
        while let next = agenda.indices.min(by: { agenda[$0].at < agenda[$1].at }) {
            let (instant, action) = agenda.remove(at: next)
            now = instant
            action()
        }
    }

    // MARK: Bodies

    private func start(_ script: TaskScript, under parent: ModelNode?, isCaught: Bool = false) -> ModelNode {
        let node = ModelNode(script.name, isCaught ? .failFast : script.policy, under: parent)
        node.isCaught = isCaught
        node.script = script
        nodes[script.name] = node
        let own = script.deadline.map { now + $0 }
        let inherited = parent?.deadline ?? .max
        node.deadline = min(own ?? .max, inherited)
        if let own, own <= inherited { at(own) { [self] in missDeadline(node) } }
        goOn(node)
        return node
    }

    /// The body pauses and takes its next step.
    private func goOn(_ node: ModelNode) {
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

    private func take(_ step: TaskScript.Step, _ node: ModelNode) {
        switch step {
        case .own(let script):
            if node.mark != nil { return bodyEnds(node, .heedsCancel) }
            if script.failsToOpen { return bodyEnds(node, .throwing("\(script.name) was told to fail")) }
            hold(script, node)
            goOn(node)
        case .open(let script):
            if node.mark != nil { return bodyEnds(node, .heedsCancel) }
            after(script.opens) { [self] in
                if script.failsToOpen { return bodyEnds(node, .throwing("\(script.name) was told to fail")) }
                let resource = hold(script, node)
                // To an abandoned task it came too late.
                if node.isFinished { release(resource, node) }
                if node.mark != nil { bodyEnds(node, .heedsCancel) } else { goOn(node) }
            }
        case .release(let index):
            guard index < node.opened.count, node.opened[index].state != .over else { return goOn(node) }
            // What the children of a body that was given up may use, stays until they have ended.
            if node.isGivenUp, !node.isFinished { return goOn(node) }
            release(node.opened[index], node)
            node.wait = .release(node.opened[index])
        case .spawn(let child):
            if node.mark != nil { return bodyEnds(node, .heedsCancel) }
            _ = start(child, under: node)
            goOn(node)
        case .call(let child):
            if node.mark != nil { return bodyEnds(node, .heedsCancel) }
            node.wait = .end(of: start(child, under: node, isCaught: true))
        case .group(let script):
            if node.mark != nil { return bodyEnds(node, .heedsCancel) }
            let group = ModelNode(script.name, script.policy, under: node)
            group.isGroup = true
            group.deadline = node.deadline
            for resource in script.resources {
                if resource.failsToOpen { return bodyEnds(node, .throwing("\(resource.name) was told to fail")) }
                hold(resource, group)
            }
            for child in script.children { _ = start(child, under: group) }
            guard script.isClosed else { return goOn(node) }
            node.wait = .end(of: group)
            close(group)
        case .sleep(let time):
            if node.mark != nil { return bodyEnds(node, .heedsCancel) }
            node.wait = .sleep
            after(time) { [self] in if case .sleep = node.wait { goOn(node) } }
        case .cancel(let name):
            if let target = nodes[name] { cancel(target, .user) }
            goOn(node)
        }
    }

    private func end(_ end: TaskScript.End, _ node: ModelNode) {
        switch end {
        case .returns: bodyEnds(node, .returning)
        case .fails: bodyEnds(node, .throwing("oops of \(node.name)"))
        case .waitsForCancel, .waitsForCancelAndFails:
            node.wait = .cancel
            if node.mark != nil { hear(node) }
        case .ignores(let time): after(time) { [self] in bodyEnds(node, .returning) }
        }
    }

    /// A body that sleeps or waits hears of the cancel.
    private func hear(_ node: ModelNode) {
        switch node.wait {
        case .sleep: bodyEnds(node, .heedsCancel)
        case .cancel:
            if case .waitsForCancelAndFails? = node.script?.end.1 {
                bodyEnds(node, .throwing("oops of \(node.name)"))
            } else {
                bodyEnds(node, .heedsCancel)
            }
        case .nothing, .release, .end: break
        }
    }

    // MARK: Ends

    private enum BodyEnd {
        case returning, heedsCancel
        case throwing(String)
    }

    private func bodyEnds(_ node: ModelNode, _ end: BodyEnd) {
        node.wait = .nothing
        node.hasReturned = true
        if node.isFinished {
            outcome.tasks[node.name]?.returned = now
            return settle(node)
        }
        node.isGivenUp = false
        switch end {
        case .returning: node.outcome = .succeeded
        case .heedsCancel: node.outcome = .cancelled
        case .throwing(let error):
            node.outcome = .failed
            node.error = error
        }
        recordEnd(node)
    }

    private func recordEnd(_ node: ModelNode) {
        let wasOver = node.bodyIsOver
        node.bodyIsOver = true
        if node.children.isEmpty { node.deadlineHolds = false }
        let groups = node.children.filter { $0.isGroup && !$0.bodyIsOver }
        // A body that fails leaves its children without it.
        if !wasOver, node.outcome == .failed, !node.children.isEmpty, node.childErrors == nil, let error = node.error {
            node.childErrors = [error]
            cancel(node, .failure)
        }
        for group in groups { close(group) }
        settle(node)
    }

    private func close(_ group: ModelNode) {
        guard !group.isFinished, !group.bodyIsOver else { return }
        group.bodyIsOver = true
        settle(group)
    }

    /// Goes on with a node whose body and children are over: its next release, or its end.
    private func settle(_ node: ModelNode) {
        guard node.bodyIsOver, node.children.isEmpty else { return }
        if node.isFinished {
            // What an abandoned task kept is released when it returned.
            if node.hasReturned { releaseNext(node) }
            return
        }
        if node.isGivenUp {
            for resource in node.held { outcome.resources[resource.script.name]?.isQuarantined = true }
            return finish(node)
        }
        node.isReleasing = !node.held.isEmpty
        if node.held.isEmpty { finish(node) } else { releaseNext(node) }
    }

    private func finish(_ node: ModelNode) {
        node.isFinished = true
        if node.isGivenUp {
            node.outcome = .abandoned
        } else if node.childErrors != nil {
            node.outcome = .failed
        } else if node.isGroup {
            node.outcome = node.mark == nil ? .succeeded : .cancelled
        }
        outcome.tasks[node.name, default: .init(outcome: .succeeded, errors: [], at: 0)].outcome = node.outcome
        outcome.tasks[node.name]?.errors = node.errors
        outcome.tasks[node.name]?.cause = node.mark?.cause
        outcome.tasks[node.name]?.at = now
        guard let parent = node.parent else { return }
        parent.children.removeAll { $0 === node }
        tell(parent, of: node)
        if case .end(let awaited) = parent.wait, awaited === node {
            if parent.mark != nil { losePatience(parent) }
            goOn(parent)
        }
        settle(parent)
    }

    /// What the end of a child means to its parent.
    private func tell(_ parent: ModelNode, of child: ModelNode) {
        guard parent.policy == .failFast, !child.isCaught else { return }
        var errors: Set<String> = []
        if child.outcome == .failed { errors = child.errors }
        if child.outcome == .abandoned, child.missedItsDeadline { errors = [child.deadlineError] }
        if child.outcome == .cancelled, child.missedItsDeadline { errors = [child.deadlineError] }
        guard !errors.isEmpty else { return }
        if parent.childErrors != nil {
            parent.childErrors?.formUnion(errors)
        } else {
            parent.childErrors = errors
            if !parent.bodyIsOver || !parent.children.isEmpty { cancel(parent, .failure) }
        }
    }

    // MARK: Resources

    @discardableResult
    private func hold(_ script: ResourceScript, _ node: ModelNode) -> ModelResource {
        let resource = ModelResource(script)
        node.held.append(resource)
        node.opened.append(resource)
        outcome.resources[script.name] = .init()
        return resource
    }

    /// The newest goes first; one that is on its way is waited for.
    private func releaseNext(_ node: ModelNode) {
        guard let newest = node.held.last, newest.state == .held else { return }
        release(newest, node)
    }

    private func release(_ resource: ModelResource, _ node: ModelNode) {
        guard resource.state == .held else { return }
        let script = resource.script
        resource.state = .releasing
        outcome.tasks[node.name, default: .init(outcome: .succeeded, errors: [], at: 0)].releases.append(script.name)
        let end: ReleaseOutcome = script.failsToRelease ? .failed : .ok
        let isInTime = script.releases < script.budget
        after(min(script.releases, script.budget)) { [self] in
            resource.state = .over
            node.held.removeAll { $0 === resource }
            outcome.resources[script.name]?.released = isInTime ? end : .timedOut
            outcome.resources[script.name]?.at = now
            if case .release(let awaited) = node.wait, awaited === resource { goOn(node) }
            settle(node)
        }
        if !isInTime { after(script.releases) { [self] in outcome.resources[script.name]?.returned = end } }
    }

    // MARK: Cancel

    private func missDeadline(_ node: ModelNode) {
        guard node.deadlineHolds, !node.isFinished else { return }
        let isJoining = node.bodyIsOver && !node.isReleasing
        if isJoining, node.mark == nil, node.outcome == .succeeded { node.outcome = .cancelled }
        cancel(node, .deadline)
    }

    private func cancel(_ root: ModelNode, _ cause: CauseKind) {
        guard !root.isFinished, root.mark == nil else { return }
        var marked: [ModelNode] = []
        func mark(_ node: ModelNode) {
            // What was marked before, was with all that is below it.
            guard node.mark == nil else { return }
            node.mark = (cause, root)
            marked.append(node)
            if node.isGroup { node.bodyIsOver = true }
            for child in node.children { mark(child) }
        }
        mark(root)
        for node in marked where !node.isFinished {
            losePatience(node)
            hear(node)
            settle(node)
        }
    }

    /// The grace of a cancelled body begins, or begins anew.
    private func losePatience(_ node: ModelNode) {
        node.patientSince = now
        after(grace) { [self] in
            guard !node.bodyIsOver, now >= node.patientSince + grace else { return }
            // Whoever waits for its children is not late.
            if case .end = node.wait { return }
            node.isGivenUp = true
            node.outcome = .abandoned
            recordEnd(node)
        }
    }
}

private final class ModelResource {
    enum State { case held, releasing, over }
    let script: ResourceScript
    var state = State.held
    init(_ script: ResourceScript) { self.script = script }
}

private final class ModelNode {
    /// What its body waits for, but for what nothing can end.
    enum Wait {
        case nothing, sleep, cancel
        case release(ModelResource)
        case end(of: ModelNode)
    }
    let name: String
    let policy: Policy
    let parent: ModelNode?
    var script: TaskScript?
    var isGroup = false
    var isCaught = false
    var children: [ModelNode] = []
    var held: [ModelResource] = []
    var opened: [ModelResource] = []
    var next = 0
    var wait = Wait.nothing
    var deadline = Int64.max
    var deadlineHolds = true
    var mark: (cause: CauseKind, root: ModelNode)?
    var patientSince: Int64 = 0
    /// Its body is over or given up.
    var bodyIsOver = false
    var hasReturned = false
    var isGivenUp = false
    var isReleasing = false
    var isFinished = false
    var outcome = Outcome.succeeded
    /// What its body threw, if that is a failure.
    var error: String?
    /// What children failed with, once one has.
    var childErrors: Set<String>?

    init(_ name: String, _ policy: Policy, under parent: ModelNode?) {
        self.name = name
        self.policy = policy
        self.parent = parent
        parent?.children.append(self)
    }

    var missedItsDeadline: Bool { mark.map { $0.cause == .deadline && $0.root === self } ?? false }
    var deadlineError: String { "\(name) was not done by its deadline" }

    /// As its end in the log has them.
    var errors: Set<String> {
        switch outcome {
        case .succeeded, .abandoned: []
        case .cancelled: missedItsDeadline ? [deadlineError] : []
        case .failed: (childErrors ?? []).union(error.map { [$0] } ?? [])
        }
    }

    /// What its caller is thrown.
    var thrown: Set<String>? {
        switch outcome {
        case .succeeded: nil
        case .abandoned: ["abandoned"]
        case .cancelled: missedItsDeadline ? [deadlineError] : ["cancelled"]
        case .failed: errors
        }
    }
}
