import Foundation

/// The seeds of tests that leave things to chance. A failure names its seed, and `TREETOP_SEED=n` runs that one alone.
package enum Seeds {
    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    /// Another one each time.
    package static func any() -> UInt64 { number("TREETOP_SEED") ?? .random(in: .min ... .max) }

    /// So many, or as many as the variable says, but at least one.
    /// - Parameter first: nil begins anywhere.
    package static func range(_ count: UInt64, variable: String, from first: UInt64? = nil) -> Range<UInt64> {
        if let seed = number("TREETOP_SEED") { return seed..<seed + 1 }
        let first = first ?? .random(in: 0..<1 << 40)
        return first..<first + max(1, number(variable) ?? count)
    }
}
