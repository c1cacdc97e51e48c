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
        after.resume(continuation, wake)
        return true
    }

    override func fire(_ engine: TreeEngine, _ now: Int64, _ after: inout Afterwards) {
        wake(.time, engine, &after)
    }
}

/// What a change asks for once the lock is let go: no user code runs, and nobody is resumed or cancelled, under it.
struct Afterwards {
    enum Job {
        /// A body's Swift task is to be cancelled.
        case cancel(Task<Void, Never>)
        /// A body is to begin.
        case begin(Node)
        /// A node whose children and body are over is to be carried on.
        case carryOn(Node)
        /// A release that has begun is to be performed, beside others.
        case release(ResourceEntry, ReleaseContext)
        /// What came too late is to be released.
        case releaseLate(ResourceEntry)
        /// A handler of the program; its node waits for it.
        case handler(HandlerRun)
        /// The threads that bodies run on are to show that they take work.
        case probe(StarvationWatch)
        /// Work for the thread of the cascades.
        case sweep(@Sendable () -> Void)
        /// The next rows of a keyframe are to be written.
        case keyframe
        /// What holds values of the program, whose `deinit` is no business of the lock.
        case letGo(Any)
    }

    /// Nodes that have left the tree, linked by `nextSibling`. They are let go off the lock: among a million small blocks
    /// a `free` can make malloc tidy up for 50 ms.
    private unowned(unsafe) var ended: Node?
    /// The first of those who are woken: nearly always the only one.
    private var wake: (UnsafeContinuation<Wake, Never>, Wake)?
    private var wakes: [(UnsafeContinuation<Wake, Never>, Wake)] = []
    var jobs: [Job] = []

    /// Makes room for this many nodes that are woken.
    mutating func reserve(_ room: Int) {
        wakes.reserveCapacity(room)
        jobs.reserveCapacity(room)
    }

    @inline(__always)
    mutating func resume(_ continuation: UnsafeContinuation<Wake, Never>, _ reason: Wake) {
        if wake == nil { wake = (continuation, reason) } else { wakes.append((continuation, reason)) }
    }

    mutating func sweep(_ work: @escaping @Sendable () -> Void) { jobs.append(.sweep(work)) }

    mutating func letGo(_ node: Node) {
        node.nextSibling = ended
        ended = node
    }

    @inline(__always)
    mutating func perform(on engine: TreeEngine) {
        if let (continuation, reason) = wake { continuation.resume(returning: reason) }
        if !wakes.isEmpty { for (continuation, reason) in wakes { continuation.resume(returning: reason) } }
        if !jobs.isEmpty { engine.perform(jobs) }
        while let node = ended {
            ended = node.nextSibling
            node.dropTask()
            Unmanaged.passUnretained(node).release()
        }
    }
}

extension TreeEngine {
    @inline(never)
    func perform(_ jobs: [Afterwards.Job]) {
        var cancels: [Task<Void, Never>] = []
        for job in jobs {
            switch job {
            case .cancel(let task): cancels.append(task)
            case .begin(let node): node.begin()
            case .carryOn(let node):
                // Here, not in the pool: what needs no code of the program goes on although every pool thread is blocked.
                switch settle(node) {
                case .release(let entry, let context): start { await self.goOn(entry, context) }
                default: break
                }
            case .release(let entry, let context): start { await self.goOn(entry, context) }
            case .releaseLate(let entry): start { try? await self.release(entry, evenAtEnd: true) }
            case .handler(let run): start(run)
            case .probe(let watch): start { self.change { now, _ in watch.begins(self, now) } }
            case .sweep(let sweep): postSweep(sweep)
            case .keyframe: postKeyframeSlice()
            case .letGo: break
            }
        }
        if !cancels.isEmpty { cancel(cancels) }
    }
}
