import EventBus
import TreeModel

/// Goes to any place of a session file: to the nearest keyframe before it, and on from there. One thread at a time uses it. It
/// keeps the chunks that it read last.
public final class SessionSeeker {
    /// Up to where to fold: up to an instant, or up to an event.
    public enum Stop: Sendable {
        case t(Int64)
        case seq(UInt64)

        func includes(_ seq: UInt64, _ t: Int64) -> Bool {
            switch self {
            case .t(let last): t <= last
            case .seq(let last): seq <= last
            }
        }
    }

    /// A complete keyframe of the file.
    public struct Keyframe: Hashable, Sendable {
        /// The chunk with its begin mark.
        let chunk: Int
        /// The event before the begin mark.
        public let seq: UInt64
        /// The last event before its end mark, and that one's time: the first place that it is good for.
        public let end: UInt64
        public let t: Int64
        /// How many tasks it has.
        let tasks: Int
    }

    let file: InputFile
    let index: ChunkIndex
    private let keeping: Keeping
    let cache: ChunkCache
    private var outlines: [Int: ChunkOutline] = [:]
    /// What is wrong with the file, and with so many of its chunks.
    private var faults = ReadSummary()
    private var judged = 0
    /// The kinds of events that were passed over because of a word that is not known, by their `seq`s.
    public private(set) var unknownKinds: [UInt64: TreeEvent.Kind] = [:]
    /// What reading came upon.
    public private(set) var summary = ReadSummary()

    init(_ file: InputFile, _ index: ChunkIndex, _ keeping: Keeping = .everything) {
        self.keeping = keeping
        self.file = file
        self.index = index
        cache = ChunkCache(file)
        faults.unknownChunks = index.unknownChunks
        faults.lostBytes = index.damagedBytes
    }

    // MARK: The tree

    /// The tree at an instant, or up to an event, settled; of what it remembers of the past, what happened since the keyframe.
    /// Its totals are those of the whole session.
    public func tree(at stop: Stop, limits: LiveTree.Limits = LiveTree.Limits()) throws(SessionError) -> LiveTree {
        let keyframe = try keyframe(before: stop)
        var tree = LiveTree(limits: limits, expecting: keyframe?.tasks ?? 0)
        try fold(&tree, from: keyframe.map { .keyframe($0) } ?? .beginning, to: stop)
        tree.settle()
        return tree
    }

    /// Where folding begins.
    public enum Start: Sendable {
        case beginning
        /// The tree is empty.
        case keyframe(Keyframe)
        /// The tree is what all up to this event led to.
        case seq(UInt64)
    }

    /// Folds what is between two places into a tree.
    public func fold(_ tree: inout LiveTree, from start: Start, to stop: Stop) throws(SessionError) {
        try read(from: start, to: stop, into: &tree)
    }

    /// Reads the events between two places, or those of some kinds, and gaps.
    public func events(
        from start: Start, to stop: Stop, of isWanted: (TreeEvent.Kind) -> Bool = { _ in true },
        _ body: (TreeEvent) -> Void
    ) throws(SessionError) {
        try withoutActuallyEscaping(isWanted) { isWanted throws(SessionError) in
            try withoutActuallyEscaping(body) { body throws(SessionError) in
                var sink = KindsShown(isWanted: isWanted, body: body)
                try read(from: start, to: stop, into: &sink)
            }
        }
    }

    private func read<S: EventSink>(
        from start: Start, to stop: Stop, into sink: inout S
    ) throws(SessionError) {
        let first: UInt64? = if case .seq(let seq) = start { seq &+ 1 } else { nil }
        var source = ChunkedSource(
            file, index, chunk(of: start)..<index.entries.count, keeping, cache: cache, from: first)
        try withUnsafeMutablePointer(to: &sink) { sink throws(SessionError) in
            var stretch = Stretch(start: start, stop: stop, sink: sink)
            while !stretch.isOver, let found = try source.read(into: &stretch) {
                // What is not known takes its place all the same.
                if case .unknown(let seq, let kind) = found { unknownKinds[seq] = kind }
            }
        }
        summary = source.summary
    }

