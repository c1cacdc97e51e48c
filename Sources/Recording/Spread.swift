/// How lengths of time are spread: any number of them in a few kilobytes. A length counts as one of a class of lengths
/// that differ by at most a 32nd part, so that a percentile is never too small, and at most 3 % too large.
public struct Spread: Sendable, Hashable {
    /// How many lengths there were.
    public private(set) var count = 0
    /// The longest, exactly; in nanoseconds.
    public private(set) var max: UInt64 = 0
    private var classes: [UInt32] = []

    public init() {}

    mutating func add(_ nanoseconds: UInt64) {
        let index = Self.index(nanoseconds)
        if index >= classes.count { classes += repeatElement(0, count: index + 1 - classes.count) }
        classes[index] &+= 1
        count += 1
        max = Swift.max(max, nanoseconds)
    }

    /// The length that so many percent do not exceed, in nanoseconds; 0 when there were none.
    public func percentile(_ percent: Int) -> UInt64 {
        var left = Swift.max(1, (count * percent + 99) / 100)
        for (index, number) in classes.enumerated() {
            left -= Int(number)
            if left <= 0 { return min(Self.longest(index), max) }
        }
        return max
    }

    /// The first 64 classes are of one length each; from there on each doubling has 32.
    private static func index(_ value: UInt64) -> Int {
        if value < 64 { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        return 64 + (power - 6) * 32 + Int(value >> (power - 5)) - 32
    }

    private static func longest(_ index: Int) -> UInt64 {
        if index < 64 { return UInt64(index) }
        let (power, part) = ((index - 64) / 32 + 6, UInt64((index - 64) % 32))
        return ((32 + part + 1) << (power - 5)) &- 1
    }
}
