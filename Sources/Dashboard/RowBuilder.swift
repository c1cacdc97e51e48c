import TreeModel

/// Makes the rows of a tree: what is folded is skipped whole, so that the work is that of the rows.
struct RowBuilder {
    /// Rows beyond this are not listed.
    static let mostRows = 20_000
    /// Children of one task beyond this are one row.
    static let mostChildren = 1_000
    /// A task with more rows below it than this starts folded.
    static let mostOpen = 64
    static let deepestOpen = 24
    /// Once there are this many rows, what nobody opened is folded.
    static let manyRows = 2_000
    /// Once so many tasks were looked at, many of which may be one row, the same: a frame costs what is seen of a tree, and
    /// not its size.
    static let mostLooks = 1_000

    let tree: LiveTree
    private(set) var folds: Folds
    private(set) var ranks: [TaskID: Int64]
    private let hits: FilterHits?
    private let zoom: LiveTree.Slot
    private let sort: SortOrder
    var groups: Set<Row.ID>
    /// The task under the cursor and what is above it: never collapsed away.
    var held: Set<LiveTree.Slot>
    private(set) var rows: [Row] = []
    private var looks = 0
    private var keptGroups: Set<Row.ID> = []

    init(_ state: borrowing DashboardState) {
        tree = state.shown
        folds = state.folds
        ranks = state.ranks
        hits = state.hits
        zoom = state.zoomSlot
        sort = state.sort
        groups = state.groups
        held = []
        var id: TaskID?
        if case .task(let task) = state.cursor { id = task }
        var slot = id.map { tree.slot(of: $0) } ?? -1
        for _ in 0..<64 where slot >= 0 {
            held.insert(slot)
            slot = tree.parent(slot)
        }
    }

    /// Whether a task is over and nothing of it is worth a row of its own: its one row stays for a while.
    private func hasSucceeded(_ slot: LiveTree.Slot) -> Bool {
        tree.parent(slot) >= 0 && tree.phase(slot) == .finished && tree.outcome(slot) == .succeeded
            && tree.cascade(slot) == nil
            && tree.troubles(slot) == 0 && !held.contains(slot)
    }

    mutating func build() {
        var stack: [Row] = roots().reversed()
        while var row = stack.popLast(), rows.count < Self.mostRows {
            var below: [Row] = []
            switch row.id {
            case .more: break
            case .group:
                row.fold = folds.opened.contains(row.id) ? .open : .closed
                if row.fold == .open {
                    below = tasks(row.members, row.depth + 1)
                }
            case .task(let task):
                guard tree.childCount(row.slot) > 0 else { break }
                let known = folds.opened.contains(row.id) || row.slot == zoom && !folds.folded.contains(row.id)
                if !known, folds.folded.contains(row.id) || folds.autoFolded.contains(task) {
                    row.fold = .closed
                    break
                }
                if let hits, hits.contains(row.slot) {
                    // The way to what fits is open. What is below that itself, one may look at.
                    below = tasks(sorted(hits.children(of: row.slot, in: tree)), row.depth + 1)
                    if below.isEmpty, folds.opened.contains(row.id) {
                        below = entries(of: row.slot, depth: row.depth + 1)
                    }
                    row.fold = below.isEmpty ? .closed : .open
                    break
                }
                if !known, hasSucceeded(row.slot) {
                    row.fold = .closed
                    break
                }
                if !known,
                    tree.childCount(row.slot) > Self.mostChildren || Int(row.depth) >= Self.deepestOpen
                        || ((rows.count > Self.manyRows || looks > Self.mostLooks) && !held.contains(row.slot))
                {
                    folds.autoFolded.insert(task)
                    row.fold = .closed
                    break
                }
                below = entries(of: row.slot, depth: row.depth + 1)
                row.fold = .open
                if !known, below.count > Self.mostOpen {
                    folds.autoFolded.insert(task)
                    row.fold = .closed
                    below = []
                }
            }
            rows.append(row)
            stack.append(contentsOf: below.reversed())
        }
        groups = keptGroups
        folds.autoFolded = folds.autoFolded.filter { tree.slot(of: $0) >= 0 }
        if ranks.count > 4 * rows.count + 1_000 {
            let listed = Set(rows.map { tree.id($0.slot) })
            ranks = ranks.filter { listed.contains($0.key) }
        }
    }

