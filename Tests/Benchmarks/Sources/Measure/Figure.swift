import Glibc

/// One number that was measured, with its unit, and what it is to be.
package struct Figure {
    package let name: String
    package let value: Double
    package let unit: String
    package let goal: Goal?

    package enum Goal {
        case atMost(Double)
        case atLeast(Double)
    }

    package init(_ name: String, _ value: Double, _ unit: String, _ goal: Goal? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.goal = goal
    }

    package var line: String {
        let number = Self.written(value)
        let pad = { (text: String, width: Int) in text + String(repeating: " ", count: max(0, width - text.count)) }
        let right = String(repeating: " ", count: max(0, 12 - number.count)) + number
        return pad(name, 46) + right + " " + pad(unit, 14) + wanted
    }

    private var wanted: String {
        switch goal {
        case nil: ""
        case .atMost(let limit): (value <= limit ? "" : "MISSED  ") + "at most \(Self.written(limit))"
        case .atLeast(let limit): (value >= limit ? "" : "MISSED  ") + "at least \(Self.written(limit))"
        }
    }

    private static func written(_ value: Double) -> String {
        guard value < 1000 else { return grouped(Int(value.rounded())) }
        let thousandths = Int((value * 1000).rounded())
        if thousandths % 1000 == 0 { return "\(thousandths / 1000)" }
        let digits = "\(thousandths % 1000)"
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    private static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in "\(number)".reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    package static func write(_ figures: [Figure], to path: String) throws {
        let objects = figures.map { figure in
            let goal: (Double?, Double?) =
                switch figure.goal {
                case nil: (nil, nil)
                case .atMost(let limit): (limit, nil)
                case .atLeast(let limit): (nil, limit)
                }
            return "{\"figure\": \"\(figure.name)\", \"value\": \(figure.value), \"unit\": \"\(figure.unit)\""
                + (goal.0.map { ", \"atMost\": \($0)" } ?? "") + (goal.1.map { ", \"atLeast\": \($0)" } ?? "") + "}"
        }
        guard let file = fopen(path, "w") else { throw Wrong("cannot write \(path)") }
        fputs("[\n" + objects.joined(separator: ",\n") + "\n]\n", file)
        guard fclose(file) == 0 else { throw Wrong("cannot write \(path)") }
    }
}

/// Why there is no figure.
package struct Wrong: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension [Double] {
    /// A quantile of the values.
    package func quantile(_ part: Double) -> Double {
        guard !isEmpty else { return .infinity }
        let sorted = sorted()
        return sorted[Swift.min(count - 1, Int(Double(count) * part))]
    }
}
