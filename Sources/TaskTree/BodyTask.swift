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
        /// Somebody cancels it any moment, or has.
        case told
        /// The body ended before it was there.
        case ended
        /// The body ended, and nobody touches `task` but who lets the node go.
        case left
    }

    /// Steps from one state to another; says whether that was the state.
    private func step(from old: Handover, to new: Handover) -> Bool {
        handover.compareExchange(expected: old, desired: new, ordering: .acquiringAndReleasing).exchanged
    }

    /// Takes the Swift task that was made for the body. Says whether a cancel came before: then the caller cancels it.
    final func take(_ made: Task<Void, Never>) -> Bool {
        task = made
        if step(from: .none, to: .made) { return false }
        if step(from: .wanted, to: .told) { return true }
        // The body ended meanwhile.
        handover.store(.made, ordering: .releasing)
        task = nil
        return false
    }

    /// The Swift task, for who is to cancel it; nil where there is none yet, or it is shielded: then it is cancelled when it
    /// comes, or afterwards. The lock is held.
    final func taskToCancel() -> Task<Void, Never>? {
        guard !bodyEnded, !isGroup else { return nil }
        while true {
            switch handover.load(ordering: .acquiring) {
            case .none: if step(from: .none, to: .wanted) { return nil }
            case .shielded: if step(from: .shielded, to: .wanted) { return nil }
            case .made: if step(from: .made, to: .told) { return task }
            case .wanted, .told, .ended, .left: return nil
            }
        }
    }

    /// Runs something in the body's own Swift task, which does not see a cancel meanwhile. Says no where it cannot: in
    /// another Swift task, or in one that somebody cancels or has.
    final func shieldOwnTask(_ operation: () -> Void) -> Bool {
        guard runningTask == .now, !Task.isCancelled, step(from: .made, to: .shielded) else { return false }
        operation()
        if !step(from: .shielded, to: .made), step(from: .wanted, to: .told) { cancelOwnTask() }
        return true
    }

    /// What is shielded takes too long: a cancel is heard from here on. Answers the Swift task where one came meanwhile, for
    /// the caller to cancel. The lock is held.
    final func endShield() -> Task<Void, Never>? {
        if step(from: .shielded, to: .made) { return nil }
        return step(from: .wanted, to: .told) ? task : nil
    }

    /// The body ended. The lock is held.
    final func leaveTask() {
        let before = handover.exchange(.ended, ordering: .acquiringAndReleasing)
        guard before == .made || before == .told else { return }
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
