extension Check {
    /// The promises, each with a name that stays.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// Every `seq` follows the one before, but where a gap says otherwise.
        case seqGapless = "seq-gapless"
        /// An id names one thing.
        case idsUnique = "ids-unique"
        /// Events speak of things that were started, acquired or requested before.
        case namesKnown = "names-known"
        /// A task starts under a parent that is not finished.
        case startUnderLive = "start-under-live"
        /// A task starts under a parent that is not cancelled.
        case startUncancelled = "start-uncancelled"
        /// A task finishes at most once, and returns at most once after it was abandoned.
        case finishOnce = "finish-once"
        /// A task finishes after its children.
        case childrenFirst = "children-first"
        /// A resource is released exactly once; one that is quarantined at most once.
        case releaseOnce = "release-once"
        /// When its task's body is over, a resource is released after the task's children finished.
        case releaseAfterChildren = "release-after-children"
        /// When its task's body is over, a resource is released before what it came after.
        case releaseOrder = "release-order"
        /// A task that finishes holds nothing that is not quarantined.
        case heldAtFinish = "held-at-finish"
        /// A release that timed out returns at most once.
        case returnOnce = "return-once"
        /// A cascade marks tasks of its subtree only, each once.
        case cascadeScope = "cascade-scope"
        /// A cascade marks each task that was live when it was requested.
        case cascadeCovers = "cascade-covers"
        /// Nothing of a cascade is released before its last mark.
        case releaseBeforeMarked = "release-before-marked"
        /// A completed cascade is over, and counted right.
        case cascadeCounts = "cascade-counts"
        /// At the session's end everything is finished, abandoned or quarantined, and nothing follows.
        case endedClean = "ended-clean"
    }

    /// A promise that was broken.
    public struct Violation: Sendable, Hashable, CustomStringConvertible {
        public var rule: Rule
        /// The events that break it, the decisive one last.
        public var seqs: [UInt64]
        /// When, in nanoseconds since the session began.
        public var t: Int64
        /// The task that it is about, by the names from the root.
        public var path: String?
        public var message: String

        /// One line: `seq 12, 0.004 s, orders/http: … (release-once)`.
        public var description: String {
            "\(Check.place(seqs, t, path)): \(message) (\(rule.rawValue))"
        }
    }

    public enum Result: String, Sendable, Hashable {
        case holds, violated, undetermined
    }

    /// What the check found.
    public struct Verdict: Sendable, Hashable {
        public var result: Result
        /// The first broken promises, in the order of the log.
        public var violations: [Violation]
        /// Violations beyond those.
        public var furtherViolations: Int
        /// What leaked, was abandoned, failed to release or overran: the first of them.
        public var findings: [Finding] = []
        /// Why it is undetermined, or would be if nothing were violated: what is missing. One line each.
        public var reasons: [String]
        /// What a reader should know even if all promises hold: who was abandoned, what was quarantined, leaked, timed
        /// out. One line each.
        public var notes: [String]
        public var counts: Counts
    }

    /// What the session had.
    public struct Counts: Sendable, Hashable {
        public var events = 0
        public var tasks = 0
        public var finished = 0
        public var failed = 0
        public var cancelled = 0
        public var abandoned = 0
        /// Abandoned tasks that returned after all.
        public var returned = 0
        public var acquired = 0
        public var released = 0
        public var releasesFailed = 0
        public var timedOut = 0
        public var leaked = 0
        public var quarantined = 0
        public var cascades = 0
        public var gaps = 0
        public var unknownEvents = 0
    }
}
