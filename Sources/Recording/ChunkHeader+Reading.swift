import EventBus
import TreeModel

extension ChunkHeader {
    /// The checksum of a chunk: over its header as if sealed and with a checksum of 0, and its bytes up to the cursor.
    /// `bytes` reaches at least to the cursor.
    func computedChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var header = Array(bytes.prefix(Self.length))
        header[5] |= Self.sealedFlag
        for index in 40..<44 { header[index] = 0 }
        var crc = CRC32C()
        header.withUnsafeBytes { crc.add($0) }
        let end = min(Int(clamping: committed), bytes.count)
        if end > Self.length { crc.add(UnsafeRawBufferPointer(rebasing: bytes[Self.length..<end])) }
        return crc.value
    }

    /// Gives a finished chunk its checksum and marks it as sealed.
    static func complete(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress, let header = ChunkHeader(UnsafeRawBufferPointer(bytes)) else { return }
        seal(at: base, checksum: header.computedChecksum(UnsafeRawBufferPointer(bytes)))
    }
}

extension ChunkHeader {
    /// Whether the first record of a chunk is the begin of a keyframe. `bytes` are the chunk's, up to that record at least.
    func beginsWithKeyframe<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes) -> Bool where Bytes.Index == Int {
        var place = Int(headerLength)
        // Behind the varint of the record's length.
        while place < bytes.count, bytes[place] >= 0x80 { place += 1 }
        return place + 1 < bytes.count && bytes[place + 1] == TreeEvent.Kind.snapshotBegin.rawValue
    }
}
