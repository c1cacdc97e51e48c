/// The tree as it stands after the events so far: every task that is alive, what it holds, and for a while what ended.
///
/// A pure value: it reads no clock and does no work of its own. Time is the `t` of the last event, or what
/// `advance(to:)` says. Each event costs a constant amount of work, however deep or wide the tree is; what is summed
/// over subtrees is brought up to date by `settle()`, once a frame. Any sequence of events is accepted, however wrong.
public struct LiveTree: Sendable {
    /// The place of a task in the tree's storage, valid until the next change of the tree; -1 is none.
    public typealias Slot = Int32

    /// How long and how many of the tasks that ended are remembered, and when a wait becomes a trouble.
    public struct Limits: Sendable {
        /// How long a task that ended well stays, in nanoseconds.
        public var lingers: Int64 = 3_000_000_000
        /// How many of those stay at most.
        public var lingering: Int = 4_096
        /// How long the rows of a cascade stay, in nanoseconds; those of the pinned one stay longer.
        public var keepsCascade: Int64 = 10_000_000_000
        /// How long a failed one, and one that returned late, stays, in nanoseconds.
        public var keeps: Int64 = 60_000_000_000
        /// How many stay at most: of a cascade's, of the failed and of the abandoned ones.
        public var kept: Int = 4_096
        /// How many cascades are remembered, the last ones.
        public var rememberedCascades: Int = 64
        /// A wait without a deadline is a trouble after this long, in nanoseconds.
        public var waitsTooLong: Int64 = 5_000_000_000
        public init() {}
    }

    /// Counts over the whole session, but for `live`, `held` and `quarantined`, which are of this moment.
    public struct Totals: Sendable, Equatable {
        public var events = 0
        public var live = 0
        public var held = 0
        public var quarantined = 0
        public var started = 0
        public var succeeded = 0
        public var failed = 0
        public var cancelled = 0
        public var abandoned = 0
        /// Abandoned ones that returned after all.
        public var returned = 0
        public var acquired = 0
        public var released = 0
        public var leaked = 0
        public var releaseFailures = 0
        /// Events that a gap stands for.
        public var lost: UInt64 = 0
        public var gaps = 0
        /// Tasks that wait too long at this moment.
        public var waitTooLong = 0
        public var overdue = 0
        public var starvations = 0
        /// Events that name what the tree does not know, or that contradict it.
        public var strange = 0
        public init() {}
    }

    public var limits: Limits {
        didSet { nextDue = .min }
    }
    public internal(set) var totals = Totals()
    /// The time of the tree, in nanoseconds since the session began.
    public internal(set) var now: Int64 = 0
    /// The place in the log of the last event.
    public internal(set) var seq: UInt64 = 0
    /// Changes with every event and whenever a row leaves.
    public internal(set) var version: UInt64 = 0
    /// The last cancels, oldest first; `Limits.rememberedCascades` of them. Those that went smoothly go first.
    public internal(set) var cascades: [Cascade] = []
    /// The last 8 drains, oldest first.
    public internal(set) var drains: [Drain] = []
    /// The phase that the last shutdown is in.
    public internal(set) var shutdown: Shutdown?
    public internal(set) var lastGap: (t: Int64, lost: UInt64)?
    public internal(set) var lastStarvation: (t: Int64, duration: Int64)?
    /// Why the session ended, if it did.
    public internal(set) var ended: EndReason?
    public internal(set) var endedAt: Int64 = 0
    /// Live tasks and events, second by second.
    public internal(set) var pulse = Pulse()
    /// What became of the resources of each kind, in the order in which the kinds were first seen.
    public internal(set) var kinds: [KindTotals] = []
    /// The last 64 releases that failed, took longer than their budget, or came too late; oldest first.
    public internal(set) var badReleases: [BadRelease] = []
    /// These cascades are remembered and their rows stay, whatever their age.
    public var pinned: Set<CascadeID> = [] {
        didSet { nextDue = .min }
    }

    /// Nothing becomes due before it.
    var nextDue: Int64 = .min
    var nodes = RewindArray<Node>()
    var freeNodes = RewindArray<Slot>()
    var slots = IDMap()
    var roots = ListEnds()
    var dirty = RewindArray<Slot>()
    var waiting = ListEnds()
    var lingering = ListEnds()
    var cascaded = ListEnds()
    var kept = ListEnds()
    var abandoned = ListEnds()
    var resources = RewindArray<ResourceNode>()
    var freeResources = RewindArray<Int32>()
    var resourceSlots = IDMap()
    var resourceNames = RewindDictionary<String, Int32>()
    /// The kind that was looked up last.
    var lastKind = 0
    var timedOut: [(resource: UInt64, task: UInt64, name: String)] = []
    var profiles: [Profile] = []
    var nextProfile = 0
    /// The one that was looked up last.
    var lastProfile: Profile?
    /// Not all that is alive is known: the log begins mid-way, or has a gap. Up to the end of the next snapshot.
    public internal(set) var isBlind = false
    /// The snapshot that is being read; nil while there is none, or nothing to learn from it.
    var snapshot: SnapshotReading?
    var history = History()

