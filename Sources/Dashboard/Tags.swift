import TreeModel

extension DashboardState {
    /// Tags what is under the cursor, or no more, and goes a row down.
    mutating func tag() {
        guard rows.indices.contains(cursorIndex) else { return }
        let tree = shown
        let row = rows[cursorIndex]
        if case .more = row.id {
            notice = Self.tooMany(keymap)
            return
        }
        let tasks = (row.members.isEmpty ? [row.slot] : row.members).filter { tree.phase($0) != .finished }
            .map { tree.id($0) }
        guard !tasks.isEmpty else {
            notice = "\(tree.name(row.slot)) is over: what is alive can be tagged"
            return
        }
        if tasks.allSatisfy(tags.contains) {
            tags.subtract(tasks)
        } else {
            tags.formUnion(tasks)
            add(.tags)
        }
        move(1)
    }

    /// What has ended is tagged no more.
    mutating func dropEndedTags() {
        guard !tags.isEmpty else { return }
        tags = tags.filter { task in
            let slot = tree.slot(of: task)
            return slot >= 0 && tree.phase(slot) != .finished
        }
    }

    /// The tagged tasks that are not below another tagged one: what a cancel of them all takes.
    var taggedRoots: [LiveTree.Slot] {
        let tree = shown
        let slots = tags.map { tree.slot(of: $0) }.filter { $0 >= 0 }
        let all = Set(slots)
        return slots.filter { slot in
            var above = tree.parent(slot)
            while above >= 0 {
                if all.contains(above) { return false }
                above = tree.parent(above)
            }
            return true
        }
    }

    /// They in the order of the tree.
    var orderedTags: [TaskID] {
        let tree = shown
        let wanted = Set(taggedRoots)
        var ways: Set<LiveTree.Slot> = []
        for slot in wanted {
            var above = slot
            while above >= 0, ways.insert(above).inserted { above = tree.parent(above) }
        }
        var found: [TaskID] = []
        var slot = tree.root
        while slot >= 0, found.count < wanted.count {
            if wanted.contains(slot) { found.append(tree.id(slot)) }
            slot = ways.contains(slot) ? tree.following(slot) : tree.followingAfter(slot)
        }
        return found
    }

    /// Whether a row stands for a tagged task.
    func isTagged(_ row: Row) -> Bool {
        guard !tags.isEmpty else { return false }
        switch row.id {
        case .task(let task): return tags.contains(task)
        case .group: return row.members.contains { tags.contains(shown.id($0)) }
        case .more: return false
        }
    }

    static func tooMany(_ keys: KeyMap) -> String {
        "these are too many to list: cancel their parent, or find one by its name with \(keys.name(of: .search))"
    }
}
