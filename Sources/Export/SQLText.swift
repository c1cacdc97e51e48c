/// Statements in the SQL of SQLite, row by row.
struct SQLText {
    /// What stands in a column.
    enum Value {
        case text(String?)
        case number(Int64?)

        /// A count or an id. What SQLite has no integer for is its largest.
        static func amount(_ value: UInt64?) -> Value { .number(value.map { Int64(clamping: $0) }) }
    }

    private var out: [UInt8] = []

    mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &out)
        return bytes
    }

    mutating func raw(_ text: String) { out += text.utf8 }

    /// A row of a table.
    mutating func insert(_ table: StaticString, _ values: [Value]) {
        raw("INSERT INTO \(table) VALUES(")
        for (index, value) in values.enumerated() {
            if index > 0 { raw(",") }
            put(value)
        }
        raw(");\n")
    }

    /// Sets columns in the rows with an id.
    mutating func update(_ table: StaticString, id: UInt64, _ values: [(column: StaticString, value: Value)]) {
        raw("UPDATE \(table) SET ")
        for (index, pair) in values.enumerated() {
            raw("\(index > 0 ? "," : "")\(pair.column)=")
            put(pair.value)
        }
        raw(" WHERE id=")
        put(.amount(id))
        raw(";\n")
    }

    private mutating func put(_ value: Value) {
        switch value {
        case .text(let text?): put(text)
        // The smallest one, with its minus, is no integer as it stands.
        case .number(.min): raw("(-9223372036854775807-1)")
        case .number(let number?): raw("\(number)")
        case .text(nil), .number(nil): raw("NULL")
        }
    }

    /// A text between quotes. Control characters are left out of it and said by their numbers, so that no program that is
    /// given the statements takes a line of a text for one of its own commands.
    private mutating func put(_ text: String) {
        let quote = UInt8(ascii: "'")
        out.append(quote)
        for byte in text.utf8 {
            switch byte {
            // SQLite ends a text there: it is shown.
            case 0: out += "\u{2400}".utf8
            case 1..<0x20, 0x7F: raw("'||char(\(byte))||'")
            case quote: out += [quote, quote]
            default: out.append(byte)
            }
        }
        out.append(quote)
    }
}
