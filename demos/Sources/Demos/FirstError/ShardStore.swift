import Glibc

/// A shard whose bytes are not what its sum says.
struct ShardDamaged: Error, Hashable, CustomStringConvertible {
    let name: String
    let block: Int
    var description: String { "\(name) is damaged in block \(block)" }
}

/// Files of numbered blocks, each with a sum.
struct ShardStore: Sendable {
    static let blocks = 12
    static let blockSize = 1024

    let directory: TemporaryDirectory

    static func name(_ number: Int) -> String { number < 10 ? "shard-0\(number)" : "shard-\(number)" }

    func path(_ number: Int) -> String { directory.file(Self.name(number)) }

    /// Writes a shard; a damaged one has a wrong letter in its fifth block.
    func write(_ number: Int, isDamaged: Bool) throws {
        let file = try Descriptor.open(path(number), O_WRONLY | O_CREAT | O_TRUNC)
        defer { file.close() }
        for block in 1...Self.blocks {
            let letter = Character(UnicodeScalar(UInt8(ascii: "a") + UInt8((number + block) % 26)))
            let text = String(repeating: letter, count: Self.blockSize - 9)
            let sum = checksum(Array(text.utf8))
            let kept = isDamaged && block == 5 ? "#" + text.dropFirst() : text
            let digits = String(sum, radix: 16)
            try file.write(kept + String(repeating: "0", count: 8 - digits.count) + digits + "\n", path: path(number))
        }
    }

    /// Checks one block as it was read.
    func check(_ bytes: [UInt8], of number: Int, block: Int) throws {
        let text = Array(bytes.prefix(Self.blockSize - 9))
        let digits = String(decoding: bytes.dropFirst(Self.blockSize - 9).prefix(8), as: UTF8.self)
        guard UInt32(digits, radix: 16) == checksum(text) else {
            throw ShardDamaged(name: Self.name(number), block: block)
        }
    }

    /// Adler-32.
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
