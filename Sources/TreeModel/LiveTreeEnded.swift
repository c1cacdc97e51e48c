extension LiveTree {
    /// A task that has ended, in a form that outlives its place in the tree.
    public struct Ended: Sendable, Equatable {
        public var task = TaskID(0)
        /// The nearest task above it that the tree, or the same list, still has.
        public var parent: TaskID?
        public var name = ""
        public var outcome = Outcome.succeeded
        public var startedAt: Int64 = 0
        public var cancelledAt: Int64?
        public var bodyEndedAt: Int64?
        public var finishedAt: Int64 = 0
        /// The last few releases of its own resources, oldest first.
        public var released: [Released] = []
        /// It ended well, and there is nothing more to say of that.
        var isPlain = false
        /// For the list of what happened last: the name of its parent, how many resources it released, and its place there.
        var parentName = ""
        var releasedCount = 0
        var order: UInt64 = 0

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
            let parent = path.ancestors.first { listed.contains($0) || slots[$0] != nil }
            found[place].parent = parent.map { TaskID($0) }
        }
        found.reverse()
        return found
    }

    /// Remembers a task that just ended.
    mutating func rememberEnd(_ slot: Slot, _ outcome: Outcome, isPlain: Bool) {
        history.order += 1
        let place = history.ends.place { Ended() }
        history.ends.kept[place].become(slot, outcome, isPlain: isPlain, order: history.order, in: nodes)
    }
}

extension PathRing<LiveTree.Ended>.Kept {
    @inline(__always)
    fileprivate mutating func become(
        _ slot: LiveTree.Slot, _ outcome: Outcome, isPlain: Bool, order: UInt64,
        in nodes: borrowing RewindArray<Node>
    ) {
        path.lead(to: slot, in: nodes)
        let index = Int(slot)
        let parent = Int(nodes[index].parent)
        entry.task = TaskID(nodes[index].id)
        entry.name = nodes[index].name
        entry.outcome = outcome
        entry.startedAt = nodes[index].startedAt
        entry.cancelledAt = positive(nodes[index].cancelledAt)
        entry.bodyEndedAt = positive(nodes[index].bodyEndedAt)
        entry.finishedAt = nodes[index].finishedAt
        // Most often neither has any.
        if !nodes[index].released.isEmpty || !entry.released.isEmpty { entry.released = nodes[index].released }
        entry.isPlain = isPlain
        entry.parentName = parent >= 0 ? nodes[parent].name : ""
        entry.releasedCount = Int(nodes[index].releasedCount)
        entry.order = order
    }
}
