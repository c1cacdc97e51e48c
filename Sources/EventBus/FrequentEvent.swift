import TreeModel

/// An event of a kind that a busy tree has many of. It is written as it is: to make a `Change` of it first, which is as large
/// as the largest of all kinds, and to take that apart again takes as long as all the rest of an append.
public protocol FrequentEvent: EventFields {
    /// What `EventLog.append` does.
    mutating func append(to log: EventLog, at t: Int64)
}

extension TreeEvent.TaskStarted: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.taskStarted, &self, TreeEvent.Change.taskStarted, at: t) { $0.started &+= 1 }
    }
}

extension TreeEvent.TaskCancelling: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.taskCancelling, &self, TreeEvent.Change.taskCancelling, at: t)
    }
}

extension TreeEvent.TaskJoining: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.taskJoining, &self, TreeEvent.Change.taskJoining, at: t)
    }
}

extension TreeEvent.TaskFinished: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        let outcome = outcome
        log.append(.taskFinished, &self, TreeEvent.Change.taskFinished, at: t) { $0.count(end: outcome) }
    }
}

extension TreeEvent.ResourceAcquiring: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.resourceAcquiring, &self, TreeEvent.Change.resourceAcquiring, at: t)
    }
}

extension TreeEvent.ResourceAcquired: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.resourceAcquired, &self, TreeEvent.Change.resourceAcquired, at: t) { $0.acquired &+= 1 }
    }
}

extension TreeEvent.ResourceReleasing: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.resourceReleasing, &self, TreeEvent.Change.resourceReleasing, at: t)
    }
}

extension TreeEvent.ResourceReleased: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        let outcome = outcome
        log.append(.resourceReleased, &self, TreeEvent.Change.resourceReleased, at: t) { $0.count(release: outcome) }
    }
}

extension TreeEvent.CancelRequested: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.cancelRequested, &self, TreeEvent.Change.cancelRequested, at: t)
    }
}

extension TreeEvent.CancelCompleted: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.cancelCompleted, &self, TreeEvent.Change.cancelCompleted, at: t)
    }
}

extension TreeEvent.SnapshotTask: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.snapshotTask, &self, TreeEvent.Change.snapshotTask, places: 0, at: t)
    }
}

extension TreeEvent.SnapshotResource: FrequentEvent {
    public mutating func append(to log: EventLog, at t: Int64) {
        log.append(.snapshotResource, &self, TreeEvent.Change.snapshotResource, places: 0, at: t)
    }
}
