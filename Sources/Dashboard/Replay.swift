import TreeModel

/// A recorded session that can be moved about in: it owns the events and folds them up to where it stands.
///
/// Going forwards costs the events passed, going backwards those since the nearest checkpoint.
public struct Replay: Sendable {
    public let events: [TreeEvent]
    public let marks: [ReplayMark]
    /// How many events are folded into `tree`.
    public private(set) var position = 0
    /// Where it stands, in nanoseconds since the session began.
    public private(set) var time: Int64 = 0
    public private(set) var tree: LiveTree
    public private(set) var isPlaying = false
    /// How many seconds of the session pass in one.
    public private(set) var speed: Double = 1
    /// The instant of the last event.
    public let end: Int64
    /// What a check of the session said, for the header.
    public var verdict: String?

    private let limits: LiveTree.Limits
    private let names: SessionNames
    private let spacing: Int
    private var checkpoints: [LiveTree] = []

    /// A replay that stands at the beginning. The events are in the order of the log.
    public init(
        events: [TreeEvent], limits: LiveTree.Limits = LiveTree.Limits(), verdict: String? = nil
    ) {
        self.events = events
        self.limits = limits
        self.verdict = verdict
        marks = ReplayMark.marks(in: events, patience: limits.waitsTooLong)
        names = SessionNames(events)
        end = Self.clamped(events.last?.t ?? 0)
        spacing = max(512, events.count / 48)
        tree = LiveTree(limits: limits)
        checkpoints = [tree]
    }

    /// Folds exactly the first `count` events; the time is that of the last of them.
    public mutating func seek(toEvent count: Int) {
        let target = min(max(0, count), events.count)
        time = target > 0 ? min(Self.clamped(events[target - 1].t), end) : 0
        fold(target, at: time)
        tree.settle()
    }

    /// Goes to an instant: all events up to it are folded.
    public mutating func seek(time instant: Int64) {
        let instant = min(max(0, instant), end)
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].t <= instant { low = middle + 1 } else { high = middle }
        }
        fold(low, at: instant)
        time = instant
        tree.advance(to: instant)
        tree.settle()
    }

    /// Goes some events on, or back. The rows of a snapshot are no step: they say what there is, and nothing happens.
    public mutating func step(by count: Int) {
        isPlaying = false
        var target = position
        var left = min(count.magnitude, UInt(events.count))
        while left > 0, count > 0 ? target < events.count : target > 0 {
            if count < 0 { target -= 1 }
            if !EventEntry.isRow(events[target]) { left -= 1 }
            if count > 0 { target += 1 }
        }
        seek(toEvent: target)
    }

    /// Lets real time pass; says whether that moved anything.
    public mutating func advance(realNanoseconds: Int64) -> Bool {
        guard isPlaying, realNanoseconds > 0 else { return false }
        let passed = Double(min(realNanoseconds, 3_600_000_000_000)) * speed
        seek(time: time + Int64(passed))
        if time >= end { isPlaying = false }
        return true
    }

    /// Does what the dashboard asks for.
    public mutating func perform(_ command: ReplayCommand) {
        switch command {
        case .play:
            if position >= events.count { seek(toEvent: 0) }
            isPlaying = true
        case .pause: isPlaying = false
        case .step(let count): step(by: count)
        case .skip(let nanoseconds): seek(time: time + min(max(nanoseconds, -end), end))
        case .seek(let instant): seek(time: instant)
        case .seekEvent(let count):
            isPlaying = false
            seek(toEvent: count)
        case .speed(let factor): speed = min(max(factor, 1 / 64), 64)
        }
    }

    /// What the dashboard shows of it.
    public var view: ReplayView {
        ReplayView(
            tree: tree, time: time, end: end, position: position, eventCount: events.count,
            seq: position > 0 ? events[position - 1].seq : 0, isPlaying: isPlaying, speed: speed, marks: marks,
            verdict: verdict, ahead: isPlaying ? [] : ahead, past: events[..<position], names: names)
    }

    /// How far it looks ahead, in events.
    private static let sight = 5_000

    /// What will happen soon that may say how something went on: ends, releases, cancels.
    private var ahead: [TreeEvent] {
        events[position..<min(events.count, position + Self.sight)].filter { event in
            switch event.change {
            case .cancelRequested, .taskReturned, .taskFinished, .resourceReleased, .resourceQuarantined, .taskOverdue:
                true
            case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling,
                .taskJoining, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
                .resourceReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
                .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
                false
            }
        }
    }

    /// Times are kept within 36 years, so that they can be added.
    private static func clamped(_ t: Int64) -> Int64 { min(max(t, 0), 1 << 60) }

    private mutating func fold(_ target: Int, at instant: Int64) {
        if target < position || instant < tree.now {
            let index = min(target / spacing, checkpoints.count - 1)
            tree = checkpoints[index]
            position = index * spacing
        }
        while position < target {
            tree.apply(events[position])
            position += 1
            if position == checkpoints.count * spacing {
                tree.settle()
                checkpoints.append(tree)
            }
        }
    }
}

/// What a key asks of a replay.
public enum ReplayCommand: Sendable, Equatable {
    case play
    case pause
    /// Some events on, or back.
    case step(Int)
    /// Some nanoseconds on, or back.
    case skip(Int64)
    case seek(to: Int64)
    /// So that this many events are folded.
    case seekEvent(Int)
    case speed(Double)
}

/// Where a replay stands, and what the tree was there.
public struct ReplayView: Sendable {
    public var tree: LiveTree
    public var time: Int64
    public var end: Int64
    public var position: Int
    public var eventCount: Int
    public var seq: UInt64
    public var isPlaying: Bool
    public var speed: Double
    public var marks: [ReplayMark]
    /// What a check of the session said.
    public var verdict: String?
    /// What will happen soon, while it stands still.
    public var ahead: [TreeEvent] = []
    /// What has happened so far, and what the session calls its tasks and resources.
    var past: ArraySlice<TreeEvent>
    var names: SessionNames
}
