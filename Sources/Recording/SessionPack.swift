import EventBus
import TreeModel

/// Makes a session file smaller and quicker to open: sealed chunks of what is whole, without the room that was taken
/// ahead, an index, and an end. What is exported from it is what is exported from the file that it was made of, and a
/// check says the same.
public enum SessionPack {
    /// Writes the file. It must not exist; when this throws it may, and is not whole.
    ///
    /// Chunks with something of a newer version in them are kept as they are; where texts are redacted that cannot be, and
    /// a gap stands for what is not understood.
    /// - Returns: how many events happened in what was copied, and what reading the session came upon.
    public static func write(
        _ session: SessionFile, to path: String
    ) throws(SessionError) -> (happened: Int, read: ReadSummary) {
        guard let index = session.index, session.redaction == nil else {
            return try rewrite(session, to: path)
        }
        var copy = try SessionCopy(creating: path, for: session.session, minor: max(session.minor, FileHeader.minor))
        let recovery = session.recovery ?? .salvage
        var source = ChunkedSource(session.file, index, 0..<index.entries.count, session.keeping, recovery)
        var unknown = index.unknown[...]
        /// The chunks of kinds that are not known keep their places between the others.
        func passUnknown(before place: Int) throws(SessionError) {
            while let next = unknown.first, next.entries < place {
                unknown.removeFirst()
                let buffer = try ChunkBuffer(session.file, next.chunk)
                guard !buffer.isCut, buffer.isIntact else { continue }
                copy.add(whole: Array(UnsafeRawBufferPointer(start: buffer.base, count: buffer.count)))
            }
        }
        while let piece = try source.readPiece() {
            try passUnknown(before: source.place)
            switch piece {
            case .item(let item): try copy.add(item)
            case .newer(let chunk): try copy.add(chunk)
            }
        }
        try passUnknown(before: .max)
        try copy.finish()
        return (copy.happened, source.summary)
    }

    private static func rewrite(
        _ session: SessionFile, to path: String
    ) throws(SessionError) -> (happened: Int, read: ReadSummary) {
        var copy = try SessionCopy(creating: path, for: session.session)
        let reader = session.events()
        while let item = try reader.next() { try copy.add(item) }
        try copy.finish()
        return (copy.happened, reader.summary)
    }
}