    /// - Parameter tasks: how many live tasks are expected, so that there is room for them. It is a hint, and may come from a
    ///   damaged file: room for more than a million is not made beforehand.
    public init(limits: Limits = Limits(), expecting tasks: Int = 0) {
        self.limits = limits
        let tasks = min(tasks, 1 << 20)
        if tasks > 0 { nodes.reserve(tasks + min(tasks, limits.lingering)) }
    }

    /// Folds one event in.
    public mutating func apply(_ event: borrowing TreeEvent) {
        // As if they were passed over, where they are not wanted.
        if !wantsRows, event.change.kind.isRow { return }
        let t = begin(event.seq, event.t, isSnapshot: event.change.kind == .snapshotBegin)
        switch event.change {
        case .snapshotBegin: beginSnapshot()
        case .snapshotTask(let fields): fields.fold(into: &self, at: t)
        case .snapshotResource(let fields): fields.fold(into: &self, at: t)
        case .snapshotEnd(let fields): endSnapshot(fields)
        case .gap(let fields): gap(fields, t)
        case .taskStarted(let fields): fields.fold(into: &self, at: t)
        case .taskProgress(let fields): counted(t) { $0.progress(fields, t) }
        case .taskLog(let fields): counted(t) { $0.log(fields, t) }
        case .taskWaiting(let fields): fields.fold(into: &self, at: t)
        case .taskResumed(let fields): fields.fold(into: &self, at: t)
        case .cancelRequested(let fields): counted(t) { $0.cancelRequested(fields, t) }
        case .cancelEscalated(let fields): counted(t) { $0.cancelEscalated(fields, t) }
        case .taskCancelling(let fields): fields.fold(into: &self, at: t)
        case .taskJoining(let fields): fields.fold(into: &self, at: t)
        case .taskOverdue(let fields): counted(t) { $0.overdue(fields, t) }
        case .resourceAcquiring(let fields): counted(t) { $0.acquiring(fields, t) }
        case .resourceFailed(let fields): counted(t) { $0.acquireFailed(fields, t) }
        case .resourceAcquired(let fields): fields.fold(into: &self, at: t)
        case .resourceReleasing(let fields): fields.fold(into: &self, at: t)
        case .resourceReleased(let fields): fields.fold(into: &self, at: t)
        case .resourceQuarantined(let fields): counted(t) { $0.quarantined(fields, t) }
        case .resourceReturned(let fields): counted(t) { $0.resourceReturned(fields, t) }
        case .taskFinished(let fields): fields.fold(into: &self, at: t)
        case .taskReturned(let fields): counted(t) { $0.returned(fields, t) }
        case .cancelCompleted(let fields): counted(t) { $0.cancelCompleted(fields, t) }
        case .drainRequested(let fields): counted(t) { $0.drainRequested(fields, t) }
        case .taskDraining(let fields): counted(t) { $0.draining(fields) }
        case .drainCompleted(let fields): counted(t) { $0.drainCompleted(fields, t) }
        case .shutdownPhase(let fields): counted(t) { $0.shutdownPhase(fields, t) }
        case .engineStarved(let fields):
            counted(t) {
                $0.totals.starvations += 1
                $0.lastStarvation = (t, clampedSpan(fields.duration))
            }
        case .sessionEnded(let fields):
            counted(t) {
                $0.ended = fields.reason
                $0.endedAt = t
            }
        }
        expire()
    }

    /// Begins with an event. Returns its time as the tree takes it.
    @inline(__always)
    mutating func begin(_ seq: UInt64, _ t: Int64, isSnapshot: Bool) -> Int64 {
        let t = clampedTime(t)
        now = max(now, t)
        if version == 0 { isBlind = seq > 1 || isSnapshot }
        self.seq = seq
        version &+= 1
        return t
    }

    /// Moves the tree's time on without an event; it never goes back, and stands still once the session has ended.
    public mutating func advance(to time: Int64) {
        let time = clampedTime(time)
        guard time > now, ended == nil else { return }
        now = time
        pulse.advance(to: time, live: totals.live)
        expire()
    }

    /// Folds an event in, and counts it; rows of a snapshot are not counted.
    @inline(__always)
    mutating func counted(_ t: Int64, _ body: (inout LiveTree) -> Void) {
        totals.events += 1
        pulse.advance(to: t, live: totals.live)
        pulse.note()
        body(&self)
    }

    private mutating func gap(_ fields: TreeEvent.Gap, _ t: Int64) {
        totals.gaps += 1
        totals.lost &+= fields.lost
        lastGap = (t, fields.lost)
        isBlind = true
        snapshot = nil
    }

    /// Counts an event that does not fit; where not all is known, that is no wonder.
    @inline(__always)
    mutating func noteStrange() {
        if !isBlind { totals.strange += 1 }
    }
}

/// Times of a log are kept within 36 years, so that sums and differences of them cannot overflow.
@inline(__always) func clampedTime(_ t: Int64) -> Int64 { min(max(t, 0), 1 << 60) }
@inline(__always) func clampedSpan(_ span: UInt64) -> Int64 { Int64(min(span, 1 << 60)) }
/// A time that is -1 as long as it has not come.
@inline(__always) func positive(_ t: Int64) -> Int64? { t >= 0 ? t : nil }
