import EventBus
import TreeModel

/// Reads the events of a session file, one chunk in memory at a time.
struct ChunkedSource {
    private let file: InputFile
    private let index: ChunkIndex
    private let cache: ChunkCache?
    /// Events before it are of no interest, nor are rows among them.
    private var first: UInt64?
    private var next: Int
    private let last: Int
    private var chunk: LoadedChunk?
    /// How many chunks with events were entered or passed over.
    var place: Int { next }
    private var nextSeq: UInt64
    private let recovery: Recovery
    /// Only a part of the session is kept: what is missing between chunks is no damage.
    private let isPartial: Bool
    /// The damages of the index that were come upon, and whether one explains what is missing before the next chunk.
    private var seenDamages = 0
    private var isExplained = false
    /// The rest is left out.
    private var isOver = false
    private(set) var summary = ReadSummary()

    /// - Parameters:
    ///   - range: the chunks to read, by their place in the index.
    ///   - keeping: what the file keeps, to say it.
    ///   - recovery: what is read of it where it is damaged.
    ///   - cache: where chunks are that were read before.
    ///   - first: where in the first chunk to begin, or somewhat before.
    init(
        _ file: InputFile, _ index: ChunkIndex, _ range: Range<Int>, _ keeping: Keeping = .everything,
        _ recovery: Recovery = .salvage, cache: ChunkCache? = nil, from first: UInt64? = nil
    ) {
        self.first = first
        self.file = file
        self.index = index
        self.recovery = recovery
        self.cache = cache
        isPartial = keeping.isPartial
        next = range.lowerBound
        last = range.upperBound
        let isFirst = range.lowerBound == 0
        nextSeq = isFirst && index.lostBeginning ? 1 : index.entries[safe: range.lowerBound]?.header.firstSeq ?? 1
        if isFirst {
            summary.unknownChunks = index.unknownChunks
            summary.lostBytes = index.damagedBytes
            summary.kept = keeping.words
            if keeping.isPartial, !index.lostBeginning {
                summary.notKept = max(1, index.entries.first?.header.firstSeq ?? 1) - 1
            }
        }
        if !isFirst { seenDamages = index.damages(before: range.lowerBound) }
    }

    mutating func read() throws(SessionError) -> SessionItem? { try read { $0.step() } }

    /// Reads on to the next item that is not passed over: `isPassed` is asked about every record of a known kind.
    mutating func read(unless isPassed: (Glance) -> Bool) throws(SessionError) -> SessionItem? {
        try read { $0.step(unless: isPassed) }
    }

    @inline(__always)
    private mutating func read(_ step: (inout ChunkedSource) -> SessionItem?) throws(SessionError) -> SessionItem? {
        while true {
            if let item = step(&self) { return item }
            switch try goOn() {
            case .chunk: continue
            case .gap(let gap): return gap
            case .end: return closingGap()
            }
        }
    }

    private enum Next {
        case chunk
        case gap(SessionItem)
        case end
    }

    /// Loads the next chunk. The gap comes before what is in it.
    private mutating func goOn() throws(SessionError) -> Next {
        guard next < last else { return .end }
        let entry = index.entries[next]
        noteDamages()
        next += 1
        let buffer = if let cache { try cache.buffer(of: entry) } else { try ChunkBuffer(file, entry) }
        return enter(entry, buffer).map { .gap($0) } ?? .chunk
    }

    /// What comes next, for copies.
    enum Piece {
        case item(SessionItem)
        /// A chunk in which something is of a newer version, as far as its records go. They are read.
        case newer(NewerChunk)
    }

    /// Reads an item, or a whole chunk that only a newer version understands.
    mutating func readPiece() throws(SessionError) -> Piece? {
        while true {
            if let newer = takeNewer() { return .newer(newer) }
            if let item = step() { return .item(item) }
            switch try goOn() {
            case .chunk: continue
            case .gap(let gap): return .item(gap)
            case .end: return closingGap().map { .item($0) }
            }
        }
    }

    private mutating func takeNewer() -> NewerChunk? {
        guard let loaded = chunk, loaded.decoder.offset == Int(loaded.header.headerLength) else { return nil }
        var (ahead, end, isNewer) = (loaded.decoder, loaded.decoder.offset, false)
        scan: while true {
            end = ahead.offset
            switch ahead.next(before: loaded.buffer.count) {
            case .event: break
            case .unknown: isNewer = true
            case .end, .damaged: break scan
            }
        }
        guard isNewer || ahead.unknownFields > 0 else { return nil }
        while step() != nil {}
        let bytes = UnsafeRawBufferPointer(start: loaded.buffer.base, count: end)
        return NewerChunk(bytes: Array(bytes), nextSeq: ahead.nextSeq, lastT: ahead.t)
    }

