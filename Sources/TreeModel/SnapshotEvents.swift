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
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
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
}
