import TreeModel

/// What came out of a script.
struct ScriptOutcome: Equatable {
    struct TaskEnd: Equatable {
        var outcome: Outcome
        /// The error and those that came after it, as a set: whose came first of those at one instant is not told.
        var errors: Set<String>
        var cause: CauseKind?
        var at: Int64
        /// Its releases, in the order in which they began.
        var releases: [String] = []
        /// When its body returned, if it had been abandoned.
        var returned: Int64?
    }
    struct ResourceEnd: Equatable {
        var released: ReleaseOutcome?
        var at: Int64?
        var isQuarantined = false
        /// How the release ended after it had timed out.
        var returned: ReleaseOutcome?
    }
    var tasks: [String: TaskEnd] = [:]
    var resources: [String: ResourceEnd] = [:]
    /// What the run of the tree threw, or nil.
    var thrown: Set<String>?

    /// The first differences to another, one a line.
    func differences(to other: ScriptOutcome) -> [String] {
        var lines: [String] = []
        for name in Set(tasks.keys).union(other.tasks.keys).sorted() where tasks[name] != other.tasks[name] {
            lines.append("\(name): \(tasks[name] as Any)\n  must be \(other.tasks[name] as Any)")
        }
        for name in Set(resources.keys).union(other.resources.keys).sorted()
        where resources[name] != other.resources[name] {
            lines.append("\(name): \(resources[name] as Any)\n  must be \(other.resources[name] as Any)")
        }
        if thrown != other.thrown { lines.append("threw \(thrown as Any)\n  must be \(other.thrown as Any)") }
        return lines
    }
}
