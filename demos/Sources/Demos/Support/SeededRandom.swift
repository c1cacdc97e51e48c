/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same numbers on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A length of time for the thing with this number, whatever was drawn before.
    static func delay(_ range: ClosedRange<Int>, seed: UInt64, for number: Int) -> Duration {
        var random = SeededRandom(seed ^ (UInt64(truncatingIfNeeded: number) &* 0xD6E8_FEB8_6659_FD93))
        return .milliseconds(Int.random(in: range, using: &random))
    }
}

extension Duration {
    /// For people: `0.4ms`, `38ms`, `1.4s`.
    var brief: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        if milliseconds < 10 { return "\(milliseconds).\(components.attoseconds / 100_000_000_000_000 % 10)ms" }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        return "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s"
    }
}
