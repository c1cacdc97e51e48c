import Canvas
import TreeModel

/// A search that is being typed.
struct Search: Sendable {
    var text = ""
    /// Where the cursor of the tree was before.
    let origin: Row.ID?
    /// Where the cursor of the view was before.
    let place: Place
    var isFound = true
    /// Which of how many the cursor is on, such as `3 of 27`.
    var count: String?
}

extension DashboardState {
    /// Tasks beyond this are not looked at for one key.
    private static let searchBudget = 500_000

    /// What was found last in what is shown, to be found again.
    var found: String {
        get { views.founds[view] ?? "" }
        set { views.founds[view] = newValue.isEmpty ? nil : newValue }
    }

    mutating func beginSearch() { search = Search(origin: cursor, place: views.place) }

    mutating func typeSearch(_ key: Key) {
        guard var current = search else { return }
        if key == .enter {
            found = current.text
            search = nil
            if view == .tree { add(.found) }
        } else if key == .escape || key == .control("c") {
            search = nil
            goBack(from: current)
            settle()
        } else if key == .up || key == .down {
            _ = find(current.text, forwards: key == .down, fromHere: false)
            let count = count(of: current.text)
            search?.count = count
        } else if current.text.edit(key) {
            search = current
            searchTyped()
        }
    }

    private mutating func searchTyped() {
        guard let current = search else { return }
        goBack(from: current)
        settle()
        let isFound = find(current.text, forwards: true, fromHere: true)
        search?.isFound = isFound
        let count = isFound ? count(of: current.text) : nil
        search?.count = count
    }

    /// Puts the cursor where it was before the search.
    private mutating func goBack(from search: Search) {
        if view == .tree { cursor = search.origin } else { views.place = search.place }
        needsRows = true
    }

    mutating func searchAgain(forwards: Bool) {
        guard !found.isEmpty else {
            notice = "nothing to find again: \(keymap.name(of: .search)) asks what to find"
            return
        }
        if find(found, forwards: forwards, fromHere: false) {
            notice = notice ?? count(of: found).map { "\(found): \($0)" }
        } else {
            notice = view == .tree ? "no task is named like \(found)" : "no line has \(found) in it"
        }
    }

    /// A tree of more tasks than this is not counted through.
    private static let countBudget = 50_000

    /// Which of those with this text the cursor is on, and how many there are.
    private func count(of text: String) -> String? {
        guard view == .tree else { return lineCount(of: text) }
        let tree = shown
        guard !text.isEmpty, tree.count <= Self.countBudget else { return nil }
        let needle = Needle(text)
        let here = cursorSlot
        var count = 0
        var place: Int?
        var slot = tree.root
        while slot >= 0 {
            if needle.isIn(tree.name(slot)), isInView(slot) {
                count += 1
                if slot == here { place = count }
            }
            slot = tree.following(slot)
        }
        return place.map { "\(Words.count($0)) of \(Words.count(count))" }
    }

    /// Goes to the next task or line, or the one before, that has `text` in it; wraps around. Zoom and filter bound it.
    private mutating func find(_ text: String, forwards: Bool, fromHere: Bool) -> Bool {
        guard !text.isEmpty else { return true }
        guard view == .tree else { return findLine(text, forwards: forwards, fromHere: fromHere) }
        let tree = shown
        let needle = Needle(text)
        let here = cursorSlot
        guard tree.root >= 0 else { return false }
        var hit: LiveTree.Slot = -1
        if forwards {
            var slot = here >= 0 ? (fromHere ? here : tree.following(here)) : tree.root
            if slot < 0 { slot = tree.root }
            for _ in 0..<min(Self.searchBudget, tree.count + 1) {
                if needle.isIn(tree.name(slot)), isInView(slot) {
                    hit = slot
                    break
                }
                slot = tree.following(slot)
                if slot < 0 { slot = tree.root }
            }
        } else {
            // The last hit before here, else the last of all.
            var slot = tree.root
            for _ in 0..<Self.searchBudget where slot >= 0 {
                if slot == here {
                    if hit >= 0 { break }
                } else if needle.isIn(tree.name(slot)), isInView(slot) {
                    hit = slot
                }
                slot = tree.following(slot)
            }
        }
        guard hit >= 0 else { return false }
        if fromHere { hit = livingNamesake(hit) }
        go(to: tree.id(hit))
        return true
    }

