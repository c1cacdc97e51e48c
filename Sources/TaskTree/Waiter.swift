/// What ended a wait.
enum Wake: Sendable { case ready, cancelled, time }

/// One parked call. It is resumed once, by whoever takes its continuation first; guarded by the engine's lock.
final class Waiter: TimerEntry, @unchecked Sendable {
    private var continuation: UnsafeContinuation<Wake, Never>?
    /// Whether somebody has ended the wait.
    var isOver: Bool { continuation == nil }

    init(_ continuation: UnsafeContinuation<Wake, Never>) { self.continuation = continuation }

    /// Ends the wait, after the lock is let go. Says whether it was this call that did.
    @discardableResult
    func wake(_ wake: Wake, _ engine: TreeEngine, _ after: inout Afterwards) -> Bool {
        guard let continuation else { return false }
        self.continuation = nil
        engine.timers.disarm(self)
        after.resumes.append((continuation, wake))
        return true
    }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        wake(.time, engine, &after)
    }
}

/// What a change asks for once the lock is let go: no user code runs, and nobody is resumed or cancelled, under it.
struct Afterwards {
    /// Nodes that have left the tree, linked by `nextSibling`. They are let go off the lock: among a million small blocks
    /// a `free` can make malloc tidy up for 50 ms.
    var ended: Node?
    var resumes: [(UnsafeContinuation<Wake, Never>, Wake)] = []
    /// Bodies to cancel.
    var cancels: [Task<Void, Never>] = []
    /// Nodes whose children and body are over, to be carried on in a task of their own.
    var carryOn: [Node] = []
    /// Handlers of the program, each in a task of its own; their nodes wait for them.
    var handlers: [HandlerRun] = []
    /// Releases of what came too late.
    var lateReleases: [ResourceEntry] = []
    /// Work for the thread of the cascades.
    var sweeps: [@Sendable () -> Void] = []
    /// The next rows of a keyframe are to be written.
    var writesKeyframe = false

    /// Makes room for this many nodes that are woken.
    mutating func reserve(_ room: Int) {
        resumes.reserveCapacity(room)
        cancels.reserveCapacity(room)
        carryOn.reserveCapacity(room)
    }

    mutating func perform(on engine: TreeEngine) {
        var next = ended
        ended = nil
        while let node = next {
            next = node.nextSibling
            node.nextSibling = nil
        }
        for (continuation, wake) in resumes { continuation.resume(returning: wake) }
        if !cancels.isEmpty { engine.cancel(cancels) }
        // Here, not in the pool: what needs no code of the program goes on although every pool thread is blocked.
        for node in carryOn {
            if let entry = engine.settle(node) { engine.start { await engine.releaseAndGoOn(entry) } }
        }
        for run in handlers { engine.start(run) }
        for entry in lateReleases { engine.start { try? await engine.release(entry, evenAtEnd: true) } }
        for sweep in sweeps { engine.postSweep(sweep) }
        if writesKeyframe { engine.postKeyframeSlice() }
    }
}
