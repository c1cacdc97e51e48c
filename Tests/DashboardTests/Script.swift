import TreeModel

/// Writes events the way a story is told: at some time, somebody starts, holds, waits, ends.
struct Script {
    private(set) var events: [TreeEvent] = []
    private var t: Int64 = 0
    private var seq: UInt64 = 0
    private var nextTask: UInt64 = 0
    private var nextResource: UInt64 = 0
    private var nextCascade: UInt64 = 0

    static func ns(_ seconds: Double) -> Int64 { Int64((seconds * 1_000_000).rounded()) * 1_000 }

    mutating func at(_ seconds: Double) { t = max(t, Self.ns(seconds)) }
    mutating func after(ms: Double) { t += Int64(ms * 1_000_000) }

    mutating func add(_ change: TreeEvent.Change) {
        seq += 1
        events.append(TreeEvent(seq: seq, t: t, change: change))
    }

    @discardableResult
    mutating func start(
        _ name: String, in parent: TaskID? = nil, kind: String? = nil, deadline: Double? = nil, grace: Double? = nil,
        policy: Policy? = nil, limit: UInt64? = nil, attempt: UInt64? = nil, restartOf: TaskID? = nil
    ) -> TaskID {
        nextTask += 1
        let task = TaskID(nextTask)
        add(
            .taskStarted(
                .init(
                    task: task, parent: parent, name: name, kind: kind, deadline: deadline.map(Self.ns),
                    grace: grace.map { UInt64(Self.ns($0)) }, policy: policy, limit: limit, attempt: attempt,
                    restartOf: restartOf)))
        return task
    }

    mutating func say(_ task: TaskID, _ message: String) { add(.taskProgress(.init(task: task, message: message))) }

    @discardableResult
    mutating func hold(_ task: TaskID, _ kind: String, _ name: String) -> ResourceID {
        nextResource += 1
        let resource = ResourceID(nextResource)
        add(.resourceAcquired(.init(resource: resource, task: task, name: name, kind: kind, budget: 5_000_000_000)))
        return resource
    }

    mutating func release(_ resource: ResourceID, of task: TaskID, ms: Double, _ outcome: ReleaseOutcome = .ok) {
        add(.resourceReleasing(.init(resource: resource, task: task)))
        after(ms: ms)
        add(
            .resourceReleased(.init(resource: resource, task: task, outcome: outcome, duration: UInt64(ms * 1_000_000)))
        )
    }

    mutating func wait(_ task: TaskID, _ kind: String, _ name: String? = nil, deadline: Double? = nil) {
        add(
            .taskWaiting(
                .init(task: task, on: WaitTarget(kind: kind, name: name), since: t, deadline: deadline.map(Self.ns))))
    }

    mutating func resume(_ task: TaskID) { add(.taskResumed(.init(task: task))) }

    mutating func finish(_ task: TaskID, _ outcome: Outcome = .succeeded, _ message: String? = nil, cause: Cause? = nil)
    {
        add(
            .taskFinished(
                .init(
                    task: task, outcome: outcome,
                    error: message.map { Failure(type: "ClientError", message: $0) }, cause: cause)))
    }

    mutating func cancel(_ task: TaskID, _ cause: Cause, marks: [TaskID]) -> CascadeID {
        nextCascade += 1
        let cascade = CascadeID(nextCascade)
        add(.cancelRequested(.init(cascade: cascade, task: task, force: false, cause: cause)))
        for mark in marks { add(.taskCancelling(.init(task: mark, cascade: cascade))) }
        return cascade
    }

    mutating func complete(
        _ cascade: CascadeID, tasks: UInt64, resources: UInt64, abandoned: UInt64 = 0, seconds: Double
    ) {
        add(
            .cancelCompleted(
                .init(
                    cascade: cascade, tasks: tasks, resources: resources, failed: 0, timedOut: 0, abandoned: abandoned,
                    duration: UInt64(Self.ns(seconds)))))
    }
}
