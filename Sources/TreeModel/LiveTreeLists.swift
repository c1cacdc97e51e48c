/// The ends of a list that runs through the nodes: slots, -1 if it is empty.
struct ListEnds: Sendable {
    var first: Int32 = -1
    var last: Int32 = -1
    var count: Int32 = 0

    /// One comes in between two others; -1 is none.
    @inline(__always)
    mutating func add(_ slot: Int32, between previous: Int32, and next: Int32) {
        if previous < 0 { first = slot }
        if next < 0 { last = slot }
        count += 1
    }

    /// One that stood between two others leaves.
    @inline(__always)
    mutating func remove(between previous: Int32, and next: Int32) {
        if previous < 0 { first = next }
        if next < 0 { last = previous }
        count -= 1
    }
}

extension LiveTree {
    /// Puts a task at the end of a list; it leaves the one that it was in.
    mutating func enlist(_ slot: Slot, _ list: NodeList) {
        unlist(slot)
        guard list != .none else { return }
        let most = list == .lingering || list == .waiting ? .max : limits.kept
        let isDue = withEnds(list) { ends, nodes in
            let last = ends.last
            nodes.change(Int(slot)) { node in
                node.list = list
                node.listPrevious = last
            }
            if last >= 0 { nodes[Int(last)].listNext = slot }
            ends.add(slot, between: last, and: -1)
            return last < 0 || Int(ends.count) > most
        }
        // It is looked up when something is due now.
        if isDue { nextDue = .min }
    }

    @inline(__always)
    mutating func unlist(_ slot: Slot) {
        let list = nodes[Int(slot)].list
        if list != .none { unlist(slot, from: list) }
    }

    private mutating func unlist(_ slot: Slot, from list: NodeList) {
        // The next in that list may have waited for longer: it is in the order in which waits were said.
        if list == .waiting, waiting.first == slot { nextDue = .min }
        withEnds(list) { ends, nodes in
            let (previous, next) = nodes.change(Int(slot)) { node in
                defer { (node.list, node.listPrevious, node.listNext) = (.none, -1, -1) }
                return (node.listPrevious, node.listNext)
            }
            if previous >= 0 { nodes[Int(previous)].listNext = next }
            if next >= 0 { nodes[Int(next)].listPrevious = previous }
            ends.remove(between: previous, and: next)
        }
    }

    @inline(__always)
    private mutating func withEnds<R>(_ list: NodeList, _ body: (inout ListEnds, inout RewindArray<Node>) -> R) -> R {
        switch list {
        case .none: preconditionFailure("a task that is in no list has no neighbours")
        case .waiting: body(&waiting, &nodes)
        case .lingering: body(&lingering, &nodes)
        case .cascaded: body(&cascaded, &nodes)
        case .kept: body(&kept, &nodes)
        case .abandoned: body(&abandoned, &nodes)
        }
    }

    /// Does what has become due: waits that became too long, and tasks that have been shown for long enough. After the
    /// end of the session all stays as it is.
    @inline(__always)
    mutating func expire() {
        // In a busy tree one goes for each that ends: nothing else is looked at for that.
        while Int(lingering.count) > limits.lingering, ended == nil { retire(lingering.first) }
        if now >= nextDue { expireDue() }
    }

    private mutating func expireDue() {
        nextDue = .max
        guard ended == nil else { return }
        while waiting.first >= 0 {
            let slot = waiting.first
            guard let since = waitingSince(slot) else {
                unlist(slot)
                continue
            }
            guard now - since >= limits.waitsTooLong else { break }
            unlist(slot)
            nodes[Int(slot)].flags.insert(.waitsTooLong)
            totals.waitTooLong += 1
            weighTrouble(slot)
            version &+= 1
        }
        while lingering.first >= 0 {
            let slot = lingering.first
            guard now - nodes[Int(slot)].finishedAt >= limits.lingers else { break }
            retire(slot)
        }
        while kept.first >= 0 {
            let slot = kept.first
            guard Int(kept.count) > limits.kept || now >= staleAt(slot, limits.keeps) else { break }
            retire(slot)
        }
        while cascaded.first >= 0 {
            let slot = cascaded.first
            guard Int(cascaded.count) > limits.kept || now >= staleAt(slot, limits.keepsCascade) else { break }
            retire(slot)
        }
        while Int(abandoned.count) > limits.kept { retire(abandoned.first) }
        nextDue = min(
            waiting.first < 0 ? .max : later(waitingSince(waiting.first) ?? now, by: limits.waitsTooLong),
            lingering.first < 0 ? .max : later(nodes[Int(lingering.first)].finishedAt, by: limits.lingers),
            kept.first < 0 ? .max : staleAt(kept.first, limits.keeps),
            cascaded.first < 0 ? .max : staleAt(cascaded.first, limits.keepsCascade))
    }

    private func waitingSince(_ slot: Slot) -> Int64? { nodes[Int(slot)].more.first?.waiting?.since }

    /// When a task that ended has been shown for long enough; never while its cascade is pinned.
    private func staleAt(_ slot: Slot, _ age: Int64) -> Int64 {
        if !pinned.isEmpty, pinned.contains(CascadeID(nodes[Int(slot)].cascade)) { return .max }
        return later(max(nodes[Int(slot)].finishedAt, nodes[Int(slot)].more.first?.returnedAt ?? 0), by: age)
    }

    /// A limit may be so long that it is never over.
    private func later(_ t: Int64, by span: Int64) -> Int64 {
        let (sum, isNever) = t.addingReportingOverflow(span)
        return isNever ? .max : sum
    }

    /// A finished task has been shown for long enough. It goes now, or with the last of its children and resources.
    private mutating func retire(_ slot: Slot) {
        unlist(slot)
        nodes[Int(slot)].flags.insert(.due)
        evictIfDue(slot)
    }

    /// Evicts a task that is due and has nothing left, and then its parent if that is the same.
    mutating func evictIfDue(_ slot: Slot) {
        var slot = slot
        while slot >= 0 {
            let index = Int(slot)
            guard nodes[index].flags.contains(.due), nodes[index].children.count == 0, nodes[index].firstResource < 0
            else {
                return
            }
            let parent = nodes[index].parent
            remove(slot)
            slot = parent
        }
    }

    /// Takes a task without children out of the tree.
    mutating func remove(_ slot: Slot) {
        version &+= 1
        unlist(slot)
        unlink(slot)
        let index = Int(slot)
        if nodes[index].flags.contains(.orphan), let missing = nodes[index].more.first?.missingParent {
            snapshot?.forgetOrphan(slot, of: missing.rawValue)
        }
        // A node is large: no copy of it is made.
        let id = nodes.change(index) { node in
            defer { node.clear() }
            return node.id
        }
        slots.remove(id)
        freeNodes.append(slot)
    }
}
