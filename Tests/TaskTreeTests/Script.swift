import TreeModel

/// What a random tree does, step by step, as plain data: the engine runs it, and so does the model.
///
/// Before each step its body pauses for a length of its own, in nanoseconds, heeding no cancel: no two things but those
/// that follow from each other happen at the same instant. So what comes out, and when, does not hang on the order in
/// which the engine's jobs run.
struct Script: CustomStringConvertible {
    let root: TaskScript
    /// In nanoseconds, as all times here.
    let grace: Int64
    /// How long a handler is waited for.
    let handlerBudget: Int64
    let shutdown: ShutdownScript?
    /// When the root is cancelled if it is not over.
    let horizon: Int64

    var description: String {
        let shutdown = shutdown.map { ", \($0)" } ?? ""
        return "grace \(grace), handlers \(handlerBudget), horizon \(horizon)\(shutdown)\n"
            + root.lines("").joined(separator: "\n")
    }
}

/// The whole tree is shut down.
struct ShutdownScript: Sendable {
    /// When it is asked for.
    let asks: [Int64]
    let total: Int64
    let draining: Int64
}

/// What a scope is to its children.
struct ScopeScript: Sendable {
    var policy = Policy.failFast
    var limit: Int?
    /// Under the policy `restart`.
    var restarts = RestartScript()
}

struct RestartScript: Sendable {
    var limit = 0
    var window: Int64 = 0
    var backoff: Int64 = 0
    var longestBackoff: Int64 = 0
}

struct TaskScript: Sendable {
    enum Step: Sendable {
        case own(ResourceScript)
        /// Opening takes its time, and sees no cancel.
        case open(ResourceScript)
        /// The same for a resource whose owner is a handle, which is kept outside the body.
        case lease(ResourceScript)
        /// Gives back what was opened as the n-th, before the end.
        case release(Int)
        /// Drops the handle of what was opened as the n-th.
        case drop(Int)
        case spawn(TaskScript)
        /// As a call whose error is swallowed.
        case call(TaskScript)
        case group(GroupScript)
        case sleep(Int64)
        /// Waits until it is told to drain.
        case awaitDrain
        case handle(HandlerScript)
        /// Cancels the newest task of this name.
        case cancel(String)
        case drain(String)
    }
    enum End: Sendable {
        case returns, fails
        case waitsForCancel, waitsForCancelAndFails
        /// Goes on for so long, whatever happens.
        case ignores(Int64)
    }
    let name: String
    let scope: ScopeScript
    let deadline: Int64?
    /// Of what its parent's body opened, by place: what it is lent.
    let lent: [Int]
    let steps: [(pause: Int64, step: Step)]
    let end: (pause: Int64, End)
}

struct GroupScript: Sendable {
    enum End: Sendable {
        /// With the body that made it.
        case left
        case closed
        /// As a controller is, after a pause.
        case stopped(pause: Int64, total: Int64, draining: Int64)
    }
    let name: String
    let scope: ScopeScript
    let resources: [ResourceScript]
    let children: [TaskScript]
    let end: End
}

struct ResourceScript: Sendable {
    let name: String
    let opens: Int64
    let failsToOpen: Bool
    let releases: Int64
    let failsToRelease: Bool
    let budget: Int64
    /// Of what its body opened before, by place: what it is released before; nil is all.
    let after: [Int]?
}

struct HandlerScript: Sendable {
    enum Call: Sendable { case cancel, drain }
    let name: String
    let call: Call
    let takes: Int64
}

extension TaskScript {
    func lines(_ indent: String) -> [String] {
        let timed = deadline.map { " deadline \($0)" } ?? ""
        let borrows = lent.isEmpty ? "" : " lent \(lent)"
        var lines = ["\(indent)\(name) \(scope)\(timed)\(borrows)"]
        for (pause, step) in steps {
            switch step {
            case .spawn(let child): lines += ["\(indent)  \(pause) spawn"] + child.lines(indent + "    ")
            case .call(let child): lines += ["\(indent)  \(pause) call"] + child.lines(indent + "    ")
            case .group(let group):
                lines.append("\(indent)  \(pause) group \(group.name) \(group.scope), \(group.end)")
                lines += group.resources.map { "\(indent)    \($0)" }
                for child in group.children { lines += child.lines(indent + "    ") }
            case .own, .open, .lease, .release, .drop, .sleep, .awaitDrain, .handle, .cancel, .drain:
                lines.append("\(indent)  \(pause) \(step)")
            }
        }
        return lines + ["\(indent)  \(end.pause) \(end.1)"]
    }
}

extension ScopeScript: CustomStringConvertible {
    var description: String {
        let limited = limit.map { " limit \($0)" } ?? ""
        return policy == .restart ? "\(policy.name) \(restarts)\(limited)" : "\(policy.name)\(limited)"
    }
}
