import TreeModel

/// In what order the tasks of a timeline stand.
enum TimelineOrder: Int, CaseIterable, Sendable {
    case tree, start, end

    var next: TimelineOrder { TimelineOrder(rawValue: (rawValue + 1) % Self.allCases.count) ?? .tree }
}

/// A task and its instants.
struct TimelineRow: Sendable {
    var id: TaskID
    var name: String
    var depth = 0
    var startedAt: Int64
    var waitingSince: Int64?
    var cancelledAt: Int64?
    var bodyEndedAt: Int64?
    var finishedAt: Int64?
    var returnedAt: Int64?
    var outcome: Outcome?
    var isTrouble = false
    var released: [LiveTree.Released]
    /// Alike siblings that ended one after the other and share the row; none of them has a row of its own.
    var others: [TimelineRow] = []

    init(_ info: LiveTree.TaskInfo) {
        id = info.id
        name = info.name
        startedAt = info.startedAt
        waitingSince = info.waiting?.since
        cancelledAt = info.cancelledAt
        bodyEndedAt = info.bodyEndedAt
        finishedAt = info.finishedAt
        returnedAt = info.returnedAt
        outcome = info.outcome
        isTrouble = info.isOverdue || info.waitsTooLong || info.isAway
        released = info.released
    }

    init(_ ended: LiveTree.Ended) {
        id = ended.task
        name = ended.name
        startedAt = ended.startedAt
        cancelledAt = ended.cancelledAt
        bodyEndedAt = ended.bodyEndedAt
        finishedAt = ended.finishedAt
        outcome = ended.outcome
        released = ended.released
        // What was abandoned leaves the tree when it has come home.
        if outcome == .abandoned { returnedAt = ended.finishedAt }
    }

    /// The line as text.
    var text: String { "\(name) \(outcome?.name ?? "running")" }

    /// A row that alike tasks share.
    init(_ lane: [LiveTree.Ended]) {
        self.init(lane[0])
        guard lane.count > 1 else { return }
        name = "\(Stem.of(lane[0].name)) x\(lane.count)"
        others = lane.dropFirst().map { TimelineRow($0) }
    }

    /// The longest that it, or one of the others, took.
    func took(_ now: Int64) -> Int64 {
        others.reduce((finishedAt ?? now) - startedAt) { max($0, $1.took(now)) }
    }
}

/// What part of a timeline is on the screen.
struct TimeWindow: Sendable {
    private static let shortest: Int64 = 1_000
    private static let longest: Int64 = 1 << 60

    /// How long it is; nil shows everything.
    private(set) var length: Int64?
    /// Where it ends; nil is now.
    private(set) var end: Int64?
    /// The cascade that it is fitted to.
    var cascade: CascadeID?

    /// The part of `all` that is shown.
    func span(of all: Range<Int64>) -> Range<Int64> {
        let to = end ?? all.upperBound
        let from = length.map { to - $0 } ?? min(all.lowerBound, to - Self.shortest)
        return from..<max(to, from + Self.shortest)
    }

    /// Shows half of what is shown, or twice that, at most `all`. A window that goes with the time keeps its end; in one
    /// that stands, `anchor` stays where it is, or the start if that is not on the screen.
    mutating func zoom(in isCloser: Bool, of shown: Range<Int64>, in all: Range<Int64>, anchor: Int64?) {
        let now = shown.upperBound - shown.lowerBound
        let next = isCloser ? max(Self.shortest, now / 2) : min(now * 2, Self.longest)
        guard isCloser || next < all.upperBound - all.lowerBound else {
            (length, end) = (nil, nil)
            return
        }
        if end != nil || cascade != nil {
            let before = anchor.flatMap { shown.contains($0) ? $0 - shown.lowerBound : nil } ?? 0
            let after = Int64(Double(before) / Double(now) * Double(next))
            end = shown.lowerBound + before - after + next
        }
        length = next
    }

    /// Goes a quarter of what is shown to an earlier or a later time, within `all`.
    mutating func move(_ direction: Int64, of shown: Range<Int64>, in all: Range<Int64>) {
        let now = shown.upperBound - shown.lowerBound
        let next = shown.upperBound + direction * (now / 4)
        length = now
        end = min(max(next, min(all.lowerBound + now / 4, all.upperBound)), all.upperBound)
        if cascade == nil, next >= all.upperBound { end = nil }
    }
}

extension DashboardState {
    /// How many tasks are listed.
    private static let mostTasks = 2_000

