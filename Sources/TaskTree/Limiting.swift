import TreeModel

/// How often a scope under the policy `restart` starts a failed child again before the failure goes up. Erlang's
/// supervisors have the limit over time; the pause that doubles is from network protocols.
public struct Restarts: Sendable, Hashable {
    /// How many times a child may be started again within `window`; the next failure is the scope's.
    public var limit: Int
    public var window: Duration
    /// The pause before the first; it doubles with each within `window`.
    public var backoff: Duration
    /// The longest pause.
    public var longestBackoff: Duration

    public init(
        limit: Int = 5, within window: Duration = .seconds(60), backoff: Duration = .milliseconds(100),
        longestBackoff: Duration = .seconds(10)
    ) {
        self.limit = limit
        self.window = window
        self.backoff = backoff
        self.longestBackoff = longestBackoff
    }

    /// The pause after this many restarts, in nanoseconds.
    func pause(after restarts: Int) -> Int64 {
        min(longestBackoff.nanoseconds, backoff.nanoseconds << min(restarts, 20))
    }

    func check(_ name: String) throws {
        if limit < 0 {
            throw InvalidSetting(description: "\(name): \(limit) restarts are fewer than none; give 0 or more")
        }
        if window < .zero || backoff < .zero || longestBackoff < .zero {
            throw InvalidSetting(description: "\(name): a time of its restarts is negative; give zero or more")
        }
    }
}

/// The places that a scope has for children that run, and who waits for one. Guarded by the engine's lock.
final class Limit {
    let places: Int
    var taken = 0
    private var first: Node?
    private unowned(unsafe) var last: Node?

    init(_ places: Int) { self.places = places }

    var isFull: Bool { taken >= places }

    func queue(_ node: Node) {
        node.parts.previousQueued = last
        if let last { last.parts.nextQueued = node } else { first = node }
        last = node
    }

    func remove(_ node: Node) {
        guard let rare = node.rare, rare.previousQueued != nil || first === node else { return }
        let next = rare.nextQueued
        if let previous = rare.previousQueued { previous.rare?.nextQueued = next } else { first = next }
        if let next { next.rare?.previousQueued = rare.previousQueued } else { last = rare.previousQueued }
        rare.nextQueued = nil
        rare.previousQueued = nil
    }

    func takeFirst() -> Node? {
        guard let node = first else { return nil }
        remove(node)
        return node
    }
}

/// Begins a task when its pause is over.
final class StartTimer: TimerEntry {
    unowned let node: Node
    init(_ node: Node) { self.node = node }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        // One that is cancelled, or is about to be told, is ended by that.
        guard node.isQueued, !node.isCancelled, let parent = node.parent, !parent.isCancelled else { return }
        engine.stopWaiting(node, now)
        node.rare?.startTimer = nil
        node.isQueued = false
        if engine.mayBegin(node, under: parent, now) { after.jobs.append(.begin(node)) }
    }
}

/// What stands between the spawn of a task and its beginning: a place under the limit of its scope, or the pause before
/// it is tried again. The task is in the tree meanwhile, and can be cancelled like any other.
extension TreeEngine {
    /// Whether a node may begin; if not, it is in the queue now. The lock is held.
    @inline(__always)
    func mayBegin(_ node: Node, under parent: Node?, _ now: Int64) -> Bool {
        guard let parent, let limit = parent.rare?.limit else { return true }
        if limit.isFull {
            node.isQueued = true
            wait(node, on: WaitTarget(kind: "limit", id: parent.id.rawValue, name: parent.name), until: nil, now)
            limit.queue(node)
            return false
        }
        limit.taken += 1
        node.hasPlace = true
        return true
    }

    /// A child with a place is over: the next takes it.
    func giveUpPlace(of node: Node, under parent: Node, _ now: Int64, _ after: inout Afterwards) {
        guard node.hasPlace, let limit = parent.rare?.limit else { return }
        node.hasPlace = false
        limit.taken -= 1
        // In what is cancelled nobody begins, although those who wait have not all been told yet.
        guard !parent.isCancelled, !limit.isFull, let next = limit.takeFirst() else { return }
        limit.taken += 1
        next.hasPlace = true
        next.isQueued = false
        stopWaiting(next, now)
        after.jobs.append(.begin(next))
    }

    /// A node that has not begun will not.
    func leaveQueue(_ node: Node, _ now: Int64) {
        guard node.isQueued else { return }
        node.isQueued = false
        node.parent?.rare?.limit?.remove(node)
        if let timer = node.rare?.startTimer { timers.disarm(timer) }
        node.rare?.startTimer = nil
        stopWaiting(node, now)
    }

    func wait(_ node: Node, on target: WaitTarget, until deadline: Int64?, _ now: Int64) {
        let wait = TreeEvent.TaskWaiting(task: node.id, on: target, since: now, deadline: deadline)
        node.parts.waits.append(wait)
        append(.taskWaiting(wait), now)
    }

    func stopWaiting(_ node: Node, _ now: Int64) {
        guard node.rare?.waits.popLast() != nil else { return }
        append(.taskResumed(.init(task: node.id)), now)
        // The wait around it goes on.
        if let outer = node.rare?.waits.last { append(.taskWaiting(outer), now) }
    }

    /// Starts a failed child again, as a task of its own that begins after a pause; the lock is held.
    /// - Returns: false if its scope does not, or not once more.
    func startAgain(_ child: Node, under parent: Node, _ now: Int64, _ after: inout Afterwards) -> Bool {
        guard parent.policy == .restart, parent.refusal == nil, let rules = parent.rare?.restarts,
            let settings = child.rare?.settings?.again(after: child.id)
        else { return false }
        let recent = (child.rare?.restartedAt ?? []).filter { $0 > now &- rules.window.nanoseconds }
        guard recent.count < rules.limit else { return false }
        guard let next = child.again(settings) else { return false }
        enter(next, under: parent, settings, now, &after)
        next.parts.restartedAt = recent + [now]
        child.parts.successor = next
        let begins = now &+ rules.pause(after: recent.count)
        guard begins > now else {
            if mayBegin(next, under: parent, now) { after.jobs.append(.begin(next)) }
            return true
        }
        next.isQueued = true
        wait(next, on: WaitTarget(kind: "backoff", name: child.name), until: begins, now)
        let timer = StartTimer(next)
        next.parts.startTimer = timer
        timers.arm(timer, at: begins)
        return true
    }
}
