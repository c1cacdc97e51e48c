extension LiveTree {
    /// A line that a task wrote, or a step that it said it made.
    public struct Line: Sendable, Equatable {
        public var t: Int64
        public var task: TaskID
        public var name: String
        /// The name of its parent; empty for a root.
        public var parentName: String
        /// The level of a line of its log; nil for a step.
        public var level: String?
        public var message: String
        /// How far it said it is.
        public var completed: UInt64?
        public var total: UInt64?
        /// Its place among all lines, from 1.
        public var order: UInt64
    }

    /// The lines of a task and of what is below it, or of everything; oldest first. The last 2,048 lines of logs and the
    /// last 1,024 steps are kept, so that steps never push lines out.
    public func lines(below task: TaskID? = nil) -> [Line] {
        var found: [Line] = []
        for ring in [history.logs, history.steps] {
            ring.visit { line, path in
                if task.map({ leads(path, through: $0) }) ?? true { found.append(line) }
                return true
            }
        }
        found.sort { $0.order < $1.order }
        return found
    }

    mutating func write(_ message: String, level: String?, _ slot: Slot, _ t: Int64, _ progress: Progress? = nil) {
        history.lines += 1
        let line = Line(
            t: t, task: TaskID(nodes[Int(slot)].id), name: nodes[Int(slot)].name, parentName: parentName(slot),
            level: level,
            message: message, completed: progress?.completed, total: progress?.total, order: history.lines)
        if level == nil {
            history.steps.append(line, about: slot, in: nodes)
        } else {
            history.logs.append(line, about: slot, in: nodes)
        }
    }
}
