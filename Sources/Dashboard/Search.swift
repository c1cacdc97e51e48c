import TreeModel

/// A search that is being typed.
struct Search: Sendable {
    var text = ""
    /// Where the cursor was before.
    var origin: Row.ID?
    var originTop = 0
    var isFound = true
}

extension DashboardState {
    /// Tasks beyond this are not looked at for one key.
    private static let searchBudget = 500_000

    /// Goes to the next task, or the one before, whose name has `text` in it; wraps around.
    mutating func find(_ text: String, forwards: Bool, fromHere: Bool) -> Bool {
        guard !text.isEmpty else { return true }
        let tree = shown
        let needle = Needle(text)
        let here = cursorSlot
        guard tree.root >= 0 else { return false }
        var hit: LiveTree.Slot = -1
        if forwards {
            var slot = here >= 0 ? (fromHere ? here : tree.following(here)) : tree.root
            if slot < 0 { slot = tree.root }
            for _ in 0..<min(Self.searchBudget, tree.count + 1) {
                if needle.isIn(tree.name(slot)) {
                    hit = slot
                    break
                }
                slot = tree.following(slot)
                if slot < 0 { slot = tree.root }
            }
        } else {
            // The last hit before here, else the last of all.
            var slot = tree.root
            var passed = false
            for _ in 0..<Self.searchBudget where slot >= 0 {
                if slot == here {
                    if hit >= 0 { break }
                    passed = true
                } else if needle.isIn(tree.name(slot)) {
                    hit = slot
                }
                slot = tree.following(slot)
            }
            _ = passed
        }
        guard hit >= 0 else { return false }
        go(to: tree.id(hit))
        return true
    }

    /// Puts the cursor on a task, and unfolds what it is in.
    mutating func go(to task: TaskID) {
        let tree = shown
        var slot = tree.slot(of: task)
        guard slot >= 0 else { return }
        slot = tree.parent(slot)
        while slot >= 0 {
            let id = tree.id(slot)
            if folded.remove(.task(id)) != nil || autoFolded.contains(id) || tree.depth(slot) >= RowBuilder.deepestOpen
                || tree.childCount(slot) > RowBuilder.mostOpen
            {
                opened.insert(.task(id))
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

    /// Goes to the next trouble anywhere; wraps around.
    mutating func goToTrouble() {
        let tree = shown
        let here = cursorSlot
        var slot = here >= 0 ? tree.following(here) : tree.root
        if slot < 0 { slot = tree.root }
        var steps = 0
        let start = slot
        var wrapped = false
        while slot >= 0, steps < Self.searchBudget {
            steps += 1
            if tree.isTroubled(slot) {
                go(to: tree.id(slot))
                return
            }
            slot = tree.troubles(slot) > 0 ? tree.following(slot) : tree.followingAfter(slot)
            if slot < 0, !wrapped {
                wrapped = true
                slot = tree.root
            } else if wrapped, slot == start {
                break
            }
        }
        notice = "no trouble anywhere"
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
struct Needle {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = text.utf8.map(Self.lower) }

    func isIn(_ text: String) -> Bool { position(in: text) != nil }

    /// How many characters stand before it.
    func position(in text: String) -> Int? {
        let other = Array(text.utf8.prefix(4_096))
        guard !bytes.isEmpty, other.count >= bytes.count else { return nil }
        for start in 0...(other.count - bytes.count) {
            var index = 0
            while index < bytes.count, Self.lower(other[start + index]) == bytes[index] { index += 1 }
            if index == bytes.count { return String(decoding: other[..<start], as: UTF8.self).count }
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
}
