import TreeModel

/// What writes or reads the fields of records, and can do so for a row of a keyframe: against the row before.
protocol RowCoder: FieldVisitor {
    /// What instants count from.
    var instantOrigin: Int64 { get set }
    /// What ids count from.
    var previous: PreviousIDs { get set }
    /// Numbers in strings are spelt out.
    var spellsOut: Bool { get set }
    /// Writes a field, or reads it if it is here; false if it is not.
    mutating func field(_ number: Int, of row: inout RowBefore, _ body: (inout Self) -> Void) -> Bool
    /// Reads a field once more that is not here, from where it stood last.
    mutating func again(_ number: Int, of row: RowBefore, _ body: (inout Self) -> Void)
    /// A field that is not here is as in the row before. One that must be there was in none.
    mutating func keep(_ number: Int, of row: RowBefore, isRequired: Bool)
}

/// What is known of the rows of one kind so far.
struct RowBefore {
    /// Rows have no more fields.
    static let mostFields = 24
    /// The bytes with which the fields of a row begin, that say which are here.
    static let maskBytes = mostFields / 8

    /// A field of the last row that had it.
    struct Field {
        /// Where it stands, from the chunk's beginning; 0..<0 where it never was.
        var place = 0..<0
        /// An id or an instant, and the difference to the one before.
        var value: UInt64 = 0
        var step: UInt64 = 0
        /// A string with a number behind it.
        var isNumbered = false
        /// It has a word that is not known.
        var isUnknown = false
    }

    var fields: [Field] = []
    /// The fields that the row has bytes of its own for.
    var mask: UInt32 = 0

    mutating func begin(mask: UInt32 = 0) {
        self.mask = mask
        if fields.isEmpty { fields = Array(repeating: Field(), count: Self.mostFields) }
    }

    @inline(__always)
    func isHere(_ number: Int) -> Bool { mask & 1 << UInt32(number) != 0 }

    /// The row was moved that was written last.
    mutating func move(by bytes: Int) {
        for number in fields.indices where isHere(number) {
            let place = fields[number].place
            fields[number].place = place.lowerBound + bytes..<place.upperBound + bytes
        }
    }
}

/// The fields of a row, against those of the row before (`Recording/FORMAT.md`): one that is written as there is left out. Ids,
/// instants and the numbers behind strings go on by the same difference then, all else stays.
struct RowFields<C: RowCoder>: FieldVisitor {
    /// Both for the time of a call.
    let coder: UnsafeMutablePointer<C>
    let row: UnsafeMutablePointer<RowBefore>
    private var number = 0

    init(_ coder: UnsafeMutablePointer<C>, _ row: UnsafeMutablePointer<RowBefore>) {
        self.coder = coder
        self.row = row
    }

    /// A field that stays: nothing in it is a difference to what is elsewhere.
    @inline(__always)
    private mutating func staying(isRequired: Bool = false, _ body: (inout C) -> Void) {
        defer { number += 1 }
        let isHere = coder.pointee.field(number, of: &row.pointee) { coder in
            let before = coder.previous
            coder.previous = PreviousIDs()
            coder.spellsOut = true
            body(&coder)
            coder.spellsOut = false
            coder.previous = before
        }
        if !isHere { coder.pointee.keep(number, of: row.pointee, isRequired: isRequired) }
    }

    /// A field that goes on by a difference: notes the difference, or goes on by it.
    @inline(__always)
    private mutating func going(_ value: () -> UInt64?, _ set: (UInt64) -> Void, _ body: (inout C, UInt64) -> Void) {
        defer { number += 1 }
        let last = row.pointee.fields[number].value
        let isHere = coder.pointee.field(number, of: &row.pointee) { body(&$0, last) }
        guard let value = value() else { return }
        let step = isHere ? value &- last : row.pointee.fields[number].step
        row.pointee.fields[number].step = step
        row.pointee.fields[number].value = last &+ step
        if !isHere { set(last &+ step) }
    }

