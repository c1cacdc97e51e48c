import EventBus
import TreeModel

/// A recorded session: a session file or JSON Lines, told apart by what is in them. A file whose program died, that was
/// cut off or damaged, is read as far as it can be; what is lost is a `gap`.
public struct SessionFile {
    /// How a session is kept.
    public enum Format: Hashable, Sendable {
        case binary
        case jsonLines
    }

    public let path: String
    public let format: Format
    public let session: SessionInfo
    /// The times of the first and the last event, in nanoseconds since the session began; nil without events. A gap at the
    /// end counts for the last.
    public let firstT: Int64?
    public let lastT: Int64?
    /// The first and the last event's `seq`; 0 without events.
    public let firstSeq: UInt64
    public let lastSeq: UInt64
    /// How the session ended; nil when it does not say so: it still runs, or its program died.
    public let ended: EndReason?
    /// What the file keeps of the session.
    public let keeping: Keeping
    let file: InputFile
    let index: ChunkIndex?
    /// The minor version of a session file.
    let minor: UInt16
    let recovery: Recovery?
    let redaction: Redaction?

    /// Opens a session. It reads the headers of the chunks and the last events, not all of the file unless `recovery`
    /// asks for that.
    /// - Parameters:
    ///   - recovery: what is read of a damaged file. Nil is `salvage` for a session file; of JSON Lines a line that is
    ///     no event is an error, and a last one that is cut off is left out.
    ///   - redaction: what is blacked out in all that is read.
    /// - Throws: when there is nothing to read, or it is no session of this version; `damaged` where `strict` finds it so.
    public init(
        _ path: String, recovery: Recovery? = nil, redaction: Redaction? = nil
    ) throws(SessionError) {
        self.path = path
        self.recovery = recovery
        self.redaction = redaction
        file = try InputFile(path)
        let beginning = try file.bytes(at: 0, count: FileHeader.longest)
        var edges = Edges()
        if beginning.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }) == UInt8(ascii: "{") {
            format = .jsonLines
            keeping = .everything
            minor = FileHeader.minor
            index = nil
            var lines = LineSource(file, recovery: recovery)
            session = redaction.edited(try lines.header())
            try edges.find(lines, in: file)
        } else {
            format = .binary
            let header = try FileHeader(beginning, path: path)
            session = redaction.edited(header.session)
            keeping = header.keeping
            minor = header.minor
            let index = try ChunkIndex(file, from: header.length, isPartial: header.keeping.isPartial)
            self.index = index
            if recovery == .prefix {
                try edges.findInPrefix(index, in: file)
            } else {
                try edges.find(index, in: file)
            }
        }
        firstT = edges.first?.t
        lastT = edges.last == nil ? nil : edges.lastT
        firstSeq = edges.first?.seq ?? 0
        lastSeq = edges.last?.seq ?? 0
        ended = edges.ended
        if recovery == .strict { try refuseDamage() }
    }

    /// Reads all of it, and throws if that comes upon damage.
    private func refuseDamage() throws(SessionError) {
        let reader = events()
        try reader.readAll { _ in }
        guard let damage = reader.summary.damages.first else { return }
        throw SessionError(.damaged, "\(path) is \(damage): read it with --recover prefix or salvage")
    }

    /// Whether the file was completed: it has an end chunk, or as lines says that the session ended.
    public var isComplete: Bool { index.map { $0.end != nil } ?? (ended != nil) }

    /// Reads the events, from the first one or from an instant on.
    /// - Parameter t: nanoseconds since the session began. A session file is entered at the chunk with that instant.
    public func events(from t: Int64 = .min) -> SessionReader {
        guard let index else {
            return SessionReader(lines: LineSource(file, recovery: recovery), from: t, redaction)
        }
        // Where a prefix ends is known to who reads it from its beginning.
        let start = recovery == .prefix ? 0 : index.chunk { $0.firstT < t }
        let chunks = ChunkedSource(file, index, start..<index.entries.count, keeping, recovery ?? .salvage)
        return SessionReader(chunks: chunks, from: t, redaction)
    }

    /// For going to any place of a session file. Nil for what is read from the beginning: JSON Lines, the prefix of a damaged
    /// file, and where something is blacked out.
    public func seeker() -> SessionSeeker? {
        guard let index, recovery != .prefix, redaction == nil else { return nil }
        return SessionSeeker(file, index, keeping)
    }

    /// The tree at an instant, settled, with the totals of the whole session. What it remembers of the past may begin at a
    /// keyframe before.
    /// - Parameter t: nanoseconds since the session began; behind the last event the tree is that of the end.
    public func tree(at t: Int64) throws(SessionError) -> (tree: LiveTree, summary: ReadSummary) {
        var tree: LiveTree
        let summary: ReadSummary
        if let seeker = seeker() {
            tree = try seeker.tree(at: .t(t))
            summary = seeker.summary
        } else {
            tree = LiveTree()
            let reader = events()
            var isBehind = false
            func fold(_ event: TreeEvent) -> Bool {
                isBehind = event.t > t
                if !isBehind { tree.apply(event) }
                return !isBehind
            }
            while !isBehind, try reader.read(fold) != nil {}
            summary = reader.summary
        }
        if t > tree.now { tree.advance(to: min(t, lastT ?? 0)) }
        tree.settle()
        return (tree, summary)
    }

    /// All events, in memory.
    public func load() throws(SessionError) -> [TreeEvent] {
        var loaded: [TreeEvent] = []
        try events().readAll { loaded.append($0) }
        return loaded
    }
}

