import TreeModel

/// A session that can be moved about in: it folds the events up to where it stands. A recording has all its events; of a
/// running program it has what the log still keeps, and more to come.
///
/// Going forwards costs the events passed, going backwards those since the nearest checkpoint.
public struct Replay {
    /// How many events are folded into `tree`.
    public private(set) var position = 0
    /// Where it stands, in nanoseconds since the session began.
    public private(set) var time: Int64 = 0
    public private(set) var tree: LiveTree
    public internal(set) var isPlaying = false
    /// How many seconds of the session pass in one.
    public internal(set) var speed: Double = 1
    /// What is played again and again, once both ends are set.
    public internal(set) var loop: ReplayLoop?
    /// Whether stretches without events are passed over.
    public internal(set) var skipsIdle = false
    /// The instant of the last event; of a running program, now.
    public private(set) var end: Int64 = 0
    /// What a check of the session said, for the header.
    public var verdict: String?

    let tape: any EventTape
    private let limits: LiveTree.Limits
    /// What a recording calls its tasks and resources.
    private(set) var names = SessionNames([])
    /// Whether it is the past of a running program.
    let isLive: Bool
    var finder: MarkFinder
    var density = Density()
    private var checkpoints = Checkpoints()
    /// The tree shortly before where it went last, so that steps back from there cost little.
    private var near: Checkpoints.Entry?
    /// Of a running program: whether it is somewhere else than where it was paused.
    var hasMoved = false

    /// How far before its target a long way leaves a copy of the tree.
    private static let reach = 512

    /// A replay that stands at the beginning. The events are in the order of the log.
    /// - Parameter violations: what a check found, in words by the `seq` of the event.
    public init(
        events: [TreeEvent], limits: LiveTree.Limits = LiveTree.Limits(), verdict: String? = nil,
        violations: [UInt64: String] = [:]
    ) {
        self.init(RecordedTape(events: events), limits, isLive: false, violations)
        self.verdict = verdict
        names = SessionNames(events)
        for (index, event) in events.enumerated() { note(event, index + 1) }
        end = Self.clamped(events.last?.t ?? 0)
    }

    /// The past of a running program. `follow` tells it what happens; the positions of the tape are `seq`s.
    public init(following tape: any EventTape, limits: LiveTree.Limits = LiveTree.Limits()) {
        self.init(tape, limits, isLive: true, [:])
    }

    private init(_ tape: any EventTape, _ limits: LiveTree.Limits, isLive: Bool, _ violations: [UInt64: String]) {
        self.tape = tape
        self.limits = limits
        self.isLive = isLive
        finder = MarkFinder(patience: limits.waitsTooLong, violations: violations)
        tree = LiveTree(limits: limits)
    }

    public var marks: [ReplayMark] { finder.marks }
    /// How many events the session has so far.
    public var eventCount: Int { tape.range.upperBound }

    // MARK: a running program

    /// Takes in what happened, and the tree that the events led to. It keeps a copy of that now and then.
    public mutating func follow(_ events: [TreeEvent], _ tree: LiveTree) {
        for event in events {
            note(event, Int(clamping: event.seq))
            // What the reader missed is not in the log any more.
            if case .gap = event.change { checkpoints = Checkpoints() }
        }
        end = max(end, tree.now)
        checkpoints.drop(before: tape.range.lowerBound)
        let position = Int(clamping: tree.seq)
        if !events.isEmpty, checkpoints.wants(position, tree) { checkpoints.add(position, Self.plain(tree)) }
    }

    /// Time went on without an event.
    public mutating func follow(now: Int64) { end = max(end, now) }

    /// Stands where the screen was paused.
    public mutating func stand(at tree: LiveTree) {
        self.tree = Self.plain(tree)
        position = Int(clamping: tree.seq)
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

    private mutating func note(_ event: TreeEvent, _ position: Int) {
        finder.note(event, position)
        if !EventEntry.isRow(event) { density.note(event.t) }
    }

    /// The first place that can be gone to: where the events begin, or else what a copy of the tree was kept of. nil: none.
    var first: Checkpoints.Entry? {
        let start = tape.range.lowerBound
        if start == 0 { return Checkpoints.Entry(position: 0, tree: LiveTree(limits: limits)) }
        let kept = [checkpoints.entries.first { $0.position >= start }, near].compactMap { $0 }
        return kept.filter { $0.position >= start }.min { $0.position < $1.position }
    }

    // MARK: going somewhere

    /// Folds exactly the first `count` events; the time is that of the last of them.
    public mutating func seek(toEvent count: Int) {
        guard let first else { return }
        let target = min(max(first.position, count), max(first.position, tape.range.upperBound))
        let last = target > 0 ? tape.event(at: target - 1)?.t : 0
        time = min(Self.clamped(last ?? first.tree.now), end)
        fold(target, at: time, from: first)
        if isLive { time = max(time, tree.now) }
        tree.settle()
    }

    /// Goes to an instant: all events up to it are folded.
    public mutating func seek(time instant: Int64) {
        guard let first else { return }
        let instant = max(min(max(0, instant), end), min(first.tree.now, end))
        fold(max(tape.position(at: instant), first.position), at: instant, from: first)
        time = instant
        tree.advance(to: instant)
        tree.settle()
    }

    /// Goes some events on, or back. The rows of a snapshot are no step: they say what there is, and nothing happens.
    public mutating func step(by count: Int) {
        isPlaying = false
        guard let first else { return }
        let range = first.position...max(first.position, tape.range.upperBound)
        var target = position
        var left = min(count.magnitude, UInt(range.count))
        while left > 0, count > 0 ? target < range.upperBound : target > range.lowerBound {
            if count < 0 { target -= 1 }
            if !(tape.event(at: target).map(EventEntry.isRow) ?? false) { left -= 1 }
            if count > 0 { target += 1 }
        }
        seek(toEvent: target)
    }

    /// Times are kept within 36 years, so that they can be added.
    static func clamped(_ t: Int64) -> Int64 { min(max(t, 0), 1 << 60) }

    private mutating func fold(_ target: Int, at instant: Int64, from first: Checkpoints.Entry) {
        var start = first
        for entry in [checkpoints.last(before: target, at: instant), near].compactMap({ $0 })
        where entry.position >= start.position && entry.position <= target && entry.tree.now <= instant {
            start = entry
        }
        let isBehind = target < position || instant < tree.now || position < tape.range.lowerBound
        if isBehind || start.position - position > 2 * Self.reach {
            tree = start.tree
            position = start.position
        }
        if target - position > 2 * Self.reach {
            run(to: target - Self.reach)
            near = Checkpoints.Entry(position: position, tree: tree)
        }
        run(to: target)
    }

    private mutating func run(to target: Int) {
        while position < target {
            let stop = isLive ? target : min(target, position + 2_048)
            // Moved out while it is changed, so that it is not copied.
            var folded = LiveTree(limits: limits)
            swap(&folded, &tree)
            tape.read(position..<stop) { folded.apply($0) }
            swap(&folded, &tree)
            position = stop
            guard checkpoints.wants(position, tree) else { continue }
            tree.settle()
            checkpoints.add(position, tree)
        }
    }
}
