extension LiveTree {
    /// Brings the sums over subtrees up to date: deepest first, each ancestor once, however many events there were.
    public mutating func settle() {
        guard !dirty.isEmpty else { return }
        var keys = dirty.map { UInt64(UInt32(nodes[Int($0)].depth)) << 32 | UInt64(UInt32($0)) }
        dirty.removeAll(keepingCapacity: true)
        keys.sort(by: >)
        var level: [Slot] = []
        var above: [Slot] = []
        var next = 0
        while next < keys.count || !level.isEmpty {
            if level.isEmpty {
                level.append(Slot(truncatingIfNeeded: keys[next]))
                next += 1
            }
            let depth = nodes[Int(level[0])].depth
            while next < keys.count, Int32(keys[next] >> 32) == depth {
                level.append(Slot(truncatingIfNeeded: keys[next]))
                next += 1
            }
            for slot in level {
                let index = Int(slot)
                let pending = nodes[index].pending
                nodes[index].pending = Sums()
                nodes[index].flags.remove(.dirty)
                nodes[index].sums.add(pending)
                let parent = nodes[index].parent
                guard parent >= 0, !pending.isZero else { continue }
                nodes[Int(parent)].pending.add(pending)
                if nodes[Int(parent)].flags.insert(.dirty).inserted { above.append(parent) }
            }
            level.removeAll(keepingCapacity: true)
            swap(&level, &above)
        }
        if dirty.capacity > 65_536 { dirty = [] }
    }

    @inline(__always)
    mutating func add(_ slot: Slot, live: Int32 = 0, held: Int32 = 0, troubles: Int32 = 0) {
        let index = Int(slot)
        nodes[index].pending.add(Sums(live: live, held: held, troubles: troubles))
        if nodes[index].flags.insert(.dirty).inserted { dirty.append(slot) }
    }

    /// Counts a task as a trouble, or no more, after a change of what makes it one.
    mutating func weighTrouble(_ slot: Slot) {
        let node = nodes[Int(slot)]
        let isTrouble =
            node.outcome == .failed || (node.outcome == .abandoned && !node.flags.contains(.returned))
            || !node.flags.isDisjoint(with: [.overdue, .waitsTooLong, .leaked])
        guard isTrouble != node.flags.contains(.troubled) else { return }
        if isTrouble {
            nodes[Int(slot)].flags.insert(.troubled)
        } else {
            nodes[Int(slot)].flags.remove(.troubled)
        }
        add(slot, troubles: isTrouble ? 1 : -1)
    }
}
