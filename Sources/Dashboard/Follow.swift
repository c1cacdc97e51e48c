import TreeModel

/// What the cursor follows: the newest trouble at once, else what started or ended last, at most once a second.
struct Follow: Sendable {
    var alarm: TaskID?
    var activity: TaskID?
    var waits = 0
    var movedAt: Int64 = 0

    mutating func note(_ event: TreeEvent) {
        switch event.change {
        case .taskStarted(let fields): activity = fields.task
        case .cancelRequested(let fields): activity = fields.task
        case .taskOverdue(let fields): alarm = fields.task
        case .taskFinished(let fields):
            if fields.outcome == .failed || fields.outcome == .abandoned {
                alarm = fields.task
            } else {
                activity = fields.task
            }
        case .resourceReleased(let fields):
            if fields.outcome == .leaked { alarm = fields.task }
        case .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling, .taskJoining,
            .taskReturned, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceQuarantined, .resourceReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted,
            .shutdownPhase, .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap,
            .sessionEnded:
            break
        }
    }
}

extension DashboardState {
    mutating func toggleFollow() {
        if follow != nil {
            follow = nil
            notice = "the cursor stays where it is"
        } else {
            follow = Follow(waits: tree.totals.waitTooLong, movedAt: now - Words.second)
            notice = "the cursor follows what happens, trouble first; moving it ends that"
        }
    }

    /// Takes the cursor to what is new. While something is asked or typed it stays.
    mutating func followOn() {
        guard var state = follow, frozen == nil, case .none = pane, !isPrompting, !isAskingToQuit else { return }
        let waits = tree.totals.waitTooLong
        if waits > state.waits { state.alarm = state.alarm ?? newestWait() }
        state.waits = waits
        if let task = state.alarm {
            state.alarm = nil
            state.activity = nil
            state.movedAt = now
            if isInView(tree.slot(of: task)) { go(to: task) }
        } else if let task = state.activity, now - state.movedAt >= Words.second {
            state.activity = nil
            state.movedAt = now
            if let index = visibleRow(of: task), index != cursorIndex { move(to: index) }
        }
        follow = state
    }

    private func newestWait() -> TaskID? {
        let tree = shown
        var newest: (task: TaskID, since: Int64)?
        var slot = tree.root
        while slot >= 0 {
            if tree.waitsTooLong(slot), let since = tree.waiting(slot)?.since, since > newest?.since ?? -1 {
                newest = (tree.id(slot), since)
            }
            slot = tree.troubles(slot) > 0 ? tree.following(slot) : tree.followingAfter(slot)
        }
        return newest?.task
    }

    /// The row that shows a task: its own, that of its group, or that of what it is folded into. Nothing unfolds for it.
    private func visibleRow(of task: TaskID) -> Int? {
        let slot = shown.slot(of: task)
        guard slot >= 0, isInView(slot) else { return nil }
        let own = rows.firstIndex { $0.id == .task(task) || $0.members.contains(slot) }
        return own ?? index(of: .task(task))
    }
}
