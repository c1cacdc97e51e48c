extension TreeEvent {
    /// `task.started`: a task came to be, under `parent` unless it is a root.
    public struct TaskStarted: EventFields {
        public var task: TaskID = TaskID(0)
        public var parent: TaskID?
        public var name: String = ""
        public var kind: String?
        public var labels: [Label] = []
        public var deadline: Int64?
        public var grace: UInt64?
        public var policy: Policy?
        public var limit: UInt64?
        public var attempt: UInt64?
        public var restartOf: TaskID?
        @inlinable public init() {}
        @inlinable public init(
            task: TaskID, parent: TaskID? = nil, name: String, kind: String? = nil, labels: [Label] = [],
            deadline: Int64? = nil, grace: UInt64? = nil, policy: Policy? = nil, limit: UInt64? = nil,
            attempt: UInt64? = nil, restartOf: TaskID? = nil
        ) {
            self.task = task
            self.parent = parent
            self.name = name
            self.kind = kind
            self.labels = labels
            self.deadline = deadline
            self.grace = grace
            self.policy = policy
            self.limit = limit
            self.attempt = attempt
            self.restartOf = restartOf
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.id("parent", &parent)
            visitor.text("name", &name)
            visitor.text("kind", &kind)
            visitor.labels("labels", &labels)
            visitor.instant("deadline", &deadline)
            visitor.amount("grace", &grace)
            visitor.word("policy", &policy)
            visitor.amount("limit", &limit)
            visitor.amount("attempt", &attempt)
            visitor.id("restartOf", &restartOf)
        }
    }

    /// `task.progress`: a task said how far it is, or what it is at.
    public struct TaskProgress: EventFields {
        public var task: TaskID = TaskID(0)
        public var completed: UInt64?
        public var total: UInt64?
        public var message: String?
        @inlinable public init() {}
        @inlinable public init(task: TaskID, completed: UInt64? = nil, total: UInt64? = nil, message: String? = nil) {
            self.task = task
            self.completed = completed
            self.total = total
            self.message = message
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.amount("completed", &completed)
            visitor.amount("total", &total)
            visitor.text("message", &message)
        }
    }

    /// `task.log`: a line of a task's own log.
    public struct TaskLog: EventFields {
        public var task: TaskID = TaskID(0)
        public var level: String = ""
        public var message: String = ""
        @inlinable public init() {}
        @inlinable public init(task: TaskID, level: String, message: String) {
            self.task = task
            self.level = level
            self.message = message
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.text("level", &level)
            visitor.text("message", &message)
        }
    }

    /// `task.waiting`: a task began to wait for something that has a name.
    public struct TaskWaiting: EventFields {
        public var task: TaskID = TaskID(0)
        public var on: WaitTarget = WaitTarget(kind: "")
        public var since: Int64 = 0
        public var deadline: Int64?
        @inlinable public init() {}
        @inlinable public init(task: TaskID, on: WaitTarget, since: Int64, deadline: Int64? = nil) {
            self.task = task
            self.on = on
            self.since = since
            self.deadline = deadline
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.target("on", &on)
            visitor.instant("since", &since)
            visitor.instant("deadline", &deadline)
        }
    }

    /// `task.resumed`: a waiting task goes on.
    public struct TaskResumed: EventFields {
        public var task: TaskID = TaskID(0)
        @inlinable public init() {}
        @inlinable public init(task: TaskID) {
            self.task = task
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
        }
    }

    /// `task.cancelling`: a cascade marked a task.
    public struct TaskCancelling: EventFields {
        public var task: TaskID = TaskID(0)
        public var cascade: CascadeID = CascadeID(0)
        @inlinable public init() {}
        @inlinable public init(task: TaskID, cascade: CascadeID) {
            self.task = task
            self.cascade = cascade
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.id("cascade", &cascade)
        }
    }

    /// `task.joining`: a task's body returned while children of it are alive.
    public struct TaskJoining: EventFields {
        public var task: TaskID = TaskID(0)
        public var outcome: Outcome = .succeeded
        public var error: Failure?
        @inlinable public init() {}
        @inlinable public init(task: TaskID, outcome: Outcome, error: Failure? = nil) {
            self.task = task
            self.outcome = outcome
            self.error = error
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.word("outcome", &outcome)
            visitor.failure("error", &error)
        }
    }

    /// `task.overdue`: a cancelled task's body has not returned, and soon its grace is over.
    public struct TaskOverdue: EventFields {
        public var task: TaskID = TaskID(0)
        public var since: Int64 = 0
        public var grace: UInt64 = 0
        public var on: WaitTarget?
        @inlinable public init() {}
        @inlinable public init(task: TaskID, since: Int64, grace: UInt64, on: WaitTarget? = nil) {
            self.task = task
            self.since = since
            self.grace = grace
            self.on = on
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.instant("since", &since)
            visitor.amount("grace", &grace)
            visitor.target("on", &on)
        }
    }

    /// `task.finished`: a task is over: its body, its children and its releases.
    public struct TaskFinished: EventFields {
        public var task: TaskID = TaskID(0)
        public var outcome: Outcome = .succeeded
        public var error: Failure?
        public var suppressed: [Failure] = []
        public var cause: Cause?
        @inlinable public init() {}
        @inlinable public init(
            task: TaskID, outcome: Outcome, error: Failure? = nil, suppressed: [Failure] = [], cause: Cause? = nil
        ) {
            self.task = task
            self.outcome = outcome
            self.error = error
            self.suppressed = suppressed
            self.cause = cause
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
            visitor.word("outcome", &outcome)
            visitor.failure("error", &error)
            visitor.failures("suppressed", &suppressed)
            visitor.cause("cause", &cause)
        }
    }

    /// `task.returned`: the body of an abandoned task returned after all.
    public struct TaskReturned: EventFields {
        public var task: TaskID = TaskID(0)
        @inlinable public init() {}
        @inlinable public init(task: TaskID) {
            self.task = task
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("task", &task)
        }
    }
}
