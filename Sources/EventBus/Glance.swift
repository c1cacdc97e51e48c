import TreeModel

/// What can be said of a record at a glance: without its strings.
public struct Glance: Sendable {
    public let kind: TreeEvent.Kind
    public internal(set) var seq: UInt64 = 0
    public internal(set) var t: Int64 = 0
    /// Where the record begins, in bytes from the chunk's beginning.
    public internal(set) var offset = 0
    /// The task that it is about, if it is about one.
    public private(set) var task: TaskID?
    /// The parent of a task that starts, or that has a row.
    public private(set) var parent: TaskID?
    /// It is an ordinary step in a task's life that ends well: of a row, that nothing is remarkable about the task.
    public private(set) var isPlain = false
    /// How many places of the log it takes.
    private(set) var places: UInt64 = 1

    /// Reads the fields of a record.
    @inline(__always)
    init(_ kind: TreeEvent.Kind, from reader: inout GlanceReader) {
        self.kind = kind
        reader.begin()
        switch kind {
        case .taskStarted:
            reader.see(TreeEvent.TaskStarted.self)
            (parent, isPlain) = (reader.parent, true)
        case .snapshotTask:
            reader.see(TreeEvent.SnapshotTask.self)
            (parent, isPlain, places) = (reader.parent, !reader.isRemarkable, 0)
        case .taskFinished:
            reader.see(TreeEvent.TaskFinished.self)
            isPlain = !reader.isRemarkable
        case .taskJoining:
            reader.see(TreeEvent.TaskJoining.self)
            isPlain = !reader.isRemarkable
        case .taskWaiting:
            reader.see(TreeEvent.TaskWaiting.self)
            isPlain = true
        case .taskResumed:
            reader.see(TreeEvent.TaskResumed.self)
            isPlain = true
        case .taskProgress: reader.see(TreeEvent.TaskProgress.self)
        case .taskLog: reader.see(TreeEvent.TaskLog.self)
        case .cancelRequested: reader.see(TreeEvent.CancelRequested.self)
        case .cancelEscalated: reader.see(TreeEvent.CancelEscalated.self)
        case .taskCancelling: reader.see(TreeEvent.TaskCancelling.self)
        case .taskOverdue: reader.see(TreeEvent.TaskOverdue.self)
        case .resourceAcquiring: reader.see(TreeEvent.ResourceAcquiring.self)
        case .resourceFailed: reader.see(TreeEvent.ResourceFailed.self)
        case .resourceAcquired: reader.see(TreeEvent.ResourceAcquired.self)
        case .resourceReleasing: reader.see(TreeEvent.ResourceReleasing.self)
        case .resourceReleased: reader.see(TreeEvent.ResourceReleased.self)
        case .resourceQuarantined: reader.see(TreeEvent.ResourceQuarantined.self)
        case .resourceReturned: reader.see(TreeEvent.ResourceReturned.self)
        case .taskReturned: reader.see(TreeEvent.TaskReturned.self)
        case .cancelCompleted: reader.see(TreeEvent.CancelCompleted.self)
        case .drainRequested: reader.see(TreeEvent.DrainRequested.self)
        case .taskDraining: reader.see(TreeEvent.TaskDraining.self)
        case .drainCompleted: reader.see(TreeEvent.DrainCompleted.self)
        case .shutdownPhase: reader.see(TreeEvent.ShutdownPhaseBegan.self)
        case .engineStarved: reader.see(TreeEvent.EngineStarved.self)
        case .sessionEnded: reader.see(TreeEvent.SessionEnded.self)
        case .gap:
            var gap = TreeEvent.Gap()
            gap.visit(&reader.reader)
            places = gap.lost
        case .snapshotBegin: places = 0
        case .snapshotEnd:
            reader.see(TreeEvent.SnapshotEnd.self)
            places = 0
        case .snapshotResource:
            reader.see(TreeEvent.SnapshotResource.self)
            places = 0
        }
        task = reader.task
    }
}

