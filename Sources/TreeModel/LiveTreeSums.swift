extension LiveTree {
    /// Brings the sums over subtrees up to date: deepest first, each ancestor once, however many events there were.
    public mutating func settle() {
        guard !dirty.isEmpty else { return }
        let order = deepestFirst(dirty.elements)
        dirty.removeAll(keepingCapacity: dirty.count <= 65_536)
        var level: [Slot] = []
        var above: [Slot] = []
        var next = 0
        while next < order.count || !level.isEmpty {
            let depth = nodes[Int(level.first ?? order[next])].depth
            while next < order.count, nodes[Int(order[next])].depth == depth {
                flush(order[next], &above)
                next += 1
            }
            for slot in level { flush(slot, &above) }
            level.removeAll(keepingCapacity: true)
            swap(&level, &above)
        }
    }

    /// Adds up what is pending at a node, and hands it on; its parent comes next, unless it is in the list already.
    @inline(__always)
    private mutating func flush(_ slot: Slot, _ above: inout [Slot]) {
        let (pending, parent) = nodes.change(Int(slot)) { node in
            defer { node.pending = Sums() }
            node.flags.remove(.dirty)
            node.sums.add(node.pending)
            return (node.pending, node.parent)
        }
        guard parent >= 0, !pending.isZero else { return }
        if nodes.change(Int(parent), { $0.receive(pending) }) { above.append(parent) }
    }

    /// The same slots by their depth. Where trees are not deep it is counted, and nothing is compared.
    private func deepestFirst(_ slots: [Slot]) -> [Slot] {
        let depths = slots.map { nodes[Int($0)].depth }
        let deepest = Int(depths.max() ?? 0)
        guard deepest < 4 * slots.count + 64 else {
            return slots.sorted { nodes[Int($0)].depth > nodes[Int($1)].depth }
        }
        // Where the next of each depth goes.
        var places = Array(repeating: 0, count: deepest + 2)
        for index in depths.indices { places[deepest - Int(depths[index]) + 1] &+= 1 }
        for index in 1..<places.count { places[index] &+= places[index - 1] }
        var order = Array(repeating: Slot(0), count: slots.count)
        for index in slots.indices {
            let level = deepest - Int(depths[index])
            order[places[level]] = slots[index]
            places[level] &+= 1
        }
        return order
    }

    /// Adds to what a task has itself; those above it have it with the next `settle()`.
    @inline(__always)
    mutating func add(_ slot: Slot, live: Int32 = 0, held: Int32 = 0, troubles: Int32 = 0) {
        let sums = Sums(live: live, held: held, troubles: troubles)
        let parent = nodes.change(Int(slot)) { node in
            node.sums.add(sums)
            return node.parent
        }
        if parent >= 0, nodes.change(Int(parent), { $0.receive(sums) }) { dirty.append(parent) }
    }

    /// Counts a task as a trouble, or no more, after a change of what makes it one.
    mutating func weighTrouble(_ slot: Slot) {
        let (outcome, flags) = (nodes[Int(slot)].outcome, nodes[Int(slot)].flags)
        let isTrouble =
            outcome == .failed || (outcome == .abandoned && !flags.contains(.returned))
            || !flags.isDisjoint(with: [.overdue, .waitsTooLong, .leaked])
        guard isTrouble != flags.contains(.troubled) else { return }
        if isTrouble {
            nodes[Int(slot)].flags.insert(.troubled)
        } else {
            nodes[Int(slot)].flags.remove(.troubled)
        }
        add(slot, troubles: isTrouble ? 1 : -1)
    }
}
