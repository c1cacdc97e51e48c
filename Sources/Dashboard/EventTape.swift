import TreeModel

/// The events of a session, each by how many there are before it: what a replay moves about in.
public protocol EventTape {
    /// The positions of the events that can be read. Of a running program both ends move on.
    var range: Range<Int> { get }
    /// Passes the events at these positions in their order. What is outside the range is left out.
    func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void)
    /// How many events there are up to an instant, with those before the range.
    func position(at instant: Int64) -> Int
    /// Folds the events at these positions into the tree to which those before have led.
    func fold(_ positions: Range<Int>, into tree: inout LiveTree)
    /// The tree after so many events, from a keyframe: whole, but for what it remembers of the past. nil where there is no
    /// keyframe behind `place`.
    func tree(at position: Int, keyframeBehind place: Int, limits: LiveTree.Limits) -> LiveTree?
    /// The events of some kinds at these positions.
    func events(_ positions: Range<Int>, _ isWanted: (TreeEvent.Kind) -> Bool) -> [TreeEvent]
}

extension Replay {
    /// Where an event with this `seq` is, in a tape whose positions are those. A file may claim any `seq`: this is one that can
    /// be counted on from.
    public static func position(of seq: UInt64) -> Int { Int(min(seq, 1 << 60)) }
}

/// What happened in a recording, for who shows it.
public protocol PastEvents: Sendable {
    /// The last `limit` events before a position, oldest first; the rows of snapshots among them are not counted.
    func events(before position: Int, limit: Int) -> [TreeEvent]
}

extension EventTape {
    public func fold(_ positions: Range<Int>, into tree: inout LiveTree) {
        // Moved out while it is changed, so that it is not copied.
        var folded = LiveTree(limits: tree.limits)
        swap(&folded, &tree)
        read(positions) { folded.apply($0) }
        swap(&folded, &tree)
    }

    public func tree(at position: Int, keyframeBehind place: Int, limits: LiveTree.Limits) -> LiveTree? { nil }

    public func events(_ positions: Range<Int>, _ isWanted: (TreeEvent.Kind) -> Bool) -> [TreeEvent] {
        var found: [TreeEvent] = []
        read(positions) { if isWanted($0.change.kind) { found.append($0) } }
        return found
    }

    /// The event at a position; nil where there is none to be read.
    func event(at position: Int) -> TreeEvent? {
        var found: TreeEvent?
        if range.contains(position) { read(position..<position + 1) { found = found ?? $0 } }
        return found
    }
}

/// The events of a recording, all in memory.
struct RecordedTape: EventTape, PastEvents {
    let events: [TreeEvent]
    var range: Range<Int> { events.indices }

    func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void) {
        for event in events[positions.clamped(to: range)] { body(event) }
    }

    func position(at instant: Int64) -> Int {
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].t <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func events(before position: Int, limit: Int) -> [TreeEvent] {
        var start = position
        var left = limit
        while start > 0, left > 0 {
            start -= 1
            if !events[start].change.kind.isOfSnapshot { left -= 1 }
        }
        return Array(events[start..<position])
    }
}