    /// The tasks of the subtree: those in the tree, and those that ended and are remembered. Of those, alike siblings that
    /// came one after the other share rows, where the rows stand as the tree does.
    func timelineRows(_ filter: WordFilter) -> [TimelineRow] {
        let tree = shown
        let since = fittedCascade?.requestedAt ?? 0
        let isShared = filter.isEmpty && views.order == .tree && fittedCascade == nil
        var gone: [TaskID: LiveTree.Ended] = [:]
        for root in views.roots.prefix(64) {
            for ended in tree.ended(below: root) where ended.finishedAt >= since {
                if !isInTree(ended, isShared: isShared) { gone[ended.task] = ended }
            }
        }
        var lanes = TimelineLanes(gone, isShared: isShared, held: views.place.id)
        var rows: [TimelineRow] = []
        var stack: [(task: TaskID, depth: Int)] = views.roots.reversed().map { ($0, 0) }
        var seen: Set<TaskID> = []
        while let (task, depth) = stack.popLast(), rows.count < Self.mostTasks {
            guard seen.insert(task).inserted else { continue }
            let slot = tree.slot(of: task)
            if let lane = lanes.lane(task) {
                rows.append(TimelineRow(lane))
            } else if slot >= 0 {
                rows.append(TimelineRow(tree.info(slot)))
            } else {
                continue
            }
            rows[rows.count - 1].depth = depth
            stack += children(slot, lanes.below(task), but: gone, in: tree).reversed().map { ($0, depth + 1) }
        }
        // What hangs below a task that nobody remembers.
        for ended in lanes.left(by: seen).prefix(Self.mostTasks - rows.count) {
            rows.append(TimelineRow(ended))
            rows[rows.count - 1].depth = 1
        }
        rows = rows.filter { row in
            row.finishedAt ?? .max >= since && filter.lets(row.text)
        }
        switch views.order {
        case .tree: break
        case .start: rows.sort { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        case .end: rows.sort { ($0.finishedAt ?? .max, $0.id) < ($1.finishedAt ?? .max, $1.id) }
        }
        return rows
    }

    /// Whether a task that ended has its row from the tree: what ended well shares one with others at once.
    private func isInTree(_ ended: LiveTree.Ended, isShared: Bool) -> Bool {
        let slot = shown.slot(of: ended.task)
        guard slot >= 0 else { return false }
        guard isShared, ended.outcome == .succeeded, views.place.id != .task(ended.task) else { return true }
        return shown.childCount(slot) > 0 || shown.troubles(slot) > 0
    }

    /// The children of a task, as they started.
    private func children(
        _ slot: LiveTree.Slot, _ ended: [(start: Int64, task: TaskID)], but gone: [TaskID: LiveTree.Ended],
        in tree: LiveTree
    ) -> [TaskID] {
        var found = ended
        var child = slot >= 0 ? tree.firstChild(slot) : -1
        while child >= 0, found.count < Self.mostTasks {
            if gone[tree.id(child)] == nil { found.append((tree.startedAt(child), tree.id(child))) }
            child = tree.nextSibling(child)
        }
        if !ended.isEmpty { found.sort { ($0.start, $0.task) < ($1.start, $1.task) } }
        return found.map(\.task)
    }

    /// From the first start to now, or to the last end; the time of the cascade that the timeline is fitted to.
    var wholeTime: Range<Int64> {
        if let cascade = fittedCascade {
            let end = cascade.completedAt ?? now
            let margin = max(1_000, (end - cascade.requestedAt) / 24)
            return cascade.requestedAt - margin..<max(end, cascade.requestedAt) + margin
        }
        guard case .timeline(let rows) = views.rows, let first = rows.map(\.startedAt).min() else {
            return 0..<max(1, now)
        }
        let isOver = rows.allSatisfy { $0.finishedAt != nil && ($0.outcome != .abandoned || $0.returnedAt != nil) }
        let last = isOver ? rows.map { max($0.finishedAt ?? 0, $0.returnedAt ?? 0) }.max() ?? now : now
        return first..<max(first + 1, last)
    }

    /// The cascade that the timeline is fitted to, while it is remembered.
    var fittedCascade: LiveTree.Cascade? { views.window.cascade.flatMap { shown.cascade($0) } }

    /// The part of the time that is on the screen.
    var timeSpan: Range<Int64> { views.window.span(of: wholeTime) }

    /// Fits the time to the cancel that marked the subtree, else to the last one in it; once more shows everything.
    mutating func fitCascade() {
        guard views.window.cascade == nil else {
            views.window = TimeWindow()
            return
        }
        let tree = shown
        let slots = views.roots.prefix(64).map { tree.slot(of: $0) }.filter { $0 >= 0 }
        let own = slots.lazy.compactMap { tree.cascade($0) }.first.flatMap { tree.cascade($0)?.id }
        let inside = tree.cascades.last { cascade in
            let slot = tree.slot(of: cascade.root)
            return views.roots.contains(cascade.root) || slot >= 0 && slots.contains { tree.isBelow(slot, $0) }
        }
        guard let id = own ?? inside?.id else {
            notice = "nothing was cancelled in \(views.rootName), or it is forgotten"
            return
        }
        views.window.cascade = id
    }
}
