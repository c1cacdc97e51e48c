import EventBus

/// Where the chunks of a session file are: found by their headers, without reading what is in them.
struct ChunkIndex {
    struct Entry {
        var offset: Int
        var header: ChunkHeader
        /// Bytes of the chunk that the file has, up to the commit cursor.
        var available: Int
        var isCut: Bool { available < Int(clamping: header.committed) }
    }

    /// The chunks with events, in order.
    private(set) var entries: [Entry] = []
    /// The end chunk: what the next event's `seq` would have been, and the last event's time.
    private(set) var end: ChunkHeader?
    private(set) var unknownChunks = 0
    /// Stretches between chunks that are no chunks.
    private(set) var damagedBytes = 0
    /// Whether the events before the first chunk are missing.
    private(set) var lostBeginning = false

    /// Looks for chunks from `offset` to the file's end. A header that makes no sense is passed over: the next one that
    /// does is searched for.
    /// - Parameter isPartial: only the last part of the session is kept: chunks stand in any order.
    init(_ file: InputFile, from start: Int, isPartial: Bool = false) throws(SessionError) {
        try find(file, from: start, isPartial)
        if isPartial { try sort(file) }
    }

    /// Puts the chunks in their order. Unless they begin with a keyframe, what was before them is missing.
    private mutating func sort(_ file: InputFile) throws(SessionError) {
        entries.sort { $0.header.firstSeq < $1.header.firstSeq }
        guard let first = entries.first, first.header.firstSeq > 1 else { return }
        let bytes = try file.bytes(at: first.offset, count: min(first.available, Int(first.header.headerLength) + 16))
        lostBeginning = !first.header.beginsWithKeyframe(bytes)
    }

    private mutating func find(_ file: InputFile, from start: Int, _ isPartial: Bool) throws(SessionError) {
        var offset = start
        var searchFrom = start
        while offset <= file.size - ChunkHeader.length {
            if let header = try Self.header(file, offset) {
                searchFrom = offset + ChunkHeader.length
                if add(header, offset, file.size), !isPartial { return }
                let next = offset.addingReportingOverflow(Int(clamping: header.capacity))
                if !next.overflow, next.partialValue <= file.size - ChunkHeader.length {
                    offset = next.partialValue
                    continue
                }
            }
            // Behind the last chunk are zeros, or what is left of a cut one; a damaged header may hide further chunks.
            guard let found = try search(file, from: searchFrom) else { return }
            damagedBytes += max(0, found - offset)
            if entries.isEmpty { lostBeginning = true }
            offset = found
        }
    }

    /// Notes a chunk; true when it is the end.
    private mutating func add(_ header: ChunkHeader, _ offset: Int, _ size: Int) -> Bool {
        switch ChunkKind(rawValue: header.kind) {
        case .events:
            let available = min(Int(clamping: header.committed), size - offset)
            entries.append(Entry(offset: offset, header: header, available: available))
        case .end:
            end = header
            return true
        case .room: break
        case .keyframe, .mark, .gap, .index, nil: unknownChunks += 1
        }
        return false
    }

    private static func header(_ file: InputFile, _ offset: Int) throws(SessionError) -> ChunkHeader? {
        let bytes = try file.bytes(at: offset, count: ChunkHeader.length)
        return bytes.withUnsafeBytes { ChunkHeader($0) }
    }

    /// The next place that looks like a chunk which follows those found so far.
    private func search(_ file: InputFile, from start: Int) throws(SessionError) -> Int? {
        let step = 64 << 10
        var offset = (start + 7) & ~7
        let seq = entries.last?.header.firstSeq ?? 0
        while offset <= file.size - ChunkHeader.length {
            let bytes = try file.bytes(at: offset, count: step + ChunkHeader.length)
            let found = bytes.withUnsafeBytes { bytes -> Int? in
                for place in stride(from: 0, through: min(step - 8, bytes.count - ChunkHeader.length), by: 8) {
                    guard bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian == ChunkHeader.magic,
                        let header = ChunkHeader(UnsafeRawBufferPointer(rebasing: bytes[place...])),
                        ChunkKind(rawValue: header.kind) != nil, Int(header.headerLength) == ChunkHeader.length,
                        header.firstSeq > seq || (header.firstSeq == seq && header.kind != ChunkKind.events.rawValue)
                    else { continue }
                    return place
                }
                return nil
            }
            if let found { return offset + found }
            offset += step
        }
        return nil
    }
}
