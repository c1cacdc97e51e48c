import EventBus
import TreeModel

/// Makes a session file of JSON Lines. What is exported from it again is what was read: the same events, each with its
/// `seq` and time.
public struct SessionImport {
    /// What the file could not hold as it was.
    public struct Summary: Hashable, Sendable {
        public var events = 0
        /// How many of them happened; the others are of keyframes, or gaps.
        public var happened = 0
        /// Events with an earlier time than the one before; they were given its time.
        public var earlier = 0
        /// Events of a newer version; a gap stands in the place of each.
        public var unknown = 0
        /// What reading came upon.
        public var read = ReadSummary()
    }

    private let lines: SessionFile
    private let path: String
    private var log: EventLog?
    private var summary = Summary()
    private var lastT: Int64 = 0

    /// Writes the file. It must not exist; when this throws it may, and is not whole.
    /// - Throws: when a line is no event or has not the `seq` that is due, with its number, or the file cannot be written.
    public static func write(_ lines: SessionFile, to path: String) throws(SessionError) -> Summary {
        guard lines.format == .jsonLines else {
            throw SessionError(.notLines, "\(lines.path) is a session file already: give JSON Lines")
        }
        var run = SessionImport(lines: lines, path: path)
        return try run.copy()
    }

    private init(lines: SessionFile, path: String) {
        self.lines = lines
        self.path = path
    }

    private mutating func copy() throws(SessionError) -> Summary {
        let reader = lines.events()
        while let item = try reader.next() {
            do throws(SessionError) { try add(item) } catch {
                throw SessionError(error.code, "\(lines.path):\(reader.line ?? 0): \(error.message)")
            }
            if let failure = log?.recordingFailure { throw SessionError(.cannotCreate, failure) }
        }
        if log == nil { log = try open(firstSeq: 1) }
        log?.close()
        if let failure = log?.recordingFailure { throw SessionError(.cannotCreate, failure) }
        summary.read = reader.summary
        return summary
    }

    private func open(firstSeq: UInt64) throws(SessionError) -> EventLog {
        let store = try MappedStore(creating: path, for: lines.session)
        // Nobody reads it here: what is written is let go of.
        return EventLog(lines.session, store: store, retaining: 0, firstSeq: firstSeq)
    }

    private mutating func add(_ item: SessionItem) throws(SessionError) {
        switch item {
        case .event(let event):
            switch event.change {
            case .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd: try begin(event.seq, isRow: true)
            case .gap(let gap):
                // A gap of nothing takes no place either.
                try begin(event.seq, isRow: gap.lost == 0)
                if event.seq.addingReportingOverflow(gap.lost).overflow {
                    throw SessionError(.badLine, "`lost` \(gap.lost) is more than there can be")
                }
            case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
                .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired,
                .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished,
                .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
                .engineStarved, .sessionEnded:
                try begin(event.seq, isRow: false)
            }
            summary.events += 1
            if event.change.kind.isHappening { summary.happened += 1 }
            if event.t < lastT { summary.earlier += 1 }
            lastT = max(lastT, event.t)
            log?.append(event.change, at: event.t)
        case .unknown(let seq, let kind):
            summary.unknown += 1
            // A row takes no place: without it nothing is missing in the count.
            if kind == .snapshotTask || kind == .snapshotResource { return }
            try begin(seq, isRow: false)
            log?.append(.gap(TreeEvent.Gap(lost: 1)), at: lastT)
        }
    }

    /// Sees that an event has the place that is due; the first one says where the log begins.
    private mutating func begin(_ seq: UInt64, isRow: Bool) throws(SessionError) {
        guard let log else {
            guard isRow || seq > 0, seq < .max else {
                throw SessionError(.badLine, "`seq` \(seq) is none: begin with 1")
            }
            log = try open(firstSeq: isRow ? seq + 1 : seq)
            return
        }
        let last = log.lastSeq
        if isRow {
            if seq != last {
                throw SessionError(
                    .badLine, "`seq` is \(seq): a snapshot's row carries that of the event before it, \(last)")
            }
        } else if seq != last &+ 1 {
            throw SessionError(
                .badLine, "`seq` is \(seq), and \(last &+ 1) is due: where events are missing, write a gap")
        }
    }
}
