import TreeModel

/// Reads records of one chunk, from bytes that nobody vouches for: it never reads outside the record, and numbers that
/// make no sense wrap around. At a record's end an optional field is nil, a list empty and a flag false, which is how
/// blanks are written, and how the records of older versions read.
struct RecordReader: RowCoder {
    private let base: UnsafeRawPointer
    /// The next byte, and the end of the record, counted from `base`.
    private(set) var at: Int
    private var end: Int
    /// The record is damaged: a required field is missing, or a count is larger than what is there.
    private(set) var failed = false
    /// A word of a newer version.
    private(set) var unknownWord = false
    private(set) var t: Int64
    var instantOrigin: Int64 = 0
    var previous = PreviousIDs()
    var spellsOut = false
    /// A string had a number behind it.
    private var hasNumber = false
    private var rows = RowsBefore<[ChunkString]>(strings: [])
    private var numbers = PreviousNumbers()
    /// Strings may end in numbers that are written apart.
    private let isNumbered: Bool
    /// The strings of the chunk so far, or of its rows: where they are, and what they say once that was asked for.
    private var strings: [ChunkString] = []

    init(_ base: UnsafeRawPointer, at: Int, firstT: Int64, isNumbered: Bool) {
        self.isNumbered = isNumbered
        self.base = base
        self.at = at
        end = at
        t = firstT
    }

    /// Goes to the next record. Returns its kind, or nil when it is not all there before `limit`, or damaged.
    @inline(__always)
    mutating func begin(before limit: Int) -> UInt8? {
        failed = false
        unknownWord = false
        end = limit
        let length = take()
        guard !failed, length >= 2, length <= UInt64(limit - at) else {
            failed = true
            return nil
        }
        end = at + Int(length)
        let kind = base.load(fromByteOffset: at, as: UInt8.self)
        at += 1
        t = Int64(bitPattern: UInt64(bitPattern: t) &+ take())
        instantOrigin = t
        return failed ? nil : kind
    }

    /// Leaves a record; true when it has bytes that were not read.
    mutating func finish() -> Bool {
        defer { at = end }
        return at < end
    }

    // MARK: Rows of keyframes

    mutating func beginRows() { rows.begin { $0 = [] } }

    /// Reads the fields of a row that is written against the one before, whose fields these are.
    @inline(__always)
    mutating func readRow<F: FrequentFields>(_ fields: inout F) {
        guard end - at >= RowBefore.maskBytes else {
            failed = true
            return
        }
        var mask: UInt32 = 0
        for byte in 0..<RowBefore.maskBytes {
            mask |= UInt32(base.load(fromByteOffset: at + byte, as: UInt8.self)) << (8 * UInt32(byte))
        }
        at += RowBefore.maskBytes
        rows.exchange(&strings, &numbers)
        var row = RowBefore()
        swap(&row, &rows[F.kind])
        row.begin(mask: mask)
        withUnsafeMutablePointer(to: &self) { reader in
            withUnsafeMutablePointer(to: &row) { row in
                var visitor = RowFields(reader, row)
                fields.visit(&visitor)
            }
        }
        swap(&row, &rows[F.kind])
        rows.exchange(&strings, &numbers)
    }

    @inline(__always)
    mutating func field(_ number: Int, of row: inout RowBefore, _ body: (inout RecordReader) -> Void) -> Bool {
        guard row.isHere(number) else { return false }
        let (start, isUnknown) = (at, unknownWord)
        unknownWord = false
        hasNumber = false
        body(&self)
        // One that is said to be here at the record's end is absent.
        row.fields[number].place = start < at ? start..<at : 0..<0
        row.fields[number].isNumbered = hasNumber
        row.fields[number].isUnknown = unknownWord
        unknownWord = unknownWord || isUnknown
        return true
    }

    mutating func again(_ number: Int, of row: RowBefore, _ body: (inout RecordReader) -> Void) {
        let here = (at, end)
        (at, end) = (row.fields[number].place.lowerBound, row.fields[number].place.upperBound)
        body(&self)
        (at, end) = here
    }

    @inline(__always)
    mutating func keep(_ number: Int, of row: RowBefore, isRequired: Bool) {
        if isRequired, row.fields[number].place.isEmpty { failed = true }
        if row.fields[number].isUnknown { unknownWord = true }
    }

    /// Passes over the fields of a record.
    mutating func pass() { at = end }

    // MARK: Items

    @inline(__always)
    private mutating func take() -> UInt64 {
        if let number = Varint.take(base, &at, end) { return number }
        failed = true
        return 0
    }

    /// An optional number: nil for 0 and at the record's end.
    @inline(__always)
    private mutating func takeOptional() -> UInt64? { at < end ? takeOptionalHere() : nil }

    private mutating func takeOptionalHere() -> UInt64? {
        let value = take()
        return value == 0 ? nil : value - 1
    }

    /// How many items follow; an item takes a byte at least.
    private mutating func take(count: UInt64) -> Int {
        guard count <= UInt64(end - at) else {
            failed = true
            return 0
        }
        return Int(count)
    }

    /// The same of a list.
    private mutating func take(items: UInt64) -> Int {
        guard items <= UInt64(RecordSize.mostItems) else {
            failed = true
            return 0
        }
        return take(count: items)
    }

    /// A string as it stands in the record.
    private enum StringItem {
        /// No string, or one that makes no sense.
        case none
        case plain(Range<Int>)
        /// The one with this index.
        case known(Int)
        /// The one with this index, and a number behind it.
        case numbered(Int, UInt64)
    }

