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
    /// The last event's `seq`; 0 without events.
    public let lastSeq: UInt64
    /// How the session ended; nil when it does not say so: it still runs, or its program died.
    public let ended: EndReason?
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
            minor = FileHeader.minor
            index = nil
            var lines = LineSource(file, recovery: recovery)
            session = redaction.edited(try lines.header())
            try edges.find(lines, in: file)
        } else {
            format = .binary
            let header = try FileHeader(beginning, path: path)
            session = redaction.edited(header.session)
            minor = header.minor
            let index = try ChunkIndex(file, from: header.length)
            self.index = index
            if recovery == .prefix {
                try edges.findInPrefix(index, in: file)
            } else {
                try edges.find(index, in: file)
            }
        }
        firstT = edges.first?.t
        lastT = edges.last == nil ? nil : edges.lastT
        lastSeq = edges.last?.seq ?? 0
        ended = edges.ended
        if recovery == .strict { try refuseDamage() }
    }

    /// Reads all of it, and throws if that comes upon damage.
    private func refuseDamage() throws(SessionError) {
        let reader = events()
        while try reader.next() != nil {}
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
        let start = recovery == .prefix ? 0 : index.entries.lastIndex { $0.header.firstT < t } ?? 0
        let chunks = ChunkedSource(file, index, start..<index.entries.count, recovery ?? .salvage)
        return SessionReader(chunks: chunks, from: t, redaction)
    }

    /// All events, in memory.
    public func load() throws(SessionError) -> [TreeEvent] {
        let reader = events()
        var events: [TreeEvent] = []
        while let item = try reader.next() {
            if case .event(let event) = item { events.append(event) }
        }
        return events
    }
}

/// The first and the last events of a session.
private struct Edges {
    var first: TreeEvent?
    var last: TreeEvent?
    var lastT: Int64?
    var ended: EndReason?

    mutating func find(_ index: ChunkIndex, in file: InputFile) throws(SessionError) {
        for place in index.entries.indices {
            var source = ChunkedSource(file, index, place..<(place + 1))
            try see(&source, onlyFirst: true)
            if first != nil { break }
        }
        for place in index.entries.indices.reversed() where last == nil {
            var source = ChunkedSource(file, index, place..<(place + 1))
            try see(&source, onlyFirst: false)
        }
    }

    mutating func findInPrefix(_ index: ChunkIndex, in file: InputFile) throws(SessionError) {
        var first = ChunkedSource(file, index, 0..<index.entries.count, .prefix)
        try see(&first, onlyFirst: true)
        var all = ChunkedSource(file, index, 0..<index.entries.count, .prefix)
        try see(&all, onlyFirst: false)
    }

    private mutating func see(_ source: inout ChunkedSource, onlyFirst: Bool) throws(SessionError) {
        while let item = try source.read() {
            guard case .event(let event) = item else { continue }
            if !onlyFirst { lastT = max(lastT ?? .min, event.t) }
            if event.change.kind == .gap { continue }
            if onlyFirst {
                first = event
                return
            }
            last = event
            if case .sessionEnded(let fields) = event.change { ended = fields.reason }
        }
    }

    /// Reads the first event, and the last ones from close to the file's end.
    mutating func find(_ lines: LineSource, in file: InputFile) throws(SessionError) {
        var source = lines
        while first == nil, let item = try source.read() {
            if case .event(let event) = item { first = event }
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
                    last = event
                    lastT = event.t
                    if case .sessionEnded(let fields) = event.change { ended = fields.reason }
                }
            }
            if start == 0 { break }
            tail *= 8
        }
    }
}
