extension LiveTree {
    /// A task that has ended, in a form that outlives its place in the tree.
    public struct Ended: Sendable, Equatable {
        public var task: TaskID
        /// The nearest task above it that the tree, or the same list, still has.
        public var parent: TaskID?
        public var name: String
        public var outcome: Outcome
        public var startedAt: Int64
        public var cancelledAt: Int64?
        public var bodyEndedAt: Int64?
        public var finishedAt: Int64
        /// The last few releases of its own resources, oldest first.
        public var released: [Released]
    }

    /// The last tasks below some task that have ended and left the tree, in the order of their ends; at most 1,024 ends of
    /// the whole tree are remembered.
    public func gone(below task: TaskID) -> [Ended] {
        var found = history.ends.paths(below: task.rawValue).filter { slots[$0.entry.task.rawValue] == nil }
        found.reverse()
        let listed = Set(found.map { $0.entry.task.rawValue })
        return found.map { entry, path in
            var ended = entry
            for index in 1..<PathIDs.scalarCount where path[index] > 0 {
                guard listed.contains(path[index]) || slots[path[index]] != nil else { continue }
                ended.parent = TaskID(path[index])
                break
            }
            return ended
        }
    }

    /// Remembers a task that just ended.
    mutating func rememberEnd(_ slot: Slot, _ outcome: Outcome) {
        let node = nodes[Int(slot)]
        history.ends.append(
            Ended(
                task: TaskID(node.id), parent: nil, name: node.name, outcome: outcome, startedAt: node.startedAt,
                cancelledAt: positive(node.cancelledAt), bodyEndedAt: positive(node.bodyEndedAt),
                finishedAt: node.finishedAt, released: node.released),
            path: ids(from: slot))
    }
}
