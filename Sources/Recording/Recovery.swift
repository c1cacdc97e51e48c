/// How much of a damaged session is read. Where nothing is damaged they are the same.
///
/// A log that begins mid-way, that has no end, or with a `gap` of its own is not damaged.
public enum Recovery: String, CaseIterable, Hashable, Sendable {
    /// Nothing: damage is an error.
    case strict
    /// What comes before the first damage. What is known to be missing behind it is a `gap` at the end.
    case prefix
    /// All that is whole, also behind damage. What is missing in between is a `gap`.
    case salvage
}

/// Where a session is not as it was written, and why.
public struct Damage: Hashable, Sendable, CustomStringConvertible {
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        /// A byte of a session file, from 0.
        case byte(Int)
        /// A line of JSON Lines, from 1.
        case line(Int)

        public var description: String {
            switch self {
            case .byte(let number): "byte \(number)"
            case .line(let number): "line \(number)"
            }
        }
    }

    public var place: Place
    public var reason: String
    public var description: String { "damaged at \(place): \(reason)" }

    init(_ place: Place, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    static func noChunk(_ offset: Int) -> Damage { Damage(.byte(offset), "no chunk begins there, and one should") }
    static func checksum(_ offset: Int) -> Damage { Damage(.byte(offset), "the chunk's checksum is wrong") }
    static func repeated(_ offset: Int) -> Damage {
        Damage(.byte(offset), "the chunk begins with an event that was there before")
    }
    static func missing(_ offset: Int) -> Damage { Damage(.byte(offset), "the events before this chunk are not there") }
    static func record(_ offset: Int) -> Damage { Damage(.byte(offset), "a record makes no sense") }
    static func behindEnd(_ offset: Int) -> Damage { Damage(.byte(offset), "the session is over before it") }
    static func cutOff(_ place: Place) -> Damage { Damage(place, cut) }
    private static let cut = "the file is cut off"
    var isCut: Bool { reason == Self.cut }
}
