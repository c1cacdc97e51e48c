/// Text that is being pasted: what comes between `ESC [ 200 ~` and `ESC [ 201 ~`.
struct PasteReader {
    /// What is longer is cut: a pasted book is of use nowhere.
    static let longest = 64 << 10
    private static let end: [UInt8] = [0x1B] + Array("[201~".utf8)

    private var bytes: [UInt8] = []
    /// How many bytes of the end have come.
    private var ended = 0

    /// What has come so far.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes the next byte, and says whether the text is complete.
    mutating func take(_ byte: UInt8) -> Bool {
        if byte == Self.end[ended] {
            ended += 1
            return ended == Self.end.count
        }
        for other in Self.end[..<ended] { append(other) }
        ended = byte == Self.end[0] ? 1 : 0
        if ended == 0 { append(byte) }
        return false
    }

    private mutating func append(_ byte: UInt8) {
        if bytes.count < Self.longest { bytes.append(byte) }
    }
}