    @inline(__always)
    private mutating func text(isRequired: Bool, _ body: (inout C) -> Void) {
        defer { number += 1 }
        if coder.pointee.field(number, of: &row.pointee, body) { return }
        if row.pointee.fields[number].isNumbered {
            coder.pointee.again(number, of: row.pointee, body)
        } else {
            coder.pointee.keep(number, of: row.pointee, isRequired: isRequired)
        }
    }

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        if !row.pointee.isHere(number) { coder.pointee.keep(number, of: row.pointee, isRequired: true) }
        var id = value
        going({ id.rawValue }, { id = I(rawValue: $0) }) { coder, last in
            let before = coder.previous
            coder.previous.set(I.self, last)
            coder.id(key, &id)
            coder.previous = before
        }
        value = id
    }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        var id = value
        going({ id?.rawValue }, { id = I(rawValue: $0) }) { coder, last in
            let before = coder.previous
            coder.previous.set(I.self, last)
            coder.id(key, &id)
            coder.previous = before
        }
        value = id
    }
    mutating func instant(_ key: String, _ value: inout Int64) {
        if !row.pointee.isHere(number) { coder.pointee.keep(number, of: row.pointee, isRequired: true) }
        var instant = value
        going({ UInt64(bitPattern: instant) }, { instant = Int64(bitPattern: $0) }) { coder, last in
            let before = coder.instantOrigin
            coder.instantOrigin = Int64(bitPattern: last)
            coder.instant(key, &instant)
            coder.instantOrigin = before
        }
        value = instant
    }
    mutating func instant(_ key: String, _ value: inout Int64?) {
        var instant = value
        going({ instant.map { UInt64(bitPattern: $0) } }, { instant = Int64(bitPattern: $0) }) { coder, last in
            let before = coder.instantOrigin
            coder.instantOrigin = Int64(bitPattern: last)
            coder.instant(key, &instant)
            coder.instantOrigin = before
        }
        value = instant
    }
    mutating func text(_ key: String, _ value: inout String) { text(isRequired: true) { $0.text(key, &value) } }
    mutating func text(_ key: String, _ value: inout String?) { text(isRequired: false) { $0.text(key, &value) } }

    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        staying { $0.ids(key, &value) }
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W) {
        staying(isRequired: true) { $0.word(key, &value) }
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {
        staying { $0.word(key, &value) }
    }
    mutating func amount(_ key: String, _ value: inout UInt64) {
        staying(isRequired: true) { $0.amount(key, &value) }
    }
    mutating func amount(_ key: String, _ value: inout UInt64?) { staying { $0.amount(key, &value) } }
    mutating func flag(_ key: String, _ value: inout Bool) {
        staying { $0.flag(key, &value) }
    }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        staying { $0.labels(key, &value) }
    }
    mutating func failure(_ key: String, _ value: inout Failure) {
        staying(isRequired: true) { $0.failure(key, &value) }
    }
    mutating func failure(_ key: String, _ value: inout Failure?) {
        staying { $0.failure(key, &value) }
    }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        staying { $0.failures(key, &value) }
    }
    mutating func cause(_ key: String, _ value: inout Cause) { staying(isRequired: true) { $0.cause(key, &value) } }
    mutating func cause(_ key: String, _ value: inout Cause?) {
        staying { $0.cause(key, &value) }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        staying(isRequired: true) { $0.target(key, &value) }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        staying { $0.target(key, &value) }
    }
}

/// What is known of the rows so far, since the chunk or the keyframe began: their fields, strings and numbers are not those of
/// other records, so that who needs no rows passes over them.
struct RowsBefore<Strings> {
    private var tasks = RowBefore()
    private var resources = RowBefore()
    private(set) var strings: Strings
    private var numbers = PreviousNumbers()

    init(strings: Strings) { self.strings = strings }

    subscript(kind: TreeEvent.Kind) -> RowBefore {
        _read { yield kind == .snapshotTask ? tasks : resources }
        _modify { if kind == .snapshotTask { yield &tasks } else { yield &resources } }
    }

    /// Gives the strings and numbers of rows for those of others, or back.
    mutating func exchange(_ strings: inout Strings, _ numbers: inout PreviousNumbers) {
        swap(&strings, &self.strings)
        swap(&numbers, &self.numbers)
    }

    /// The next row is written against none.
    mutating func begin(_ clear: (inout Strings) -> Void) {
        (tasks, resources, numbers) = (RowBefore(), RowBefore(), PreviousNumbers())
        clear(&strings)
    }
}
