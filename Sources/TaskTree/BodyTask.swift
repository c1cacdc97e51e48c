import Synchronization

/// How the Swift task of a body is found by who cancels it. Whoever made the task hands it over without the lock: who
/// holds the lock meanwhile only leaves word of what happened.
extension Node {
    /// What is known of the Swift task.
    enum Handover: UInt8, AtomicRepresentable {
        case none
        /// It is in `task`.
        case made
        /// It is not to be cancelled now.
        case shielded
        /// It is to be cancelled as soon as it is there, and not shielded.
        case wanted
        /// The body ended before it was there.
        case ended
        /// The body ended, and nobody touches `task` but who lets the node go.
        case left
    }

    /// Takes the Swift task that was made for the body. Says whether a cancel came before.
    final func take(_ made: Task<Void, Never>) -> Bool {
        task = made
        let before = handover.exchange(.made, ordering: .acquiringAndReleasing)
        if before == .ended { task = nil }
        return before == .wanted
    }

    /// The Swift task to cancel; nil where there is none yet, or it is shielded: then it is cancelled when it comes, or
    /// afterwards. The lock is held.
    final func taskToCancel() -> Task<Void, Never>? {
        guard !bodyEnded, !isGroup else { return nil }
        var found = handover.load(ordering: .acquiring)
        while found == .none || found == .shielded {
            let (isLeft, now) = handover.compareExchange(
                expected: found, desired: .wanted, ordering: .acquiringAndReleasing)
            if isLeft { return nil }
            found = now
        }
        return found == .made ? task : nil
    }

    /// Runs something in the body's own Swift task, which does not see a cancel meanwhile. Says no where it cannot: in
    /// another Swift task, or in one that is cancelled already.
    final func shieldOwnTask(_ operation: () -> Void) -> Bool {
        guard runningTask == .now, !Task.isCancelled,
            handover.compareExchange(expected: .made, desired: .shielded, ordering: .acquiringAndReleasing).exchanged
        else { return false }
        operation()
        if handover.exchange(.made, ordering: .acquiringAndReleasing) == .wanted { cancelOwnTask() }
        return true
    }

    /// The body ended. The lock is held.
    final func leaveTask() {
        guard handover.exchange(.ended, ordering: .acquiringAndReleasing) == .made else { return }
        if liveChildren == 0, phase != .finished {
            // Its node is let go soon, and this with it.
            handover.store(.left, ordering: .releasing)
        } else {
            // One that was abandoned is let go meanwhile, or was long ago: that must find nothing to do here.
            task = nil
        }
    }

    /// The node is over. Off the lock.
    final func dropTask() {
        if handover.load(ordering: .acquiring) == .left { task = nil }
    }
}

/// The Swift task that runs: a word to compare with another, and nothing to use.
struct RunningTask: Equatable {
    /// Its address. To compare what Swift has for this would take ten times as long.
    private let word: UInt

    /// None.
    init() { word = 0 }

    static var now: RunningTask {
        withUnsafeCurrentTask { task in
            withUnsafeBytes(of: task) { RunningTask(word: $0.loadUnaligned(as: UInt.self)) }
        }
    }

    private init(word: UInt) { self.word = word }

    static func == (one: RunningTask, other: RunningTask) -> Bool { one.word == other.word }
}
