import TreeModel

/// What came out of a script. What is there several times under one name, as the attempts of a task are, is told apart by
/// a number: `name`, `name#2`…
struct ScriptOutcome: Equatable {
    struct TaskEnd: Equatable {
        let started: Int64
        /// When its body began, if it ever did.
        var began: Int64?
        var outcome: Outcome?
        /// The error and those that came after it, as a set: whose came first of those at one instant is not told.
        var errors: Set<String> = []
        var cause: CauseKind?
        var at: Int64?
        /// When it was told to drain, and by the drain of whom.
        var drained: Int64?
        var drainedWith: String?
        /// When its body returned, if it had been abandoned.
        var returned: Int64?
    }
    struct ResourceEnd: Equatable {
        /// When its release began.
        var began: Int64?
        var released: ReleaseOutcome?
        var at: Int64?
        /// How often it was left to an abandoned task.
        var quarantined = 0
        /// How the release ended after it had timed out.
        var returned: ReleaseOutcome?
    }
    /// What a cascade counts of what it marked.
    struct CascadeEnd: Equatable {
        var tasks = 0
        var resources = 0
        var failed = 0
        var timedOut = 0
        var abandoned = 0
        var at: Int64?
    }
    var tasks: [String: TaskEnd] = [:]
    var resources: [String: ResourceEnd] = [:]
    /// By the root of each.
    var cascades: [String: CascadeEnd] = [:]
    /// When the drains were over, by the root of each.
    var drains: [String: Int64] = [:]
    /// The phases of the shutdown of whom, in their order.
    var shutdowns: [String: [String]] = [:]
    /// Which handlers ran, and when they began.
    var handlers: [String: Int64] = [:]
    /// What the run of the tree threw, or nil.
    var thrown: Set<String>?

    /// The differences to another, one a line.
    func differences(to other: ScriptOutcome) -> [String] {
        var lines = Self.differences(tasks, other.tasks)
        lines += Self.differences(resources, other.resources)
        lines += Self.differences(cascades, other.cascades)
        lines += Self.differences(drains, other.drains)
        lines += Self.differences(shutdowns, other.shutdowns)
        lines += Self.differences(handlers, other.handlers)
        if thrown != other.thrown { lines.append("threw \(thrown as Any)\n  must be \(other.thrown as Any)") }
        return lines
    }

    private static func differences<Value: Equatable>(
        _ found: [String: Value], _ expected: [String: Value]
    ) -> [String] {
        Set(found.keys).union(expected.keys).sorted().filter { found[$0] != expected[$0] }.map {
            "\($0): \(found[$0] as Any)\n  must be \(expected[$0] as Any)"
        }
    }
}

/// Tells apart what has the same name.
struct Keys {
    private var counts: [String: Int] = [:]

    mutating func next(_ name: String) -> String {
        let count = counts[name, default: 0] + 1
        counts[name] = count
        return count == 1 ? name : "\(name)#\(count)"
    }
}
