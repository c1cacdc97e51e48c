import Glibc

/// The strings that one chunk has defined, for the writer: finds the index of a string by its bytes. The bytes
/// themselves stay in the chunk. Open addressing, at most half full.
struct StringTable {
    /// Longer strings are not interned.
    static let longestString = 128
    /// A chunk defines no more strings than this.
    static let most = 2048
    private static let slots = most * 2

    private struct Slot {
        var hash: UInt32 = 0
        var offset: UInt32 = 0
        /// Bytes, plus one; 0 is an empty slot.
        var length: UInt16 = 0
        var index: UInt16 = 0
    }

    /// Where to define a string that is not in the table.
    struct Vacancy {
        fileprivate var slot: Int
        fileprivate var hash: UInt32
    }

    enum Found {
        case index(Int)
        case vacancy(Vacancy)
    }

    private let table: UnsafeMutablePointer<Slot>
    /// The slot of each string, by its index.
    private let order: UnsafeMutablePointer<UInt16>
    private(set) var count = 0

    init() {
        table = .allocate(capacity: Self.slots)
        table.initialize(repeating: Slot(), count: Self.slots)
        order = .allocate(capacity: Self.most)
        order.initialize(repeating: 0, count: Self.most)
    }

    /// Gives the table's memory back; it must not be used again.
    func deallocate() {
        table.deallocate()
        order.deallocate()
    }

    mutating func reset() {
        guard count > 0 else { return }
        table.update(repeating: Slot(), count: Self.slots)
        count = 0
    }

    /// Looks up the bytes of a string of at most `longestString` bytes; `base` is where the chunk begins.
    func find(_ bytes: UnsafeBufferPointer<UInt8>, in base: UnsafeMutableRawPointer) -> Found {
        let hash = Self.hash(bytes)
        var slot = Int(hash) & (Self.slots - 1)
        while table[slot].length != 0 {
            let entry = table[slot]
            if entry.hash == hash, Int(entry.length) == bytes.count + 1,
                bytes.isEmpty || memcmp(base + Int(entry.offset), bytes.baseAddress!, bytes.count) == 0
            {
                return .index(Int(entry.index))
            }
            slot = (slot + 1) & (Self.slots - 1)
        }
        return .vacancy(Vacancy(slot: slot, hash: hash))
    }

    /// Notes a string that was just written at `offset` of the chunk. The table must not be full.
    mutating func define(_ vacancy: Vacancy, offset: Int, length: Int) {
        table[vacancy.slot] = Slot(
            hash: vacancy.hash, offset: UInt32(truncatingIfNeeded: offset), length: UInt16(length + 1),
            index: UInt16(count))
        order[count] = UInt16(vacancy.slot)
        count += 1
    }

    /// Notes that the strings from this one on were moved up in the chunk.
    mutating func move(from index: Int, by bytes: Int) {
        for index in index..<count { table[Int(order[index])].offset += UInt32(bytes) }
    }

    /// True when no further string can be defined, at this offset of the chunk.
    func isFull(at offset: Int) -> Bool { count == Self.most || offset > Int(UInt32.max) }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return 1 }
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = UInt64(bytes.count) &* factor
        var offset = 0
        while bytes.count - offset >= 8 {
            hash = (hash ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* factor
            hash ^= hash >> 32
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < bytes.count {
            tail = tail << 8 | UInt64(bytes[offset])
            offset += 1
        }
        hash = (hash ^ tail) &* factor
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