    /// The rows that are not below any other.
    private mutating func roots() -> [Row] {
        if let hits { return tasks(sorted(hits.children(of: -1, in: tree)), 0) }
        return zoom >= 0 ? tasks([zoom], 0) : entries(of: -1, depth: 0)
    }

    private func tasks(_ slots: [LiveTree.Slot], _ depth: Int32) -> [Row] { slots.map { task($0, depth) } }

    private func task(_ slot: LiveTree.Slot, _ depth: Int32) -> Row {
        Row(id: .task(tree.id(slot)), slot: slot, depth: depth)
    }

    /// Siblings in the order that was asked for. One that was seen keeps its rank, so that rows do not move by themselves.
    private mutating func sorted(_ siblings: [LiveTree.Slot]) -> [LiveTree.Slot] {
        guard sort != .start, siblings.count > 1 else { return siblings }
        var ranked: [(rank: Int64, index: Int)] = []
        for (index, slot) in siblings.enumerated() {
            let id = tree.id(slot)
            let rank = ranks[id] ?? sort.rank(slot, tree)
            ranks[id] = rank
            ranked.append((rank, index))
        }
        return ranked.sorted { $0 < $1 }.map { siblings[$0.index] }
    }

    /// The rows of a task's children, alike ones together.
    private mutating func entries(of parent: LiveTree.Slot, depth: Int32) -> [Row] {
        var children: [LiveTree.Slot] = []
        var child = parent >= 0 ? tree.firstChild(parent) : tree.root
        let total = parent >= 0 ? tree.childCount(parent) : tree.rootCount
        children.reserveCapacity(min(total, Self.mostChildren))
        while child >= 0, children.count < Self.mostChildren {
            children.append(child)
            child = tree.nextSibling(child)
        }
        looks += children.count
        let parentID = parent >= 0 ? tree.id(parent) : nil
        let listed = children.count
        children = sorted(children)
        var rows = listed >= 4 ? collapse(children, parent, parentID, depth) : tasks(children, depth)
        if child >= 0, let parentID {
            rows.append(Row(id: .more(parentID), slot: parent, depth: depth, count: Int32(clamping: total - listed)))
        }
        return rows
    }

    private mutating func collapse(
        _ siblings: [LiveTree.Slot], _ parent: LiveTree.Slot, _ parentID: TaskID?, _ depth: Int32
    ) -> [Row] {
        // Siblings are mostly like the one before.
        var alike: [(stem: String, members: [LiveTree.Slot], isGroup: Bool)] = []
        var known: [String: Int] = [:]
        // Of each sibling those that are like it, or -1.
        var places: [Int] = []
        places.reserveCapacity(siblings.count)
        var last = -1
        for slot in siblings {
            places.append(-1)
            guard tree.troubles(slot) == 0 else { continue }
            let stem = stem(slot)
            // In a group that is open the one under the cursor has its row there.
            if held.contains(slot), !folds.opened.contains(.group(parentID, stem)) { continue }
            if last < 0 || alike[last].stem != stem {
                last = known[stem] ?? alike.count
                if last == alike.count {
                    known[stem] = last
                    alike.append((stem, [], false))
                }
            }
            alike[last].members.append(slot)
            places[places.count - 1] = last
        }
        for (place, one) in alike.enumerated() {
            alike[place].isGroup = isGroup(.group(parentID, one.stem), one.members, parent)
        }
        var rows: [Row] = []
        for (slot, place) in zip(siblings, places) {
            guard place >= 0, alike[place].isGroup else {
                rows.append(task(slot, depth))
                continue
            }
            // All of them are where the first one is.
            guard slot == alike[place].members[0] else { continue }
            let id = Row.ID.group(parentID, alike[place].stem)
            keptGroups.insert(id)
            let members = alike[place].members
            rows.append(Row(id: id, slot: slot, depth: depth, count: Int32(members.count), members: members))
        }
        return rows
    }

