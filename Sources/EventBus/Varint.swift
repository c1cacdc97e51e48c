import TreeModel

/// Numbers in seven-bit groups, the lowest first; signed ones in zigzag order (0, -1, 1, -2, …).
@usableFromInline
enum Varint {
    /// Reads a number and goes behind it; nil where there is none before the end. Most have a byte or two, three at most.
    @inlinable @inline(__always)
    static func take(_ base: UnsafeRawPointer, _ at: inout Int, _ end: Int) -> UInt64? {
        if at < end {
            let byte = base.load(fromByteOffset: at, as: UInt8.self)
            if byte < 0x80 {
                at += 1
                return UInt64(byte)
            }
            if at + 1 < end {
                let next = base.load(fromByteOffset: at + 1, as: UInt8.self)
                let value = UInt64(byte & 0x7F) | UInt64(next & 0x7F) &<< 7
                if next < 0x80 {
                    at += 2
                    return value
                }
                if at + 2 < end, case let last = base.load(fromByteOffset: at + 2, as: UInt8.self), last < 0x80 {
                    at += 3
                    return value | UInt64(last) &<< 14
                }
            }
        }
        return takeLong(base, &at, end)
    }

    @usableFromInline
    static func takeLong(_ base: UnsafeRawPointer, _ at: inout Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < end, shift < 64 {
            let byte = base.load(fromByteOffset: at, as: UInt8.self)
            at += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    @inline(__always)
    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    @inline(__always)
    static func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }

    /// The bytes that a value takes.
    static func length(_ value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 6) / 7) }
}

/// The last id of each type in a chunk: ids are written as the difference to it.
struct PreviousIDs {
    private var task: UInt64 = 0
    private var resource: UInt64 = 0
    private var cascade: UInt64 = 0
    private var drain: UInt64 = 0

    @inline(__always)
    mutating func delta<I: Identifier>(to id: I) -> Int64 {
        let last = exchange(I.self, id.rawValue)
        return Int64(bitPattern: id.rawValue &- last)
    }

    @inline(__always)
    mutating func id<I: Identifier>(_ delta: Int64) -> I {
        let value = last(I.self) &+ UInt64(bitPattern: delta)
        _ = exchange(I.self, value)
        return I(rawValue: value)
    }

    /// The next difference is to this id.
    @inline(__always)
    mutating func set<I: Identifier>(_: I.Type, _ id: UInt64) { _ = exchange(I.self, id) }

    @inline(__always)
    private func last<I: Identifier>(_: I.Type) -> UInt64 {
        if I.self == TaskID.self { return task }
        if I.self == ResourceID.self { return resource }
        if I.self == CascadeID.self { return cascade }
        return drain
    }

    @inline(__always)
    private mutating func exchange<I: Identifier>(_: I.Type, _ value: UInt64) -> UInt64 {
        let last = last(I.self)
        if I.self == TaskID.self {
            task = value
        } else if I.self == ResourceID.self {
            resource = value
        } else if I.self == CascadeID.self {
            cascade = value
        } else {
            drain = value
        }
        return last
    }
}
