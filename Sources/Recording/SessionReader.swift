import TreeModel

/// Reads a session from its beginning, or from an instant, to its end. One thread at a time uses it.
public final class SessionReader {
    /// One of the two. Optionals are changed in place, so that nothing is copied at each event.
    private var chunks: ChunkedSource?
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
    /// - Throws: when the file cannot be read any more, or a line is no event.
    public func next() throws(SessionError) -> SessionItem? {
        while let item = try read() {
            guard case .event(let event) = item else { return item }
            if event.t < from { continue }
            return redaction == nil ? item : .event(redaction.edited(event))
        }
        return nil
    }

    /// The next event; what is of a newer version is passed over. Nil at the end.
    /// - Throws: as `next` does.
    public func nextEvent() throws(SessionError) -> TreeEvent? {
        while let item = try next() {
            if case .event(let event) = item { return event }
        }
        return nil
    }

    private func read() throws(SessionError) -> SessionItem? {
        if chunks != nil { return try chunks?.read() }
        return try lines?.read()
    }

    /// The number of the last line that was read, from 1; nil for a session file.
    public var line: Int? { lines?.line }

    /// What was found so far.
    public var summary: ReadSummary { chunks?.summary ?? lines?.summary ?? ReadSummary() }
}
