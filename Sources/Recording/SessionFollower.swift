import EventBus
import Glibc
import TreeModel

/// Reads a session file while another process writes it. It only ever looks at the file, so that the writer knows nothing
/// of it, whatever becomes of it. One thread at a time uses it.
public final class SessionFollower {
    /// How the session stands, as far as it was read.
    public enum State: Hashable, Sendable {
        case goesOn
        /// The session ended, or its recording did.
        case ended
        /// The writer is gone, and did not say that it ended.
        case writerDied
    }

    public let path: String
    public let session: SessionInfo
    public private(set) var state = State.goesOn
    /// The last event's `seq`, and the time of the last one.
    public private(set) var lastSeq: UInt64 = 0
    public private(set) var lastT: Int64 = 0
    private let file: InputFile
    private let redaction: Redaction?
    private let isPartial: Bool
    /// Where the first chunk begins.
    private let start: Int
    private var chunk: FollowedChunk?
    /// What the next event's `seq` should be; nil before the first one.
    private var nextSeq: UInt64?
    /// Of the chunk that was entered last: rows of a keyframe take no `seq`, so that several chunks begin with the same one.
    private var number: UInt32?
    /// When something was last found, in monotonic nanoseconds.
    private var foundAt = Monitor.now

    /// Opens a session file.
    /// - Parameter redaction: what is blacked out in all that is read.
    /// - Throws: when there is nothing to read, or it is no session file of this version.
    public init(_ path: String, redaction: Redaction? = nil) throws(SessionError) {
        self.path = path
        self.redaction = redaction
        file = try InputFile(path)
        let beginning = try file.bytes(at: 0, count: FileHeader.longest)
        if beginning.first == UInt8(ascii: "{") {
            throw SessionError(.notASession, "\(path) is JSON Lines: only session files can be followed")
        }
        let header = try FileHeader(beginning, path: path)
        session = redaction.edited(header.session)
        start = header.length
        isPartial = header.keeping.isPartial
    }

    // MARK: Reading

    /// Passes what has come since, at most so many events; nothing when nothing has. `state` says whether more may come. Where
    /// the writer has let go of what was due, a `gap` comes first.
    /// - Returns: how many events it passed.
    @discardableResult
    public func read(limit: Int = .max, _ body: (TreeEvent) -> Void) throws(SessionError) -> Int {
        try withoutActuallyEscaping(body) { body throws(SessionError) in
            var sink = ShownEvents(all: body)
            return try read(limit: limit, into: &sink)
        }
    }

    /// The same for a sink: for as long as that wants more.
    @discardableResult
    public func read<S: EventSink>(limit: Int = .max, into sink: inout S) throws(SessionError) -> Int {
        // Looked at before the file is: what a writer wrote before it died is read first.
        let isWritten = state == .goesOn && WriterLock.isHeld(file.descriptor)
        return try withUnsafeMutablePointer(to: &sink) { sink throws(SessionError) in
            var events = FollowedEvents(CountedEvents(sink: sink, left: limit), redaction)
            var isCaughtUp = false
            while state == .goesOn, events.counted.wantsMore, !isCaughtUp {
                let before = events.counted.left
                if let chunk {
                    try drain(chunk, into: &events)
                    if !events.counted.wantsMore || state != .goesOn { break }
                    isCaughtUp = try !goOn(from: chunk, into: &events)
                } else {
                    isCaughtUp = try !enter(first(from: nextSeq ?? 0), into: &events)
                }
                if events.counted.left < before { foundAt = Monitor.now }
            }
            let count = limit - events.counted.left
            if isCaughtUp, count == 0, !isWritten, state == .goesOn { state = .writerDied }
            return count
        }
    }

    /// Passes the events of a chunk that are there.
    private func drain<S: EventSink>(
        _ chunk: FollowedChunk, into events: inout FollowedEvents<S>
    ) throws(SessionError) {
        guard try chunk.load(file) else {
            // Its place was given to another.
            self.chunk = nil
            return
        }
        chunk.read(into: &events)
        nextSeq = chunk.nextSeq
        lastSeq = events.lastSeq ?? lastSeq
        lastT = max(lastT, events.lastT)
        if events.areOver { state = .ended }
    }

    /// Goes on in the chunk that follows, if there is one and all of this one was read. False if there is nothing more to
    /// read now.
    private func goOn<S: EventSink>(
        from chunk: FollowedChunk, into events: inout FollowedEvents<S>
    ) throws(SessionError) -> Bool {
        guard self.chunk != nil else { return true }
        let following = try follower(of: chunk)
        guard following != nil || chunk.isLeft else { return false }
        // What was appended before the next one was opened.
        let before = events.counted.left
        try drain(chunk, into: &events)
        if state != .goesOn || events.counted.left < before { return true }
        guard let following else { return false }
        if following.header.kind == ChunkKind.end.rawValue {
            state = .ended
            return true
        }
        return try enter(following, into: &events)
    }

