import Synchronization

/// What a chunk of the log holds. Readers skip kinds that they do not know.
public enum ChunkKind: UInt8, Sendable {
    /// Events, as versions 1.0 and 1.1 wrote them: numbers in strings are spelt out.
    case plainEvents = 1
    /// Kept for later versions, like `mark`, `gap` and `index`.
    case keyframe = 2
    case mark = 3
    case gap = 4
    case index = 5
    /// The last chunk of a file that was closed in order.
    case end = 6
    /// Nothing: the place of a chunk that is not kept any more, for another.
    case room = 7
    /// Events, as version 1.2 wrote them: rows of keyframes as any other events.
    case plainRows = 8
    case events = 9
}

/// The first 64 bytes of a chunk, the same in memory and in a file, little-endian:
///
///     0 magic "CHNK" · 4 kind · 5 flags · 6 header length (u16) · 8 capacity (u64, all of the chunk)
///     16 commit cursor (u64, from the chunk's start) · 24 first seq (u64) · 32 first t (i64) · 40 CRC32C (u32)
///     44 number (u32, of the chunks that its log has begun)
///
/// The first eight bytes are stored last when a chunk is opened, and the commit cursor last at each append, both with
/// release ordering: whoever sees them sees all that they speak of.
public struct ChunkHeader: Sendable, Hashable {
    /// The bytes of a header.
    public static let length = 64
    /// `CHNK`, as the first four bytes read as a little-endian number.
    public static let magic: UInt32 = 0x4B4E_4843
    /// The flag of a chunk that is complete and has its checksum.
    public static let sealedFlag: UInt8 = 1
    /// The flag of a chunk that the log went on from: it is complete, and has no checksum yet.
    public static let leftFlag: UInt8 = 2

    public var kind: UInt8
    public var flags: UInt8
    public var headerLength: UInt16
    public var capacity: UInt64
    public var committed: UInt64
    public var firstSeq: UInt64
    public var firstT: Int64
    public var checksum: UInt32
    /// How many chunks its log began before it.
    public var number: UInt32

    /// What it holds are events.
    public var holdsEvents: Bool {
        kind == ChunkKind.events.rawValue || kind == ChunkKind.plainRows.rawValue
            || kind == ChunkKind.plainEvents.rawValue
    }
    public var isSealed: Bool { flags & Self.sealedFlag != 0 }
    /// Nothing more is appended to it.
    public var isLeft: Bool { flags & (Self.sealedFlag | Self.leftFlag) != 0 }

    /// The header at the beginning of these bytes, or nil where there is none.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.length, let base = bytes.baseAddress,
            UInt32(littleEndian: base.loadUnaligned(as: UInt32.self)) == Self.magic
        else { return nil }
        func number<N: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: N.Type = N.self) -> N {
            N(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: N.self))
        }
        kind = number(4)
        flags = number(5)
        headerLength = number(6)
        capacity = number(8)
        committed = number(16)
        firstSeq = number(24)
        firstT = number(32)
        checksum = number(40)
        self.number = number(44)
        guard headerLength >= UInt16(Self.length), UInt64(headerLength) <= committed, committed <= capacity else {
            return nil
        }
    }

    /// Opens a chunk in zeroed, 8-byte aligned memory of at least `length` bytes. The cursor stands behind the header.
    public static func open(
        at base: UnsafeMutableRawPointer, kind: ChunkKind, capacity: Int, firstSeq: UInt64, firstT: Int64,
        number: Int = 0
    ) {
        base.storeBytes(of: UInt64(capacity).littleEndian, toByteOffset: 8, as: UInt64.self)
        base.storeBytes(of: UInt64(length).littleEndian, toByteOffset: 16, as: UInt64.self)
        base.storeBytes(of: firstSeq.littleEndian, toByteOffset: 24, as: UInt64.self)
        base.storeBytes(of: firstT.littleEndian, toByteOffset: 32, as: Int64.self)
        base.storeBytes(of: 0, toByteOffset: 40, as: UInt32.self)
        base.storeBytes(of: UInt32(truncatingIfNeeded: number).littleEndian, toByteOffset: 44, as: UInt32.self)
        let first = UInt64(magic) | UInt64(kind.rawValue) << 32 | UInt64(length) << 48
        word(base).pointee.store(first.littleEndian, ordering: .releasing)
    }

    /// Marks a chunk as complete, with its checksum.
    public static func seal(at base: UnsafeMutableRawPointer, checksum: UInt32) {
        base.storeBytes(of: checksum.littleEndian, toByteOffset: 40, as: UInt32.self)
        atomicMemoryFence(ordering: .releasing)
        let flags = base.load(fromByteOffset: 5, as: UInt8.self)
        base.storeBytes(of: flags | sealedFlag, toByteOffset: 5, as: UInt8.self)
    }

    /// The commit cursor of the chunk at `base`.
    @inline(__always)
    static func cursor(_ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Atomic<UInt64>> {
        (base + 16).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private static func word(_ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Atomic<UInt64>> {
        base.assumingMemoryBound(to: Atomic<UInt64>.self)
    }
}
