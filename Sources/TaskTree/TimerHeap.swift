/// Something that happens at an instant unless it is taken out before. Guarded by the engine's lock.
class TimerEntry {
    fileprivate(set) var when: Int64 = 0
    fileprivate var index: Int32 = -1

    /// Whether it is waiting for its instant.
    final var isArmed: Bool { index >= 0 }

    /// What happens; called under the lock, once, after it was taken out.
    func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {}
}

/// The timers of an engine: a binary heap whose entries know their place, so that taking one out is cheap and none
/// lingers. Entries that come in the order of their instants, as grace and budgets do, go in without a move.
struct TimerHeap {
    private var entries: [TimerEntry] = []

    /// When the earliest is due; `Int64.max` where there is none.
    private(set) var earliest = Int64.max

    mutating func arm(_ entry: TimerEntry, at when: Int64) {
        if entry.isArmed { disarm(entry) }
        entry.when = when
        entry.index = Int32(entries.count)
        entries.append(entry)
        siftUp(entries.count - 1)
        earliest = entries[0].when
    }

    mutating func disarm(_ entry: TimerEntry) {
        guard entry.isArmed else { return }
        let index = Int(entry.index)
        let last = entries.removeLast()
        entry.index = -1
        defer { earliest = entries.first?.when ?? .max }
        guard last !== entry else { return }
        entries[index] = last
        last.index = Int32(index)
        siftUp(index)
        siftDown(Int(last.index))
    }

    /// Takes out the earliest if it is due.
    mutating func popDue(_ now: Int64) -> TimerEntry? {
        guard let first = entries.first, first.when <= now else { return nil }
        disarm(first)
        return first
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        let entry = entries[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.when < entries[parent].when else { break }
            entries[index] = entries[parent]
            entries[index].index = Int32(index)
            index = parent
        }
        entries[index] = entry
        entry.index = Int32(index)
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let entry = entries[index]
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].when < entries[child].when { child += 1 }
            guard entries[child].when < entry.when else { break }
            entries[index] = entries[child]
            entries[index].index = Int32(index)
            index = child
        }
        entries[index] = entry
        entry.index = Int32(index)
    }
}
