import EventBus
import TreeModel

/// Cuts a part out of a session, as a session that opens by itself: it begins with a gap for what came before and a
/// keyframe of the tree as it stood, and ends with a gap for what came after. Times and `seq` stay as they are. What a
/// keyframe does not say (progress, and what is being acquired) is not known until it is said again.
public struct SessionTrim {
    private var copy: SessionCopy
    private let from: Int64
    private let to: Int64
    /// All that came before.
    private var before = LiveTree()
    private var hasBegun = false
    /// A keyframe began in the part that is kept: its rows are of use.
    private var isInKeyframe = false
    /// The `seq` behind the last event so far, and behind the last that was kept.
    private var end: UInt64 = 0
    private var kept: UInt64 = 0
    private var lastT: Int64 = 0

    /// Writes the file. It must not exist; when this throws it may, and is not whole. An event of a newer version becomes a
    /// gap.
    /// - Parameters:
    ///   - from: the first instant that is kept, in nanoseconds since the session began.
    ///   - to: the last one.
    /// - Returns: how many events it has, with those of its keyframe and its gaps; how many of them happened; and what
    ///   reading the session came upon.
    public static func write(
        _ session: SessionFile, from: Int64, to: Int64, to path: String
    ) throws(SessionError) -> (events: Int, happened: Int, read: ReadSummary) {
        var trim = SessionTrim(copy: try SessionCopy(creating: path, for: session.session), from: from, to: to)
        let reader = session.events()
        while let item = try reader.next() {
            if let event = item.copied(at: trim.lastT) { try trim.take(event) }
        }
        try trim.finish()
        return (trim.copy.events, trim.copy.happened, reader.summary)
    }

    private init(copy: SessionCopy, from: Int64, to: Int64) {
        self.copy = copy
        self.from = from
        self.to = to
    }

    private mutating func take(_ event: TreeEvent) throws(SessionError) {
        let places = ChunkDecoder.places(event.change.kind, of: event.change)
        let next = event.seq &+ max(places, 1)
        lastT = event.t
        if !hasBegun, event.t < from {
            before.apply(event)
        } else {
            if !hasBegun { try begin(at: end > 0 ? end : event.seq) }
            if event.t <= to {
                if event.change.kind == .snapshotBegin { isInKeyframe = true }
                let isRow = places == 0 && event.change.kind != .gap
                if !isRow || isInKeyframe { try copy.add(event) }
                kept = next
            }
        }
        end = next
    }

    /// Begins the part that is kept, with the gap and the keyframe unless it is the session's beginning.
    private mutating func begin(at seq: UInt64) throws(SessionError) {
        hasBegun = true
        kept = seq
        guard end > 0 else { return }
        before.advance(to: from)
        before.settle()
        // Where not all is known at that instant, a gap behind the rows says so.
        let (last, unknown): (UInt64, UInt64) = (seq &- 1, before.isBlind ? 1 : 0)
        try gap(at: 1, lost: last &- unknown, t: before.now)
        for row in before.snapshotRows() {
            try copy.add(TreeEvent(seq: last &- unknown, t: before.now, change: row))
        }
        try gap(at: last, lost: unknown, t: before.now)
    }

    private mutating func gap(at seq: UInt64, lost: UInt64, t: Int64) throws(SessionError) {
        guard lost > 0 else { return }
        try copy.add(TreeEvent(seq: seq, t: t, change: .gap(TreeEvent.Gap(lost: lost))))
    }

    private mutating func finish() throws(SessionError) {
        if !hasBegun { try begin(at: end) }
        if end > kept { try gap(at: kept, lost: end &- kept, t: max(from, to)) }
        try copy.finish()
    }
}
