/// Takes events in the order of the log, from where they are decoded.
public protocol EventSink {
    /// Takes an event; false if that is enough.
    mutating func take(_ event: TreeEvent) -> Bool
    /// The same of an event of a kind that a busy tree has many of. Without it, `take(_ event:)` is given the event.
    mutating func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool
    /// Whether the rows of keyframes are to be decoded: all of a keyframe, or none. It changes nothing; but a sink is large, and
    /// would be copied to be asked.
    var wantsRows: Bool { mutating get }
}

extension EventSink {
    public var wantsRows: Bool { true }

    public mutating func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool {
        take(TreeEvent(seq: seq, t: t, change: fields.change))
    }
}

/// Shows events to a body.
public struct ShownEvents: EventSink {
    private let body: (TreeEvent) -> Bool
    public init(to body: @escaping (TreeEvent) -> Bool) { self.body = body }
    /// Shows all that there are.
    public init(all body: @escaping (TreeEvent) -> Void) {
        self.body = { event in
            body(event)
            return true
        }
    }
    public func take(_ event: TreeEvent) -> Bool { body(event) }
}

/// The fields of an event of a kind that a busy tree has many of. They are folded in as they are: to make a `Change` of them
/// first, which is as large as the largest of all kinds, and to take that apart again takes as long as all else.
public protocol FrequentFields: EventFields {
    static var kind: TreeEvent.Kind { get }
    var change: TreeEvent.Change { get }
    /// - Parameter t: the time of the event, as the tree takes it.
    func fold(into tree: inout LiveTree, at t: Int64)
}

extension LiveTree: EventSink {
    /// To one that knows all that is alive they say nothing new.
    public var wantsRows: Bool { snapshot != nil }

    public mutating func take(_ event: TreeEvent) -> Bool {
        apply(event)
        return true
    }

    public mutating func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool {
        fields.fold(into: &self, at: begin(seq, t, isSnapshot: false))
        expire()
        return true
    }
}

extension TreeEvent.TaskStarted: FrequentFields {
    public static var kind: TreeEvent.Kind { .taskStarted }
    public var change: TreeEvent.Change { .taskStarted(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.started(self, t) } }
}

extension TreeEvent.TaskWaiting: FrequentFields {
    public static var kind: TreeEvent.Kind { .taskWaiting }
    public var change: TreeEvent.Change { .taskWaiting(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.waiting(self, t) } }
}

extension TreeEvent.TaskResumed: FrequentFields {
    public static var kind: TreeEvent.Kind { .taskResumed }
    public var change: TreeEvent.Change { .taskResumed(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.resumed(self) } }
}

extension TreeEvent.TaskCancelling: FrequentFields {
    public static var kind: TreeEvent.Kind { .taskCancelling }
    public var change: TreeEvent.Change { .taskCancelling(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.cancelling(self, t) } }
}

extension TreeEvent.TaskJoining: FrequentFields {
    public static var kind: TreeEvent.Kind { .taskJoining }
    public var change: TreeEvent.Change { .taskJoining(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.joining(self, t) } }
}

extension TreeEvent.TaskFinished: FrequentFields {
    public static var kind: TreeEvent.Kind { .taskFinished }
    public var change: TreeEvent.Change { .taskFinished(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.finished(self, t) } }
}

extension TreeEvent.ResourceAcquired: FrequentFields {
    public static var kind: TreeEvent.Kind { .resourceAcquired }
    public var change: TreeEvent.Change { .resourceAcquired(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.acquired(self, t) } }
}

extension TreeEvent.ResourceReleasing: FrequentFields {
    public static var kind: TreeEvent.Kind { .resourceReleasing }
    public var change: TreeEvent.Change { .resourceReleasing(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.releasing(self, t) } }
}

extension TreeEvent.ResourceReleased: FrequentFields {
    public static var kind: TreeEvent.Kind { .resourceReleased }
    public var change: TreeEvent.Change { .resourceReleased(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.counted(t) { $0.released(self, t) } }
}

extension TreeEvent.SnapshotTask: FrequentFields {
    public static var kind: TreeEvent.Kind { .snapshotTask }
    public var change: TreeEvent.Change { .snapshotTask(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.readSnapshot(self) }
}

extension TreeEvent.SnapshotResource: FrequentFields {
    public static var kind: TreeEvent.Kind { .snapshotResource }
    public var change: TreeEvent.Change { .snapshotResource(self) }
    public func fold(into tree: inout LiveTree, at t: Int64) { tree.readSnapshot(self) }
}
