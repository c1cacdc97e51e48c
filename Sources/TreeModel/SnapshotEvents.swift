extension TreeEvent {
    /// `snapshot.task`: a task that is alive (or abandoned and not returned) where a log begins mid-way or a state is
    /// printed.
    public struct SnapshotTask: EventFields {
        public var started = TaskStarted()
        public var phase: Phase = .running
        public var draining = false
        public var cascade: CascadeID?
        public var cause: Cause?
        /// When the task started.
        public var since: Int64 = 0
        /// What it waits for; since when, and until when at most.
        public var on: WaitTarget?
        public var waitingSince: Int64?
        public var waitingUntil: Int64?
        /// It was said to be overdue, and its body has not returned.
        public var overdue = false
        @inlinable public init() {}
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            started.visit(&visitor)
            visitor.word("phase", &phase)
            visitor.flag("draining", &draining)
            visitor.id("cascade", &cascade)
            visitor.cause("cause", &cause)
            visitor.instant("since", &since)
            visitor.target("on", &on)
            visitor.instant("waitingSince", &waitingSince)
            visitor.instant("waitingUntil", &waitingUntil)
            visitor.flag("overdue", &overdue)
        }
    }

    /// `snapshot.resource`: a resource that is held where a log begins mid-way or a state is printed.
    public struct SnapshotResource: EventFields {
        public var acquired = ResourceAcquired()
        /// `running` while it is held, `releasing` while its release runs.
        public var phase: Phase = .running
        /// When it was acquired.
        public var since: Int64 = 0
        /// The abandoned task because of which it is left alone.
        public var because: TaskID?
        @inlinable public init() {}
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            acquired.visit(&visitor)
            visitor.word("phase", &phase)
            visitor.instant("since", &since)
            visitor.id("because", &because)
        }
    }

    /// `snapshot.end`: the rows are complete. What they cannot tell, because it is over, is counted here, since the session
    /// began; nil in a log whose writer did not count.
    public struct SnapshotEnd: EventFields {
        /// Tasks that started, and how those that ended did.
        public var started: UInt64?
        public var succeeded: UInt64?
        public var failed: UInt64?
        public var cancelled: UInt64?
        public var abandoned: UInt64?
        /// Abandoned ones that returned after all.
        public var returned: UInt64?
        /// Resources that were acquired, and those of them that were released, however that ended.
        public var acquired: UInt64?
        public var released: UInt64?
        /// Releases that failed or took longer than their budget, and leaks.
        public var releaseFailures: UInt64?
        public var leaked: UInt64?
        /// How often the engine was starved.
        public var starvations: UInt64?
        @inlinable public init() {}
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.amount("started", &started)
            visitor.amount("succeeded", &succeeded)
            visitor.amount("failed", &failed)
            visitor.amount("cancelled", &cancelled)
            visitor.amount("abandoned", &abandoned)
            visitor.amount("returned", &returned)
            visitor.amount("acquired", &acquired)
            visitor.amount("released", &released)
            visitor.amount("releaseFailures", &releaseFailures)
            visitor.amount("leaked", &leaked)
            visitor.amount("starvations", &starvations)
        }
    }
}
