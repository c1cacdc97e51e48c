import TreeModel

extension Check {
    /// A task that has not finished.
    struct LiveTask {
        var parent: TaskID?
        var name: String
        var children: Set<TaskID> = []
        /// Its body returned: what is released from now on is released in order.
        var hasJoined = false
        var mark: CascadeID?
        /// It had begun to release when it was marked: the cascade did not cause that.
        var releasedBeforeMark = false
        /// Cascades that were requested while it was live and unmarked.
        var pendingIn: [CascadeID] = []
        /// What it holds or releases, without what is quarantined.
        var held = 0
        var releasing = 0
        /// What it acquired without an `after`, in order; what is gone is removed from the end, and now and then.
        var stack: [ResourceID] = []
    }

    /// A resource that is held, being released, or quarantined.
    struct LiveResource {
        var task: TaskID
        var name: String
        /// The `seq` of its acquisition.
        var acquired: UInt64
        var releasing: UInt64?
        var isQuarantined = false
        /// What has to be released before it, by their `after` lists.
        var before: [ResourceID] = []
    }

    /// A cascade that has not completed.
    struct LiveCascade {
        var target: TaskID
        /// The path of its task when it was requested.
        var path: String
        var requested: UInt64
        /// How many were live when it was requested, and are neither marked nor finished yet.
        var pending = 0
        /// Such tasks that finished unmarked since the last mark: the first few of them.
        var finishedUnmarked: [(path: String, seq: UInt64)] = []
        var lastMark: UInt64?
        /// Releases of marked tasks since the last mark: the first few of them.
        var releases: [(path: String, seq: UInt64)] = []
        var liveMarked = 0
        var counts = TreeEvent.CancelCompleted()
        /// Tasks of it that failed; `counts.failed` is of its releases.
        var failedTasks: UInt64 = 0
        /// It marked a task that is not known: none of its counts can be judged.
        var isCountOpen = false
        /// A task of it was abandoned, or a resource quarantined: whether what comes of that counts is left open.
        var isResourceCountOpen = false
    }

    /// How many examples are kept of each kind of finding.
    static let examples = 8
    /// How many violations are kept.
    static let mostViolations = 100
}
