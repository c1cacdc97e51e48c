/// Writes messages in the wire format of protocol buffers. Fields are numbered by whoever writes them.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// Gives away the bytes so far and begins anew with none.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    mutating func number(_ field: Int, _ value: UInt64) {
        varint(UInt64(field) << 3)
        varint(value)
    }

    mutating func number(_ field: Int, _ value: Int64) { number(field, UInt64(bitPattern: value)) }

    mutating func fixed64(_ field: Int, _ value: UInt64) {
        varint(UInt64(field) << 3 | 1)
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func string(_ field: Int, _ text: String) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(inner.bytes.count))
        bytes += inner.bytes
    }

    private mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
