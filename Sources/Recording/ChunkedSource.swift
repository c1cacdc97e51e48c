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

    typealias Found = SessionReader.Found

    /// Reads on for as long as the body says true of an event, or up to one of a newer version; returns what was read last,
    /// and nil at the end.
    mutating func read(_ body: (TreeEvent) -> Bool) throws(SessionError) -> Found? {
        try withoutActuallyEscaping(body) { body throws(SessionError) in
            var sink = ShownEvents(to: body)
            return try read(into: &sink)
        }
    }

    /// The same for a sink.
    mutating func read<S: EventSink>(into sink: inout S) throws(SessionError) -> Found? {
        while true {
            if let found = step(into: &sink) { return found }
            let (gap, isEnd) = try goOn()
            if let gap {
                if !sink.take(gap) { return .event }
            } else if isEnd {
                return nil
            }
        }
    }

    /// Loads the next chunk, or is at the end. Returns the gap before that, if there is one.
    private mutating func goOn() throws(SessionError) -> (gap: TreeEvent?, isEnd: Bool) {
        guard next < last else { return (closingGap(), true) }
        let entry = index.entries[next]
        noteDamages()
        next += 1
        let buffer = if let cache { try cache.buffer(of: entry) } else { try ChunkBuffer(file, entry) }
        return (enter(entry, buffer), false)
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
            var item = OneEvent()
            if let found = step(into: &item) { return found.item(item.event).map { .item($0) } }
            let (gap, isEnd) = try goOn()
            if let gap { return .item(.event(gap)) }
            if isEnd { return nil }
        }
    }

    private mutating func takeNewer() -> NewerChunk? {
        guard let loaded = chunk, loaded.decoder.offset == Int(loaded.header.headerLength) else { return nil }
        var (ahead, end, isNewer) = (loaded.decoder, loaded.decoder.offset, false)
        scan: while true {
            end = ahead.offset
            switch ahead.next(before: loaded.buffer.count, { _ in }) {
            case .event, .paused: break
            case .unknown: isNewer = true
            case .end, .damaged: break scan
            }
        }
        guard isNewer || ahead.counts.unknownFields > 0 else { return nil }
        var rest = ShownEvents { _ in true }
        while step(into: &rest) != nil {}
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

    /// The next records of the chunk that is loaded.
    private mutating func step<S: EventSink>(into sink: inout S) -> Found? {
        guard let chunk else { return nil }
        while true {
            // Kept as it is here, for who begins behind.
            if cache != nil, chunk.decoder.offset >= chunk.buffer.nextStop { chunk.buffer.note(chunk.decoder) }
            let pause = cache == nil ? .max : chunk.buffer.nextStop
            let step = chunk.decoder.read(before: chunk.buffer.count, pausingAt: pause, into: &sink)
            if step != .paused { return take(step, in: chunk) }
        }
    }

    /// Notes what the last step was.
    private mutating func take(_ step: ChunkDecoder.Step, in loaded: LoadedChunk) -> Found? {
        let (buffer, place, start) = (loaded.buffer, loaded.place, loaded.decoder.offset)
        nextSeq = loaded.decoder.nextSeq
        let counts = loaded.decoder.takeCounts()
        summary.events += counts.events
        summary.lostEvents &+= counts.lost
        summary.unknownFields += counts.unknownFields
        switch step {
        case .event, .paused: return .event
        case .unknown(let seq, let kind):
            summary.unknownEvents += 1
            return .unknown(seq: seq, kind: kind)
        case .end: if buffer.isCut { note(.cutOff(.byte(place + start))) }
        case .damaged:
            // Of a cut chunk the last record is not all there, which is no damage.
            if !buffer.isCut { summary.damagedChunks += 1 }
            note(buffer.isCut ? .cutOff(.byte(place + start)) : .record(place + start))
            summary.lose(bytes: buffer.count - start)
        }
        chunk = nil
        return nil
    }

    /// Goes on in a chunk. Returns the gap before it, if there is one.
    private mutating func enter(_ entry: ChunkIndex.Entry, _ buffer: ChunkBuffer) -> TreeEvent? {
        let header = entry.header
        if buffer.isGone { return nil }
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
    private mutating func closingGap() -> TreeEvent? {
        guard last == index.entries.count else { return nil }
        noteDamages()
        summary.isCutOff = summary.isCutOff || index.isCutOff
        guard let end = index.end else { return nil }
        if end.firstSeq > nextSeq, !isExplained { note(.missing(index.endOffset)) }
        return gap(to: end.firstSeq, at: end.firstT)
    }

    /// A gap from the next event's place to this one; nil if nothing is between.
    private mutating func gap(to seq: UInt64, at t: Int64) -> TreeEvent? {
        guard seq > nextSeq else { return nil }
        let lost = seq - nextSeq
        defer { nextSeq = seq }
        summary.lostEvents &+= lost
        return TreeEvent(seq: nextSeq, t: t, change: .gap(TreeEvent.Gap(lost: lost)))
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
///
/// An object, so that each record is decoded where the decoder stands; one source has it.
private final class LoadedChunk {
    let buffer: ChunkBuffer
    /// Where it is in the file.
    let place: Int
    let header: ChunkHeader
    @exclusivity(unchecked) var decoder: ChunkDecoder

    init(buffer: ChunkBuffer, place: Int, header: ChunkHeader, decoder: ChunkDecoder) {
        self.buffer = buffer
        self.place = place
        self.header = header
        self.decoder = decoder
        // What was come upon before it begins is not this one's.
        _ = self.decoder.takeCounts()
    }
}

/// One event that was asked for.
struct OneEvent: EventSink {
    private(set) var event: TreeEvent?
    mutating func take(_ event: TreeEvent) -> Bool {
        self.event = event
        return false
    }
}

/// The bytes of one chunk, up to its cursor or to the file's end.
final class ChunkBuffer {
    let base: UnsafeRawPointer
    let count: Int
    let isCut: Bool
    /// False when it has a checksum and does not match it.
    let isIntact: Bool
    /// It was let go of before it was read, and its place may be another's: of a file that is written and keeps the last part.
    let isGone: Bool

    init(_ file: InputFile, _ entry: ChunkIndex.Entry) throws(SessionError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(entry.available, 8), alignment: 8)
        base = UnsafeRawPointer(buffer.baseAddress!)
        let header = entry.header
        do throws(SessionError) {
            count = try file.read(UnsafeMutableRawBufferPointer(rebasing: buffer[..<entry.available]), at: entry.offset)
            isGone = try file.chunkHeader(at: entry.offset).map { !$0.isOfSameChunk(as: header) } ?? false
        } catch {
            buffer.deallocate()
            throw error
        }
        isCut = count < Int(clamping: header.committed)
        isIntact =
            isCut || !header.isSealed
            || header.computedChecksum(UnsafeRawBufferPointer(start: base, count: count)) == header.checksum
    }

    deinit { base.deallocate() }

    // MARK: Places where decoding can begin

    private static let spacing = 32 << 10
    private(set) var stops: [ChunkDecoder] = []
    /// The next one is wanted from this offset on.
    private(set) var nextStop = spacing

    func note(_ decoder: ChunkDecoder) {
        // Behind the end of the keyframe, which is soon, there will be one again.
        if !decoder.hasPassedRows { stops.append(decoder) }
        nextStop = decoder.offset + (decoder.hasPassedRows ? Self.spacing / 8 : Self.spacing)
    }

    /// Where the records of a damaged chunk, as far as they look like records, would leave the count: at most as many
    /// places on as it has bytes.
    func seqBehind(_ header: ChunkHeader) -> UInt64 {
        var decoder = ChunkDecoder(base, header)
        var seq = header.firstSeq
        while decoder.offset < count {
            switch decoder.next(before: count, { _ in }) {
            case .event, .unknown, .paused:
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
        guard entry.header.isSealed, !buffer.isGone else { return buffer }
        kept.append((entry.offset, buffer))
        bytes += buffer.count
        while bytes > Self.most, kept.count > 1 { bytes -= kept.removeFirst().buffer.count }
        return buffer
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
