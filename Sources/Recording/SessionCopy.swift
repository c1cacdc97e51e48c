import EventBus
import TreeModel

/// Makes a session file of events that were recorded before, each with its `seq` and time. What is alike in all copies
/// (packed, trimmed, merged) is here.
struct SessionCopy {
    /// A keyframe begins a chunk of its own where the one before it has so many bytes.
    private static let worthAChunk = 64 << 10

    private let session: SessionInfo
    private let file: ChunkFile
    private var log: EventLog?
    private var nextSeq: UInt64 = 1
    private var lastT: Int64 = 0
    private(set) var events = 0
    /// How many of them happened; the others are of keyframes, or gaps.
    private(set) var happened = 0

    /// Creates the file. It must not exist.
    /// - Parameter minor: the minor version of what is copied as it is.
    init(
        creating path: String, for session: SessionInfo, minor: UInt16 = FileHeader.minor
    ) throws(SessionError) {
        self.session = session
        file = try ChunkFile(creating: path, for: session, minor: minor)
    }

    /// Adds an event. Where the count or the time does not go on from the one before, and where a keyframe begins, a chunk
    /// begins.
    mutating func add(_ event: TreeEvent) throws(SessionError) {
        let places = ChunkDecoder.places(event.change.kind, of: event.change)
        let seq = places == 0 ? event.seq &+ 1 : event.seq
        let isEntrance = event.change.kind == .snapshotBegin && (log?.bytes ?? 0) >= Self.worthAChunk
        if log == nil || seq != nextSeq || event.t < lastT || isEntrance {
            log?.close()
            log = EventLog(session, store: file, retaining: 0, firstSeq: seq, firstT: event.t)
        }
        log?.append(event.change, at: event.t)
        nextSeq = seq &+ places
        lastT = event.t
        events += 1
        if event.change.kind.isHappening { happened += 1 }
        if let failure = file.failure { throw SessionError(.cannotCreate, failure) }
    }

    /// Adds what a reader gives; a gap stands in the place of an event of a newer version.
    mutating func add(_ item: SessionItem) throws(SessionError) {
        if let event = item.copied(at: lastT) { try add(event) }
    }

    /// Adds a chunk as it is, as far as it has records.
    mutating func add(_ chunk: NewerChunk) throws(SessionError) {
        add(whole: chunk.bytes)
        nextSeq = chunk.nextSeq
        lastT = chunk.lastT
        if let failure = file.failure { throw SessionError(.cannotCreate, failure) }
    }

    /// Adds a chunk as it is, of whatever kind: its header and all that is in it.
    mutating func add(whole bytes: [UInt8]) {
        log?.close()
        log = nil
        let used = UInt64(bytes.count)
        var bytes = bytes + [UInt8](repeating: 0, count: -bytes.count & 7)
        let capacity = UInt64(bytes.count)
        bytes.withUnsafeMutableBytes { chunk in
            chunk.storeBytes(of: capacity.littleEndian, toByteOffset: 8, as: UInt64.self)
            chunk.storeBytes(of: used.littleEndian, toByteOffset: 16, as: UInt64.self)
            file.write(chunk: chunk)
        }
    }

    /// Completes the file.
    mutating func finish() throws(SessionError) {
        log?.close()
        log = nil
        try file.finish(nextSeq: nextSeq, at: lastT)
    }
}
