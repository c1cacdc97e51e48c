extension LiveTree {
    /// Something that happened a moment ago, in a form that outlives its task.
    public struct Recent: Sendable, Equatable {
        public enum What: Sendable, Equatable {
            case logged, overdue, returned, acquired, acquireFailed, quarantined, resourceReturned
            case finished(Outcome)
            case released(ReleaseOutcome)
            case cancelRequested(CauseKind)
            case cancelCompleted, drainRequested, drainCompleted
            case shutdown(ShutdownPhase)
        }
        public var t: Int64
        public var what: What
        public var task: TaskID
        public var name: String
        /// The name of its parent; empty for a root.
        public var parentName: String
        /// A resource, a message, a cause: what goes with `what`.
        public var detail: String
        public var duration: Int64
        public var count: Int
        var order: UInt64 = 0
    }

    /// How long the releases of a subtree took, of the last 2,048 releases of the tree.
    public struct ReleaseTimes: Sendable, Equatable {
        public var count: Int
        public var median: Int64
        public var p99: Int64
        public var worst: Int64
        public var worstName: String
    }

    /// The last events below a task, itself included, or anywhere; newest first. Half of them are kept for what is
    /// worth a look, however old, so that a busy task does not hide it.
    public func recent(below task: TaskID? = nil, limit: Int) -> [Recent] {
        guard limit > 0 else { return [] }
        var found = history.notable.entries(below: task?.rawValue, limit: limit)
        let common = commonEntries(below: task?.rawValue, limit: limit)
        found = Array(found.prefix(max((limit + 1) / 2, limit - common.count)))
        found += common.prefix(max(0, limit - found.count))
        found.sort { $0.order > $1.order }
        return found
    }

    /// What is not worth a look, newest first: most of it is that tasks ended well, which is remembered as their ends.
    private func commonEntries(below task: UInt64?, limit: Int) -> [Recent] {
        let ends = history.ends.entries(below: task, limit: limit) { $0.isPlain }
        let found = history.common.entries(below: task, limit: limit) + ends.map(\.recent)
        return Array(found.sorted { $0.order > $1.order }.prefix(limit))
    }

    /// How long releases below a task took, itself included; nil if there were none.
    public func releaseTimes(below task: TaskID) -> ReleaseTimes? {
        let releases = history.releases.entries(below: task.rawValue, limit: .max)
        guard let worst = releases.max(by: { $0.duration < $1.duration }) else { return nil }
        let sorted = releases.map(\.duration).sorted()
        return ReleaseTimes(
            count: sorted.count, median: sorted[sorted.count / 2], p99: sorted[(sorted.count * 99) / 100],
            worst: worst.duration, worstName: worst.name)
    }

    mutating func remember(
        _ what: Recent.What, _ slot: Slot, _ t: Int64, detail: String = "", duration: Int64 = 0, count: Int = 0
    ) {
        remember(what, slot, ids(from: slot), t, detail: detail, duration: duration, count: count)
    }

    /// The same, where the path is known.
    mutating func remember(
        _ what: Recent.What, _ slot: Slot, _ path: PathIDs, _ t: Int64, detail: String = "", duration: Int64 = 0,
        count: Int = 0
    ) {
        history.order += 1
        let entry = Recent(
            t: t, what: what, task: TaskID(nodes[Int(slot)].id), name: nodes[Int(slot)].name,
            parentName: parentName(slot),
            detail: detail, duration: duration, count: count, order: history.order)
        let isNotable =
            switch what {
            case .acquired, .logged, .finished(.succeeded), .released(.ok): false
            case .overdue, .returned, .acquireFailed, .quarantined, .resourceReturned, .finished, .released,
                .cancelRequested, .cancelCompleted, .drainRequested, .drainCompleted, .shutdown:
                true
            }
        if isNotable {
            history.notable.append(entry, path: path)
        } else {
            history.common.append(entry, path: path)
        }
    }

    mutating func remember(_ release: Released, _ slot: Slot) {
        let path = ids(from: slot)
        remember(.released(release.outcome), slot, path, release.t, detail: release.name, duration: release.duration)
        history.releases.append(History.Release(duration: release.duration, name: release.name), path: path)
    }

    /// Whether a path leads to a task, or through it; of one that is cut, what the tree knows of the rest counts.
    func leads(_ path: PathIDs, through task: TaskID) -> Bool {
        if path.contains(task.rawValue) { return true }
        let last = path.ids[PathIDs.most - 1]
        guard last > 0, var slot = slots[last], let wanted = slots[task.rawValue] else { return false }
        for _ in 0..<1_000 where slot >= 0 {
            if slot == wanted { return true }
            slot = nodes[Int(slot)].parent
        }
        return false
    }

    @inline(__always)
    func parentName(_ slot: Slot) -> String {
        let parent = nodes[Int(slot)].parent
        return parent >= 0 ? nodes[Int(parent)].name : ""
    }

    /// The task and the nearest of its ancestors.
    @inline(__always)
    func ids(from slot: Slot) -> PathIDs {
        var ids = PathIDs()
        var slot = slot
        for index in 0..<PathIDs.most {
            guard slot >= 0 else { break }
            ids.ids[index] = nodes[Int(slot)].id
            slot = nodes[Int(slot)].parent
        }
        return ids
    }
}

