import EventBus
import TreeModel

extension Report {
    /// What a session came to. Times are in nanoseconds since it began.
    public struct Summary: Sendable {
        public var session: SessionInfo
        /// The times of the first and the last event.
        public var from: Int64 = 0
        public var to: Int64 = 0
        /// How it ended; nil when the log does not say.
        public var ended: EndReason?
        /// Why these numbers are not all; one line each, empty for a complete log.
        public var missing: [String] = []
        /// Counts of the whole session; what is live and held is of its end.
        public var totals = LiveTree.Totals()
        public var overdue = 0
        /// Resources that were ever left alone because of an abandoned task.
        public var quarantined = 0
        public var acquiresFailed = 0
        public var releases: [ReleaseOutcome: Int] = [:]
        public var peakLive = Peak()
        public var peakHeld = Peak()
        /// From their start to their end, of all tasks that ended.
        public var taskDurations = Spread()
        /// The same for tasks of alike names, the most frequent first.
        public var taskGroups: [TaskGroup] = []
        /// Ended tasks beyond the groups that are told apart.
        public var ungroupedTasks = 0
        public var releaseDurations = Spread()
        /// The slowest releases, the slowest first.
        public var slowest: [Release] = []
        public var cascades = 0
        /// How many cascades there were, by what made them begin.
        public var causes: [CauseKind: Int] = [:]
        /// The longest that completed, the longest first, and then those that never did.
        public var longest: [CascadeReport] = []
        /// The first few.
        public var leaks: [Release] = []
        /// The first few.
        public var abandoned: [Abandoned] = []
        /// The most frequent first.
        public var failures: [FailureGroup] = []
        /// Failures beyond the groups that are told apart.
        public var ungroupedFailures = 0
        var beginsMidway = false

        init(session: SessionInfo) { self.session = session }
    }

    /// The most there was at once, and when that was first reached.
    public struct Peak: Sendable, Hashable {
        public var count = 0
        public var t: Int64 = 0

        mutating func raise(_ count: Int, at t: Int64) {
            if count > self.count { self = Peak(count: count, t: t) }
        }
    }

    /// Tasks with the same name but for the numbers in it.
    public struct TaskGroup: Sendable, Hashable {
        /// The name; with `N` for a number where there are several.
        public var name: String
        public var failed = 0
        public var cancelled = 0
        public var abandoned = 0
        public var durations = Spread()

        init(name: String) { self.name = name }

        mutating func add(_ name: String, _ folded: String, _ duration: UInt64, _ outcome: Outcome) {
            if name != self.name { self.name = folded }
            durations.add(duration)
            switch outcome {
            case .succeeded: break
            case .failed: failed += 1
            case .cancelled: cancelled += 1
            case .abandoned: abandoned += 1
            }
        }
    }

    /// A release that ended.
    public struct Release: Sendable, Hashable {
        public var seq: UInt64
        public var t: Int64
        public var resource: ResourceID
        public var name: String
        public var kind: String?
        public var task: TaskID
        /// The names from the root to its task.
        public var path: String
        public var outcome: ReleaseOutcome
        public var error: Failure?
        public var duration: UInt64
    }

    /// A task that was given up.
    public struct Abandoned: Sendable, Hashable {
        public var seq: UInt64
        public var t: Int64
        public var task: TaskID
        public var path: String
        /// What it waited for.
        public var on: WaitTarget?
        /// Names of what it held, and keeps; a few.
        public var kept: [String]
        public var returnedAt: Int64?
    }

    /// Failures that say the same but for the numbers in it.
    public struct FailureGroup: Sendable, Hashable {
        public enum Of: String, Sendable, Hashable { case task, acquire, release }
        struct Key: Hashable {
            var of: Of
            var type: String
            var message: String
        }
        public var of: Of
        /// The first of them, word for word.
        public var error: Failure
        /// What they all say, with `N` for a number.
        public var alike: String
        public var count: Int
        /// Where the first one was. Where a failure goes up, that is where it comes from.
        public var path: String
        public var seq: UInt64
        public var t: Int64
        public var lastT: Int64
    }

    /// A cascade: how it went, and what its time went to.
    public struct CascadeReport: Sendable {
        /// With the order of the ends, and who held it up.
        public var cascade: LiveTree.Cascade
        /// The chain of tasks that each waited for the one before it, from the one that ended first up to the cascade's
        /// own; without those that took the least where it is long. Together they are the cascade's time.
        public var criticalPath: [Step] = []

        /// From the request to its end; nil if it never completed.
        public var duration: Int64? { cascade.completedAt.map { $0 - cascade.requestedAt } }
    }

    /// One task of a critical path.
    public struct Step: Sendable, Hashable {
        public var task: TaskID
        public var name: String
        public var outcome: Outcome
        /// From the end of the step before it, or the request, to its own end.
        public var duration: Int64
        public var endedAt: Int64
    }
}
