/// What a recording keeps of a session: all of it, or only its last part; always, or only if something came up.
public struct Keeping: Hashable, Sendable {
    /// The file takes no more bytes than these; nil is no limit. What goes is the oldest part, up to a keyframe.
    ///
    /// Beyond them go only a record that is larger than a chunk, chunks that a reader of this process stopped in, and those
    /// that were not searched yet for an occasion.
    public var bytes: Int?
    /// What happened longer ago than this goes, counted back from the newest event; nil is no limit. The oldest event that
    /// is kept is at most a quarter of it older, as long as the keyframes of the log are an eighth of it apart.
    public var nanoseconds: Int64?
    /// If there are any, the recording is kept only if one of these came up; else nothing of it is left at its end. What was
    /// kept when the first came up stays, and a quarter as much of what followed.
    public var occasions: [Occasion]

    /// Fewer bytes are no use: a chunk has to be small beside them.
    public static let fewestBytes = 64 << 10

    public static let everything = Keeping()

    public init(bytes: Int? = nil, nanoseconds: Int64? = nil, occasions: [Occasion] = []) {
        self.bytes = bytes.map { max($0, Self.fewestBytes) }
        self.nanoseconds = nanoseconds
        self.occasions = occasions
    }

    /// Whether it is only the last part of the session.
    public var isPartial: Bool { bytes != nil || nanoseconds != nil }

    /// How much of the log may be kept in memory: its chunks are those of the file, and cannot go meanwhile.
    public var retaining: Int {
        let most = 64 << 20
        guard isPartial else { return most }
        return min(most, bytes.map { $0 / 4 } ?? 2 << 20)
    }

    /// How far apart the keyframes of the log are to be in bytes, and in nanoseconds; nil where it does not matter.
    public var keyframeSpacing: (bytes: Int?, nanoseconds: Int64?) {
        (bytes.map { $0 / 8 }, nanoseconds.map { max(1, $0 / 8) })
    }

    /// What it is limited to, in words: `the last 200 MB`; nil for all of a session.
    public var words: String? {
        let parts = [nanoseconds.map { Amounts.time($0) }, bytes.map { Amounts.bytes($0) }].compactMap { $0 }
        return parts.isEmpty ? nil : "the last " + parts.joined(separator: " and at most ")
    }
}

/// Amounts in words, in the largest unit that says them exactly.
enum Amounts {
    static func time(_ nanoseconds: Int64) -> String {
        let units: [(String, Int64)] = [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000),
        ]
        guard let unit = units.first(where: { nanoseconds >= $0.1 && nanoseconds % $0.1 == 0 }) else {
            return "\(nanoseconds)ns"
        }
        return "\(nanoseconds / unit.1)\(unit.0)"
    }

    /// A place in a session: `12.345 s`.
    static func seconds(_ t: Int64) -> String {
        let milliseconds = max(0, t) / 1_000_000
        return "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst()) s"
    }

    static func bytes(_ bytes: Int) -> String {
        let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)]
        guard let unit = units.first(where: { bytes >= $0.1 && bytes % $0.1 == 0 }) else { return "\(bytes) bytes" }
        return "\(bytes / unit.1) \(unit.0)"
    }
}