    private func chunk(of start: Start) -> Int {
        switch start {
        case .beginning: 0
        case .keyframe(let keyframe): keyframe.chunk
        case .seq(let seq): index.chunk { $0.firstSeq <= seq &+ 1 }
        }
    }

    // MARK: Places

    /// The last event up to an instant; one less than the first one where there is none.
    public func seq(at t: Int64) throws(SessionError) -> UInt64 {
        guard let first = index.entries.first else { return 0 }
        let place = index.chunk { $0.firstT <= t }
        let entry = index.entries[place]
        var seq = entry.header.firstSeq &- 1
        if place == 0, entry.header.firstT > t { return first.header.firstSeq &- 1 }
        let buffer = try cache.buffer(of: entry)
        guard buffer.isIntact, !buffer.isGone else { return seq }
        _ = ChunkSkim(buffer.base, entry.header, before: buffer.count) { record in
            guard record.t <= t else { return false }
            seq = record.seq
            return true
        }
        return seq
    }

    /// The last keyframe that is complete at an instant, or with an event, and whose counts are those of the whole session.
    public func keyframe(before stop: Stop) throws(SessionError) -> Keyframe? {
        var place =
            switch stop {
            case .t(let t): index.chunk { $0.firstT <= t }
            case .seq(let seq): index.chunk { $0.firstSeq <= seq }
            }
        /// The end mark that was found, and the place where the log must go on without a hole.
        var end: ChunkOutline.Mark?
        var next: UInt64?
        /// The rows between the place and the end mark.
        var tasks = 0
        while place >= 0, place < index.entries.count {
            let outline = try outline(of: place)
            // Where something is missing, what began before is not complete.
            if !outline.isWhole || outline.nextSeq != next ?? outline.nextSeq { end = nil }
            tasks += outline.tasks
            for mark in outline.marks.reversed() {
                switch mark.kind {
                case .end: if end == nil, stop.includes(mark.seq, mark.t) { (end, tasks) = (mark, mark.tasks) }
                case .gap: end = nil
                case .begin:
                    guard let found = end else { continue }
                    return Keyframe(
                        chunk: place, seq: mark.seq, end: found.seq, t: found.t, tasks: tasks - mark.tasks)
                }
            }
            next = index.entries[place].header.firstSeq
            place -= 1
        }
        return nil
    }

    /// What is wrong with the chunks that begin up to an event, and those of earlier calls. Each is looked at once.
    public func faults(upTo seq: UInt64) throws(SessionError) -> ReadSummary {
        while judged < index.entries.count, index.entries[judged].header.firstSeq <= seq {
            let entry = index.entries[judged]
            let outline = try outline(of: judged)
            judged += 1
            faults.unknownEvents += outline.unknownEvents
            faults.lose(bytes: outline.lostBytes)
            if entry.isCut {
                faults.isCutOff = true
            } else if outline.lostBytes > 0 {
                faults.damagedChunks += 1
            }
        }
        return faults
    }

    private func outline(of place: Int) throws(SessionError) -> ChunkOutline {
        if let outline = outlines[place] { return outline }
        let entry = index.entries[place]
        let outline = ChunkOutline(try cache.buffer(of: entry), entry.header)
        if entry.header.isSealed { outlines[place] = outline }
        return outline
    }
}

/// Hands on what is between two places.
private struct Stretch<S: EventSink>: EventSink {
    let start: SessionSeeker.Start
    let stop: SessionSeeker.Stop
    /// For the time of a call.
    let sink: UnsafeMutablePointer<S>
    private var hasBegun = false
    private(set) var isOver = false

    init(start: SessionSeeker.Start, stop: SessionSeeker.Stop, sink: UnsafeMutablePointer<S>) {
        self.start = start
        self.stop = stop
        self.sink = sink
    }

