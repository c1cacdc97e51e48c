import TreeModel

/// What an engine is made with. All lengths of time are inherited down the tree unless a scope says otherwise.
public struct TreeOptions: Sendable {
    /// How long a cancelled task's body may take to return before it is abandoned.
    public var grace: Duration = .seconds(5)
    /// How long one release may take before it counts as timed out.
    public var releaseBudget: Duration = .seconds(5)
    /// How long a whole shutdown may take.
    public var shutdownTotal: Duration = .seconds(30)
    /// How much of that may go to draining before the rest is cancelled.
    public var drainBudget: Duration = .seconds(10)
    /// How many bytes the log grows by, at least, from one keyframe to the next: the places where a reader that fell behind
    /// goes on, and from where a recording is sought. They are further apart where they are large, so that they take about a
    /// sixth of the log at most, and those of more than 512 KiB a seventeenth.
    public var keyframeSpacing: Int = 256 << 10
    /// How much time passes, at most, from the end of one keyframe to the next while the log grows; nil is any. Where they are
    /// large it is more, as above.
    public var keyframeInterval: Duration?
    /// How many steps of a keyframe one hold of the lock takes: rows, and resources that are passed on the way to them.
    package var keyframeSlice = 64
    /// How long the threads that bodies run on may take to begin a job before the log says that they are starved
    /// (`engine.starved`, while it lasts and at its end). They are asked as seldom as four times that; nil is never.
    public var starvation: Duration? = .milliseconds(250)
    /// Where time comes from. One that is not the machine's turns `starvation` off: its alarms are those of a test.
    public var clock: any TreeClock = SystemClock() {
        didSet { if !(clock is SystemClock) { starvation = nil } }
    }
    /// Where bodies run; nil is Swift's own pool. Given one, cascades run there too, so that a test decides the order.
    public var executor: (any TaskExecutor)?

    public init() {}
}
