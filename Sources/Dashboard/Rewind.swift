import TreeModel

/// The past of a running program: the screen stands still or goes back, while the tree of now is folded on behind it.
extension DashboardState {
    /// Whether what is shown is a recording, and no running program.
    var isRecording: Bool { replay?.isLive == false }

    /// Whether the screen shows another moment of a running program than the one at which it was paused.
    var isRewound: Bool { frozen != nil && replay?.hasMoved == true }

    /// The tree at which the screen was paused, until the past is shown: where to go back from.
    public var pausedTree: LiveTree? { replay == nil ? frozen : nil }

    /// Whether the screen stands still, or shows the past, while the program runs.
    public var isPaused: Bool { frozen != nil }

    /// Lets go of the tree of a recording, which is about to change: if it were held here too, it would be copied, which takes
    /// long for a large one. The next `.replay` brings it again.
    public mutating func letGo() {
        guard isRecording else { return }
        tree = LiveTree(limits: tree.limits)
        replay?.tree = tree
    }

    /// The time of the running program, whatever is on the screen.
    var liveNow: Int64 { tree.ended == nil ? max(clock, tree.now) : tree.now }

    /// Stands still, or returns to now.
    mutating func pause() -> [Effect] {
        guard !isRecording else { return [] }
        guard frozen == nil else {
            returnToNow()
            return []
        }
        tree.settle()
        views.tail.lookUp(in: tree)
        frozen = tree
        pendingEvents = 0
        anchor = cursor
        needsRows = true
        return [.replay(.pause)]
    }

    /// Shows the present again, with the cursor on the task that it was on.
    mutating func returnToNow() {
        leavePause()
        anchor = nil
        tree.settle()
    }

    mutating func leavePause() {
        guard frozen != nil else { return }
        cursor = anchor ?? cursor
        frozen = nil
        replay = nil
        pendingEvents = 0
        needsRows = true
    }

    /// Shows another moment of the past.
    mutating func show(past view: ReplayView) {
        // An answer may come after the user went back to now.
        guard frozen != nil else { return }
        if replay?.isPlaying == true, !view.isPlaying, view.time >= view.end {
            returnToNow()
            notice = "this is now: it has caught up"
            return
        }
        let isElsewhere = replay.map { $0.position != view.position || $0.time != view.time } ?? view.hasMoved
        replay = view
        guard isElsewhere else { return }
        frozen = view.tree
        let pinned = tree.pinned
        frozen?.pinned = pinned
        cursor = anchor ?? cursor
        needsRows = true
    }

    /// The answer to keys that would act on a program, where that cannot be.
    var actsOnNothing: String {
        guard !isRecording else { return "this is a recording: nothing can be changed in it" }
        return "this is the past: nothing can be changed in it; \(keymap.name(of: .pause)) returns to now"
    }
}
