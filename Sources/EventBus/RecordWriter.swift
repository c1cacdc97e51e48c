import Glibc
import TreeModel

/// Writes records into a chunk. Each chunk decodes alone: `begin` forgets the ids and strings of the one before.
///
/// A record is the number of bytes that follow, the kind, the time since the record before, and the fields by position
/// (`Recording/FORMAT.md`). What does not fit leaves `failed` set, and the chunk as it was up to the record's start.
struct RecordWriter: RowCoder {
    /// No single fixed-size item is longer: the longest varint.
    private static let slack = 10

    private var base: UnsafeMutableRawPointer
    private var limit: UnsafeMutableRawPointer
    /// Where the next byte goes.
    private var at: UnsafeMutableRawPointer
    /// Blanks since the last field that has a value: only what follows them makes them bytes.
    private var blanks = 0
    private(set) var failed = false
    private var t: Int64 = 0
    var instantOrigin: Int64 = 0
    var previous = PreviousIDs()
    private var rows = RowsBefore(strings: StringTable())
    var spellsOut = false
    private var numbers = PreviousNumbers()
    private var strings = StringTable()

    /// A writer that has no chunk yet and fails.
    init() {
        base = UnsafeMutableRawPointer(bitPattern: 8)!
        limit = base
        at = base
    }

    /// Gives its memory back; the writer must not be used again.
    func deallocate() {
        strings.deallocate()
        rows.strings.deallocate()
    }

    /// Goes on in another chunk, whose header is written.
    mutating func begin(_ base: UnsafeMutableRawPointer, capacity: Int, firstT: Int64) {
        self.base = base
        limit = base + capacity
        at = base + ChunkHeader.length
        failed = false
        t = firstT
        previous = PreviousIDs()
        numbers = PreviousNumbers()
        strings.reset()
        beginRows()
    }

    /// The bytes of the chunk so far, with its header.
    var used: Int { at - base }
    /// The time of the last record.
    var lastT: Int64 { t }

    /// Makes the last bytes of the chunk available, for a last record.
    mutating func extend(by bytes: Int) { limit += bytes }

    /// Writes one record; false when it does not fit. Times do not go back: an earlier `now` counts as the last one.
    @inline(__always)
    mutating func write(_ kind: TreeEvent.Kind, at now: Int64, _ fields: (inout RecordWriter) -> Void) -> Bool {
        let start = at
        let before = t
        let known = strings.count
        failed = limit - start < 2 * Self.slack + 2
        if failed { return false }
        t = max(t, now)
        instantOrigin = t
        at.storeBytes(of: kind.rawValue, toByteOffset: 1, as: UInt8.self)
        at += 2
        put(UInt64(bitPattern: t &- before))
        blanks = 0
        fields(&self)
        let length = at - start - 1
        if failed || !close(start, length, known) {
            failed = true
            at = start
            t = before
            return false
        }
        return true
    }

    /// Writes one record with the fields of an event; false when it does not fit.
    @inline(__always)
    mutating func write<F: EventFields>(_ kind: TreeEvent.Kind, at now: Int64, _ fields: inout F) -> Bool {
        if F.self == TreeEvent.SnapshotTask.self || F.self == TreeEvent.SnapshotResource.self {
            return writeRow(kind, at: now) { fields.visit(&$0) }
        }
        return write(kind, at: now) { fields.visit(&$0) }
    }

    /// The same of an event of any kind.
    mutating func write(_ kind: TreeEvent.Kind, at now: Int64, _ change: TreeEvent.Change) -> Bool {
        if kind.isRow { return writeRow(kind, at: now) { change.visit(&$0) } }
        if kind == .snapshotBegin || kind == .snapshotEnd { beginRows() }
        return write(kind, at: now) { change.visit(&$0) }
    }

    // MARK: Rows of keyframes

    private mutating func beginRows() { rows.begin { $0.reset() } }

