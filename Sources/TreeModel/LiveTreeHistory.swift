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

    /// How long things took, in nanoseconds.
    public struct Durations: Sendable, Equatable {
        public var count: Int
        public var median: Int64
        public var p99: Int64
        public var worst: Int64
        public var worstName: String
        /// How many took how long, from the shortest to the longest: each place stands for twice as long as the one before.
        public var spread: [Int]

        /// Nil for none.
        init?(_ all: [(duration: Int64, name: String)]) {
            guard let worst = all.max(by: { $0.duration < $1.duration }) else { return nil }
            let sorted = all.map(\.duration).sorted()
            count = sorted.count
            median = sorted[count / 2]
            p99 = sorted[count * 99 / 100]
            self.worst = worst.duration
            worstName = worst.name
            func place(_ duration: Int64) -> Int { Int64.bitWidth - max(duration, 0).leadingZeroBitCount }
            let first = place(sorted[0])
            spread = Array(repeating: 0, count: place(worst.duration) - first + 1)
            for duration in sorted { spread[place(duration) - first] += 1 }
        }
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

    /// How long releases below a task took, itself included, of the last 2,048 of the tree; nil if there were none.
    public func releaseTimes(below task: TaskID) -> Durations? { releaseTimes(below: [task]) }

    /// The same of several tasks.
    public func releaseTimes(below tasks: [TaskID]) -> Durations? {
        Durations(history.releases.values(below: tasks) { ($0.duration, $0.name) })
    }

    /// How long tasks below some lived, those themselves included, of the last 1,024 that ended in the tree; nil if none did.
    public func taskTimes(below tasks: [TaskID]) -> Durations? {
        Durations(history.ends.values(below: tasks) { ($0.finishedAt - $0.startedAt, $0.name) })
    }

    mutating func remember(
        _ what: Recent.What, _ slot: Slot, _ t: Int64, detail: String = "", duration: Int64 = 0, count: Int = 0
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
            history.notable.append(entry, about: slot, in: nodes)
        } else {
            history.common.append(entry, about: slot, in: nodes)
        }
    }

    mutating func remember(_ release: Released, _ slot: Slot) {
        remember(.released(release.outcome), slot, release.t, detail: release.name, duration: release.duration)
        history.releases.append(
            History.Release(duration: release.duration, name: release.name), about: slot, in: nodes)
    }

    /// Whether a path leads to a task, or through it; of one that is cut, what the tree knows of the rest counts.
    func leads(_ path: PathIDs, through task: TaskID) -> Bool {
        if path.contains(task.rawValue) { return true }
        guard let last = path.cut, var slot = slots[last], let wanted = slots[task.rawValue] else { return false }
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
}

/// The id of a task and of its nearest 15 ancestors, without an allocation.
struct PathIDs: Sendable {
    static let most = 16
    private var count = 0
    private var ids = InlineArray<16, UInt64>(repeating: 0)

    /// Becomes the path of a task.
    @inline(__always)
    mutating func lead(to slot: LiveTree.Slot, in nodes: borrowing RewindArray<Node>) {
        var slot = slot
        count = 0
        while slot >= 0, count < Self.most {
            (ids[count], slot) = (nodes[Int(slot)].id, nodes[Int(slot)].parent)
            count += 1
        }
    }

    func contains(_ id: UInt64) -> Bool { (0..<count).contains { ids[$0] == id } }

    /// The ancestors, the nearest first.
    var ancestors: some Sequence<UInt64> { (0..<count).lazy.dropFirst().map { ids[$0] } }

    /// The last one, where there may be more above it.
    var cut: UInt64? { count == Self.most ? ids[Self.most - 1] : nil }
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
    /// These are large: one that is not wanted any more is overwritten where it is.
    struct Kept: Sendable {
        var entry: Entry
        var path = PathIDs()

        mutating func become(
            _ entry: Entry, about slot: LiveTree.Slot, in nodes: borrowing RewindArray<Node>
        ) {
            self.entry = entry
            path.lead(to: slot, in: nodes)
        }
    }

    private let capacity: Int
    var kept = RewindArray<Kept>()
    private var next = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func append(_ entry: Entry, about slot: LiveTree.Slot, in nodes: borrowing RewindArray<Node>) {
        let place = place { entry }
        kept[place].become(entry, about: slot, in: nodes)
    }

    /// The place of the next entry: the oldest makes room.
    @inline(__always)
    mutating func place(blank: () -> Entry) -> Int {
        if kept.count < capacity { kept.append(Kept(entry: blank())) }
        defer { next = next + 1 == capacity ? 0 : next + 1 }
        return next
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

    /// What the entries about some tasks, or about what is below them, have.
    func values<T>(below tasks: [TaskID], _ value: (Entry) -> T) -> [T] {
        var found: [T] = []
        visit { kept in
            if tasks.contains(where: { kept.pointee.path.contains($0.rawValue) }) {
                found.append(value(kept.pointee.entry))
            }
            return true
        }
        return found
    }

    /// Shows all entries, newest first, as long as they are asked for.
    func visit(_ body: (Entry, PathIDs) -> Bool) {
        visit { body($0.pointee.entry, $0.pointee.path) }
    }

    /// The same where they are: most are only looked at.
    private func visit(_ body: (UnsafePointer<Kept>) -> Bool) {
        kept.elements.withUnsafeBufferPointer { kept in
            guard let first = kept.baseAddress else { return }
            var index = next
            for _ in 0..<kept.count {
                index = index == 0 ? kept.count - 1 : index - 1
                guard body(first + index) else { return }
            }
        }
    }
}
