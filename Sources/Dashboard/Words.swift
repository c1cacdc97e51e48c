/// How numbers are written on the screen, and in what is printed.
public enum Words {
    static let second: Int64 = 1_000_000_000
    static let millisecond: Int64 = 1_000_000

    /// An age, coarse: `0s`, `31s`, `1m05s`, `1h02m`, `3d04h`.
    static func age(_ nanoseconds: Int64) -> String {
        let seconds = max(0, nanoseconds) / second
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3_600 { return "\(seconds / 60)m\(padded(seconds % 60))s" }
        if seconds < 86_400 { return "\(seconds / 3_600)h\(padded(seconds / 60 % 60))m" }
        return "\(seconds / 86_400)d\(padded(seconds / 3_600 % 24))h"
    }

    /// The time since a cancel: `4ms`, `2.3s`, and exact once it is over: `5.002s`.
    static func at(_ nanoseconds: Int64, exact: Bool) -> String {
        let n = max(0, nanoseconds)
        if n < second { return "\(n / millisecond)ms" }
        if n < 10 * second, exact { return decimal(n, unit: second, digits: 3) + "s" }
        if n < 60 * second { return decimal(n, unit: second, digits: 1) + "s" }
        return age(n)
    }

    /// A length of time: `40us`, `0.2ms`, `4ms`, `1.2s`, `13.4s`, `2m05s`.
    public static func duration(_ nanoseconds: Int64) -> String {
        let n = max(0, nanoseconds)
        if n < 100_000 { return "\(n / 1_000)us" }
        if n < millisecond { return decimal(n, unit: millisecond, digits: 1) + "ms" }
        if n < second { return "\(n / millisecond)ms" }
        if n < 60 * second { return decimal(n, unit: second, digits: 1) + "s" }
        return age(n)
    }

    /// A length of time that somebody set: `5s`, `250ms`, `2m`, `1h30m`.
    static func setting(_ nanoseconds: Int64) -> String {
        let n = max(0, nanoseconds)
        if n < second || n % second != 0 { return duration(n) }
        let seconds = n / second
        if seconds < 60 { return "\(seconds)s" }
        var text = ""
        if seconds >= 3_600 { text += "\(seconds / 3_600)h" }
        if seconds / 60 % 60 > 0 { text += "\(seconds / 60 % 60)m" }
        if seconds % 60 > 0 { text += "\(seconds % 60)s" }
        return text
    }

    static func setting(_ nanoseconds: UInt64) -> String { setting(Int64(min(nanoseconds, 1 << 60))) }

    /// What is left of a time: `0.9s`, `12s`.
    static func left(_ nanoseconds: Int64) -> String {
        nanoseconds < 10 * second ? decimal(max(0, nanoseconds), unit: second, digits: 1) + "s" : age(nanoseconds)
    }

    /// An instant: `0:31`, `1:02:05`.
    public static func clock(_ nanoseconds: Int64) -> String {
        let seconds = max(0, nanoseconds) / second
        let tail = "\(padded(seconds % 60))"
        if seconds < 3_600 { return "\(seconds / 60):\(tail)" }
        return "\(seconds / 3_600):\(padded(seconds / 60 % 60)):\(tail)"
    }

    /// An instant to the millisecond: `0:38.704`.
    public static func instant(_ nanoseconds: Int64) -> String {
        clock(nanoseconds) + "." + padded(max(0, nanoseconds) / millisecond % 1_000, 3)
    }

    /// An instant as a number of seconds: `31.204`.
    static func seconds(_ nanoseconds: Int64) -> String {
        decimal(max(0, nanoseconds), unit: second, digits: 3)
    }

    /// A number with its thousands apart: `17,204`.
    public static func count(_ number: some BinaryInteger) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            let left = digits.count - index
            if index > 0, left % 3 == 0, digits[index - 1] != "-" { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A number in at most five columns, or four: `99999`, `120k`, `12M`.
    static func short(_ number: Int, columns: Int = 5) -> String {
        let exact = columns < 5 ? 10_000 : 100_000
        if number < exact { return String(number) }
        if number < 100 * exact { return "\(number / 1_000)k" }
        return "\(number / 1_000_000)M"
    }

    /// So many of so many, in that many columns: `12/40`, `1122/1k`, `11k/11k`.
    static func share(_ part: Int, of whole: Int, columns: Int) -> String {
        func brief(_ number: Int) -> String {
            number < 1_000 ? String(number) : number < 1_000_000 ? "\(number / 1_000)k" : "\(number / 1_000_000)M"
        }
        // All of it needs no two numbers.
        if part == whole, "\(part)/\(whole)".count > columns, "\(part)".count <= columns { return "\(part)" }
        let ways = ["\(part)/\(whole)", "\(part)/\(brief(whole))", "\(brief(part))/\(brief(whole))"]
        return ways.first { $0.count <= columns } ?? brief(part)
    }

    /// A size: `86 KB`, `1.2 MB`.
    static func bytes(_ count: UInt64) -> String {
        let n = Int64(min(count, 1 << 60))
        if n < 1_000 { return "\(n) B" }
        if n < 1_000_000 { return "\(n / 1_000) KB" }
        if n < 1_000_000_000 { return decimal(n, unit: 1_000_000, digits: 1) + " MB" }
        return decimal(n, unit: 1_000_000_000, digits: 1) + " GB"
    }

    /// `1 task`, `2 tasks`.
    public static func plural(_ number: Int, _ word: String) -> String {
        "\(count(number)) \(word)\(number == 1 ? "" : "s")"
    }

    private static func decimal(_ n: Int64, unit: Int64, digits: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        return "\(n / unit).\(padded(n % unit / (unit / scale), digits))"
    }

    private static func padded(_ number: Int64, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
