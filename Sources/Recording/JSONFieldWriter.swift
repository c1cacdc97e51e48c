import TreeModel

/// Writes the fields of an event as JSON members, in the order in which it is shown them. What has no value is left out.
struct JSONFieldWriter: FieldVisitor {
    var out: [UInt8] = []

    // MARK: Values

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { out += $0 }
    }

    mutating func key(_ key: String) {
        if let last = out.last, last != UInt8(ascii: "{") { out.append(UInt8(ascii: ",")) }
        string(key)
        out.append(UInt8(ascii: ":"))
    }

    mutating func number(_ value: some BinaryInteger & CustomStringConvertible) { out += value.description.utf8 }

    mutating func string(_ text: String) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 { put(byte) }
        out.append(UInt8(ascii: "\""))
    }

    private mutating func put(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        case 0x08: raw("\\b")
        case 0x0C: raw("\\f")
        case 0..<0x20:
            raw("\\u00")
            for digit in [byte >> 4, byte & 0xF] {
                out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        case 0x20...0xFF: out.append(byte)
        default: break
        }
    }

    mutating func object(_ key: String, _ body: (inout JSONFieldWriter) -> Void) {
        self.key(key)
        object(body)
    }

    mutating func object(_ body: (inout JSONFieldWriter) -> Void) {
        out.append(UInt8(ascii: "{"))
        body(&self)
        out.append(UInt8(ascii: "}"))
    }

    mutating func array<E>(_ key: String, _ items: [E], _ body: (inout JSONFieldWriter, E) -> Void) {
        self.key(key)
        out.append(UInt8(ascii: "["))
        for (index, item) in items.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            body(&self, item)
        }
        out.append(UInt8(ascii: "]"))
    }

    // MARK: Fields

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        self.key(key)
        number(value.rawValue)
    }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        if var value { id(key, &value) }
    }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        if let value { array(key, value) { $0.number($1.rawValue) } }
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W) {
        self.key(key)
        string(value.name)
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {
        if var value { word(key, &value) }
    }
    mutating func amount(_ key: String, _ value: inout UInt64) {
        self.key(key)
        number(value)
    }
    mutating func amount(_ key: String, _ value: inout UInt64?) {
        if var value { amount(key, &value) }
    }
    mutating func instant(_ key: String, _ value: inout Int64) {
        self.key(key)
        number(value)
    }
    mutating func instant(_ key: String, _ value: inout Int64?) {
        if var value { instant(key, &value) }
    }
    mutating func flag(_ key: String, _ value: inout Bool) {
        if !value { return }
        self.key(key)
        raw("true")
    }
    mutating func text(_ key: String, _ value: inout String) {
        self.key(key)
        string(value)
    }
    mutating func text(_ key: String, _ value: inout String?) {
        if var value { text(key, &value) }
    }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        if value.isEmpty { return }
        let labels = value
        object(key) { json in
            for label in labels {
                json.key(label.key)
                json.string(label.value)
            }
        }
    }
    mutating func failure(_ key: String, _ value: inout Failure) {
        self.key(key)
        write(value)
    }
    mutating func failure(_ key: String, _ value: inout Failure?) {
        if var value { failure(key, &value) }
    }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        if !value.isEmpty { array(key, value) { $0.write($1) } }
    }
    private mutating func write(_ failure: Failure) {
        object { json in
            json.key("type")
            json.string(failure.type)
            json.key("message")
            json.string(failure.message)
        }
    }
    mutating func cause(_ key: String, _ value: inout Cause) {
        var cause = value
        object(key) { json in
            json.word("kind", &cause.kind)
            json.text("by", &cause.by)
            json.id("origin", &cause.origin)
            json.text("message", &cause.message)
        }
    }
    mutating func cause(_ key: String, _ value: inout Cause?) {
        if var value { cause(key, &value) }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        var target = value
        object(key) { json in
            json.text("kind", &target.kind)
            json.amount("id", &target.id)
            json.text("name", &target.name)
        }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        if var value { target(key, &value) }
    }
}
