import TreeModel

/// Reads a session from its beginning, or from an instant, to its end. One thread at a time uses it.
public final class SessionReader {
    /// One of the two. Optionals are changed in place, so that nothing is copied at each event. Not checked at each event
    /// either: one thread at a time uses this, and no body gets at it.
    @exclusivity(unchecked) private var chunks: ChunkedSource?
    private var lines: LineSource?
    /// Events before it are passed over.
    private let from: Int64
    private let redaction: Redaction?

    init(chunks: ChunkedSource, from t: Int64, _ redaction: Redaction?) {
        self.chunks = chunks
        from = t
        self.redaction = redaction
    }

    init(lines: LineSource, from t: Int64, _ redaction: Redaction?) {
        self.lines = lines
        from = t
        self.redaction = redaction
    }

    /// What comes next; nil at the end.
    /// - Throws: as `read`.
    public func next() throws(SessionError) -> SessionItem? {
        var item = OneEvent()
        return try read(into: &item)?.item(item.event)
    }

    /// The next event; what is of a newer version is passed over. Nil at the end.
    /// - Throws: as `read`.
    public func nextEvent() throws(SessionError) -> TreeEvent? {
        while let item = try next() {
            if case .event(let event) = item { return event }
        }
        return nil
    }

    /// Reads on for as long as the body says true of an event, or up to one of a newer version. Returns what was read last,
    /// and nil at the end.
    /// - Throws: when the file cannot be read any more, or a line is no event.
    public func read(_ body: (TreeEvent) -> Bool) throws(SessionError) -> Found? {
        try withoutActuallyEscaping(body) { body throws(SessionError) in
            var sink = ShownEvents(to: body)
            return try read(into: &sink)
        }
    }

    /// Reads all that is left, and shows each event to the body; what is of a newer version is passed over.
    /// - Throws: as `read`.
    public func readAll(_ body: (TreeEvent) -> Void) throws(SessionError) {
        func show(_ event: TreeEvent) -> Bool {
            body(event)
            return true
        }
        while try read(show) != nil {}
    }

    /// Reads on as `read` does, into a sink: a tree that the events are folded into for one.
    public func read<S: EventSink>(into sink: inout S) throws(SessionError) -> Found? {
        if chunks != nil, from == .min, redaction == nil { return try chunks?.read(into: &sink) }
        return try readAny { event in
            if event.t < from { return true }
            return sink.take(redaction == nil ? event : redaction.edited(event))
        }
    }

    private func readAny(_ body: (TreeEvent) -> Bool) throws(SessionError) -> Found? {
        if chunks != nil { return try chunks?.read(body) }
        while true {
            switch try lines?.read() {
            case .event(let event): if !body(event) { return .event }
            case .unknown(let seq, let kind): return .unknown(seq: seq, kind: kind)
            case nil: return nil
            }
        }
    }

    /// What was read. An event was shown.
    public enum Found: Hashable, Sendable {
        case event
        /// An event of a newer version: of a kind that is not known here (nil), or with a word that is not known.
        case unknown(seq: UInt64, kind: TreeEvent.Kind?)

        func item(_ shown: TreeEvent?) -> SessionItem? {
            switch self {
            case .event: shown.map { .event($0) }
            case .unknown(let seq, let kind): .unknown(seq: seq, kind: kind)
            }
        }
    }

    /// The number of the last line that was read, from 1; nil for a session file.
    public var line: Int? { lines?.line }

    /// What was found so far.
    public var summary: ReadSummary { chunks?.summary ?? lines?.summary ?? ReadSummary() }
}