/// The id of a task and of its nearest 15 ancestors, without an allocation; 0 where there are no more.
struct PathIDs: Sendable {
    static let most = 16
    var ids = InlineArray<16, UInt64>(repeating: 0)

    func contains(_ id: UInt64) -> Bool {
        for index in ids.indices where ids[index] == id { return true }
        return false
    }
}

/// The last events and releases.
struct History: Sendable {
    struct Release: Sendable {
        var duration: Int64
        var name: String
    }

    var order: UInt64 = 0
    var lines: UInt64 = 0
    var common = PathRing<LiveTree.Recent>(capacity: 512)
    var notable = PathRing<LiveTree.Recent>(capacity: 512)
    var releases = PathRing<Release>(capacity: 2_048)
    var ends = PathRing<LiveTree.Ended>(capacity: 1_024)
    var logs = PathRing<LiveTree.Line>(capacity: 2_048)
    var steps = PathRing<LiveTree.Line>(capacity: 1_024)
}

/// The last entries, each with the task that it is about and the nearest ancestors of that.
struct PathRing<Entry: Sendable>: Sendable {
    private let capacity: Int
    var entries = RewindArray<(entry: Entry, path: PathIDs)>()
    private var next = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func append(_ entry: consuming Entry, path: PathIDs) {
        if entries.count < capacity {
            entries.append((entry, path))
        } else {
            entries[next] = (entry, path)
        }
        next = next + 1 == capacity ? 0 : next + 1
    }

    /// The entries about a task or what is below it, or all, or some of them; newest first.
    func entries(below task: UInt64?, limit: Int, where isWanted: (Entry) -> Bool = { _ in true }) -> [Entry] {
        var found: [Entry] = []
        visit { kept in
            if let task, !kept.pointee.path.contains(task) { return true }
            if !isWanted(kept.pointee.entry) { return true }
            found.append(kept.pointee.entry)
            return found.count < limit
        }
        return found
    }

    /// Shows all entries, newest first, as long as they are asked for.
    func visit(_ body: (Entry, PathIDs) -> Bool) {
        visit { body($0.pointee.entry, $0.pointee.path) }
    }

    /// The same where they are: most are only looked at.
    private func visit(_ body: (UnsafePointer<(entry: Entry, path: PathIDs)>) -> Bool) {
        entries.elements.withUnsafeBufferPointer { kept in
            guard let first = kept.baseAddress else { return }
            var index = next
            for _ in 0..<kept.count {
                index = index == 0 ? kept.count - 1 : index - 1
                guard body(first + index) else { return }
            }
        }
    }
}
