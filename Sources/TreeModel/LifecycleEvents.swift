extension TreeEvent {
    /// `cancel.requested`: somebody cancelled a subtree.
    public struct CancelRequested: EventFields {
        public var cascade: CascadeID = CascadeID(0)
        public var task: TaskID = TaskID(0)
        public var force: Bool = false
        public var cause: Cause = Cause(.code)
        @inlinable public init() {}
        @inlinable public init(cascade: CascadeID, task: TaskID, force: Bool, cause: Cause) {
            self.cascade = cascade
            self.task = task
            self.force = force
            self.cause = cause
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("cascade", &cascade)
            visitor.id("task", &task)
            visitor.flag("force", &force)
            visitor.cause("cause", &cause)
        }
    }

    /// `cancel.escalated`: a running cascade lost its patience: grace is over for all of it.
    public struct CancelEscalated: EventFields {
        public var cascade: CascadeID = CascadeID(0)
        public var by: String?
        @inlinable public init() {}
        @inlinable public init(cascade: CascadeID, by: String? = nil) {
            self.cascade = cascade
            self.by = by
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("cascade", &cascade)
            visitor.text("by", &by)
        }
    }

    /// `cancel.completed`: the subtree of a cascade is over. The counts are of what this cascade marked.
    public struct CancelCompleted: EventFields {
        public var cascade: CascadeID = CascadeID(0)
        public var tasks: UInt64 = 0
        public var resources: UInt64 = 0
        public var failed: UInt64 = 0
        public var timedOut: UInt64 = 0
        public var abandoned: UInt64 = 0
        public var duration: UInt64 = 0
        @inlinable public init() {}
        @inlinable public init(
            cascade: CascadeID, tasks: UInt64, resources: UInt64, failed: UInt64, timedOut: UInt64,
            abandoned: UInt64, duration: UInt64
        ) {
            self.cascade = cascade
            self.tasks = tasks
            self.resources = resources
            self.failed = failed
            self.timedOut = timedOut
            self.abandoned = abandoned
            self.duration = duration
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("cascade", &cascade)
            visitor.amount("tasks", &tasks)
            visitor.amount("resources", &resources)
            visitor.amount("failed", &failed)
            visitor.amount("timedOut", &timedOut)
            visitor.amount("abandoned", &abandoned)
            visitor.amount("duration", &duration)
        }
    }

    /// `drain.requested`: somebody asked a subtree to take no new work and to finish what it has.
    public struct DrainRequested: EventFields {
        public var drain: DrainID = DrainID(0)
        public var task: TaskID = TaskID(0)
        public var cause: Cause = Cause(.code)
        @inlinable public init() {}
        @inlinable public init(drain: DrainID, task: TaskID, cause: Cause) {
            self.drain = drain
            self.task = task
            self.cause = cause
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("drain", &drain)
            visitor.id("task", &task)
            visitor.cause("cause", &cause)
        }
    }

    /// `task.draining`: a task was told to drain.
    public struct TaskDraining: EventFields {
        public var task: TaskID = TaskID(0)
        public var drain: DrainID = DrainID(0)
        @inlinable public init() {}
        @inlinable public init(task: TaskID, drain: DrainID) {
            self.task = task
            self.drain = drain
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.id("drain", &drain)
        }
    }

    /// `drain.completed`: the drained subtree is over.
    public struct DrainCompleted: EventFields {
        public var drain: DrainID = DrainID(0)
        public var duration: UInt64 = 0
        @inlinable public init() {}
        @inlinable public init(drain: DrainID, duration: UInt64) {
            self.drain = drain
            self.duration = duration
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("drain", &drain)
            visitor.amount("duration", &duration)
        }
    }

    /// `shutdown.phase`: a shutdown went on to its next phase.
    public struct ShutdownPhaseBegan: EventFields {
        public var phase: ShutdownPhase = .draining
        public var task: TaskID = TaskID(0)
        public var budget: UInt64?
        @inlinable public init() {}
        @inlinable public init(phase: ShutdownPhase, task: TaskID, budget: UInt64? = nil) {
            self.phase = phase
            self.task = task
            self.budget = budget
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.word("phase", &phase)
            visitor.id("task", &task)
            visitor.amount("budget", &budget)
        }
    }

    /// `engine.starved`: the pool ran nothing for this long: its threads are blocked.
    public struct EngineStarved: EventFields {
        public var duration: UInt64 = 0
        @inlinable public init() {}
        @inlinable public init(duration: UInt64) {
            self.duration = duration
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.amount("duration", &duration)
        }
    }

    /// `snapshot.begin`: rows follow that say what is alive; they all carry the `seq` of the state that they describe.
    public struct SnapshotBegin: EventFields {
        @inlinable public init() {}
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {}
    }

    /// `gap`: events are missing: the first of them would stand here, and the next event has this `seq` + `lost`.
    public struct Gap: EventFields {
        public var lost: UInt64 = 0
        @inlinable public init() {}
        @inlinable public init(lost: UInt64) {
            self.lost = lost
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.amount("lost", &lost)
        }
    }

    /// `session.ended`: the log is complete.
    public struct SessionEnded: EventFields {
        public var reason: EndReason = .finished
        @inlinable public init() {}
        @inlinable public init(reason: EndReason) {
            self.reason = reason
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.word("reason", &reason)
        }
    }
}
