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
    private(set) var endOffset = 0
    /// Chunks of kinds that this version does not use, each with the number of chunks with events before it.
    private(set) var unknown: [(entries: Int, chunk: Entry)] = []
    var unknownChunks: Int { unknown.count }
    /// Stretches between chunks that are no chunks.
    private(set) var damagedBytes = 0
    /// Where no chunk is and one should be, each with the number of chunks with events before it.
    private(set) var damages: [(entries: Int, damage: Damage)] = []
    /// The file ends inside the header of a chunk.
    private(set) var isCutOff = false
    /// Whether the events before the first chunk are missing.
    private(set) var lostBeginning = false

    /// How many of the damages are before this chunk with events.
    func damages(before entry: Int) -> Int {
        var (low, high) = (0, damages.count)
        while low < high {
            let middle = (low + high) / 2
            if damages[middle].entries <= entry { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Looks for chunks from `offset` to the file's end. A header that makes no sense is passed over: the next one that
    /// does is searched for.
    /// - Parameter isPartial: only the last part of the session is kept: chunks stand in any order.
    init(_ file: InputFile, from start: Int, isPartial: Bool = false) throws(SessionError) {
        try find(file, from: start, isPartial)
        if isPartial { try sort(file) }
    }

    /// Puts the chunks in their order. Unless they begin with a keyframe, what was before them is missing.
    private mutating func sort(_ file: InputFile) throws(SessionError) {
        // Rows of a keyframe take no `seq`, so that several chunks of it begin with the same one.
        entries.sort { ($0.header.firstSeq, $0.header.number) < ($1.header.firstSeq, $1.header.number) }
        guard let first = entries.first, first.header.firstSeq > 1 else { return }
        let bytes = try file.bytes(at: first.offset, count: min(first.available, Int(first.header.headerLength) + 16))
        lostBeginning = !first.header.beginsWithKeyframe(bytes)
    }

    private mutating func find(_ file: InputFile, from start: Int, _ isPartial: Bool) throws(SessionError) {
        var offset = start
        var searchFrom = start
        while offset <= file.size - ChunkHeader.length {
            if let header = try file.chunkHeader(at: offset) {
                searchFrom = offset + ChunkHeader.length
                if add(header, offset, file.size), !isPartial { return try noteWhatIsBehind(offset, header, file) }
                let next = offset.addingReportingOverflow(Int(clamping: header.capacity))
                if !next.overflow, next.partialValue <= file.size {
                    offset = next.partialValue
                    continue
                }
                guard let found = try search(file, from: searchFrom, isPartial) else { return }
                pass(offset, to: found, file.size)
                offset = found
                continue
            }
            // Zeros are room that was taken ahead, unless something follows; a damaged header may hide further chunks.
            let isBlank = try Self.isBlank(file, offset)
            let found = try search(file, from: isBlank ? offset : searchFrom, isPartial)
            if found == nil, isBlank { return }
            pass(offset, to: found, file.size)
            guard let found else { return }
            offset = found
        }
        if offset < file.size, try !Self.isBlank(file, offset) {
            damages.append((entries.count, .cutOff(.byte(offset))))
            damagedBytes += file.size - offset
            isCutOff = true
        }
    }

    /// The session is over at its end chunk: what is put behind that is no part of it, and is said to be there.
    private mutating func noteWhatIsBehind(
        _ offset: Int, _ header: ChunkHeader, _ file: InputFile
    ) throws(SessionError) {
        let (end, isMore) = offset.addingReportingOverflow(Int(clamping: header.capacity))
        guard !isMore, end < file.size, try !Self.isBlank(file, end) else { return }
        damages.append((entries.count, .behindEnd(end)))
        damagedBytes += file.size - end
    }

    /// Passes over what is no chunk; nothing follows where `found` is nil.
    private mutating func pass(_ offset: Int, to found: Int?, _ size: Int) {
        damages.append((entries.count, .noChunk(offset)))
        damagedBytes += max(0, (found ?? size) - offset)
        if found != nil, entries.isEmpty { lostBeginning = true }
    }

    /// Whether zeros stand where a chunk's header would begin.
    private static func isBlank(_ file: InputFile, _ offset: Int) throws(SessionError) -> Bool {
        try file.bytes(at: offset, count: 8).allSatisfy { $0 == 0 }
    }

    /// Notes a chunk; true when it is the end.
    private mutating func add(_ header: ChunkHeader, _ offset: Int, _ size: Int) -> Bool {
        let entry = Entry(
            offset: offset, header: header, available: min(Int(clamping: header.committed), size - offset))
        switch ChunkKind(rawValue: header.kind) {
        case .events, .plainRows, .plainEvents: entries.append(entry)
        case .end:
            end = header
            endOffset = offset
            return true
        case .index, .room: break
        case .keyframe, .mark, .gap, nil: unknown.append((entries.count, entry))
        }
        return false
    }

    /// The next place that looks like a chunk which follows those found so far; of a partial file, like any.
    private func search(_ file: InputFile, from start: Int, _ isPartial: Bool) throws(SessionError) -> Int? {
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
                        isPartial || header.firstSeq > seq
                            || (header.firstSeq == seq && !header.holdsEvents)
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

extension InputFile {
    /// The header of a chunk, if there is one there at this moment.
    func chunkHeader(at offset: Int) throws(SessionError) -> ChunkHeader? {
        try withUnsafeTemporaryAllocation(byteCount: ChunkHeader.length, alignment: 8) {
            bytes throws(SessionError) -> ChunkHeader? in
            guard try read(bytes, at: offset) == bytes.count else { return nil }
            return ChunkHeader(UnsafeRawBufferPointer(bytes))
        }
    }
}

extension ChunkHeader {
    /// Whether another chunk was put in its place meanwhile.
    func isOfSameChunk(as other: ChunkHeader) -> Bool {
        kind == other.kind && number == other.number && firstSeq == other.firstSeq
    }
}