    private mutating func writeRow(
        _ kind: TreeEvent.Kind, at now: Int64, _ fields: (inout RowFields<RecordWriter>) -> Void
    ) -> Bool {
        let start = at
        rows.exchange(&strings, &numbers)
        defer { rows.exchange(&strings, &numbers) }
        var row = RowBefore()
        swap(&row, &rows[kind])
        row.begin()
        let isWritten = write(kind, at: now) { writer in
            guard writer.limit - writer.at >= RowBefore.maskBytes else {
                writer.failed = true
                return
            }
            let place = writer.at
            writer.at += RowBefore.maskBytes
            withUnsafeMutablePointer(to: &writer) { writer in
                withUnsafeMutablePointer(to: &row) { row in
                    var visitor = RowFields(writer, row)
                    fields(&visitor)
                }
            }
            for byte in 0..<RowBefore.maskBytes {
                place.storeBytes(
                    of: UInt8(truncatingIfNeeded: row.mask >> (8 * byte)), toByteOffset: byte, as: UInt8.self)
            }
        }
        // A length of more than one byte moved what is behind it.
        var more = 0
        while isWritten, start.load(fromByteOffset: more, as: UInt8.self) >= 0x80 { more += 1 }
        if more > 0 { row.move(by: more) }
        swap(&row, &rows[kind])
        return isWritten
    }

    /// Writes a field, and takes it back if it is written as in the row before.
    @inline(__always)
    mutating func field(_ number: Int, of row: inout RowBefore, _ body: (inout RecordWriter) -> Void) -> Bool {
        let start = at
        body(&self)
        fill()
        let before = row.fields[number].place
        let count = at - start
        if before.count == count, memcmp(base + before.lowerBound, start, count) == 0 {
            at = start
        } else {
            row.mask |= 1 << UInt32(number)
            row.fields[number].place = start - base..<at - base
        }
        return true
    }

    func again(_ number: Int, of row: RowBefore, _ body: (inout RecordWriter) -> Void) {}
    func keep(_ number: Int, of row: RowBefore, isRequired: Bool) {}

    /// Puts the length in front of a record; one byte was left for it.
    @inline(__always)
    private mutating func close(_ start: UnsafeMutableRawPointer, _ length: Int, _ known: Int) -> Bool {
        if length < 0x80 {
            start.storeBytes(of: UInt8(truncatingIfNeeded: length), as: UInt8.self)
            return true
        }
        return closeLong(start, length, known)
    }

    private mutating func closeLong(_ start: UnsafeMutableRawPointer, _ length: Int, _ known: Int) -> Bool {
        let more = Varint.length(UInt64(length)) - 1
        guard limit - at >= more else { return false }
        (start + 1 + more).copyMemory(from: start + 1, byteCount: length)
        strings.move(from: known, by: more)
        let end = at + more
        at = start
        put(UInt64(length))
        at = end
        return true
    }

    // MARK: Items

    /// Once it has failed, what is written makes no difference.
    @inline(__always)
    private mutating func put(_ value: UInt64) {
        guard limit - at >= Self.slack else {
            failed = true
            return
        }
        var rest = value
        while rest >= 0x80 {
            at.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            at += 1
            rest >>= 7
        }
        at.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        at += 1
    }

    /// Something that is not there: cut off if nothing follows.
    @inline(__always)
    private mutating func skip() { blanks += 1 }

    /// Writes what was skipped: a value follows.
    @inline(__always)
    private mutating func fill() {
        while blanks > 0 {
            put(0)
            blanks -= 1
        }
    }

    @inline(__always)
    private mutating func keep(_ value: UInt64) {
        fill()
        put(value)
    }

    /// An optional: 0, or the value plus one. The largest value of all is written as the one before it.
    @inline(__always)
    private mutating func keep(optional value: UInt64) { keep(min(value, UInt64.max - 1) + 1) }

    private mutating func keep(_ string: String) {
        fill()
        // Not `withUTF8`, which takes a copy to change it.
        let isPut: Void? = string.utf8.withContiguousStorageIfAvailable { keep($0) }
        if isPut == nil { Array(string.utf8).withUnsafeBufferPointer { keep($0) } }
    }

