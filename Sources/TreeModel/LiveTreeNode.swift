/// What the tree keeps of one task. Links are slots of the same array; -1 is none.
struct Node: Sendable {
    // First what is read of each when a screen goes through many: it stands together in memory.
    var id: UInt64 = 0
    var name = ""
    var next: Int32 = -1
    var children = ListEnds()
    var parent: Int32 = -1
    /// What the subtree adds up to as of the last flush of this node, itself included. Its parent has received all of it.
    var sums = Sums()
    var phase: Phase = .running
    var list: NodeList = .none
    var flags: NodeFlags = []
    var startedAt: Int64 = 0
    var cascade: UInt64 = 0
    var outcome: Outcome?
    var depth: Int32 = 0
    var previous: Int32 = -1
    var profile: Profile
    /// Its place in the list that `list` names.
    var listPrevious: Int32 = -1
    var listNext: Int32 = -1
    var firstResource: Int32 = -1
    var lastResource: Int32 = -1
    /// Own resources that are acquired, not released and not quarantined.
    var ownHeld: Int32 = 0
    var releasedCount: Int32 = 0
    /// The last few releases of its own, oldest first.
    var released: [LiveTree.Released] = []
    /// What was received from the children, and is not yet in `sums`, nor in those of the ancestors.
    var pending = Sums()
    var cancelledAt: Int64 = -1
    var bodyEndedAt: Int64 = -1
    var finishedAt: Int64 = -1
    var deadline: Int64 = -1
    /// What few tasks have: none or one.
    var more: [NodeMore] = []

    /// A blank one, as those are that no task is in.
    init(profile: Profile) { self.profile = profile }

    /// Where a node stands: its parent, and those before and behind it.
    struct Place {
        var parent: Int32
        var previous: Int32
        var next: Int32
        var depth: Int32 = 0
    }

    @inline(__always)
    mutating func take(_ place: Place) {
        parent = place.parent
        previous = place.previous
        next = place.next
        depth = place.depth
    }

    /// Takes what a child has more, or less. True if there was nothing to flush before: it is to come into the list of those
    /// that have something.
    @inline(__always)
    mutating func receive(_ sums: Sums) -> Bool {
        pending.add(sums)
        return flags.insert(.dirty).inserted
    }

    /// Makes the node of a task blank that is gone: it is in no list, and has no children and no resources. Field by field: to
    /// make another one and to move it here took longer than all else. In the list of those to flush it stays, with nothing to
    /// flush, and at the depth that it has there.
    mutating func clear() {
        id = 0
        name = ""
        (parent, previous, next) = (-1, -1, -1)
        sums = Sums()
        pending = Sums()
        phase = .running
        outcome = nil
        flags.formIntersection(.dirty)
        startedAt = 0
        cascade = 0
        releasedCount = 0
        (cancelledAt, bodyEndedAt, finishedAt, deadline) = (-1, -1, -1, -1)
        if !released.isEmpty { released = [] }
        if !more.isEmpty { more = [] }
    }
}

/// The numbers that are summed over subtrees.
struct Sums: Sendable, Equatable {
    var live: Int32 = 0
    var held: Int32 = 0
    var troubles: Int32 = 0
    var isZero: Bool { live == 0 && held == 0 && troubles == 0 }
    static prefix func - (sums: Sums) -> Sums {
        Sums(live: 0 &- sums.live, held: 0 &- sums.held, troubles: 0 &- sums.troubles)
    }
    mutating func add(_ other: Sums) {
        live &+= other.live
        held &+= other.held
        troubles &+= other.troubles
    }
}

/// The lists that a task can be in; at most one at a time.
enum NodeList: UInt8, Sendable {
    case none, waiting, lingering, cascaded, kept, abandoned
}

struct NodeFlags: OptionSet, Sendable {
    var rawValue: UInt16
    static let draining = NodeFlags(rawValue: 1)
    static let overdue = NodeFlags(rawValue: 2)
    static let waitsTooLong = NodeFlags(rawValue: 4)
    static let leaked = NodeFlags(rawValue: 8)
    /// Its time is over; it stays until its last child and its last resource are gone.
    static let due = NodeFlags(rawValue: 16)
    static let returned = NodeFlags(rawValue: 32)
    /// It is in the list of nodes to flush.
    static let dirty = NodeFlags(rawValue: 64)
    /// It counts as a trouble in the sums.
    static let troubled = NodeFlags(rawValue: 128)
    /// Its parent was not known when it started.
    static let orphan = NodeFlags(rawValue: 256)
    /// It was confirmed by the snapshot that is being read.
    static let confirmed = NodeFlags(rawValue: 512)
    static let wasOverdue = NodeFlags(rawValue: 1024)
    /// It started where not all was known: siblings of it that started before may turn up.
    static let early = NodeFlags(rawValue: 2048)
}

/// What alike siblings have in common, shared between them.
final class Profile: Sendable, Equatable {
    let kind: String?
    let labels: [Label]
    let grace: UInt64?
    let policy: Policy?
    let limit: UInt64?

    init(_ started: TreeEvent.TaskStarted) {
        kind = started.kind
        labels = started.labels
        grace = started.grace
        policy = started.policy
        limit = started.limit
    }

    func describes(_ started: TreeEvent.TaskStarted) -> Bool {
        kind == started.kind && grace == started.grace && policy == started.policy && limit == started.limit
            && labels == started.labels
    }

    static func == (a: Profile, b: Profile) -> Bool {
        a === b
            || (a.kind == b.kind && a.labels == b.labels && a.grace == b.grace && a.policy == b.policy
                && a.limit == b.limit)
    }
}

/// What few tasks have.
struct NodeMore: Sendable {
    var waiting: LiveTree.Waiting?
    var overdueOn: WaitTarget?
    var progress: LiveTree.Progress?
    var log: LiveTree.LogLine?
    var error: Failure?
    var bodyOutcome: Outcome?
    var suppressed: [Failure] = []
    var cause: Cause?
    var attempt: UInt64?
    var restartOf: TaskID?
    /// The parent that an orphan named.
    var missingParent: TaskID?
    var returnedAt: Int64?
}

/// What the tree keeps of one resource that is not released.
struct ResourceNode: Sendable {
    var id: UInt64
    var name: String
    var kind: String?
    /// The id of its owner, known or not.
    var owner: UInt64
    /// Its owner; -1 when the tree does not know it.
    var task: Int32
    var state: LiveTree.ResourceState
    var since: Int64
    var releasingSince: Int64 = -1
    var budget: UInt64?
    var after: [ResourceID]?
    var because: UInt64 = 0
    /// The other resources of its owner, in the order of acquisition.
    var previous: Int32 = -1
    var next: Int32 = -1
    /// Those with the same name, newest first.
    var sameNamePrevious: Int32 = -1
    var sameNameNext: Int32 = -1
    /// The place of its kind among the totals; -1 while it is not acquired.
    var kindIndex: Int32 = -1
    var confirmed = false
    /// It is in the sums of its task and of those above.
    var isCounted = false
    /// It was acquired where not all was known: others that were acquired before may turn up.
    var isEarly = false
}
