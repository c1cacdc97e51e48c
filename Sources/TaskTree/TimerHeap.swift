/// Something that happens at an instant unless it is taken out before. Guarded by the engine's lock.
@usableFromInline
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
final class TimerHeap {
    /// Behind a pointer, so that a move costs no access checks and no count of references.
    private var entries = UnsafeMutablePointer<TimerEntry>.allocate(capacity: 16)
    private var capacity = 16
    private var count = 0

    /// When the earliest is due; `Int64.max` where there is none.
    private(set) var earliest = Int64.max

    deinit {
        entries.deinitialize(count: count)
        entries.deallocate()
    }

    func arm(_ entry: TimerEntry, at when: Int64) {
        if entry.isArmed { disarm(entry) }
        if count == capacity { grow() }
        entry.when = when
        let index = gap(for: when, upFrom: count)
        entry.index = Int32(index)
        (entries + index).initialize(to: entry)
        count += 1
        earliest = min(earliest, when)
    }

    func disarm(_ entry: TimerEntry) {
        if entry.isArmed { _ = take(Int(entry.index)) }
    }

    /// Takes out the earliest if it is due.
    func popDue(_ now: Int64) -> TimerEntry? { count > 0 && earliest <= now ? take(0) : nil }

    private func take(_ index: Int) -> TimerEntry {
        let taken = (entries + index).move()
        taken.index = -1
        count -= 1
        // The last takes its place, or one above or below it.
        if index < count {
            let when = entries[count].when
            let above = gap(for: when, upFrom: index)
            move(from: count, to: above < index ? above : gap(for: when, downFrom: index))
        }
        earliest = count > 0 ? entries[0].when : .max
        return taken
    }

    /// Moves a gap up to where an entry with this instant may stand.
    private func gap(for when: Int64, upFrom start: Int) -> Int {
        var index = start
        while index > 0, when < entries[(index - 1) / 2].when {
            move(from: (index - 1) / 2, to: index)
            index = (index - 1) / 2
        }
        return index
    }

    private func gap(for when: Int64, downFrom start: Int) -> Int {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < count else { return index }
            if child + 1 < count, entries[child + 1].when < entries[child].when { child += 1 }
            guard entries[child].when < when else { return index }
            move(from: child, to: index)
            index = child
        }
    }

    private func move(from: Int, to: Int) {
        (entries + to).moveInitialize(from: entries + from, count: 1)
        entries[to].index = Int32(to)
    }

    private func grow() {
        let larger = UnsafeMutablePointer<TimerEntry>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        capacity *= 2
    }
}