    /// Goes on in a chunk; false if there is none.
    private func enter<S: EventSink>(
        _ place: Place?, into events: inout FollowedEvents<S>
    ) throws(SessionError) -> Bool {
        guard let place else { return false }
        let next = FollowedChunk(place.offset, place.header)
        guard try next.load(file) else { return false }
        let first = place.header.firstSeq
        // What a session begins with that is kept in part is no gap if it is a keyframe.
        let due = nextSeq ?? (isPartial && !next.beginsWithKeyframe ? 1 : first)
        chunk = next
        nextSeq = first
        number = next.number
        if first > due {
            let gap = TreeEvent.Gap(lost: first - due)
            _ = events.counted.take(TreeEvent(seq: due, t: place.header.firstT, change: .gap(gap)))
        }
        return true
    }

    // MARK: Finding chunks

    private struct Place {
        var offset: Int
        var header: ChunkHeader
    }

    /// The header of a chunk, if there is one there.
    private func header(at offset: Int) throws(SessionError) -> ChunkHeader? {
        try file.chunkHeader(at: offset)
    }

    /// The chunk behind this one, or the end.
    private func follower(of chunk: FollowedChunk) throws(SessionError) -> Place? {
        let offset = chunk.offset + chunk.capacity
        if let header = try header(at: offset),
            header.kind == ChunkKind.end.rawValue
                || (header.holdsEvents && header.firstSeq == chunk.nextSeq
                    && (!isPartial || header.number == chunk.number &+ 1))
        {
            return Place(offset: offset, header: header)
        }
        guard isPartial, chunk.isLeft else { return nil }
        return try first(from: chunk.nextSeq)
    }

    /// The first chunk with events of this `seq` or a later one that was not entered yet.
    private func first(from seq: UInt64) throws(SessionError) -> Place? {
        guard isPartial else {
            // Nothing leaves such a file: its chunks are followed from the first on.
            guard let header = try header(at: start), header.holdsEvents else { return nil }
            return Place(offset: start, header: header)
        }
        // Two looks: a chunk that was opened meanwhile in a place that was passed already is not to be missed.
        guard let found = try scan(from: seq) else { return nil }
        return found.header.firstSeq == seq ? found : try scan(from: seq)
    }

    private func scan(from seq: UInt64) throws(SessionError) -> Place? {
        var found: Place?
        var offset = start
        while let header = try header(at: offset) {
            if header.holdsEvents, header.firstSeq >= seq,
                number.map({ header.number > $0 }) ?? true,
                header.number < found?.header.number ?? .max
            {
                found = Place(offset: offset, header: header)
            }
            guard header.capacity > 0, header.capacity < 1 << 40 else { break }
            offset += Int(header.capacity)
        }
        return found
    }

    // MARK: Waiting

    /// The shortest and the longest pause between two looks at the file, in nanoseconds: it is looked at often while much
    /// happens, and two hundred times a second while nothing does.
    private static let pauses: (Int64, Int64) = (1_000_000, 5_000_000)

    /// How long to wait before it is worth while to read again, in nanoseconds.
    public var pause: Int64 {
        let quiet = Monitor.now - foundAt
        return min(max(quiet / 8, Self.pauses.0), Self.pauses.1)
    }

    /// Sleeps for that long.
    public func wait() { Monitor.sleep(pause) }
}

/// Hands events on as they are to be read, and looks at them on their way.
private struct FollowedEvents<S: EventSink>: EventSink {
    var counted: CountedEvents<S>
    let redaction: Redaction?
    var lastSeq: UInt64?
    var lastT: Int64 = 0
    /// The session's end was among them.
    var areOver = false

    init(_ counted: CountedEvents<S>, _ redaction: Redaction?) {
        self.counted = counted
        self.redaction = redaction
    }

    var wantsRows: Bool {
        mutating get { counted.wantsRows }
    }

    mutating func take(_ event: TreeEvent) -> Bool {
        note(event.seq, event.t)
        if case .sessionEnded = event.change { areOver = true }
        return counted.take(redaction.edited(event)) && !areOver
    }

    mutating func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool {
        if redaction != nil { return take(TreeEvent(seq: seq, t: t, change: fields.change)) }
        note(seq, t)
        return counted.take(fields, seq: seq, t: t)
    }

    private mutating func note(_ seq: UInt64, _ t: Int64) { (lastSeq, lastT) = (seq, max(lastT, t)) }
}
