extension TreeEvent {
    /// `resource.acquiring`: an acquire is under way and may suspend.
    public struct ResourceAcquiring: EventFields {
        public var resource: ResourceID = ResourceID(0)
        public var task: TaskID = TaskID(0)
        public var name: String = ""
        public var kind: String?
        @inlinable public init() {}
        @inlinable public init(resource: ResourceID, task: TaskID, name: String, kind: String? = nil) {
            self.resource = resource
            self.task = task
            self.name = name
            self.kind = kind
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("resource", &resource)
            visitor.id("task", &task)
            visitor.text("name", &name)
            visitor.text("kind", &kind)
        }
    }

    /// `resource.failed`: an acquire failed; nothing is held.
    public struct ResourceFailed: EventFields {
        public var resource: ResourceID = ResourceID(0)
        public var task: TaskID = TaskID(0)
        public var error: Failure = Failure(type: "", message: "")
        @inlinable public init() {}
        @inlinable public init(resource: ResourceID, task: TaskID, error: Failure) {
            self.resource = resource
            self.task = task
            self.error = error
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("resource", &resource)
            visitor.id("task", &task)
            visitor.failure("error", &error)
        }
    }

    /// `resource.acquired`: a task holds a resource. `after` lists what it is released before; left out, that is all that its task acquired earlier.
    public struct ResourceAcquired: EventFields {
        public var resource: ResourceID = ResourceID(0)
        public var task: TaskID = TaskID(0)
        public var name: String = ""
        public var kind: String?
        public var budget: UInt64?
        public var after: [ResourceID]?
        @inlinable public init() {}
        @inlinable public init(
            resource: ResourceID, task: TaskID, name: String, kind: String? = nil, budget: UInt64? = nil,
            after: [ResourceID]? = nil
        ) {
            self.resource = resource
            self.task = task
            self.name = name
            self.kind = kind
            self.budget = budget
            self.after = after
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("resource", &resource)
            visitor.id("task", &task)
            visitor.text("name", &name)
            visitor.text("kind", &kind)
            visitor.amount("budget", &budget)
            visitor.ids("after", &after)
        }
    }

    /// `resource.releasing`: a release began.
    public struct ResourceReleasing: EventFields {
        public var resource: ResourceID = ResourceID(0)
        public var task: TaskID = TaskID(0)
        @inlinable public init() {}
        @inlinable public init(resource: ResourceID, task: TaskID) {
            self.resource = resource
            self.task = task
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("resource", &resource)
            visitor.id("task", &task)
        }
    }

    /// `resource.released`: a release ended, or its budget did.
    public struct ResourceReleased: EventFields {
        public var resource: ResourceID = ResourceID(0)
        public var task: TaskID = TaskID(0)
        public var outcome: ReleaseOutcome = .ok
        public var error: Failure?
        public var duration: UInt64 = 0
        @inlinable public init() {}
        @inlinable public init(
            resource: ResourceID, task: TaskID, outcome: ReleaseOutcome, error: Failure? = nil, duration: UInt64
        ) {
            self.resource = resource
            self.task = task
            self.outcome = outcome
            self.error = error
            self.duration = duration
        }
        @inlinable @inline(__always)
        public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("resource", &resource)
            visitor.id("task", &task)
            visitor.word("outcome", &outcome)
            visitor.failure("error", &error)
            visitor.amount("duration", &duration)
        }
    }

    /// `resource.quarantined`: a resource is left alone because an abandoned task may still use it.
    public struct ResourceQuarantined: EventFields {
        public var resource: ResourceID = ResourceID(0)
        public var task: TaskID = TaskID(0)
        public var because: TaskID = TaskID(0)
        @inlinable public init() {}
        @inlinable public init(resource: ResourceID, task: TaskID, because: TaskID) {
            self.resource = resource
            self.task = task
            self.because = because
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("resource", &resource)
            visitor.id("task", &task)
            visitor.id("because", &because)
        }
    }

    /// `resource.returned`: a release that had timed out ended after all.
    public struct ResourceReturned: EventFields {
        public var resource: ResourceID = ResourceID(0)
        public var outcome: ReleaseOutcome = .ok
        public var duration: UInt64 = 0
        @inlinable public init() {}
        @inlinable public init(resource: ResourceID, outcome: ReleaseOutcome, duration: UInt64) {
            self.resource = resource
            self.outcome = outcome
            self.duration = duration
        }
        @inlinable public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
            visitor.id("resource", &resource)
            visitor.word("outcome", &outcome)
            visitor.amount("duration", &duration)
        }
    }
}