    /// Those of the keyframe that it begins with, and not those before.
    var wantsRows: Bool {
        mutating get {
            if case .keyframe = start, !hasBegun { return false }
            return sink.pointee.wantsRows
        }
    }

    mutating func take(_ event: TreeEvent) -> Bool {
        includes(event.seq, event.t, event.change.kind) ? sink.pointee.take(event) : !isOver
    }

    mutating func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool {
        includes(seq, t, F.kind) ? sink.pointee.take(fields, seq: seq, t: t) : !isOver
    }

    @inline(__always)
    private mutating func includes(_ seq: UInt64, _ t: Int64, _ kind: TreeEvent.Kind) -> Bool {
        hasBegun = hasBegun || begins(seq, kind)
        if hasBegun, !isOver, !stop.includes(seq, t) { isOver = true }
        return hasBegun && !isOver
    }

    private func begins(_ seq: UInt64, _ kind: TreeEvent.Kind) -> Bool {
        switch start {
        case .beginning: true
        case .keyframe(let keyframe): kind == .snapshotBegin && seq == keyframe.seq
        case .seq(let last): seq > last
        }
    }
}

/// Shows events of some kinds to a body, and gaps.
private struct KindsShown: EventSink {
    let isWanted: (TreeEvent.Kind) -> Bool
    let body: (TreeEvent) -> Void

    var wantsRows: Bool { isWanted(.snapshotTask) || isWanted(.snapshotResource) }

    func take(_ event: TreeEvent) -> Bool {
        if isWanted(event.change.kind) || event.change.kind == .gap { body(event) }
        return true
    }

    func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool {
        isWanted(F.kind) ? take(TreeEvent(seq: seq, t: t, change: fields.change)) : true
    }
}

/// Where the marks of keyframes stand in a chunk.
struct ChunkOutline {
    struct Mark {
        enum Kind { case begin, end, gap }
        var kind: Kind
        var seq: UInt64
        var t: Int64
        /// The rows of tasks in the chunk before it.
        var tasks: Int
    }

    private(set) var marks: [Mark] = []
    /// The rows of tasks in the chunk.
    private(set) var tasks = 0
    /// The chunk is all there, and all records in it make sense.
    let isWhole: Bool
    let nextSeq: UInt64
    let unknownEvents: Int
    /// Bytes up to the cursor that are not there, or cannot be read.
    let lostBytes: Int

    init(_ buffer: ChunkBuffer, _ header: ChunkHeader) {
        let committed = Int(clamping: header.committed)
        guard buffer.isIntact, !buffer.isGone else {
            isWhole = false
            nextSeq = header.firstSeq
            unknownEvents = 0
            lostBytes = buffer.isGone ? 0 : committed
            return
        }
        var marks: [Mark] = []
        var tasks = 0
        var unknown = 0
        let skim = ChunkSkim(buffer.base, header, before: buffer.count) { record in
            let kind: Mark.Kind
            switch record.kind {
            case .snapshotBegin: kind = .begin
            // One without counts is of no use: what is over could not be told.
            case .snapshotEnd where record.hasFields: kind = .end
            case .gap: kind = .gap
            case .snapshotTask:
                tasks += 1
                return true
            case .snapshotEnd, .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested,
                .cancelEscalated, .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed,
                .resourceAcquired, .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned,
                .taskFinished, .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted,
                .shutdownPhase, .engineStarved, .snapshotResource, .sessionEnded:
                return true
            case nil:
                unknown += 1
                return true
            }
            marks.append(Mark(kind: kind, seq: record.seq, t: record.t, tasks: tasks))
            return true
        }
        (self.marks, self.tasks) = (marks, tasks)
        isWhole = skim.isWhole
        nextSeq = skim.nextSeq
        unknownEvents = unknown
        lostBytes = committed - skim.end
    }
}

extension ChunkIndex {
    /// The last chunk of those that come first; the first one if none does.
    func chunk(where isEarly: (ChunkHeader) -> Bool) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if isEarly(entries[middle].header) { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }
}