/// The first and the last events of a session.
private struct Edges {
    typealias Place = (seq: UInt64, t: Int64)
    var first: Place?
    var last: Place?
    /// The time of the last event or gap.
    var lastT: Int64?
    var ended: EndReason?

    mutating func find(_ index: ChunkIndex, in file: InputFile) throws(SessionError) {
        for place in index.entries.indices where first == nil {
            var source = ChunkedSource(file, index, place..<(place + 1))
            func see(_ event: TreeEvent) -> Bool {
                if event.change.kind != .gap { first = (event.seq, event.t) }
                return first == nil
            }
            while first == nil, try source.read(see) != nil {}
        }
        for entry in index.entries.reversed() where last == nil {
            let buffer = try ChunkBuffer(file, entry)
            if buffer.isIntact, !buffer.isGone { seeEnd(buffer, entry.header) }
        }
    }

    mutating func findInPrefix(_ index: ChunkIndex, in file: InputFile) throws(SessionError) {
        var source = ChunkedSource(file, index, 0..<index.entries.count, .everything, .prefix)
        func see(_ event: TreeEvent) -> Bool {
            lastT = max(lastT ?? .min, event.t)
            if event.change.kind == .gap { return true }
            if first == nil { first = (event.seq, event.t) }
            last = (event.seq, event.t)
            if case .sessionEnded(let fields) = event.change { ended = fields.reason }
            return true
        }
        while try source.read(see) != nil {}
    }

    /// The last event of a chunk, which is not decoded for it.
    private mutating func seeEnd(_ buffer: ChunkBuffer, _ header: ChunkHeader) {
        var end: ChunkSkim.Record?
        _ = ChunkSkim(buffer.base, header, before: buffer.count) { record in
            if record.kind != nil { lastT = max(lastT ?? .min, record.t) }
            if record.kind != nil, record.kind != .gap { last = (record.seq, record.t) }
            if record.kind == .sessionEnded { end = record }
            return true
        }
        guard let end else { return }
        var decoder = ChunkDecoder(buffer.base, at: end)
        _ = decoder.next(before: buffer.count) { event in
            if case .sessionEnded(let fields) = event.change { ended = fields.reason }
        }
    }

    /// Reads the first event, and the last ones from close to the file's end.
    mutating func find(_ lines: LineSource, in file: InputFile) throws(SessionError) {
        var source = lines
        while first == nil, let item = try source.read() {
            if case .event(let event) = item { first = (event.seq, event.t) }
        }
        var tail = 64 << 10
        while last == nil {
            let start = max(0, file.size - tail)
            let bytes = try file.bytes(at: start, count: tail)
            let newline = start == 0 ? bytes.startIndex - 1 : bytes.firstIndex(of: 0x0A)
            if let newline {
                var source = LineSource(file, offset: start + newline + 1)
                // A bad line is reported when the events are read, with its number.
                while let item = try? source.read() {
                    guard case .event(let event) = item else { continue }
                    last = (event.seq, event.t)
                    lastT = event.t
                    if case .sessionEnded(let fields) = event.change { ended = fields.reason }
                }
            }
            if start == 0 { break }
            tail *= 8
        }
    }
}
