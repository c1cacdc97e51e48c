/// Places by id. Ids are numbers that were counted up: eight neighbours stand side by side, wherever they stand.
///
/// Open addressing; what is taken out leaves no mark behind. The multiplier is another one in each process, so that ids from
/// elsewhere cannot be chosen to meet.
struct IDMap: Rewinding, Sendable {
    private static let multiplier = UInt64.random(in: .min ... .max) | 1
    private static let smallest = 64

    private struct Entry {
        var id: UInt64 = 0
        /// -1 where there is nothing.
        var place: Int32 = -1
    }

    private var entries: [Entry] = []
    private(set) var count = 0
    /// What was said before of each id that changed since the first mark; -1 is nothing.
    private var replaced: [(id: UInt64, place: Int32)] = []
    private var marks: [Int] = []

    /// The place of an id; places are not negative.
    subscript(id: UInt64) -> Int32? {
        @inline(__always) get {
            guard count > 0 else { return nil }
            let place = entries[find(id)].place
            return place >= 0 ? place : nil
        }
        set {
            if !marks.isEmpty { replaced.append((id, self[id] ?? -1)) }
            if let newValue { insert(id, newValue) } else { remove(id) }
        }
    }

    /// Where an id stands, or would.
    @inline(__always)
    private func find(_ id: UInt64) -> Int {
        let mask = entries.count - 1
        var index = home(id)
        while entries[index].place >= 0, entries[index].id != id { index = (index + 1) & mask }
        return index
    }

    @inline(__always)
    private func home(_ id: UInt64) -> Int {
        let bits = entries.count.trailingZeroBitCount - 3
        return Int(truncatingIfNeeded: ((id >> 3) &* Self.multiplier) >> UInt64(64 - bits)) << 3 | Int(id & 7)
    }

    /// All of them, in no order.
    var places: [Int32] { entries.lazy.map(\.place).filter { $0 >= 0 } }

    private mutating func insert(_ id: UInt64, _ place: Int32) {
        // A quarter stays free.
        if 4 * (count + 1) > 3 * entries.count { grow() }
        let index = find(id)
        if entries[index].place < 0 { count += 1 }
        entries[index] = Entry(id: id, place: place)
    }

    private mutating func remove(_ id: UInt64) {
        guard count > 0 else { return }
        var gap = find(id)
        guard entries[gap].place >= 0 else { return }
        count -= 1
        let mask = entries.count - 1
        var index = gap
        while true {
            index = (index + 1) & mask
            guard entries[index].place >= 0 else { break }
            // One that could not stand nearer to its home stays.
            let distance = (index - home(entries[index].id)) & mask
            guard distance >= (index - gap) & mask else { continue }
            entries[gap] = entries[index]
            gap = index
        }
        entries[gap] = Entry()
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: Entry(), count: max(Self.smallest, 2 * old.count))
        for entry in old where entry.place >= 0 { entries[find(entry.id)] = entry }
    }

    // MARK: Going back

    mutating func mark() { marks.append(replaced.count) }

    mutating func rewind() {
        let mark = marks.removeLast()
        while replaced.count > mark, let (id, place) = replaced.popLast() {
            if place >= 0 { insert(id, place) } else { remove(id) }
        }
    }

    mutating func forget(_ count: Int) {
        let gone = count < marks.count ? marks[count] : replaced.count
        replaced.removeFirst(gone)
        marks.removeFirst(count)
        for index in marks.indices { marks[index] -= gone }
    }
}
