import TreeModel

/// A session that can be moved about in: it folds the events up to where it stands. A recording has all its events; of a
/// running program it has what the log still keeps, and more to come.
///
/// Going forwards costs the events passed, going backwards those since the nearest checkpoint.
public struct Replay {
    /// How many events are folded into `tree`.
    public internal(set) var position = 0
    /// Where it stands, in nanoseconds since the session began.
    public internal(set) var time: Int64 = 0
    public internal(set) var tree: LiveTree
    public internal(set) var isPlaying = false
    /// How many seconds of the session pass in one, where no loop has a speed of its own.
    var usualSpeed = 1.0
    /// How many seconds of the session pass in one.
    public var speed: Double { loop?.speed ?? usualSpeed }
    /// What is played again and again, once both ends are set.
    public internal(set) var loop: ReplayLoop?
    /// Whether stretches without events are passed over.
    public internal(set) var skipsIdle = false
    /// The instant of the last event; of a running program, now.
    public internal(set) var end: Int64 = 0
    /// What a check of the session said, for the header.
    public var verdict: String?

    let tape: any EventTape
    let limits: LiveTree.Limits
    /// What a recording calls its tasks and resources.
    var names = SessionNames()
    /// Whether it is the past of a running program.
    let isLive: Bool
    var finder: MarkFinder
    var density = Density()
    var checkpoints = Checkpoints()
    /// The tree of a running program shortly before where it went last: the log may have dropped what led to it.
    var near: Checkpoints.Entry?
    /// Of a running program: whether it is somewhere else than where it was paused.
    var hasMoved = false

    /// What led to `tree`, to be taken back: a step an event, and at last one to what is shown, if `isResting`.
    var steps = TreeSteps()
    /// How many events there are before each of these steps; of a row, before the event that it stands behind.
    var places: [Int] = []
    var isResting = false
    /// Further steps before these, while and after they are made ready.
    var behind: Behind?
    var reach = Reach()
    /// Whether it is a recording in a file: it is read while it is shown, and far places are gone to by and by.
    let isFile: Bool
    /// How far it was read, until that is done.
    var reading: Reading?
    /// The tree is that of a keyframe: it does not remember what was before. That is so until it was read up to there.
    public internal(set) var isPartial = false
    /// Where it is on the way to, if that takes long.
    var wanted: Target?

    /// A place that can be gone to.
    struct Target {
        var position: Int
        /// The instant that is shown, if it is behind the last event there.
        var instant: Int64?
    }

    /// A replay that stands at the beginning. The events are in the order of the log.
    /// - Parameter violations: what a check found, in words by the `seq` of the event.
    public init(
        events: [TreeEvent], limits: LiveTree.Limits = LiveTree.Limits(), verdict: String? = nil,
        violations: [UInt64: String] = [:]
    ) {
        self.init(RecordedTape(events: events), limits, violations)
        self.verdict = verdict
        var names = SessionNames()
        for (index, event) in events.enumerated() {
            names.note(event)
            note(event, index + 1, names)
        }
        self.names = names
        end = Self.clamped(events.last?.t ?? 0)
    }

    /// A recording that stands at its beginning and is not read yet: `work` does that. The positions of the tape are `seq`s.
    /// - Parameter end: the instant of the last event.
    public init(
        reading tape: any EventTape & PastEvents, end: Int64, limits: LiveTree.Limits = LiveTree.Limits()
    ) {
        self.init(tape, limits, [:], isFile: true)
        self.end = Self.clamped(end)
        position = tape.range.lowerBound
        reading = Reading(position: position, tree: tree)
    }

    /// The past of a running program. `follow` tells it what happens; the positions of the tape are `seq`s.
    public init(following tape: any EventTape, limits: LiveTree.Limits = LiveTree.Limits()) {
        self.init(tape, limits, [:], isLive: true)
    }

    private init(
        _ tape: any EventTape, _ limits: LiveTree.Limits, _ violations: [UInt64: String], isLive: Bool = false,
        isFile: Bool = false
    ) {
        self.tape = tape
        self.limits = limits
        self.isLive = isLive
        self.isFile = isFile
        finder = MarkFinder(patience: limits.waitsTooLong, violations: violations)
        tree = LiveTree(limits: limits)
    }

    public var marks: [ReplayMark] { finder.marks }
    /// How many events the session has so far.
    public var eventCount: Int { tape.range.upperBound }

    // MARK: a running program

    /// Takes in an event, and the tree that it led to.
    mutating func follow(_ event: TreeEvent, in tree: borrowing LiveTree) {
        note(event, Self.position(of: event.seq), tree)
        // What the reader missed is not in the log any more.
        if case .gap = event.change { checkpoints = Checkpoints() }
    }

    /// Takes in where the events have led to by now. It keeps a copy of the tree now and then.
    public mutating func follow(_ tree: LiveTree) {
        end = max(end, tree.now)
        checkpoints.drop(before: tape.range.lowerBound)
        let position = Self.position(of: tree.seq)
        if checkpoints.wants(position, tree) { checkpoints.add(position, Self.plain(tree)) }
    }

    /// Time went on without an event.
    public mutating func follow(now: Int64) { end = max(end, now) }

    /// Stands where the screen was paused.
    public mutating func stand(at tree: LiveTree) {
        stand(at: Self.plain(tree), Self.position(of: tree.seq))
        time = tree.now
        near = Checkpoints.Entry(position: position, tree: self.tree)
        isPlaying = false
        loop = nil
        hasMoved = false
    }

    private static func plain(_ tree: LiveTree) -> LiveTree {
        var tree = tree
        tree.pinned = []
        tree.settle()
        return tree
    }

    mutating func note(_ event: TreeEvent, _ position: Int, _ names: borrowing some EventNames) {
        finder.note(event, position, names)
        if !event.change.kind.isOfSnapshot { density.note(event.t) }
    }

    /// The first place that can be gone to: where the events begin, or else what a copy of the tree was kept of. nil: none.
    var first: Checkpoints.Entry? {
        let start = tape.range.lowerBound
        if start == 0 || !isLive { return Checkpoints.Entry(position: start, tree: LiveTree(limits: limits)) }
        let kept = [checkpoints.entries.first { $0.position >= start }, near].compactMap { $0 }
        return kept.filter { $0.position >= start }.min { $0.position < $1.position }
    }

    /// Times are kept within 36 years, so that they can be added.
    static func clamped(_ t: Int64) -> Int64 { min(max(t, 0), 1 << 60) }
}
