import EventBus
import TreeModel

/// What a recording may be kept for.
public enum Occasion: Hashable, Sendable {
    /// A task failed.
    case failure
    /// A lease was dropped unreleased.
    case leak
    /// A task was left behind.
    case abandoned
    /// A cascade took longer than so many nanoseconds, or has not ended after them.
    case cascade(over: Int64)

    /// The word for it: `failure`, `cascade:2s`.
    public var word: String {
        switch self {
        case .failure: "failure"
        case .leak: "leak"
        case .abandoned: "abandoned"
        case .cascade(let limit): "cascade:\(Amounts.time(limit))"
        }
    }

    /// What happened, in words.
    public var happened: String {
        switch self {
        case .failure: "a task failed"
        case .leak: "something leaked"
        case .abandoned: "a task was abandoned"
        case .cascade(let limit): "a cascade took longer than \(Amounts.time(limit))"
        }
    }
}

/// Looks for the first event that a recording is kept for.
struct OccasionWatch {
    /// The first that came up, and where.
    struct Found: Hashable, Sendable {
        var occasion: Occasion
        var seq: UInt64
        var t: Int64
    }

    private let occasions: [Occasion]
    private(set) var found: Found?
    /// The shortest time that a cascade may take.
    private let limit: Int64?
    /// When the cascades that run were requested.
    private var running: [CascadeID: Int64] = [:]

    init(_ occasions: [Occasion]) {
        self.occasions = occasions
        limit = occasions.compactMap { occasion in
            if case .cascade(let limit) = occasion { return limit }
            return nil
        }.min()
    }

    var isWanted: Bool { !occasions.isEmpty && found == nil }

    mutating func see(_ event: TreeEvent) {
        guard isWanted else { return }
        switch event.change {
        case .taskFinished(let end):
            if end.outcome == .failed { note(.failure, event) }
            if end.outcome == .abandoned { note(.abandoned, event) }
        case .resourceReleased(let release): if release.outcome == .leaked { note(.leak, event) }
        case .cancelRequested(let request): if limit != nil { running[request.cascade] = event.t }
        case .cancelCompleted(let end):
            running[end.cascade] = nil
            if let limit, end.duration > UInt64(limit) { note(.cascade(over: limit), event) }
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling,
            .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceQuarantined, .resourceReturned, .taskReturned, .drainRequested, .taskDraining, .drainCompleted,
            .shutdownPhase, .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap,
            .sessionEnded:
            break
        }
        // Few cascades run at once, and mostly none.
        if let limit, !running.isEmpty, running.values.contains(where: { event.t - $0 > limit }) {
            note(.cascade(over: limit), event)
        }
    }

    private mutating func note(_ occasion: Occasion, _ event: TreeEvent) {
        if occasions.contains(occasion) { found = found ?? Found(occasion: occasion, seq: event.seq, t: event.t) }
    }

    /// Looks at the events of a chunk that is complete.
    mutating func see(_ memory: SegmentMemory) {
        guard isWanted else { return }
        let bytes = UnsafeRawBufferPointer(start: memory.base, count: memory.capacity)
        guard let header = ChunkHeader(bytes), header.holdsEvents else { return }
        var decoder = ChunkDecoder(memory.base, header)
        while isWanted {
            switch decoder.next(before: Int(header.committed), { see($0) }) {
            case .event, .unknown, .paused: continue
            case .end, .damaged: return
            }
        }
    }
}
