import EventBus
import TreeModel

/// Puts several sessions into one, side by side: each below a root of its own, the ids made distinct, the times aligned by
/// the wall clock, the events numbered anew.
///
/// A keyframe of one of them becomes a keyframe of all, because its rows alone would say that nothing else is alive. So
/// does a session that begins mid-way; the gap before it is kept. An event of a newer version becomes a gap.
public struct SessionMerge {
    private var copy: SessionCopy
    private var inputs: [MergedSession]
    private var seq: UInt64 = 0
    private var sums = LogSums()
    private var lastT: Int64 = 0

    /// Writes the file. It must not exist; when this throws it may, and is not whole.
    /// - Returns: how many events it has, how many of them happened, and for each session what reading it came upon.
    public static func write(
        _ sessions: [SessionFile], to path: String
    ) throws(SessionError) -> (events: Int, happened: Int, read: [ReadSummary]) {
        let start = sessions.map(\.session.startedUnixNanoseconds).min() ?? 0
        var info = SessionInfo(name: sessions.map(\.session.name).joined(separator: " + "))
        info.startedUnixNanoseconds = start
        var inputs: [MergedSession] = []
        var base = IDRange()
        var names: Set<String> = []
        for session in sessions {
            // Runs of the same program are told apart by their number.
            let name = session.session.name
            let own = (1...).lazy.map { $0 == 1 ? name : "\(name) (\($0))" }.first { !names.contains($0) } ?? name
            names.insert(own)
            let range = try IDRange(of: session)
            let lead = session.session.startedUnixNanoseconds.subtractingReportingOverflow(start)
            inputs.append(
                MergedSession(
                    session, named: own, ids: range, from: base, lead: lead.overflow ? .max : lead.partialValue))
            guard let next = base.behind(range) else {
                throw SessionError(
                    .idsTooLarge, "\(session.path) has ids that are too large to be made distinct from others")
            }
            base = next
        }
        var merge = SessionMerge(copy: try SessionCopy(creating: path, for: info), inputs: inputs)
        try merge.run()
        return (merge.copy.events, merge.copy.happened, merge.inputs.map(\.summary))
    }

    private init(copy: SessionCopy, inputs: [MergedSession]) {
        self.copy = copy
        self.inputs = inputs
    }

    private mutating func run() throws(SessionError) {
        for index in inputs.indices { try inputs[index].advance() }
        while let (index, event) = next {
            for change in inputs[index].changes(for: event) { try add(change, at: inputs[index].t) }
            if event.change.kind == .snapshotEnd { try addKeyframe() }
            try inputs[index].advance()
            if inputs[index].head == nil { for change in inputs[index].closing() { try add(change, at: lastT) } }
        }
        if !inputs.contains(where: { $0.ended == nil }) {
            let reason = inputs.compactMap(\.ended).first { $0 != .finished } ?? .finished
            try add(.sessionEnded(TreeEvent.SessionEnded(reason: reason)), at: lastT)
        }
        try copy.finish()
    }

    /// The earliest event that was not added yet, and whose it is.
    private var next: (index: Int, event: TreeEvent)? {
        var found: (index: Int, event: TreeEvent)?
        for index in inputs.indices {
            guard let event = inputs[index].head else { continue }
            if let found, inputs[found.index].t <= inputs[index].t { continue }
            found = (index, event)
        }
        return found
    }

    private mutating func add(_ change: TreeEvent.Change, at t: Int64) throws(SessionError) {
        lastT = max(lastT, t)
        let places = ChunkDecoder.places(change.kind, of: change)
        try copy.add(TreeEvent(seq: places == 0 ? seq : seq &+ 1, t: lastT, change: change))
        seq = seq &+ places
        sums.count(change)
    }

    /// A keyframe of all trees, once all that is alive is known of each.
    private mutating func addKeyframe() throws(SessionError) {
        guard inputs.allSatisfy({ !$0.tree.isBlind }) else { return }
        try add(.snapshotBegin(TreeEvent.SnapshotBegin()), at: lastT)
        for index in inputs.indices {
            for row in inputs[index].rows() { try add(row, at: lastT) }
        }
        // What was before the beginning of one of them was not counted.
        let counts = inputs.contains(where: \.beginsMidway) ? TreeEvent.SnapshotEnd() : sums.fields
        try add(.snapshotEnd(counts), at: lastT)
    }
}
