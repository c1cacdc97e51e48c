import TreeModel

/// The most bytes that a chunk with one record can take: every number at its longest, every string spelt out.
struct RecordSize: FieldVisitor {
    /// A list in an event has no more items: what a reader takes memory for is bounded, whatever a file claims.
    static let mostItems = 1 << 16
    private static let number = 10
    private var bytes = 0

    static func most(_ change: TreeEvent.Change) -> Int {
        var size = RecordSize()
        change.visit(&size)
        return ChunkHeader.length + size.bytes + 5 * number
    }

    private mutating func add(_ string: String?) { bytes += (string?.utf8.count ?? 0) + 2 * Self.number }
    private mutating func add(numbers: Int = 1) { bytes += numbers * Self.number }
    private mutating func add(_ failure: Failure?) {
        add(failure?.type)
        add(failure?.message)
    }
    private mutating func add(_ cause: Cause?) {
        add(cause?.by)
        add(cause?.message)
        add(numbers: 2)
    }
    private mutating func add(_ target: WaitTarget?) {
        add(target?.kind)
        add(target?.name)
        add()
    }

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) { add() }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) { add() }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) { add(numbers: 1 + (value?.count ?? 0)) }
    mutating func word<W: Word>(_ key: String, _ value: inout W) { add() }
    mutating func word<W: Word>(_ key: String, _ value: inout W?) { add() }
    mutating func amount(_ key: String, _ value: inout UInt64) { add() }
    mutating func amount(_ key: String, _ value: inout UInt64?) { add() }
    mutating func instant(_ key: String, _ value: inout Int64) { add() }
    mutating func instant(_ key: String, _ value: inout Int64?) { add() }
    mutating func flag(_ key: String, _ value: inout Bool) { add() }
    mutating func text(_ key: String, _ value: inout String) { add(value) }
    mutating func text(_ key: String, _ value: inout String?) { add(value) }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        add()
        for label in value {
            add(label.key)
            add(label.value)
        }
    }
    mutating func failure(_ key: String, _ value: inout Failure) { add(value) }
    mutating func failure(_ key: String, _ value: inout Failure?) { add(value) }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        add()
        for failure in value { add(failure) }
    }
    mutating func cause(_ key: String, _ value: inout Cause) { add(value) }
    mutating func cause(_ key: String, _ value: inout Cause?) { add(value) }
    mutating func target(_ key: String, _ value: inout WaitTarget) { add(value) }
    mutating func target(_ key: String, _ value: inout WaitTarget?) { add(value) }
}
