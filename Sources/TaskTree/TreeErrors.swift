import TreeModel

/// A scope refused what was asked of it, at once and without an event.
public struct ScopeClosed: Error, Hashable, CustomStringConvertible {
    public let name: String
    public let reason: Reason
    public enum Reason: Hashable, Sendable { case cancelled, closed }

    public var description: String {
        switch reason {
        case .cancelled: "\(name) is cancelled: nothing new starts or is acquired in it"
        case .closed: "\(name) is over: nothing new starts or is acquired in it"
        }
    }
}

/// A task was cancelled, and why. What an engine call throws in a cancelled task; a body that throws it (or Swift's
/// `CancellationError`) after it was cancelled ends as cancelled, not as failed.
public struct TaskCancelled: Error, Hashable, CustomStringConvertible {
    public let cause: Cause
    public init(cause: Cause) { self.cause = cause }
    public var description: String { "cancelled: \(cause)" }
}

/// A task was not done by its own deadline. To its scope's policy that is a failure.
public struct DeadlineExceeded: Error, Hashable, CustomStringConvertible {
    public let name: String
    public init(name: String) { self.name = name }
    public var description: String { "\(name) was not done by its deadline" }
}

/// A task did not heed its cancel within its grace and was left behind.
public struct TaskAbandoned: Error, Hashable, CustomStringConvertible {
    public let task: TaskID
    public let name: String
    public var description: String { "\(name) did not heed its cancel and was abandoned" }
}

/// The error of a scope that failed because a child did: the first failure, where it came from, and those that came
/// after it. None is dropped (Go's `errgroup` keeps only the first).
public struct TaskFailure: Error, CustomStringConvertible {
    /// What the first failing task threw.
    public let error: any Error
    /// The task that threw it.
    public let task: TaskID
    /// Its name.
    public let name: String
    /// What others threw after it, in the order in which they ended.
    public var suppressed: [any Error]

    public var description: String {
        var text = "\(name) failed: \(error)"
        if !suppressed.isEmpty { text += " (and \(suppressed.count) more)" }
        return text
    }
}

/// A release was not over within its budget; the others went on without it.
public struct ReleaseTimedOut: Error, Hashable, CustomStringConvertible {
    public let budget: Duration
    public var description: String { "the release was not over within its budget of \(budget.short)" }
}

/// A number given to the engine makes no sense.
public struct InvalidSetting: Error, Hashable, CustomStringConvertible {
    public let description: String
}

extension Failure {
    /// The error as the log keeps it: the original under a `TaskFailure`, cut to size.
    init(_ error: any Error) {
        let original = (error as? TaskFailure)?.error ?? error
        self.init(
            type: cut(String(describing: Swift.type(of: original))), message: cut(String(describing: original)))
    }
}

/// Text as it enters the log: at most 4 KiB, with a mark where it was cut.
func cut(_ text: String) -> String {
    guard text.utf8.count > 4096 else { return text }
    var kept = text.unicodeScalars.prefix(4093)
    while String(kept).utf8.count > 4093 { kept = kept.prefix(kept.count * 3 / 4) }
    return String(kept) + "…"
}