    private mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !spellsOut, let numbered = NumberedString(bytes) else { return put(bytes, number: nil, whole: bytes) }
        put(UnsafeBufferPointer(rebasing: bytes[..<numbered.prefix]), number: numbered.number, whole: bytes)
    }

    /// Writes a string: bytes that the chunk's table has, or is to have, and the number that follows them.
    @inline(__always)
    private mutating func put(
        _ bytes: UnsafeBufferPointer<UInt8>, number: UInt64?, whole: UnsafeBufferPointer<UInt8>
    ) {
        guard bytes.count <= StringTable.longestString else { return literal(StringCode.plain, whole) }
        let index: Int
        switch strings.find(bytes, in: base) {
        case .index(let found):
            index = found
            put(StringCode.known(index, isNumbered: number != nil))
        case .vacancy(let vacancy):
            guard !strings.isFull(at: at - base) else { return literal(StringCode.plain, whole) }
            index = strings.count
            literal(number == nil ? StringCode.new : StringCode.newNumbered, bytes)
            if !failed { strings.define(vacancy, offset: at - base - bytes.count, length: bytes.count) }
        }
        if let number { put(Varint.zigzag(numbers.delta(to: number, behind: index))) }
    }

    private mutating func literal(_ code: UInt64, _ bytes: UnsafeBufferPointer<UInt8>) {
        put(code)
        put(UInt64(bytes.count))
        guard !failed, limit - at >= bytes.count else {
            failed = true
            return
        }
        if let source = bytes.baseAddress { at.copyMemory(from: source, byteCount: bytes.count) }
        at += bytes.count
    }

    // MARK: Fields

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        keep(Varint.zigzag(previous.delta(to: value)))
    }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        if let value { keep(optional: Varint.zigzag(previous.delta(to: value))) } else { skip() }
    }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        guard let value = value?.prefix(RecordSize.mostItems) else { return skip() }
        keep(UInt64(value.count) + 1)
        for id in value { keep(Varint.zigzag(previous.delta(to: id))) }
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W) { keep(UInt64(value.rawValue)) }
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {
        if let value { keep(UInt64(value.rawValue) + 1) } else { skip() }
    }
    mutating func amount(_ key: String, _ value: inout UInt64) { keep(value) }
    mutating func amount(_ key: String, _ value: inout UInt64?) {
        if let value { keep(optional: value) } else { skip() }
    }
    mutating func instant(_ key: String, _ value: inout Int64) { keep(Varint.zigzag(value &- instantOrigin)) }
    mutating func instant(_ key: String, _ value: inout Int64?) {
        if let value { keep(optional: Varint.zigzag(value &- instantOrigin)) } else { skip() }
    }
    mutating func flag(_ key: String, _ value: inout Bool) {
        if value { keep(1) } else { skip() }
    }
    mutating func text(_ key: String, _ value: inout String) { keep(value) }
    mutating func text(_ key: String, _ value: inout String?) {
        if let value { keep(value) } else { skip() }
    }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        if value.isEmpty { return skip() }
        let value = value.prefix(RecordSize.mostItems)
        keep(UInt64(value.count))
        for label in value {
            keep(label.key)
            keep(label.value)
        }
    }
    mutating func failure(_ key: String, _ value: inout Failure) {
        keep(value.type)
        keep(value.message)
    }
    mutating func failure(_ key: String, _ value: inout Failure?) {
        guard let value else { return skip() }
        keep(value.type)
        keep(value.message)
    }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        if value.isEmpty { return skip() }
        let value = value.prefix(RecordSize.mostItems)
        keep(UInt64(value.count))
        for failure in value {
            keep(failure.type)
            keep(failure.message)
        }
    }
    mutating func cause(_ key: String, _ value: inout Cause) {
        keep(UInt64(value.kind.rawValue))
        details(&value)
    }
    mutating func cause(_ key: String, _ value: inout Cause?) {
        guard var cause = value else { return skip() }
        keep(UInt64(cause.kind.rawValue) + 1)
        details(&cause)
    }
    private mutating func details(_ cause: inout Cause) {
        text("by", &cause.by)
        id("origin", &cause.origin)
        text("message", &cause.message)
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        keep(value.kind)
        amount("id", &value.id)
        text("name", &value.name)
    }
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        guard var target = value else { return skip() }
        self.target(key, &target)
    }
}
