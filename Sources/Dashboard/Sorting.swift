import TreeModel

/// The order in which siblings stand.
enum SortOrder: CaseIterable, Sendable {
    case start, age, state, children, resources

    var words: String {
        switch self {
        case .start: "by start"
        case .age: "by age, youngest first"
        case .state: "by state, trouble first"
        case .children: "by children, most first"
        case .resources: "by resources, most first"
        }
    }

    var next: SortOrder {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// Of two siblings the one with the smaller rank stands first; of equal ones the one that started first.
    func rank(_ slot: LiveTree.Slot, _ tree: LiveTree) -> Int64 {
        switch self {
        case .start: 0
        case .age: -tree.startedAt(slot)
        case .state: Self.state(slot, tree)
        case .children: -Int64(tree.live(slot))
        case .resources: -Int64(tree.held(slot))
        }
    }

    private static func state(_ slot: LiveTree.Slot, _ tree: LiveTree) -> Int64 {
        if tree.isOverdue(slot) { return 0 }
        if tree.isAway(slot) { return 1 }
        if tree.hasLeaked(slot) || tree.waitsTooLong(slot) { return 2 }
        if tree.outcome(slot) == .failed { return 3 }
        if tree.troubles(slot) > 0 { return 4 }
        if tree.phase(slot) == .finished { return 9 }
        if tree.cancelledAt(slot) != nil { return 5 }
        guard tree.phase(slot) == .running else { return 6 }
        return tree.waiting(slot) == nil ? 7 : 8
    }
}

extension DashboardState {
    mutating func sortOtherwise() {
        sort = sort.next
        // The order of the start is the one that no line tells.
        if sort == .start { notice = "siblings stand by their start" }
        needsRows = true
    }

    /// Sorted rows move when a key changes what is shown, never by themselves: each keeps the rank that it was seen with.
    mutating func forgetRanks() {
        guard !ranks.isEmpty else { return }
        ranks = [:]
        needsRows = true
    }
}
