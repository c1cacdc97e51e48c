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
        /// It ended well, and there is nothing more to say of that.
        var isPlain: Bool
        /// For the list of what happened last: the name of its parent, how many resources it released, and its place there.
        var parentName: String
        var releasedCount: Int
        var order: UInt64

        /// As it stands in the list of what happened last.
        var recent: Recent {
            Recent(
                t: finishedAt, what: .finished(outcome), task: task, name: name, parentName: parentName, detail: "",
                duration: finishedAt - startedAt, count: releasedCount, order: order)
        }
    }

    /// The last tasks that ended below some task, itself included, in the order of their ends, whether the tree still has
    /// them or not; 1,024 ends of the whole tree are remembered.
    public func ended(below task: TaskID) -> [Ended] {
        var found: [Ended] = []
        var paths: [PathIDs] = []
        history.ends.visit { ended, path in
            guard leads(path, through: task) else { return true }
            found.append(ended)
            paths.append(path)
            return true
        }
        let listed = Set(found.map { $0.task.rawValue })
        for (place, path) in paths.enumerated() {
            let parent = (1..<PathIDs.most).map { path.ids[$0] }.first { listed.contains($0) || slots[$0] != nil }
            found[place].parent = parent.map { TaskID($0) }
        }
        found.reverse()
        return found
    }

    /// Remembers a task that just ended.
    mutating func rememberEnd(_ slot: Slot, _ outcome: Outcome, isPlain: Bool, _ path: PathIDs) {
        let index = Int(slot)
        history.order += 1
        history.ends.append(
            Ended(
                task: TaskID(path.ids[0]), parent: nil, name: nodes[index].name, outcome: outcome,
                startedAt: nodes[index].startedAt, cancelledAt: positive(nodes[index].cancelledAt),
                bodyEndedAt: positive(nodes[index].bodyEndedAt), finishedAt: nodes[index].finishedAt,
                released: nodes[index].released, isPlain: isPlain, parentName: parentName(slot),
                releasedCount: Int(nodes[index].releasedCount), order: history.order),
            path: path)
    }
}
