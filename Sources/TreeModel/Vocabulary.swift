/// A word of the event vocabulary. The raw value is its number in the binary log and the index of its name in JSON;
/// new words are appended, never inserted.
public protocol Word: RawRepresentable, Sendable, Hashable where RawValue == UInt8 {
    static var names: [String] { get }
}

extension Word {
    /// The word as JSON Lines and people spell it.
    public var name: String { Self.names[Int(rawValue)] }

    /// The word with this name, or nil.
    public init?(name: String) {
        guard let index = Self.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: UInt8(index))
    }
}

/// What a task's body did; not what its cancelled flag says.
public enum Outcome: UInt8, Word {
    case succeeded, failed, cancelled, abandoned
    public static let names = ["succeeded", "failed", "cancelled", "abandoned"]
}

/// How far a task is: its body runs, its body returned and its children are awaited, what it holds is released, over.
public enum Phase: UInt8, Word {
    case running, joining, releasing, finished
    public static let names = ["running", "joining", "releasing", "finished"]
}

/// What the failure of a child means to the scope that it was spawned in.
public enum Policy: UInt8, Word {
    /// The first failure cancels the scope and is its error; later ones are attached.
    case failFast
    /// A failed child is recorded; the others go on.
    case isolate
    /// A failed child is started again, up to a limit over time; then its failure counts as under `failFast`.
    case restart
    public static let names = ["failFast", "isolate", "restart"]
}

/// How a release ended.
public enum ReleaseOutcome: UInt8, Word {
    case ok, failed, timedOut, leaked
    public static let names = ["ok", "failed", "timedOut", "leaked"]
}

/// What made a cancel, a drain or a shutdown begin.
public enum CauseKind: UInt8, Word {
    case user, code, deadline, failure, parent, shutdown, signal, outer
    public static let names = ["user", "code", "deadline", "failure", "parent", "shutdown", "signal", "outer"]
}

/// The steps of a shutdown, in order.
public enum ShutdownPhase: UInt8, Word {
    case draining, cancelling, releasing, done
    public static let names = ["draining", "cancelling", "releasing", "done"]
}

/// Why a session ended.
public enum EndReason: UInt8, Word {
    case finished, signal, recordingFailed
    public static let names = ["finished", "signal", "recordingFailed"]
}

/// An error as the log keeps it: the name of its type, and what it says.
public struct Failure: Hashable, Sendable {
    public var type: String
    public var message: String
    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }
}

/// Why something was cancelled, drained or shut down. The first cause of a task is the one that stays.
public struct Cause: Hashable, Sendable {
    public var kind: CauseKind
    /// Who: a key, a user and pid, a name.
    public var by: String?
    /// The task that it came from, for a failure or a parent.
    public var origin: TaskID?
    public var message: String?

    public init(_ kind: CauseKind, by: String? = nil, origin: TaskID? = nil, message: String? = nil) {
        self.kind = kind
        self.by = by
        self.origin = origin
        self.message = message
    }
}

extension Cause: CustomStringConvertible {
    /// The cause in the words of the screens: `user, key x, orders/workers`.
    public var description: String {
        var parts = [kind.name]
        if let by { parts.append(by) }
        if let message { parts.append(message) }
        return parts.joined(separator: ", ")
    }
}

/// What a task waits for: a lock, a child, a slot of a limit, a resource that is being acquired. With an `id` or a
/// `name` that somebody in the tree holds, readers can say who that is.
public struct WaitTarget: Hashable, Sendable {
    public var kind: String
    public var id: UInt64?
    public var name: String?
    public init(kind: String, id: UInt64? = nil, name: String? = nil) {
        self.kind = kind
        self.id = id
        self.name = name
    }
}

/// A label of a task: free text under a name.
public struct Label: Hashable, Sendable {
    public var key: String
    public var value: String
    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}