/// Passes over fields and notes what a glance is to say. It fills in nothing, so that the fields themselves are never made.
struct GlanceReader: FieldVisitor {
    /// Where the records are read.
    var reader: RecordReader
    /// The first id of a task that must be there, and the first that need not.
    private(set) var task: TaskID?
    private(set) var parent: TaskID?
    /// It tells of an end that is not well, of an error, a cause or a cascade, or of anything else that is seldom so.
    private(set) var isRemarkable = false

    init(_ reader: RecordReader) { self.reader = reader }

    @inline(__always)
    fileprivate mutating func begin() {
        task = nil
        parent = nil
        isRemarkable = false
    }

    @inline(__always)
    fileprivate mutating func see<F: EventFields>(_: F.Type) {
        var fields = F()
        fields.visit(&self)
    }

    @inline(__always)
    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        var id = I(rawValue: 0)
        reader.id(key, &id)
        if I.self == TaskID.self, task == nil { task = TaskID(id.rawValue) }
    }
    @inline(__always)
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        var id: I?
        reader.id(key, &id)
        if I.self == TaskID.self, parent == nil { parent = id.map { TaskID($0.rawValue) } }
        if I.self == CascadeID.self, id != nil { isRemarkable = true }
    }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        var ids: [ResourceID]?
        reader.ids(key, &ids)
    }
    @inline(__always)
    mutating func word<W: Word>(_ key: String, _ value: inout W) {
        var word = value
        reader.word(key, &word)
        if W.self == Outcome.self, word.rawValue != Outcome.succeeded.rawValue { isRemarkable = true }
        if W.self == Phase.self, word.rawValue == Phase.finished.rawValue { isRemarkable = true }
    }
    @inline(__always)
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {
        var word: W?
        reader.word(key, &word)
    }
    @inline(__always)
    mutating func amount(_ key: String, _ value: inout UInt64) { reader.pass() }
    @inline(__always)
    mutating func amount(_ key: String, _ value: inout UInt64?) { reader.passOptional() }
    @inline(__always)
    mutating func instant(_ key: String, _ value: inout Int64) { reader.pass() }
    @inline(__always)
    mutating func instant(_ key: String, _ value: inout Int64?) { reader.passOptional() }
    @inline(__always)
    mutating func flag(_ key: String, _ value: inout Bool) {
        var flag = false
        reader.flag(key, &flag)
        if flag { isRemarkable = true }
    }
    @inline(__always)
    mutating func text(_ key: String, _ value: inout String) { reader.passRequiredString() }
    @inline(__always)
    mutating func text(_ key: String, _ value: inout String?) { _ = reader.passString() }
    @inline(__always)
    mutating func labels(_ key: String, _ value: inout [Label]) { _ = reader.passPairs() }
    mutating func failure(_ key: String, _ value: inout Failure) {
        reader.passRequiredString()
        reader.passRequiredString()
        isRemarkable = true
    }
    @inline(__always)
    mutating func failure(_ key: String, _ value: inout Failure?) {
        guard reader.passString() else { return }
        reader.passRequiredString()
        isRemarkable = true
    }
    @inline(__always)
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        if reader.passPairs() { isRemarkable = true }
    }
    mutating func cause(_ key: String, _ value: inout Cause) {
        var kind = CauseKind.code
        reader.word(key, &kind)
        passDetails()
    }
    @inline(__always)
    mutating func cause(_ key: String, _ value: inout Cause?) {
        var kind: CauseKind?
        reader.word(key, &kind)
        if kind != nil { passDetails() }
    }
    private mutating func passDetails() {
        _ = reader.passString()
        var origin: TaskID?
        reader.id("origin", &origin)
        _ = reader.passString()
        isRemarkable = true
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        reader.passRequiredString()
        passTarget()
    }
    @inline(__always)
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        if reader.passString() { passTarget() }
    }
    private mutating func passTarget() {
        reader.passOptional()
        _ = reader.passString()
    }
}