    /// What alike tasks share; ended ones go with ended ones.
    private func stem(_ slot: LiveTree.Slot) -> String {
        // How they ended too: those that were cancelled are not counted with those that had succeeded before.
        guard tree.phase(slot) == .finished else { return Stem.of(tree.name(slot)) }
        return "\(Stem.of(tree.name(slot)))\u{0}\(tree.outcome(slot)?.name ?? "ended")"
    }

    private func isGroup(_ id: Row.ID, _ slots: [LiveTree.Slot], _ parent: LiveTree.Slot) -> Bool {
        if groups.contains(id) { return slots.count >= 2 }
        guard slots.count >= 4 else { return false }
        if parent >= 0, let cascade = tree.cascade(parent), tree.cascade(cascade)?.completedAt == nil { return false }
        if slots.count >= 8 { return true }
        let began = parent >= 0 ? tree.startedAt(parent) : 0
        let comeAndGo = slots.count { tree.phase($0) == .finished || tree.startedAt($0) - began > Words.second }
        return comeAndGo * 2 > slots.count
    }
}

extension DashboardState {
    /// Makes the rows anew. The cursor stays on what it is on, and that stays where it is on the screen.
    mutating func refreshRows() {
        needsRows = false
        leaveLostZooms()
        refreshHits()
        let screenRow = cursorIndex - top
        var builder = RowBuilder(self)
        builder.build()
        rows = builder.rows
        folds = builder.folds
        ranks = builder.ranks
        groups = builder.groups
        if let cursor, let index = index(of: cursor) {
            cursorIndex = index
            self.cursor = rows[index].id
        } else {
            cursorIndex = min(max(0, cursorIndex), max(0, rows.count - 1))
            cursor = rows.isEmpty ? nil : rows[cursorIndex].id
        }
        top = cursorIndex - screenRow
        scroll()
    }

    /// The row of what the cursor is on; of what is folded away, the row that hides it.
    func index(of id: Row.ID) -> Int? {
        if let index = rows.firstIndex(where: { $0.id == id }) { return index }
        let tree = shown
        if case .group(let parent, let stem) = id {
            // The group is gone: one of those that were in it is nearest.
            let name = Self.shownStem(stem)
            let left = rows.firstIndex { row in
                guard case .task = row.id, Stem.of(tree.name(row.slot)) == name else { return false }
                let above = tree.parent(row.slot)
                return (above >= 0 ? tree.id(above) : nil) == parent
            }
            if let left { return left }
        }
        var slot: LiveTree.Slot =
            switch id {
            case .task(let task), .more(let task), .group(.some(let task), _): tree.slot(of: task)
            case .group(.none, _): -1
            }
        guard slot >= 0 else { return nil }
        var above: [TaskID: Int] = [:]
        for _ in 0..<1_000 where slot >= 0 {
            above[tree.id(slot)] = above.count
            slot = tree.parent(slot)
        }
        var best: (index: Int, distance: Int)?
        for (index, row) in rows.enumerated() {
            guard case .task(let task) = row.id, let distance = above[task] else { continue }
            if distance < best?.distance ?? .max { best = (index, distance) }
        }
        return best?.index
    }

    /// Keeps the cursor on the screen, and the screen full.
    mutating func scroll() {
        let room = max(1, layout.tree.count)
        top = min(top, cursorIndex)
        top = max(top, cursorIndex - room + 1)
        top = min(top, max(0, rows.count - room))
        top = max(0, top)
    }
}
