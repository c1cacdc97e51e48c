import EventBus

/// The beginning of a session file. `FORMAT.md` has the layout.
struct FileHeader {
    static let magic: [UInt8] = [0x89, 0x54, 0x52, 0x45, 0x45, 0x0D, 0x0A, 0x1A]
    static let major: UInt16 = 1
    static let minor: UInt16 = 3
    /// The fixed part, before the strings.
    static let fixed = 32
    /// What stands before the checksum: what is kept.
    static let keptLength = 16
    /// No header is longer.
    static let longest = 64 << 10

    var session: SessionInfo
    var minor = Self.minor
    /// Bytes of the header, and so where the first chunk begins.
    var length: Int
    /// What the file keeps of the session.
    var keeping = Keeping.everything

    /// The bytes of the header for this session; names are cut at 4 KiB.
    static func encode(
        _ session: SessionInfo, _ keeping: Keeping = .everything, minor: UInt16 = Self.minor
    ) -> [UInt8] {
        let id = Array(session.session.utf8.prefix(256))
        let name = Array(session.name.utf8.prefix(4096))
        let length = (fixed + id.count + name.count + keptLength + 4 + 63) & ~63
        var bytes = magic
        append(major, to: &bytes)
        append(minor, to: &bytes)
        append(UInt32(length), to: &bytes)
        append(session.startedUnixNanoseconds, to: &bytes)
        append(session.pid, to: &bytes)
        append(UInt16(id.count), to: &bytes)
        append(UInt16(name.count), to: &bytes)
        bytes += id
        bytes += name
        bytes += [UInt8](repeating: 0, count: length - keptLength - 4 - bytes.count)
        append(UInt64(keeping.bytes ?? 0), to: &bytes)
        append(UInt64(keeping.nanoseconds ?? 0), to: &bytes)
        append(CRC32C.of(bytes), to: &bytes)
        return bytes
    }

    /// Reads the header of a file of which at least the first bytes are here.
    /// - Throws: when it is no session file, cut off, damaged, or of a newer major version.
    init(_ bytes: [UInt8], path: String) throws(SessionError) {
        guard bytes.starts(with: Self.magic.prefix(bytes.count)) else {
            throw SessionError(.notASession, "\(path) is not a session: it begins with neither Treetop's mark nor JSON")
        }
        guard bytes.count >= Self.fixed else { throw Self.cutOff(path) }
        let major = Self.number(bytes, 8, UInt16.self)
        guard major == Self.major else {
            throw SessionError(
                .newerVersion,
                "\(path) is a session file of version \(major); this program reads version \(Self.major): "
                    + "use a newer one")
        }
        minor = Self.number(bytes, 10)
        length = Int(Self.number(bytes, 12, UInt32.self))
        let id = Int(Self.number(bytes, 28, UInt16.self))
        let name = Int(Self.number(bytes, 30, UInt16.self))
        guard length <= Self.longest, length % 8 == 0, length >= Self.fixed + id + name + 4 else {
            throw SessionError(.notASession, "\(path) has a damaged header; nothing in it can be read")
        }
        guard bytes.count >= length else { throw Self.cutOff(path) }
        guard CRC32C.of(Array(bytes[..<(length - 4)])) == Self.number(bytes, length - 4, UInt32.self) else {
            throw SessionError(.notASession, "\(path) has a damaged header (its checksum is wrong)")
        }
        session = SessionInfo(
            session: String(decoding: bytes[Self.fixed..<(Self.fixed + id)], as: UTF8.self),
            name: String(decoding: bytes[(Self.fixed + id)..<(Self.fixed + id + name)], as: UTF8.self),
            pid: Self.number(bytes, 24), startedUnixNanoseconds: Self.number(bytes, 16))
        guard length >= Self.fixed + id + name + Self.keptLength + 4 else { return }
        let kept = (
            Self.number(bytes, length - 20, UInt64.self), Self.number(bytes, length - 12, UInt64.self)
        )
        keeping.bytes = kept.0 > 0 ? Int(clamping: kept.0) : nil
        keeping.nanoseconds = kept.1 > 0 ? Int64(clamping: kept.1) : nil
    }

    private static func cutOff(_ path: String) -> SessionError {
        SessionError(.cutOff, "\(path) is cut off inside its header: no event was recorded in it")
    }

    private static func append<N: FixedWidthInteger>(_ number: N, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    private static func number<N: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: [UInt8], _ offset: Int, _: N.Type = N.self
    ) -> N {
        bytes.withUnsafeBytes { N(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: N.self)) }
    }
}
