/// A string that ends in a number, as the names of most tasks do: it is written as the string before the number, which the
/// chunk knows, and the difference to a number before.
struct NumberedString {
    /// The bytes before the number.
    let prefix: Int
    let number: UInt64

    /// Nil where the bytes do not end in a digit. The number has at most 18 digits and no zero in front.
    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let last = bytes.last, Self.isDigit(last) else { return nil }
        var start = bytes.count - 1
        let first = max(0, bytes.count - 18)
        while start > first, Self.isDigit(bytes[start - 1]) { start -= 1 }
        while start < bytes.count - 1, bytes[start] == UInt8(ascii: "0") { start += 1 }
        var number: UInt64 = 0
        for byte in bytes[start...] { number = number * 10 + UInt64(byte - UInt8(ascii: "0")) }
        prefix = start
        self.number = number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// The bytes before, and the number in digits.
    static func string(_ prefix: UnsafeRawBufferPointer, _ number: UInt64) -> String {
        var count = 1
        var least: UInt64 = 10
        // The longest has 20 digits; what is as long is made by others.
        while number >= least, count < 19 {
            least *= 10
            count += 1
        }
        if number >= least { return String(decoding: prefix, as: UTF8.self) + String(number) }
        let length = prefix.count + count
        return String(unsafeUninitializedCapacity: length) { buffer in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: prefix)
            guard let bytes = buffer.baseAddress else { return 0 }
            var (place, rest) = (length, number)
            while place > prefix.count {
                place &-= 1
                bytes[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            return length
        }
    }
}

/// The last numbers of a chunk that strings ended in: of those whose index leaves the same remainder by 8, the last one.
struct PreviousNumbers {
    private var last = SIMD8<UInt64>()

    /// The difference of a number to the one before it.
    @inline(__always)
    mutating func delta(to number: UInt64, behind index: Int) -> Int64 {
        defer { last[index & 7] = number }
        return Int64(bitPattern: number &- last[index & 7])
    }

    @inline(__always)
    mutating func number(_ delta: Int64, behind index: Int) -> UInt64 {
        last[index & 7] &+= UInt64(bitPattern: delta)
        return last[index & 7]
    }
}

/// How a string is written begins with one of these. The strings of a chunk have indices, from 0.
enum StringCode {
    /// A string that gets the next index.
    static let new: UInt64 = 1
    /// One that gets none.
    static let plain: UInt64 = 2
    /// A string that gets the next index, and a number behind it.
    static let newNumbered: UInt64 = 3

    /// The first code of a string with an index.
    @inline(__always)
    static func firstKnown(_ isNumbered: Bool) -> UInt64 { isNumbered ? 4 : 3 }

    @inline(__always)
    static func known(_ index: Int, isNumbered: Bool) -> UInt64 { UInt64(4 + 2 * index + (isNumbered ? 1 : 0)) }

    /// The index, and whether a number follows.
    /// - Parameter isNumbered: false in chunks that know no numbers.
    @inline(__always)
    static func index(_ code: UInt64, _ isNumbered: Bool) -> (index: UInt64, hasNumber: Bool) {
        isNumbered ? ((code - 4) / 2, code & 1 == 1) : (code - 3, false)
    }
}
