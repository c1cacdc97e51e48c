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
        /// The place to pause at was reached.
        case paused
        /// No whole record before the limit.
        case end
        /// The bytes from here on are no records.
        case damaged
    }

    private var reader: RecordReader
    /// Rows are written against those before them.
    private let comparesRows: Bool
    /// Rows were passed over since the keyframe began: those that follow cannot be read.
    public private(set) var hasPassedRows = false
    /// The place of the last event.
    private var seq: UInt64 = 0
    private var lastTask = TreeEvent.SnapshotTask()
    private var lastResource = TreeEvent.SnapshotResource()
    /// The `seq` that the next event will have.
    public private(set) var nextSeq: UInt64
    /// The next record's place, in bytes from the chunk's beginning. Kept apart from the reader, which other modules would copy
    /// whole to ask it.
    public private(set) var offset: Int
    /// What was come upon.
    public struct Counts {
        /// Events that were shown, and rows that were passed over.
        public var events = 0
        /// Events that the gaps among them stand for.
        public var lost: UInt64 = 0
        /// Events that had fields of a newer version.
        public var unknownFields = 0
    }
    public private(set) var counts = Counts()

    /// - Parameter base: the chunk's first byte; its header says where the records begin.
    public init(_ base: UnsafeRawPointer, _ header: ChunkHeader) {
        reader = RecordReader(
            base, at: Int(header.headerLength), firstT: header.firstT,
            isNumbered: header.kind != ChunkKind.plainEvents.rawValue)
        comparesRows = header.kind == ChunkKind.events.rawValue
        nextSeq = header.firstSeq
        offset = Int(header.headerLength)
    }

    /// Begins at a record that was found otherwise, of a kind that has neither ids nor strings: those before it are not known.
    public init(_ base: UnsafeRawPointer, at record: ChunkSkim.Record) {
        reader = RecordReader(base, at: record.offset, firstT: record.t, isNumbered: true)
        comparesRows = true
        nextSeq = record.seq
        offset = record.offset
    }

    /// What was come upon since this was asked last.
    public mutating func takeCounts() -> Counts {
        defer { counts = Counts() }
        return counts
    }

    /// The time of the last record.
    public var t: Int64 { reader.t }

    /// Decodes the next record that ends before `limit`, a number of bytes from the chunk's beginning, and shows it to the
    /// body if it is an event.
    public mutating func next(before limit: Int, _ body: (TreeEvent) -> Void) -> Step {
        read(before: limit) { event in
            body(event)
            return false
        }
    }

    /// Decodes the records that end before `limit`, and shows them to the body for as long as it says true and they are
    /// events. Returns what the last one was.
    public mutating func read(before limit: Int, _ body: (TreeEvent) -> Bool) -> Step {
        withoutActuallyEscaping(body) { body in
            var sink = ShownEvents(to: body)
            return read(before: limit, into: &sink)
        }
    }

    /// The same for a sink.
    /// - Parameter pause: where to pause: at the first record that begins there or behind.
    public mutating func read<S: EventSink>(
        before limit: Int, pausingAt pause: Int = .max, into sink: inout S
    ) -> Step {
        repeat {
            if let step = decode(before: limit, into: &sink) { return step }
        } while reader.at < pause
        return .paused
    }

    /// Decodes the next record. Returns what it was, and nil where it was an event and more are wanted.
    @inline(__always)
    private mutating func decode<S: EventSink>(before limit: Int, into sink: inout S) -> Step? {
        guard reader.at < limit else { return .end }
        guard let number = reader.begin(before: limit) else { return .damaged }
        guard let kind = TreeEvent.Kind(rawValue: number) else {
            finish()
            seq = nextSeq
            nextSeq = nextSeq &+ 1
            return .unknown(seq: seq, kind: nil)
        }
        switch kind {
        case .taskStarted: return show(TreeEvent.TaskStarted.self, to: &sink)
        case .taskWaiting: return show(TreeEvent.TaskWaiting.self, to: &sink)
        case .taskResumed: return show(TreeEvent.TaskResumed.self, to: &sink)
        case .taskCancelling: return show(TreeEvent.TaskCancelling.self, to: &sink)
        case .taskJoining: return show(TreeEvent.TaskJoining.self, to: &sink)
        case .taskFinished: return show(TreeEvent.TaskFinished.self, to: &sink)
        case .resourceAcquired: return show(TreeEvent.ResourceAcquired.self, to: &sink)
        case .resourceReleasing: return show(TreeEvent.ResourceReleasing.self, to: &sink)
        case .resourceReleased: return show(TreeEvent.ResourceReleased.self, to: &sink)
        case .snapshotTask, .snapshotResource:
            // Version 1.2 wrote them as any other event.
            if !comparesRows { return showChange(kind, to: &sink) }
            if hasPassedRows || !sink.wantsRows { return pass() }
            // Where they stand: rows are large.
            if kind == .snapshotTask {
                reader.readRow(&lastTask)
                return leave(kind, 0) ?? (sink.take(lastTask, seq: seq, t: reader.t) ? nil : .event)
            }
            reader.readRow(&lastResource)
            return leave(kind, 0) ?? (sink.take(lastResource, seq: seq, t: reader.t) ? nil : .event)
        case .snapshotBegin, .snapshotEnd:
            beginRows()
            return showChange(kind, to: &sink)
        case .taskProgress, .taskLog, .cancelRequested, .cancelEscalated, .taskOverdue, .resourceAcquiring,
            .resourceFailed, .resourceQuarantined, .resourceReturned, .taskReturned, .cancelCompleted, .drainRequested,
            .taskDraining, .drainCompleted, .shutdownPhase, .engineStarved, .gap, .sessionEnded:
            return showChange(kind, to: &sink)
        }
    }

    @inline(__always)
    private mutating func show<F: FrequentFields, S: EventSink>(_: F.Type, to sink: inout S) -> Step? {
        var fields = F()
        fields.visit(&reader)
        return leave(F.kind, 1) ?? (sink.take(fields, seq: seq, t: reader.t) ? nil : .event)
    }

    private mutating func showChange<S: EventSink>(_ kind: TreeEvent.Kind, to sink: inout S) -> Step? {
        let change = TreeEvent.Change(kind, from: &reader)
        return leave(kind, Self.places(kind, of: change))
            ?? (sink.take(TreeEvent(seq: seq, t: reader.t, change: change)) ? nil : .event)
    }

    /// Passes over a row.
    private mutating func pass() -> Step? {
        hasPassedRows = true
        reader.pass()
        return leave(.snapshotTask, 0)
    }

    private mutating func beginRows() {
        hasPassedRows = false
        reader.beginRows()
        lastTask = TreeEvent.SnapshotTask()
        lastResource = TreeEvent.SnapshotResource()
    }

    /// Leaves a record whose fields were read. Returns nil where they make sense: they are an event's, whose place is `seq`.
    @inline(__always)
    private mutating func leave(_ kind: TreeEvent.Kind, _ places: UInt64) -> Step? {
        if reader.failed { return .damaged }
        if finish() { counts.unknownFields += 1 }
        seq = places == 0 ? nextSeq &- 1 : nextSeq
        nextSeq = nextSeq &+ places
        if reader.unknownWord { return .unknown(seq: seq, kind: kind) }
        counts.events += 1
        if kind == .gap { counts.lost &+= places }
        return nil
    }

    /// Leaves a record; true when it has bytes that were not read.
    @discardableResult @inline(__always)
    private mutating func finish() -> Bool {
        defer { offset = reader.at }
        return reader.finish()
    }

    /// How many places of the log an event takes.
    @inline(__always)
    package static func places(_ kind: TreeEvent.Kind, of change: TreeEvent.Change) -> UInt64 {
        if case .gap(let gap) = change { return gap.lost }
        return kind.isOfSnapshot ? 0 : 1
    }
}