    /// Notes what the index says of the places before the next chunk.
    private mutating func noteDamages() {
        while seenDamages < index.damages.count, index.damages[seenDamages].entries <= next {
            note(index.damages[seenDamages].damage)
            seenDamages += 1
        }
    }

    private mutating func note(_ damage: Damage) {
        if isOver { return }
        summary.note(damage)
        isExplained = true
        guard recovery == .prefix else { return }
        isOver = true
        summary.isPrefix = true
    }

    /// The next record of the chunk that is loaded.
    private mutating func step() -> SessionItem? {
        guard let buffer = chunk?.buffer, let start = chunk?.decoder.offset,
            let step = chunk?.decoder.next(before: buffer.count)
        else { return nil }
        return take(step, from: start, in: buffer)
    }

    private mutating func step(unless isPassed: (Glance) -> Bool) -> SessionItem? {
        guard let buffer = chunk?.buffer else { return nil }
        while let start = chunk?.decoder.offset {
            if start >= buffer.nextStop { noteStop() }
            if let step = chunk?.decoder.next(before: buffer.count, unless: isPassed) {
                return take(step, from: start, in: buffer)
            }
            nextSeq = chunk?.decoder.nextSeq ?? nextSeq
            summary.events += 1
        }
        return nil
    }

    /// Keeps the decoder as it is here, for who begins behind.
    private mutating func noteStop() {
        guard cache != nil, let chunk else { return }
        chunk.buffer.note(chunk.decoder)
    }

    private mutating func take(_ step: ChunkDecoder.Step, from start: Int, in buffer: ChunkBuffer) -> SessionItem? {
        let place = chunk?.place ?? 0
        switch step {
        case .event(let event):
            nextSeq = chunk?.decoder.nextSeq ?? nextSeq
            summary.events += 1
            if case .gap(let gap) = event.change { summary.lostEvents &+= gap.lost }
            return .event(event)
        case .unknown(let seq, let kind):
            nextSeq = chunk?.decoder.nextSeq ?? nextSeq
            summary.unknownEvents += 1
            return .unknown(seq: seq, kind: kind)
        case .end: if buffer.isCut { note(.cutOff(.byte(place + start))) }
        case .damaged:
            // Of a cut chunk the last record is not all there, which is no damage.
            if !buffer.isCut { summary.damagedChunks += 1 }
            note(buffer.isCut ? .cutOff(.byte(place + start)) : .record(place + start))
            summary.lose(bytes: buffer.count - start)
        }
        summary.unknownFields += chunk?.decoder.unknownFields ?? 0
        chunk = nil
        return nil
    }

    /// Goes on in a chunk. Returns the gap before it, if there is one.
    private mutating func enter(_ entry: ChunkIndex.Entry, _ buffer: ChunkBuffer) -> SessionItem? {
        let header = entry.header
        if buffer.isCut {
            summary.isCutOff = true
            summary.lose(bytes: Int(clamping: header.committed) - buffer.count)
        }
        let isWhole = header.firstSeq >= nextSeq && buffer.isIntact
        if !isWhole { note(buffer.isIntact ? .repeated(entry.offset) : .checksum(entry.offset)) }
        if isWhole, header.firstSeq > nextSeq, !isExplained, !isPartial { note(.missing(entry.offset)) }
        guard isWhole, !isOver else {
            if !isWhole { summary.damagedChunks += 1 }
            summary.lose(bytes: buffer.count)
            guard next == index.entries.count, index.end == nil else { return nil }
            return gap(to: buffer.seqBehind(header), at: header.firstT)
        }
        let stop = first.flatMap { first in buffer.stops.last { $0.nextSeq <= first } }
        chunk = LoadedChunk(
            buffer: buffer, place: entry.offset, header: header, decoder: stop ?? ChunkDecoder(buffer.base, header))
        first = nil
        isExplained = false
        let gap = gap(to: header.firstSeq, at: header.firstT)
        nextSeq = chunk?.decoder.nextSeq ?? header.firstSeq
        return gap
    }

