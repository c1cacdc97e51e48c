import TreeModel

/// Decodes the records of one chunk in order. The bytes may be hostile; the memory must stay while it is used.
///
/// Rows of a snapshot take no place of their own: they carry the `seq` of the event before them. A `gap` takes as many
/// places as it says are lost; everything else takes one.
public struct ChunkDecoder {
    /// What the next record was. An event is shown and not returned: it is large, and to hand it on from call to call took
    /// longer than to decode it.
    public enum Step: Hashable {
        case event
        /// An event of a newer version at this `seq`: of a kind that is not known here (nil), or with such a word.
        case unknown(seq: UInt64, kind: TreeEvent.Kind?)
        /// It was passed over.
        case passed
        /// No whole record before the limit.
        case end
        /// The bytes from here on are no records.
        case damaged
    }

    private var glancing: GlanceReader
    private var reader: RecordReader {
        @inline(__always) _read { yield glancing.reader }
        @inline(__always) _modify { yield &glancing.reader }
    }
    /// The `seq` that the next event will have.
    public private(set) var nextSeq: UInt64
    /// The next record's place, in bytes from the chunk's beginning. Kept apart from the reader, which other modules would copy
    /// whole to ask it.
    public private(set) var offset: Int
    /// Events that had fields of a newer version.
    public private(set) var unknownFields = 0

    /// - Parameter base: the chunk's first byte; its header says where the records begin.
    public init(_ base: UnsafeRawPointer, _ header: ChunkHeader) {
        glancing = GlanceReader(
            RecordReader(
                base, at: Int(header.headerLength), firstT: header.firstT,
                isNumbered: header.kind != ChunkKind.plainEvents.rawValue))
        nextSeq = header.firstSeq
        offset = Int(header.headerLength)
    }

    /// Begins at a record that was found otherwise, of a kind that has neither ids nor strings: those before it are not known.
    public init(_ base: UnsafeRawPointer, at record: ChunkSkim.Record) {
        glancing = GlanceReader(RecordReader(base, at: record.offset, firstT: record.t, isNumbered: true))
        nextSeq = record.seq
        offset = record.offset
    }

    /// The time of the last record.
    public var t: Int64 { reader.t }

    /// Decodes the next record that ends before `limit`, a number of bytes from the chunk's beginning, and shows it to the
    /// body if it is an event.
    @inline(__always)
    public mutating func next(before limit: Int, _ body: (TreeEvent) -> Void) -> Step {
        guard reader.at < limit else { return .end }
        guard let number = reader.begin(before: limit) else { return .damaged }
        guard let kind = TreeEvent.Kind(rawValue: number) else {
            finish()
            return .unknown(seq: advance(1), kind: nil)
        }
        // Made in its place: to copy it costs as much as to decode it.
        var event = TreeEvent(seq: 0, t: reader.t, change: TreeEvent.Change(kind, from: &reader))
        if reader.failed { return .damaged }
        if finish() { unknownFields += 1 }
        event.seq = advance(Self.places(kind, of: event.change))
        if reader.unknownWord { return .unknown(seq: event.seq, kind: kind) }
        body(event)
        return .event
    }

    /// Looks at the next record that ends before `limit` without decoding its strings. If `isPassed` says true of it, it is
    /// passed over, else it is decoded as `next` does.
    @inline(__always)
    public mutating func next(
        before limit: Int, unless isPassed: (Glance) -> Bool, _ body: (TreeEvent) -> Void
    ) -> Step {
        guard reader.at < limit else { return .end }
        let mark = reader.mark
        let before = (nextSeq, unknownFields)
        guard let number = reader.begin(before: limit) else { return .damaged }
        if let kind = TreeEvent.Kind(rawValue: number) {
            var glance = Glance(kind, from: &glancing)
            if reader.failed { return .damaged }
            if !reader.unknownWord {
                if finish() { unknownFields += 1 }
                glance.t = reader.t
                glance.offset = mark.offset
                glance.seq = advance(glance.places)
                if isPassed(glance) { return .passed }
            }
        }
        reader.goBack(to: mark)
        offset = mark.offset
        (nextSeq, unknownFields) = before
        return next(before: limit, body)
    }

    /// Leaves a record; true when it has bytes that were not read.
    @discardableResult @inline(__always)
    private mutating func finish() -> Bool {
        defer { offset = reader.at }
        return reader.finish()
    }

    private mutating func advance(_ places: UInt64) -> UInt64 {
        let seq = places == 0 ? nextSeq &- 1 : nextSeq
        nextSeq = nextSeq &+ places
        return seq
    }

    /// How many places of the log an event takes.
    @inline(__always)
    package static func places(_ kind: TreeEvent.Kind, of change: TreeEvent.Change) -> UInt64 {
        switch kind {
        case .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd: return 0
        case .gap:
            if case .gap(let gap) = change { return gap.lost }
            return 1
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired,
            .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished,
            .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .sessionEnded:
            return 1
        }
    }
}
