import TreeModel

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
    /// Begin a loop here; end it here and play it; end looping.
    case loop
    /// Play a stretch again and again, as slowly as that.
    case watch(from: Int64, to: Int64, speed: Double)
    /// Pass over what is idle, or do not.
    case skipIdle
}

/// A stretch that is played again and again; without an end only its beginning is set.
public struct ReplayLoop: Sendable, Equatable {
    public var begin: Int64
    public var end: Int64?
    /// How fast it is played, where that is not as fast as all else.
    var speed: Double?
}

/// Where a replay stands, and what the tree was there.
public struct ReplayView: Sendable {
    public var tree: LiveTree
    public var time: Int64
    /// The first instant that can be gone to.
    public var begin: Int64
    public var end: Int64
    /// How many events there are up to that first instant; they cannot be stepped back over.
    public var first: Int
    public var position: Int
    public var eventCount: Int
    public var seq: UInt64
    /// What happened last.
    public var last: TreeEvent.Kind?
    public var isPlaying: Bool
    public var speed: Double
    public var loop: ReplayLoop?
    public var skipsIdle: Bool
    public var marks: [ReplayMark]
    public var density: Density
    /// Whether it is the past of a running program, and not a recording.
    public var isLive: Bool
    /// Whether the past is anywhere else than where the program was paused.
    public var hasMoved: Bool
    /// What a check of the session said.
    public var verdict: String?
    /// What will happen soon, while it stands still.
    public var ahead: [TreeEvent]
    /// Of a recording that is still read: how much of it was.
    public var progress: Double?
    /// Whether the tree does not remember yet what was before.
    public var isPartial: Bool
    /// Whether it is still on the way to where it was to go.
    public var isOnTheWay: Bool
    /// Of a recording: what has happened, and what it calls its tasks and resources.
    var past: (any PastEvents)?
    var names: SessionNames

    /// Whether the log has dropped what is shown: it can be left, and not be come back to.
    var isDropped: Bool { position < first }
}