    /// What is missing before the file's end, if its end chunk says how far it went.
    private mutating func closingGap() -> SessionItem? {
        guard last == index.entries.count else { return nil }
        noteDamages()
        summary.isCutOff = summary.isCutOff || index.isCutOff
        guard let end = index.end else { return nil }
        if end.firstSeq > nextSeq, !isExplained { note(.missing(index.endOffset)) }
        return gap(to: end.firstSeq, at: end.firstT)
    }

    /// A gap from the next event's place to this one; nil if nothing is between.
    private mutating func gap(to seq: UInt64, at t: Int64) -> SessionItem? {
        guard seq > nextSeq else { return nil }
        let lost = seq - nextSeq
        defer { nextSeq = seq }
        summary.lostEvents &+= lost
        return .event(TreeEvent(seq: nextSeq, t: t, change: .gap(TreeEvent.Gap(lost: lost))))
    }
}

/// A chunk that is copied as it is.
struct NewerChunk {
    /// Its header, and its records as far as they make sense. The header's cursor may be elsewhere.
    var bytes: [UInt8]
    var nextSeq: UInt64
    var lastT: Int64
}

/// A chunk in memory, and how far it was decoded.
private struct LoadedChunk {
    let buffer: ChunkBuffer
    /// Where it is in the file.
    let place: Int
    let header: ChunkHeader
    var decoder: ChunkDecoder
}

/// The bytes of one chunk, up to its cursor or to the file's end.
final class ChunkBuffer {
    let base: UnsafeRawPointer
    let count: Int
    let isCut: Bool
    /// False when it has a checksum and does not match it.
    let isIntact: Bool

    init(_ file: InputFile, _ entry: ChunkIndex.Entry) throws(SessionError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(entry.available, 8), alignment: 8)
        base = UnsafeRawPointer(buffer.baseAddress!)
        do throws(SessionError) {
            count = try file.read(UnsafeMutableRawBufferPointer(rebasing: buffer[..<entry.available]), at: entry.offset)
        } catch {
            buffer.deallocate()
            throw error
        }
        isCut = count < Int(clamping: entry.header.committed)
        let header = entry.header
        isIntact =
            isCut || !header.isSealed
            || header.computedChecksum(UnsafeRawBufferPointer(start: base, count: count)) == header.checksum
    }

    deinit { base.deallocate() }

    // MARK: Places where decoding can begin

    private static let spacing = 32 << 10
    private(set) var stops: [ChunkDecoder] = []
    /// The next one is wanted from this offset on. It is looked at with each record, by one thread.
    @exclusivity(unchecked) private(set) var nextStop = spacing

    func note(_ decoder: ChunkDecoder) {
        stops.append(decoder)
        nextStop = decoder.offset + Self.spacing
    }

    /// Where the records of a damaged chunk, as far as they look like records, would leave the count: at most as many
    /// places on as it has bytes.
    func seqBehind(_ header: ChunkHeader) -> UInt64 {
        var decoder = ChunkDecoder(base, header)
        var seq = header.firstSeq
        while decoder.offset < count {
            switch decoder.next(before: count) {
            case .event, .unknown:
                guard decoder.nextSeq >= seq, decoder.nextSeq - header.firstSeq <= UInt64(count) else { return seq }
                seq = decoder.nextSeq
            case .end, .damaged: return seq
            }
        }
        return seq
    }
}

/// The chunks that were read last, for who goes back and forth. They are given up before they are more than some MiB.
final class ChunkCache {
    private static let most = 32 << 20
    private let file: InputFile
    /// The one that was used last stands last.
    private var kept: [(offset: Int, buffer: ChunkBuffer)] = []
    private var bytes = 0

    init(_ file: InputFile) { self.file = file }

    func buffer(of entry: ChunkIndex.Entry) throws(SessionError) -> ChunkBuffer {
        if let index = kept.lastIndex(where: { $0.offset == entry.offset }) {
            let found = kept.remove(at: index)
            kept.append(found)
            return found.buffer
        }
        let buffer = try ChunkBuffer(file, entry)
        // A chunk that is not complete may have grown the next time.
        guard entry.header.isSealed else { return buffer }
        kept.append((entry.offset, buffer))
        bytes += buffer.count
        while bytes > Self.most, kept.count > 1 { bytes -= kept.removeFirst().buffer.count }
        return buffer
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
