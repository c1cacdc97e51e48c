import TreeModel

/// One instant held against another: what started, ended, was acquired, released or changed its state between them.
///
/// Totals are counted over all events between the two. Names are those of what is there at one of them: of what came and
/// went between them only the number is known.
struct Comparison: Sendable {
    /// Trees with more tasks than this are compared by their totals alone.
    private static let mostTasks = 200_000
    /// So many of each kind are named.
    private static let mostNames = 1_000

    /// A list of what changed alike.
    struct Names: Sendable, Equatable {
        var names: [String] = []
        var count = 0

        mutating func add(_ name: String) {
            count += 1
            if names.count < Comparison.mostNames { names.append(name) }
        }
    }

    /// A task whose state is another. Of those that ended only those that are a trouble: the others are counted as ended.
    struct Change: Sendable, Equatable {
        var name: String
        var before: String
        var after: String
    }

    /// The instant that was marked.
    let marked: LiveTree
    let markedAt: Int64
    /// The earlier and the later instant, and the events between them.
    private(set) var from: Int64 = 0
    private(set) var to: Int64 = 0
    private(set) var events = 0
    /// By the totals.
    private(set) var startedInAll = 0
    private(set) var ends: [(outcome: Outcome, count: Int)] = []
    private(set) var acquiredInAll = 0
    private(set) var releasedInAll = 0
    private(set) var lost: UInt64 = 0
    /// What is there at the later instant only, and at the earlier only.
    private(set) var started = Names()
    private(set) var ended = Names()
    private(set) var acquired = Names()
    private(set) var released = Names()
    private(set) var changed: [Change] = []
    private(set) var changedInAll = 0
    private(set) var hasNames = true
    private var version: UInt64?
    private var at: Int64 = -1

    init(_ marked: LiveTree, at time: Int64) {
        self.marked = marked
        markedAt = time
    }

    /// Compares with another tree, unless that was done already. While a program runs, once a second.
    mutating func refresh(_ tree: LiveTree, _ time: Int64) {
        guard version == nil || (tree.version != version && at / Words.second != time / Words.second) || at != time
        else { return }
        (version, at) = (tree.version, time)
        let isOn = tree.seq != marked.seq ? tree.seq > marked.seq : time >= markedAt
        compare(isOn ? marked : tree, isOn ? tree : marked)
        (from, to) = isOn ? (markedAt, time) : (time, markedAt)
    }

    private mutating func compare(_ before: LiveTree, _ after: LiveTree) {
        let (old, new) = (before.totals, after.totals)
        events = max(0, new.events - old.events)
        startedInAll = max(0, new.started - old.started)
        ends = [
            (Outcome.succeeded, new.succeeded - old.succeeded), (.failed, new.failed - old.failed),
            (.cancelled, new.cancelled - old.cancelled), (.abandoned, new.abandoned - old.abandoned),
        ].filter { $0.1 > 0 }
        acquiredInAll = max(0, new.acquired - old.acquired)
        releasedInAll = max(0, new.released - old.released)
        lost = new.lost > old.lost ? new.lost - old.lost : 0
        (started, ended, acquired, released) = (Names(), Names(), Names(), Names())
        changed = []
        changedInAll = 0
        hasNames = before.count + after.count <= Self.mostTasks
        guard hasNames else { return }
        var slot = before.root
        while slot >= 0 {
            compare(slot, before, after)
            slot = before.following(slot)
        }
        slot = after.root
        while slot >= 0 {
            if before.slot(of: after.id(slot)) < 0 { started.add(after.name(slot)) }
            for resource in after.resources(of: slot)
            where resource.state != .acquiring && !Self.has(before, resource.id) {
                acquired.add(resource.name)
            }
            slot = after.following(slot)
        }
    }

    /// What became of a task of the earlier tree, and of what it held.
    private mutating func compare(_ slot: LiveTree.Slot, _ before: LiveTree, _ after: LiveTree) {
        for resource in before.resources(of: slot)
        where resource.state != .acquiring && !Self.has(after, resource.id) {
            released.add(resource.name)
        }
        let now = after.slot(of: before.id(slot))
        let wasAlive = before.phase(slot) != .finished
        if wasAlive, now < 0 || after.phase(now) == .finished { ended.add(before.name(slot)) }
        guard now >= 0, !wasAlive || after.phase(now) != .finished || after.isTroubled(now) else { return }
        let old = RowWords.state(slot, before).0
        let new = RowWords.state(now, after).0
        guard old != new else { return }
        changedInAll += 1
        if changed.count < Self.mostNames { changed.append(Change(name: before.name(slot), before: old, after: new)) }
    }

    private static func has(_ tree: LiveTree, _ resource: ResourceID) -> Bool {
        tree.resource(resource).map { $0.state != .acquiring } ?? false
    }
}

extension DashboardState {
    /// Marks this instant, and opens the pane that says what is different elsewhere.
    mutating func compare() {
        let time = isRewound || isRecording ? replay?.time ?? now : now
        closePane()
        comparison = Comparison(shown, at: time)
        pane = .comparison
        notice = "\(Words.instant(time)) is marked: go elsewhere, the pane says what is different there"
        needsRows = true
    }
}
