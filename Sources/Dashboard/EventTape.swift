import TreeModel

/// The events of a session, each by how many there are before it: what a replay moves about in.
public protocol EventTape {
    /// The positions of the events that can be read. Of a running program both ends move on.
    var range: Range<Int> { get }
    /// Passes the events at these positions in their order. What is outside the range is left out.
    func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void)
    /// How many events there are up to an instant, with those before the range.
    func position(at instant: Int64) -> Int
}

extension EventTape {
    /// The event at a position; nil where there is none to be read.
    func event(at position: Int) -> TreeEvent? {
        var found: TreeEvent?
        if range.contains(position) { read(position..<position + 1) { found = found ?? $0 } }
        return found
    }
}

/// The events of a recording, all in memory.
struct RecordedTape: EventTape {
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
}
