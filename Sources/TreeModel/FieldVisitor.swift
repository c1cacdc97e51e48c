/// Walks the fields of an event in the order of the event table. One walk serves the binary codec and JSON Lines, in
/// both directions: a writer reads what it is shown, a reader fills it in. A required field that a reader cannot find
/// keeps its blank value, and the reader remembers that it failed.
///
/// An optional field that is nil is left out of JSON; in the binary log the absent ones at the end of a record cost
/// nothing. So a newer version adds fields only at the end, and they are optional.
public protocol FieldVisitor {
    mutating func id<I: Identifier>(_ key: String, _ value: inout I)
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?)
    mutating func ids(_ key: String, _ value: inout [ResourceID]?)
    mutating func word<W: Word>(_ key: String, _ value: inout W)
    mutating func word<W: Word>(_ key: String, _ value: inout W?)
    /// A count, or a length of time in nanoseconds; never negative.
    mutating func amount(_ key: String, _ value: inout UInt64)
    mutating func amount(_ key: String, _ value: inout UInt64?)
    /// An instant, in nanoseconds since the session began.
    mutating func instant(_ key: String, _ value: inout Int64)
    mutating func instant(_ key: String, _ value: inout Int64?)
    mutating func flag(_ key: String, _ value: inout Bool)
    mutating func text(_ key: String, _ value: inout String)
    mutating func text(_ key: String, _ value: inout String?)
    mutating func labels(_ key: String, _ value: inout [Label])
    mutating func failure(_ key: String, _ value: inout Failure)
    mutating func failure(_ key: String, _ value: inout Failure?)
    mutating func failures(_ key: String, _ value: inout [Failure])
    mutating func cause(_ key: String, _ value: inout Cause)
    mutating func cause(_ key: String, _ value: inout Cause?)
    mutating func target(_ key: String, _ value: inout WaitTarget)
    mutating func target(_ key: String, _ value: inout WaitTarget?)
}

/// The fields of one kind of event.
public protocol EventFields: Hashable, Sendable {
    /// Blank fields, for a reader to fill in.
    init()
    mutating func visit<V: FieldVisitor>(_ visitor: inout V)
}
