import TreeModel

/// What writes or reads the fields of records, and can do so for a row of a keyframe: against the row before.
protocol RowCoder: FieldVisitor {
    /// It fills fields in, which are those of the row before to begin with.
    static var fillsIn: Bool { get }
    /// What instants count from.
    var instantOrigin: Int64 { get set }
    /// What ids count from.
    var previous: PreviousIDs { get set }
    mutating func beginField(_ number: Int, of row: inout RowBefore)
    mutating func endField(_ number: Int, of row: inout RowBefore)
}

/// What is known of the rows of one kind so far.
struct RowBefore {
    /// Rows have no more fields.
    static let mostFields = 24
    /// The bytes of the field with which rows begin, that say which fields are there.
    static let maskBytes = mostFields / 8

    /// Where each field stands that was written last, from the chunk's beginning; 0..<0 where it never was.
    private(set) var places: [Range<Int>] = []
    /// The last id or instant of each field.
    fileprivate var values: [UInt64] = []
    /// The fields that the row has bytes of its own for.
    var mask: UInt32 = 0
    /// Where the reader goes on behind a field that it reads again.
    var resumesAt = -1

    mutating func begin(mask: UInt32 = 0) {
        self.mask = mask
        if !places.isEmpty { return }
        places = Array(repeating: 0..<0, count: Self.mostFields)
        values = Array(repeating: 0, count: Self.mostFields)
    }

    mutating func note(_ number: Int, at place: Range<Int>) { places[number] = place }

    /// The row was moved that has the fields which were written last.
    mutating func move(by bytes: Int) {
        for number in places.indices where mask & 1 << UInt32(number) != 0 {
            note(number, at: places[number].lowerBound + bytes..<places[number].upperBound + bytes)
        }
    }
}

/// The fields of a row, against those of the row before: one that is written as there is left out. Ids and instants count from
/// those of the same field (`Recording/FORMAT.md`).
struct RowFields<C: RowCoder>: FieldVisitor {
    /// Both for the time of a call.
    let coder: UnsafeMutablePointer<C>
    let row: UnsafeMutablePointer<RowBefore>
    private var number = 0

    init(_ coder: UnsafeMutablePointer<C>, _ row: UnsafeMutablePointer<RowBefore>) {
        self.coder = coder
        self.row = row
    }

    @inline(__always)
    private mutating func field(_ body: (inout C) -> Void) {
        coder.pointee.beginField(number, of: &row.pointee)
        body(&coder.pointee)
        coder.pointee.endField(number, of: &row.pointee)
        number += 1
    }

    @inline(__always)
    private mutating func idField<I: Identifier>(_: I.Type, _ body: (inout C) -> I?) {
        let (number, row) = (number, row)
        field { coder in
            let before = coder.previous
            coder.previous.set(I.self, row.pointee.values[number])
            if let id = body(&coder) { row.pointee.values[number] = id.rawValue }
            coder.previous = before
        }
    }

    @inline(__always)
    private mutating func instantField(_ body: (inout C) -> Int64?) {
        let (number, row) = (number, row)
        field { coder in
            let before = coder.instantOrigin
            coder.instantOrigin = Int64(bitPattern: row.pointee.values[number])
            if let instant = body(&coder) { row.pointee.values[number] = UInt64(bitPattern: instant) }
            coder.instantOrigin = before
        }
    }

    /// Passes over a field that is left out, where nothing is to be read again for it.
    @inline(__always)
    private mutating func isAsBefore(_ isPlain: Bool) -> Bool {
        guard C.fillsIn, isPlain, row.pointee.mask & 1 << UInt32(number) == 0 else { return false }
        number += 1
        return true
    }

    /// The same of an optional field: one that was not there is still not there. Another one is cleared, to be read.
    @inline(__always)
    private mutating func isStillBlank<T>(_ value: inout T?, isPlain: Bool = false) -> Bool {
        if isAsBefore(value == nil || isPlain) { return true }
        if C.fillsIn { value = nil }
        return false
    }

    /// And of a list.
    @inline(__always)
    private mutating func isStillBlank<T>(_ value: inout [T]) -> Bool {
        if isAsBefore(value.isEmpty) { return true }
        if C.fillsIn { value = [] }
        return false
    }

    private var isKnown: Bool { row.pointee.places[number].lowerBound > 0 }

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        idField(I.self) {
            $0.id(key, &value)
            return value
        }
    }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        if isStillBlank(&value) { return }
        idField(I.self) {
            $0.id(key, &value)
            return value
        }
    }
    mutating func instant(_ key: String, _ value: inout Int64) {
        instantField {
            $0.instant(key, &value)
            return value
        }
    }
    mutating func instant(_ key: String, _ value: inout Int64?) {
        if isStillBlank(&value) { return }
        instantField {
            $0.instant(key, &value)
            return value
        }
    }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        if isStillBlank(&value) { return }
        field { $0.ids(key, &value) }
    }
    // Words are read again, so that one that is not known is one each time.
    mutating func word<W: Word>(_ key: String, _ value: inout W) { field { $0.word(key, &value) } }
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {
        if C.fillsIn { value = nil }
        field { $0.word(key, &value) }
    }
    mutating func amount(_ key: String, _ value: inout UInt64) {
        if isAsBefore(isKnown) { return }
        field { $0.amount(key, &value) }
    }
    mutating func amount(_ key: String, _ value: inout UInt64?) {
        if isStillBlank(&value, isPlain: true) { return }
        field { $0.amount(key, &value) }
    }
    mutating func flag(_ key: String, _ value: inout Bool) {
        if isAsBefore(true) { return }
        field { $0.flag(key, &value) }
    }
    mutating func text(_ key: String, _ value: inout String) { field { $0.text(key, &value) } }
    mutating func text(_ key: String, _ value: inout String?) {
        if isStillBlank(&value) { return }
        field { $0.text(key, &value) }
    }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        if isStillBlank(&value) { return }
        field { $0.labels(key, &value) }
    }
    mutating func failure(_ key: String, _ value: inout Failure) { field { $0.failure(key, &value) } }
    mutating func failure(_ key: String, _ value: inout Failure?) {
        if isStillBlank(&value) { return }
        field { $0.failure(key, &value) }
    }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        if isStillBlank(&value) { return }
        field { $0.failures(key, &value) }
    }
    mutating func cause(_ key: String, _ value: inout Cause) { field { $0.cause(key, &value) } }
    mutating func cause(_ key: String, _ value: inout Cause?) {
        if isStillBlank(&value) { return }
        field { $0.cause(key, &value) }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) { field { $0.target(key, &value) } }
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        if isStillBlank(&value) { return }
        field { $0.target(key, &value) }
    }
}

/// What is known of the rows so far, since the chunk or the keyframe began: their fields, strings, numbers and ids are not those
/// of other records, so that who needs no rows passes over them.
struct RowsBefore<Strings> {
    private var tasks = RowBefore()
    private var resources = RowBefore()
    var strings: Strings
    var numbers = PreviousNumbers()
    var previous = PreviousIDs()

    init(strings: Strings) { self.strings = strings }

    subscript(kind: TreeEvent.Kind) -> RowBefore {
        _read { yield kind == .snapshotTask ? tasks : resources }
        _modify { if kind == .snapshotTask { yield &tasks } else { yield &resources } }
    }
}
