/// Instants of the wall clock as RFC 3339 text, exact to the nanosecond.
package enum WallClock {
    private static let second: Int64 = 1_000_000_000
    private static let day: Int64 = 86_400

    /// The instant in UTC: `2026-03-01T12:00:00.000000000Z`.
    package static func text(_ unixNanoseconds: Int64) -> String {
        let (seconds, fraction) = divide(unixNanoseconds, second)
        let (days, time) = divide(seconds, day)
        let (year, month, date) = civil(days)
        return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(date, 2) + "T" + pad(time / 3600, 2) + ":"
            + pad(time / 60 % 60, 2) + ":" + pad(time % 60, 2) + "." + pad(fraction, 9) + "Z"
    }

    /// Reads such text, with any offset and up to nine digits of a second; nil when it is none.
    static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        func number(_ digits: Int, then mark: Character? = nil) -> Int64? {
            let part = rest.prefix(digits)
            guard part.utf8.count == digits, part.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int64(part)
            else { return nil }
            rest = rest.dropFirst(digits)
            guard let mark else { return value }
            guard let found = rest.popFirst(), found == mark || (mark == "T" && (found == "t" || found == " ")) else {
                return nil
            }
            return value
        }
        guard let year = number(4, then: "-"), let month = number(2, then: "-"), let date = number(2, then: "T"),
            let hour = number(2, then: ":"), let minute = number(2, then: ":"), let seconds = number(2),
            (1...12).contains(month), (1...31).contains(date), hour < 24, minute < 60, seconds <= 60
        else { return nil }
        var fraction: Int64 = 0
        if rest.first == "." {
            rest = rest.dropFirst()
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard !digits.isEmpty, let value = Int64((digits + "000000000").prefix(9)) else { return nil }
            fraction = value
            rest = rest.dropFirst(digits.count)
        }
        var offset: Int64 = 0
        switch rest.popFirst() {
        case "Z", "z": break
        case "+", "-":
            let sign: Int64 = text.dropLast(5).last == "-" ? -1 : 1
            guard text.count >= 6, let hours = number(2, then: ":"), let minutes = number(2) else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        default: return nil
        }
        guard rest.isEmpty else { return nil }
        let total = days(year, month, date) * day + hour * 3600 + minute * 60 + seconds - offset
        let (product, overflow) = total.multipliedReportingOverflow(by: second)
        let (sum, carry) = product.addingReportingOverflow(fraction)
        return overflow || carry ? nil : sum
    }

    private static func divide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
        let rest = value % by
        return rest < 0 ? (value / by - 1, rest + by) : (value / by, rest)
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // The calendar as arithmetic, with years that begin in March (Howard Hinnant, "chrono-Compatible Low-Level Date
    // Algorithms").

    private static func days(_ year: Int64, _ month: Int64, _ date: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = divide(year, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = divide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
