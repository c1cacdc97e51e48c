import TreeModel

/// A recording that is shown from its beginning to its end, with no way back. Its events are told twice, in their order: to
/// `scan` all of them, and then to `fold` as far as they are shown. None is kept but for the names of tasks: its memory grows
/// with those, some forty bytes a task, and with what is alive at once.
public struct Film {
    /// The instant of the last event.
    public private(set) var end: Int64 = 0
    /// What a check of the session said, for the header.
    public var verdict: String?
    private var finder: MarkFinder
    private var density = Density()
    private var count = 0
    private var violations: [ReplayMark] = []
    /// Which of them are not passed yet, by the `seq` of the event.
    private var coming: [UInt64: Int] = [:]

    /// What the tasks that are marked are called.
    private var names = SessionNames()

    private var tree: LiveTree
    private var position = 0
    private var last: TreeEvent?

    public init(limits: LiveTree.Limits = LiveTree.Limits()) {
        tree = LiveTree(limits: limits)
        finder = MarkFinder(patience: limits.waitsTooLong)
    }

    // MARK: first

    /// Takes in the next event of the first reading.
    public mutating func scan(_ event: TreeEvent) {
        count += 1
        names.note(event)
        finder.note(event, count, names)
        if !event.change.kind.isOfSnapshot { density.note(event.t) }
        end = Replay.clamped(event.t)
    }

    /// Takes in a promise that a check found broken by an event, in words.
    public mutating func note(violation: String, seq: UInt64, at t: Int64) {
        coming[seq] = violations.count
        violations.append(
            ReplayMark(kind: .violated, t: Replay.clamped(t), position: .max, task: nil, name: violation))
    }

    /// All marks, in the order of their times.
    public var marks: [ReplayMark] {
        var marks = finder.marks
        for mark in violations { marks.insert(mark, at: marks.firstIndex { $0.t > mark.t } ?? marks.count) }
        return marks
    }

    // MARK: then

    /// Takes in the next event of the second reading.
    public mutating func fold(_ event: TreeEvent) {
        tree.apply(event)
        position += 1
        last = event
        if !coming.isEmpty, let index = coming.removeValue(forKey: event.seq) { violations[index].position = position }
        // What is left to be summed up does not pile up between two views.
        if position % 4_096 == 0 { tree.settle() }
    }

    /// What is shown at an instant: all events up to then are folded, and none behind it.
    public mutating func view(at instant: Int64) -> ReplayView {
        tree.advance(to: instant)
        tree.settle()
        return ReplayView(
            tree: tree, time: instant, begin: 0, end: end, first: 0, position: position, eventCount: count,
            seq: last?.seq ?? tree.seq, last: last?.change.kind, isPlaying: true, speed: 1, loop: nil, skipsIdle: false,
            marks: marks, density: density, isLive: false, hasMoved: false, verdict: verdict, ahead: [], progress: nil,
            isPartial: false, isOnTheWay: false, past: nil, names: names)
    }
}
