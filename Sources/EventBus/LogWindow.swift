import TreeModel

/// Reads what a log still keeps, again and from anywhere. One thread at a time uses it. It keeps at most one segment in
/// memory beside those that the log retains, and the log never waits for it.
public final class LogWindow {
    /// So many records lie between two places of a segment where decoding can begin.
    private static let spacing = 4_096

    private let log: EventLog
    /// The segment that was read last, and where in it decoding can begin: at its first record, and every `spacing` after.
    private var segment: Segment?
    private var stops: [ChunkDecoder] = []

    public init(_ log: EventLog) { self.log = log }

    /// The `seq`s of the events that can be read at this moment.
    public var range: Range<UInt64> {
        let first = log.shelf.oldestSeq
        return first..<max(first, log.lastSeq &+ 1)
    }

    /// Passes the events with these `seq`s in their order, and the rows of snapshots that stand between and behind them.
    /// What the log no longer keeps is left out.
    public func read(_ seqs: Range<UInt64>, _ body: (TreeEvent) -> Void) {
        guard var segment = log.shelf.segment(holding: max(seqs.lowerBound, log.shelf.oldestSeq)) else { return }
        func isWanted(_ event: TreeEvent) -> Bool {
            guard event.seq < seqs.upperBound else { return false }
            if event.seq >= seqs.lowerBound { body(event) }
            return true
        }
        while decode(segment, from: { $0.nextSeq <= seqs.lowerBound }, isWanted) {
            guard let next = log.shelf.segment(number: segment.number + 1) else { return }
            segment = next
        }
    }

    /// The `seq` of the last event up to an instant; the one before the range where there is none.
    public func seq(at t: Int64) -> UInt64 {
        guard let segment = log.shelf.segment(at: t) else { return log.shelf.oldestSeq &- 1 }
        var seq = segment.header.firstSeq &- 1
        _ = decode(segment, from: { $0.t <= t }) { event in
            guard event.t <= t else { return false }
            seq = event.seq
            return true
        }
        return seq
    }

    /// Decodes a segment from the last place at which that is possible, until `body` says no. True if it never did.
    private func decode(
        _ segment: Segment, from isBefore: (ChunkDecoder) -> Bool, _ body: (TreeEvent) -> Bool
    ) -> Bool {
        if self.segment !== segment {
            self.segment = segment
            stops = [ChunkDecoder(segment.memory.base, segment.header)]
        }
        var stop = stops.lastIndex(where: isBefore) ?? 0
        var decoder = stops[stop]
        let (limit, _) = segment.readable()
        var count = 0
        while true {
            var goesOn = true
            switch decoder.next(before: limit, { goesOn = body($0) }) {
            case .event, .unknown, .paused: if !goesOn { return false }
            case .end, .damaged: return true
            }
            count += 1
            guard count == Self.spacing else { continue }
            count = 0
            stop += 1
            if stop == stops.count { stops.append(decoder) }
        }
    }
}
