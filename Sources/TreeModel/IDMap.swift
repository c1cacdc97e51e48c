/// Places by id. Ids are numbers that were counted up: eight neighbours stand in one row, and a table says where the row is.
///
/// Open addressing; rows that nothing is in any more stay until the table is made anew. The multiplier is another one in each
/// process, so that ids from elsewhere cannot be chosen to meet.
struct IDMap: Rewinding, Sendable {
    private static let multiplier = UInt64.random(in: .min ... .max) | 1
    private static let fewestRows = 8

    /// Eight neighbours.
    private struct Row {
        /// An eighth of their ids, and one more; 0 where there is no row.
        var key: UInt64 = 0
        /// How many of them are there.
        var count = 0
    }

    private let multiplier = Self.multiplier
    private var rows: [Row] = []
    /// The places of each row, one after the other; -1 where there is nothing.
    private var cells: [Int32] = []
    /// Rows that stand in the table, those that nothing is in any more too.
    private var rowCount = 0
    private(set) var count = 0
    /// What was said before of each id that changed since the first mark; -1 is nothing.
    private var replaced: [(id: UInt64, place: Int32)] = []
    private var marks: [Int] = []

    /// The place of an id; places are not negative.
    subscript(id: UInt64) -> Int32? {
        @inline(__always) get {
            guard count > 0 else { return nil }
            let place = cells[cell(id, find(Self.key(id)))]
            return place >= 0 ? place : nil
        }
        set {
            guard let newValue else { return remove(id) }
            if !marks.isEmpty { replaced.append((id, self[id] ?? -1)) }
            put(id, newValue)
        }
    }

    /// Adds an id, unless it is there: then it stays as it is, and that is said.
    @inline(__always)
    mutating func add(_ id: UInt64, _ place: Int32) -> Bool {
        let index = findOrMake(Self.key(id))
        guard cells[cell(id, index)] < 0 else { return false }
        if !marks.isEmpty { replaced.append((id, -1)) }
        fill(id, at: index, place)
        return true
    }

    mutating func remove(_ id: UInt64) {
        guard count > 0 else { return }
        let index = find(Self.key(id))
        let place = cells[cell(id, index)]
        guard place >= 0 else { return }
        if !marks.isEmpty { replaced.append((id, place)) }
        takeOut(id, at: index)
    }

    @inline(__always)
    private static func key(_ id: UInt64) -> UInt64 { id >> 3 + 1 }

    @inline(__always)
    private func cell(_ id: UInt64, _ index: Int) -> Int { index &<< 3 | Int(id & 7) }

    /// Where a row stands, or would.
    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        let mask = rows.count - 1
        var index = home(key)
        while rows[index].key != key, rows[index].key != 0 { index = (index + 1) & mask }
        return index
    }

    @inline(__always)
    private func home(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* multiplier) &>> UInt64(64 - rows.count.trailingZeroBitCount))
    }

    /// All of them, in no order.
    var places: [Int32] { cells.filter { $0 >= 0 } }

    /// Puts a place in, or another one for the one that is there.
    private mutating func put(_ id: UInt64, _ place: Int32) {
        let index = findOrMake(Self.key(id))
        if cells[cell(id, index)] < 0 { fill(id, at: index, place) } else { cells[cell(id, index)] = place }
    }

    /// Puts the place of an id in that is not there.
    @inline(__always)
    private mutating func fill(_ id: UInt64, at index: Int, _ place: Int32) {
        cells[cell(id, index)] = place
        rows[index].count += 1
        count += 1
    }

    /// Takes an id out that is in the row at an index.
    @inline(__always)
    private mutating func takeOut(_ id: UInt64, at index: Int) {
        cells[cell(id, index)] = -1
        rows[index].count -= 1
        count -= 1
    }

    @inline(__always)
    private mutating func findOrMake(_ key: UInt64) -> Int {
        // A quarter stays free.
        if 4 * (rowCount + 1) > 3 * rows.count { makeAnew() }
        let index = find(key)
        if rows[index].key == 0 {
            rows[index].key = key
            rowCount += 1
        }
        return index
    }

    /// Makes the table anew, at most half full, without the rows that nothing is in any more.
    private mutating func makeAnew() {
        let old = (rows: rows, cells: cells)
        rowCount = old.rows.count { $0.count > 0 }
        var size = Self.fewestRows
        while size < 2 * rowCount { size *= 2 }
        rows = Array(repeating: Row(), count: size)
        cells = Array(repeating: -1, count: 8 * size)
        for (place, row) in old.rows.enumerated() where row.count > 0 {
            let index = find(row.key)
            rows[index] = row
            for column in 0..<8 { cells[index << 3 | column] = old.cells[place << 3 | column] }
        }
    }

    // MARK: Going back

    mutating func mark() { marks.append(replaced.count) }

    mutating func rewind() {
        let mark = marks.removeLast()
        while replaced.count > mark, let (id, place) = replaced.popLast() {
            if place >= 0 { put(id, place) } else { takeOut(id, at: find(Self.key(id))) }
        }
    }

    mutating func forget(_ count: Int) {
        let gone = count < marks.count ? marks[count] : replaced.count
        replaced.removeFirst(gone)
        marks.removeFirst(count)
        for index in marks.indices { marks[index] -= gone }
    }
}