    /// Of tasks of the same name, one that is alive is meant rather than one that has ended.
    private func livingNamesake(_ hit: LiveTree.Slot) -> LiveTree.Slot {
        let tree = shown
        guard tree.phase(hit) == .finished else { return hit }
        let name = tree.name(hit)
        var slot = tree.root
        for _ in 0..<Self.searchBudget where slot >= 0 {
            if tree.phase(slot) != .finished, tree.name(slot) == name, isInView(slot) { return slot }
            slot = tree.live(slot) > 0 ? tree.following(slot) : tree.followingAfter(slot)
        }
        return hit
    }

    /// Shows the tree, puts the cursor on a task, and unfolds what it is in.
    mutating func go(to task: TaskID) {
        let tree = shown
        var slot = tree.slot(of: task)
        guard slot >= 0 else { return }
        makeRoom(for: slot)
        views.shown = .tree
        slot = tree.parent(slot)
        while slot >= 0 {
            let id = tree.id(slot)
            if folds.folded.remove(.task(id)) != nil || folds.autoFolded.contains(id)
                || tree.depth(slot) >= RowBuilder.deepestOpen
                || tree.childCount(slot) > RowBuilder.mostOpen
            {
                folds.opened.insert(.task(id))
            }
            slot = tree.parent(slot)
        }
        cursor = .task(task)
        refreshRows()
        if cursor != .task(task) {
            // It is among those that are too many to list: its parent is as near as the rows get.
            notice = "\(tree.name(tree.slot(of: task))) is among too many siblings to be listed"
        }
    }

    /// Goes to the worst trouble of the moment, and from there on to the next; wraps around.
    mutating func goToTrouble() {
        let tree = shown
        let all = troubled()
        guard !all.isEmpty else {
            let totals = tree.totals
            let earlier = [(totals.failed, "failed"), (totals.abandoned, "abandoned")].filter { $0.0 > 0 }
            let words = earlier.map { "\(Words.count($0.0)) \($0.1)" }.joined(separator: ", ")
            notice =
                words.isEmpty
                ? "no trouble anywhere"
                : "no trouble now; earlier \(words): \(keymap.name(of: .view(.show(.events)))) shows the events"
            return
        }
        let here = cursorSlot >= 0 ? tree.id(cursorSlot) : nil
        var next = all[0]
        if let here, here == lastTrouble || here == next, let index = all.firstIndex(of: here) {
            next = all[(index + 1) % all.count]
        }
        lastTrouble = next
        go(to: next)
    }

    /// The tasks in trouble, the worst first: those that the line above the keys counts, then old failures.
    private func troubled() -> [TaskID] {
        let tree = shown
        var ranks: [[TaskID]] = Array(repeating: [], count: 5)
        var slot = tree.root
        for _ in 0..<Self.searchBudget where slot >= 0 {
            if tree.isTroubled(slot) {
                let rank =
                    tree.isOverdue(slot)
                    ? 0 : tree.isAway(slot) ? 1 : tree.hasLeaked(slot) ? 2 : tree.waitsTooLong(slot) ? 3 : 4
                ranks[rank].append(tree.id(slot))
            }
            slot = tree.troubles(slot) > 0 ? tree.following(slot) : tree.followingAfter(slot)
        }
        return ranks.flatMap { $0 }
    }

    /// The slot of the task under the cursor; of a group, its first member.
    var cursorSlot: LiveTree.Slot {
        guard rows.indices.contains(cursorIndex) else { return -1 }
        let tree = shown
        switch rows[cursorIndex].id {
        case .task(let task), .more(let task): return tree.slot(of: task)
        case .group: return rows[cursorIndex].members.first ?? -1
        }
    }
}

/// A text to look for, whatever the case of its ASCII letters.
struct Needle: Sendable, Equatable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = text.utf8.map(Self.lower) }

    var isEmpty: Bool { bytes.isEmpty }
    func isIn(_ text: String) -> Bool { start(in: text) != nil }

    /// How many characters stand before it.
    func position(in text: String) -> Int? {
        start(in: text).map { String(decoding: text.utf8.prefix($0), as: UTF8.self).count }
    }

    private func start(in text: String) -> Int? {
        text.utf8.withContiguousStorageIfAvailable(start) ?? Array(text.utf8).withUnsafeBufferPointer(start)
    }

    private func start(in other: UnsafeBufferPointer<UInt8>) -> Int? {
        let count = min(other.count, 4_096)
        guard !bytes.isEmpty, count >= bytes.count else { return nil }
        for start in 0...(count - bytes.count) {
            var index = 0
            while index < bytes.count, Self.lower(other[start + index]) == bytes[index] { index += 1 }
            if index == bytes.count { return start }
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
}
