import TreeModel

/// What a reader of a session finds next.
public enum SessionItem: Hashable, Sendable {
    /// An event. Where events are lost it is a `gap`.
    case event(TreeEvent)
    /// An event of a newer version: of a kind that is not known here (nil), or with a word that is not known.
    case unknown(seq: UInt64, kind: TreeEvent.Kind?)

    /// The event as a copy of the session has it: a gap stands for one of a newer version.
    /// - Parameter t: when that one happened, as far as it is known.
    /// - Returns: nil for a row of a newer version. It takes no place: without it nothing is missing in the count.
    func copied(at t: Int64) -> TreeEvent? {
        switch self {
        case .event(let event): event
        case .unknown(_, .snapshotTask), .unknown(_, .snapshotResource): nil
        case .unknown(let seq, _): TreeEvent(seq: seq, t: t, change: .gap(TreeEvent.Gap(lost: 1)))
        }
    }
}

/// What reading a session came upon, so far.
public struct ReadSummary: Hashable, Sendable {
    /// Events that were read, without the gaps that the reader put in.
    public var events = 0
    /// Events of kinds, or with words, that this version does not know.
    public var unknownEvents = 0
    /// Events that had further fields.
    public var unknownFields = 0
    /// Chunks of kinds that this version does not use.
    public var unknownChunks = 0
    public var damagedChunks = 0
    /// Events that are known to be missing.
    public var lostEvents: UInt64 = 0
    /// Bytes that could not be read.
    public var lostBytes = 0
    /// What the file keeps of the session, in words, if that is not all.
    public var kept: String?
    /// Events before the keyframe that it begins with, which were not kept.
    public var notKept: UInt64 = 0
    /// The last chunk, or the last line, is not all there.
    public var isCutOff = false
    /// Where the file is damaged, and why: the first few places.
    public private(set) var damages: [Damage] = []
    public private(set) var furtherDamages = 0
    /// What is behind the first damage was left out, as `Recovery.prefix` says.
    public internal(set) var isPrefix = false

    public init() {}

    /// Counts bytes as lost. What a damaged header claims may be any number.
    mutating func lose(bytes: Int) {
        let (sum, overflow) = lostBytes.addingReportingOverflow(max(0, bytes))
        lostBytes = overflow ? .max : sum
    }

    /// Notes a place that is damaged.
    mutating func note(_ damage: Damage) {
        if damages.count < 8 { damages.append(damage) } else { furtherDamages += 1 }
    }

    /// The summary in one line for people; nil when nothing is to be said.
    public var note: String? { lines.isEmpty ? nil : lines.joined(separator: "; ") }

    /// The summary in lines for people; empty when nothing is to be said.
    public var lines: [String] {
        var lines: [String] = []
        func say(_ count: some BinaryInteger, _ one: String, _ many: String) {
            if count > 0 { lines.append("\(count) \(count == 1 ? one : many)") }
        }
        if let kept, notKept > 0 || lostEvents > 0 {
            let count = notKept &+ lostEvents
            lines.append("\(count) \(count == 1 ? "event was" : "events were") not kept: the recording keeps \(kept)")
        }
        say(damagedChunks, "damaged chunk was passed over", "damaged chunks were passed over")
        if kept == nil { say(lostEvents, "event is lost", "events are lost") }
        let isOnlyCut = isCutOff && damagedChunks == 0 && furtherDamages == 0 && damages.allSatisfy(\.isCut)
        if !isOnlyCut { say(lostBytes, "byte could not be read", "bytes could not be read") }
        if isCutOff {
            let cut = "the file is cut off at its end"
            lines.append(isOnlyCut && lostBytes > 0 ? "\(cut): bytes that are missing or not whole: \(lostBytes)" : cut)
        }
        lines += damages.filter { !$0.isCut }.map { "\($0)" }
        say(furtherDamages, "further place is damaged", "further places are damaged")
        if !damages.isEmpty, !isCutOff, lostEvents == 0 { lines.append("no event is known to be lost") }
        if isPrefix { lines.append("what is behind the first damage was left out") }
        say(unknownEvents, "event of a newer version was passed over", "events of a newer version were passed over")
        say(unknownFields, "event has fields of a newer version", "events have fields of a newer version")
        say(unknownChunks, "chunk of a newer version was passed over", "chunks of a newer version were passed over")
        return lines
    }
}
