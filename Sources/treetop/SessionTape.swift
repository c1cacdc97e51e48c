import Dashboard
import Recording
import Synchronization
import TreeModel

/// The events of a session file, for going about in them: as many events lie before one as its `seq` says.
///
/// `@unchecked`: `state` is guarded by the lock.
final class SessionTape: EventTape, PastEvents, @unchecked Sendable {
    private struct State {
        let seeker: SessionSeeker
        /// Events that were decoded, by where they begin, a block each; the one that was used last stands last.
        var blocks: [(start: UInt64, events: [TreeEvent])] = []
        var failure: String?

        mutating func attempt(_ body: (SessionSeeker) throws(SessionError) -> Void) {
            do throws(SessionError) { try body(seeker) } catch { failure = error.message }
        }
    }

    /// So many places of the log are decoded together.
    private static let block: UInt64 = 256
    private static let mostBlocks = 96

    private let lock = Mutex(())
    private var state: State
    let range: Range<Int>

    /// nil for JSON Lines.
    init?(_ session: SessionFile) {
        guard let seeker = session.seeker() else { return nil }
        let (first, last) = (Replay.position(of: session.firstSeq), Replay.position(of: session.lastSeq))
        range = min(max(0, first - 1), last)..<last
        state = State(seeker: seeker)
    }

    private func locked<R: Sendable>(_ body: (inout State) -> R) -> R { lock.withLock { _ in body(&state) } }

    func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void) {
        let positions = positions.clamped(to: range)
        guard !positions.isEmpty else { return }
        let (first, last) = (UInt64(positions.lowerBound) + 1, UInt64(positions.upperBound))
        let events: [TreeEvent] = locked { state in
            // A long stretch is not asked for again.
            guard last - first >= 8 * Self.block else { return stretch(first...last, &state) }
            var events: [TreeEvent] = []
            state.attempt { seeker throws(SessionError) in
                try seeker.events(from: start(first - 1), to: .seq(last)) { events.append($0) }
                // So that little is left to look at when all was read.
                _ = try seeker.faults(upTo: last)
            }
            return events
        }
        for event in events { body(event) }
    }

    /// Where to read what stands behind an event. What stands before the first event belongs to it.
    private func start(_ seq: UInt64) -> SessionSeeker.Start {
        seq <= UInt64(range.lowerBound) ? .beginning : .seq(seq)
    }

    /// Why the file cannot be read any more, if so.
    var failure: String? { locked { $0.failure } }

    /// What is wrong with the file.
    var faults: ReadSummary {
        locked { state in
            var found = ReadSummary()
            state.attempt { seeker throws(SessionError) in found = try seeker.faults(upTo: .max) }
            return found
        }
    }

    /// The kinds of events that were passed over because of a word that is not known, by their `seq`s.
    var unknownKinds: [UInt64: TreeEvent.Kind] { locked { $0.seeker.unknownKinds } }

    func position(at instant: Int64) -> Int {
        var seq: UInt64 = 0
        locked { state in state.attempt { seeker throws(SessionError) in seq = try seeker.seq(at: instant) } }
        return min(max(Replay.position(of: seq), range.lowerBound), range.upperBound)
    }

    func fold(_ positions: Range<Int>, into tree: inout LiveTree) {
        let first = start(UInt64(max(0, positions.lowerBound)))
        let last = UInt64(max(0, positions.upperBound))
        locked { state in
            state.attempt { seeker throws(SessionError) in try seeker.fold(&tree, from: first, to: .seq(last)) }
        }
    }

    func tree(at position: Int, keyframeBehind place: Int, limits: LiveTree.Limits) -> LiveTree? {
        guard position > place else { return nil }
        var found: LiveTree?
        locked { state in
            state.attempt { seeker throws(SessionError) in
                let stop = SessionSeeker.Stop.seq(UInt64(position))
                guard let keyframe = try seeker.keyframe(before: stop), keyframe.end > UInt64(max(0, place)) else {
                    return
                }
                var tree = LiveTree(limits: limits)
                try seeker.fold(&tree, from: .keyframe(keyframe), to: stop)
                found = tree
            }
        }
        return found
    }

    func events(_ positions: Range<Int>, _ isWanted: (TreeEvent.Kind) -> Bool) -> [TreeEvent] {
        var found: [TreeEvent] = []
        let positions = positions.clamped(to: range)
        locked { state in
            state.attempt { seeker throws(SessionError) in
                let first = start(UInt64(positions.lowerBound))
                try seeker.events(from: first, to: .seq(UInt64(positions.upperBound)), of: isWanted) {
                    if isWanted($0.change.kind) { found.append($0) }
                }
            }
        }
        return found
    }

    func events(before position: Int, limit: Int) -> [TreeEvent] {
        let positions = (position - limit..<position).clamped(to: range)
        guard !positions.isEmpty else { return [] }
        return locked { stretch(UInt64(positions.lowerBound) + 1...UInt64(positions.upperBound), &$0) }
    }

    /// The events with these `seq`s, and the rows behind them.
    private func stretch(_ seqs: ClosedRange<UInt64>, _ state: inout State) -> [TreeEvent] {
        var found: [TreeEvent] = []
        var start = (seqs.lowerBound - 1) / Self.block * Self.block
        while start < seqs.upperBound {
            let events = decoded(start, &state)
            if seqs.lowerBound <= start + 1, seqs.upperBound >= start + Self.block {
                found += events
            } else {
                found += events.filter { seqs.contains($0.seq) }
            }
            start += Self.block
        }
        return found
    }

    /// The events behind a place, as many as a block has.
    private func decoded(_ place: UInt64, _ state: inout State) -> [TreeEvent] {
        if let index = state.blocks.lastIndex(where: { $0.start == place }) {
            if index + 1 < state.blocks.count { state.blocks.append(state.blocks.remove(at: index)) }
            return state.blocks[state.blocks.count - 1].events
        }
        var events: [TreeEvent] = []
        state.attempt { seeker throws(SessionError) in
            try seeker.events(from: start(place), to: .seq(place + Self.block)) { events.append($0) }
        }
        state.blocks.append((place, events))
        if state.blocks.count > Self.mostBlocks { state.blocks.removeFirst() }
        return events
    }
}
