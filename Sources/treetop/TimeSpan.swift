/// A length of time, as people write it: `250ms`, `5s`, `2m`, `1h30m`; or a place in a session, `0:38.704`.
struct TimeSpan: Formed {
    let nanoseconds: Int64
    var duration: Duration { .nanoseconds(nanoseconds) }

    init?(argument: String) {
        guard let found = Self.clock(argument) ?? Self.units(argument), found.isFinite, found >= 0, found < 9e18
        else { return nil }
        nanoseconds = Int64(found)
    }

    static let help = "such as 250ms, 5s, 2m or 1h30m"

    static func form(insteadOf text: String) -> String { "a time \(help), or a place such as 0:38.7" }

    /// `1:02:03.5`, `0:38.704`.
    private static func clock(_ text: String) -> Double? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return nil }
        var total = 0.0
        for part in parts {
            guard let number = number(part) else { return nil }
            total = total * 60 + number
        }
        return total * 1e9
    }

    private static func units(_ text: String) -> Double? {
        let sizes: [(String, Double)] = [("ms", 1e6), ("us", 1e3), ("ns", 1), ("h", 3.6e12), ("m", 6e10), ("s", 1e9)]
        var rest = Substring(text)
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            guard let value = number(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let size = sizes.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            rest = rest.dropFirst(size.0.count)
            total += value * size.1
        }
        return total
    }

    private static func number(_ text: Substring) -> Double? {
        guard let first = text.first, first.isASCII, first.isNumber else { return nil }
        return Double(text)
    }
}