    @inline(__always)
    private mutating func takeStringItem() -> StringItem {
        let code = take()
        if code == 0 { return .none }
        if code < StringCode.firstKnown(isNumbered) { return takeLiteral(code) }
        let (index, hasNumber) = StringCode.index(code, isNumbered)
        guard index < UInt64(strings.count) else {
            failed = true
            return .none
        }
        return hasNumber ? takeNumber(behind: Int(index)) : .known(Int(index))
    }

    private mutating func takeLiteral(_ code: UInt64) -> StringItem {
        let count = take(count: take())
        let place = at..<at + count
        at += count
        if code == StringCode.plain { return .plain(place) }
        guard strings.count < StringTable.most else {
            failed = true
            return .none
        }
        strings.append(ChunkString(place: place))
        return code == StringCode.newNumbered
            ? takeNumber(behind: strings.count - 1) : .known(strings.count - 1)
    }

    @inline(__always)
    private mutating func takeNumber(behind index: Int) -> StringItem {
        hasNumber = true
        let number = numbers.number(Varint.unzigzag(take()), behind: index)
        // A writer has no such: each would take as much memory again.
        if strings[index].place.count > StringTable.longestString { failed = true }
        return failed ? .none : .numbered(index, number)
    }

    @inline(__always)
    private mutating func takeString() -> String? { at < end ? takeStringHere() : nil }

    private mutating func takeStringHere() -> String? {
        switch takeStringItem() {
        case .none: nil
        case .plain(let place): decode(place)
        case .known(let index): string(index)
        case .numbered(let index, let number): NumberedString.string(bytes(strings[index].place), number)
        }
    }

    private mutating func string(_ index: Int) -> String {
        if let text = strings[index].text { return text }
        let text = decode(strings[index].place)
        strings[index].text = text
        return text
    }

    private func decode(_ place: Range<Int>) -> String {
        String(decoding: bytes(place), as: UTF8.self)
    }

    private func bytes(_ place: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + place.lowerBound, count: place.count)
    }

    private mutating func takeRequiredString() -> String {
        if let string = takeString() { return string }
        failed = true
        return ""
    }

    private mutating func word<W: Word>(_ number: UInt64) -> W? {
        if let word = UInt8(exactly: number).flatMap(W.init(rawValue:)) { return word }
        unknownWord = true
        return nil
    }

    private mutating func takeFailures(_ count: Int) -> [Failure] {
        var list: [Failure] = []
        for _ in 0..<count where !failed {
            list.append(Failure(type: takeRequiredString(), message: takeRequiredString()))
        }
        return list
    }

    // MARK: Fields

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        value = previous.id(Varint.unzigzag(take()))
    }
    @inline(__always)
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        value = takeOptional().map { previous.id(Varint.unzigzag($0)) }
    }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        value = nil
        guard let number = takeOptional() else { return }
        let count = take(items: number)
        var list: [ResourceID] = []
        for _ in 0..<count where !failed { list.append(previous.id(Varint.unzigzag(take()))) }
        value = list
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W) {
        if let word: W = word(take()) { value = word }
    }
    @inline(__always)
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {
        value = takeOptional().flatMap { word($0) }
    }
    mutating func amount(_ key: String, _ value: inout UInt64) { value = take() }
    @inline(__always)
    mutating func amount(_ key: String, _ value: inout UInt64?) { value = takeOptional() }
    mutating func instant(_ key: String, _ value: inout Int64) { value = instantOrigin &+ Varint.unzigzag(take()) }
    @inline(__always)
    mutating func instant(_ key: String, _ value: inout Int64?) {
        value = takeOptional().map { instantOrigin &+ Varint.unzigzag($0) }
    }
    mutating func flag(_ key: String, _ value: inout Bool) {
        value = at < end && take() != 0
    }
    mutating func text(_ key: String, _ value: inout String) { value = takeRequiredString() }
    mutating func text(_ key: String, _ value: inout String?) { value = takeString() }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        if !value.isEmpty { value = [] }
        if at >= end { return }
        let count = take(items: take())
        for _ in 0..<count where !failed { value.append(Label(takeRequiredString(), takeRequiredString())) }
    }
    mutating func failure(_ key: String, _ value: inout Failure) {
        value = Failure(type: takeRequiredString(), message: takeRequiredString())
    }
    mutating func failure(_ key: String, _ value: inout Failure?) {
        value = takeString().map { Failure(type: $0, message: takeRequiredString()) }
    }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        if !value.isEmpty { value = [] }
        if at < end { value = takeFailures(take(items: take())) }
    }
    mutating func cause(_ key: String, _ value: inout Cause) {
        if let kind: CauseKind = word(take()) { value = Cause(kind) }
        details(&value)
    }
    mutating func cause(_ key: String, _ value: inout Cause?) {
        value = nil
        guard let number = takeOptional() else { return }
        var cause = Cause(word(number) ?? .code)
        details(&cause)
        value = cause
    }
    private mutating func details(_ cause: inout Cause) {
        text("by", &cause.by)
        id("origin", &cause.origin)
        text("message", &cause.message)
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        value.kind = takeRequiredString()
        amount("id", &value.id)
        text("name", &value.name)
    }
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        value = nil
        guard let kind = takeString() else { return }
        var target = WaitTarget(kind: kind)
        amount("id", &target.id)
        text("name", &target.name)
        value = target
    }
}

/// A string that a chunk has defined: where it is, and what it says once that was asked for.
struct ChunkString {
    let place: Range<Int>
    var text: String?
}
