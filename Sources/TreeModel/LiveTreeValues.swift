extension LiveTree {
    /// What a task waits for at this moment.
    public struct Waiting: Sendable, Equatable {
        public var on: WaitTarget
        public var since: Int64
        public var deadline: Int64?
    }

    /// How far a task said it is.
    public struct Progress: Sendable, Equatable {
        public var completed: UInt64?
        public var total: UInt64?
        public var message: String?
    }

    /// The last line of a task's log.
    public struct LogLine: Sendable, Equatable {
        public var t: Int64
        public var level: String
        public var message: String
    }

    /// How far a resource is.
    public enum ResourceState: UInt8, Sendable {
        case acquiring, held, releasing, quarantined
    }

    /// A resource that is not released.
    public struct Resource: Sendable, Equatable {
        public var id: ResourceID
        /// Its owner, if the tree knows it.
        public var task: TaskID?
        public var name: String
        public var kind: String?
        public var state: ResourceState
        /// When it was acquired, or when the acquire began.
        public var since: Int64
        /// When its release began.
        public var releasingSince: Int64?
        public var budget: UInt64?
        public var after: [ResourceID]?
        /// The abandoned task because of which it is left alone.
        public var because: TaskID?
    }

    /// A release that ended.
    public struct Released: Sendable, Equatable {
        public var name: String
        public var kind: String?
        public var t: Int64
        public var duration: Int64
        public var outcome: ReleaseOutcome
        public var error: Failure?
    }

    /// All that the tree knows about one task.
    public struct TaskInfo: Sendable, Equatable {
        public var id: TaskID
        public var parent: TaskID?
        public var name: String
        public var kind: String?
        public var labels: [Label]
        public var phase: Phase
        /// What it ended with; nil while it is alive.
        public var outcome: Outcome?
        /// What its body ended with, while it waits for its children.
        public var bodyOutcome: Outcome?
        public var isDraining: Bool
        /// The cascade that marked it.
        public var cascade: CascadeID?
        public var cause: Cause?
        public var startedAt: Int64
        public var cancelledAt: Int64?
        public var bodyEndedAt: Int64?
        public var finishedAt: Int64?
        public var returnedAt: Int64?
        public var deadline: Int64?
        /// Its own, or inherited.
        public var grace: UInt64?
        public var policy: Policy?
        public var limit: UInt64?
        public var attempt: UInt64?
        public var restartOf: TaskID?
        public var waiting: Waiting?
        /// What it waited for when it became overdue.
        public var overdueOn: WaitTarget?
        public var progress: Progress?
        public var log: LogLine?
        public var error: Failure?
        public var suppressed: [Failure]
        public var isOverdue: Bool
        public var waitsTooLong: Bool
        public var hasLeaked: Bool
        /// The last few releases of its own resources, oldest first.
        public var released: [Released]
        public var releasedCount: Int
        /// Own resources that are acquired and not released.
        public var ownHeld: Int
        /// Unfinished tasks in its subtree, itself included, as of the last `settle()`.
        public var live: Int
        /// Held resources in its subtree, as of the last `settle()`.
        public var held: Int
        /// Tasks with a trouble in its subtree, as of the last `settle()`.
        public var troubles: Int
        public var children: Int
        public var depth: Int

        /// Whether it was cancelled.
        public var isCancelled: Bool { cancelledAt != nil }
        /// Whether it was abandoned and has not returned.
        public var isAway: Bool { outcome == .abandoned && returnedAt == nil }
        /// Whether it is one of the things to look at.
        public var isTroubled: Bool { outcome == .failed || isAway || isOverdue || waitsTooLong || hasLeaked }
    }

    /// A cancel and all that it set in motion.
    public struct Cascade: Sendable {
        public var id: CascadeID
        public var root: TaskID
        /// The names from the tree's root to the cancelled task, with `/` between them.
        public var path: String
        public var cause: Cause
        public var force: Bool
        public var requestedAt: Int64
        public var escalatedAt: Int64?
        public var escalatedBy: String?
        /// Tasks that it marked.
        public var marked = 0
        public var lastMarkAt: Int64
        /// Of those, how many ended, by outcome.
        public var ended: [Outcome: Int] = [:]
        /// Resources that its tasks held when they were marked, or acquired later.
        public var resources = 0
        public var released: [ReleaseOutcome: Int] = [:]
        public var quarantined = 0
        /// The ends, in order; the first 1,024 of them.
        public var order: [End] = []
        public var lastEnd: End?
        /// The releases, in the order of their ends; the first 1,024 of them.
        public var releases: [Release] = []
        public var slowest: Released?
        /// The first 256 tasks that became overdue.
        public var overdue: [TaskID] = []
        /// Tasks that made others wait, the worst first; a few of them.
        public internal(set) var holdUps: [HoldUp] = []
        /// What it came to, once it is over.
        public var completed: TreeEvent.CancelCompleted?
        public var completedAt: Int64?

        /// Who made everybody else wait, and for how long: an abandoned task, else one that was overdue, else the one
        /// before whose end nobody else ended for longest.
        public var heldUp: (task: TaskID, name: String, duration: Int64)? {
            holdUps.first.map { ($0.task, $0.name, $0.duration) }
        }

        /// One or two of those that held it up, the longest first; a second one only if it took a good part of the time.
        public var mainHoldUps: [HoldUp] {
            guard let first = holdUps.first else { return [] }
            let second = holdUps.dropFirst().max { $0.duration < $1.duration }
            guard let second, second.duration * 4 >= first.duration else { return [first] }
            return second.duration > first.duration ? [second, first] : [first, second]
        }

        /// A task that made others wait.
        public struct HoldUp: Sendable, Equatable {
            public enum Rank: Int, Sendable { case slow, overdue, abandoned }
            public var task: TaskID
            public var name: String
            /// From its mark to its end; of one that was merely slow, the time in which nobody else ended.
            public var duration: Int64
            public var rank: Rank
        }

        /// One release of a cascade.
        public struct Release: Sendable, Equatable {
            public var task: TaskID
            /// The name of the task that held it.
            public var owner: String
            public var release: Released
        }

        /// Whether a deadline or a failure ended a few tasks with it, and nothing went wrong.
        public var isSmooth: Bool {
            guard completedAt != nil, cause.kind == .deadline || cause.kind == .failure || cause.kind == .code else {
                return false
            }
            return holdUps.isEmpty && quarantined == 0 && ended[.abandoned] == nil && released[.failed] == nil
                && released[.timedOut] == nil && released[.leaked] == nil
        }

        /// Tasks that ended.
        public var endedCount: Int { ended.values.reduce(0, &+) }
        /// Resources whose release ended, however it ended.
        public var releasedCount: Int { released.values.reduce(0, &+) }

        /// The end of one task of a cascade.
        public struct End: Sendable, Equatable {
            public var task: TaskID
            public var name: String
            public var outcome: Outcome
            public var t: Int64
        }
    }

    /// A drain and how far it is.
    public struct Drain: Sendable {
        public var id: DrainID
        public var root: TaskID
        public var path: String
        public var cause: Cause
        public var requestedAt: Int64
        public var told = 0
        public var duration: Int64?
    }

    /// A shutdown and the phase that it is in.
    public struct Shutdown: Sendable {
        public var phase: ShutdownPhase
        public var task: TaskID
        public var since: Int64
        public var budget: UInt64?
    }
}
