import EventBus
import TreeModel

/// Runs task trees over one log. Every change of a tree, and the event that says so, is made under one lock, so the
/// order of the log is the order of the changes. No code of the program, no resume and no cancel runs under it, and it
/// is let go every few hundred steps, however large the tree.
///
/// `withTaskTree` makes one for a single tree; a program that shares its log among several roots, or that is steered
/// from outside (by a dashboard, by signals), makes its own and calls `run`.
public final class TreeEngine: @unchecked Sendable {
    /// Where its events go.
    public let log: EventLog
    public let options: TreeOptions

    private let monitor: Monitor
    private let origin: Int64
    /// How long a release may take unless it says otherwise.
    let releaseBudget: Int64
    private let timer: any ClockTimer
    private let timed: Timed
    /// Does the sweeps, and the cancels of Swift tasks, which run handlers of the program: they must not hold up the other.
    private let sweeper: Worker?
    private let canceller = Crew("treetop-wake")

    // Guarded by the monitor. What each change looks at is in classes: of a struct, Swift would check each time that nobody
    // is changing another part of it.
    let timers = TimerHeap()
    private var scheduled = Int64.max
    private var isTimed = false
    private var lastTask: UInt64 = 0
    private var lastResource: UInt64 = 0
    private var lastCascade: UInt64 = 0
    private var lastDrain: UInt64 = 0
    let table = NodeTable()
    var roots: [Node] = []
    var cascades: [CascadeID: Cascade] = [:]
    /// How many cascades have marks to make.
    var marking = 0
    /// Nodes that end when none has any.
    var undecided: [Node] = []
    var restartPlans: [TaskID: RestartPlan] = [:]
    /// Abandoned tasks whose bodies have not returned.
    var strays = Strays()
    let keyframes: Keyframes
    var abandonedCount = 0
    /// Nodes that are over, for the next that spawn, and room for what comes.
    let spent = SpentNodes()
    /// How many handlers and waits would notice a drain.
    var drainInterest = 0
    var shutdown: Shutdown?
    /// How many nodes are being stopped by themselves.
    var stops = 0
    private let starvation: StarvationWatch?
    private(set) var isEnded = false
    /// The log is on, and has not ended.
    private var isLogged: Bool
    /// Sweeps to come, and the one that runs, where an executor does them.
    private var sweeps: [@Sendable () -> Void] = []

    /// An engine that appends to the log; no other may.
    public init(log: EventLog, options: TreeOptions = TreeOptions()) {
        self.log = log
        var options = options
        options.grace = max(.zero, options.grace)
        options.releaseBudget = max(.zero, options.releaseBudget)
        self.options = options
        releaseBudget = options.releaseBudget.nanoseconds
        origin = options.clock.now()
        isLogged = log.isOn
        sweeper = options.executor == nil ? Worker("treetop-cancel") : nil
        keyframes = Keyframes(
            from: log.bytes, spacing: options.keyframeSpacing, interval: options.keyframeInterval?.nanoseconds)
        starvation = options.starvation.map { StarvationWatch($0) }
        let timed = Timed()
        self.timed = timed
        monitor = timed.monitor
        timer = options.clock.makeTimer { timed.tick() }
    }

    deinit {
        timer.stop()
        sweeper?.stop()
        canceller.stop()
    }

    /// Nanoseconds since the session began.
    public var elapsed: Int64 { options.clock.now() &- origin }

    /// Tasks that were left behind and whose bodies have not returned, by id and name.
    public var abandoned: [(task: TaskID, name: String)] {
        look { strays.values.map { ($0.id, $0.name) }.sorted { $0.0 < $1.0 } }
    }

    /// Ends the log: `session.ended` is its last event, and its file is completed. What tasks that are still out do
    /// from here on is not logged.
    public func endSession(_ reason: EndReason) {
        let last: Int64? = change { now, _ in
            if isEnded { return nil }
            quarantineRest(now)
            isEnded = true
            isLogged = false
            return now
        }
        // Off the lock: it completes the file, and nobody appends any more.
        if let last { log.end(reason, at: last) }
    }

    /// How many tasks were left behind in all, returned or not.
    public var abandonedInAll: Int { look { abandonedCount } }

    // MARK: The one way to change anything

    /// Makes a change under the lock, and does afterwards what it asks for. The clock is read once.
    ///
    /// Under the lock nothing larger than a few hundred bytes is asked of malloc or given back to it: among the millions of
    /// small blocks of a large tree either can make it tidy up, which takes 50 ms. `room` is for that many wakes.
    ///
    /// A change that does not need the time has it for the log alone: with the log off it is told none.
    @inline(__always)
    func change<R: ~Copyable>(
        room: Int = 0, needsTime: Bool = true, _ body: (_ now: Int64, _ after: inout Afterwards) -> R
    ) -> R {
        var after = Afterwards()
        if room > 0 { after.reserve(room) }
        var alarm = Int64.max
        monitor.lock()
        let now = needsTime || isLogged ? options.clock.now() &- origin : 0
        let result = body(now, &after)
        if isLogged, keyframes.isDue(at: log.bytes, now) { beginKeyframe(now, &after) }
        if (timers.earliest < .max) != isTimed { keepWhileTimed() }
        if timers.earliest < scheduled {
            alarm = timers.earliest
            scheduled = alarm
        }
        monitor.unlock()
        log.tidy()
        if alarm < .max { timer.schedule(at: alarm &+ origin) }
        after.perform(on: self)
        return result
    }

    /// The timer keeps the engine as long as there is something to time. Not a weak reference: that would make each count
    /// of references to the engine a slow one.
    private func keepWhileTimed() {
        isTimed.toggle()
        timed.engine = isTimed ? self : nil
        // The alarm that was set came while there was nothing to time.
        if timed.hasMissed { scheduled = .max }
        timed.hasMissed = false
    }

    /// Looks at something under the lock: no change, no event, no wake.
    @inline(__always)
    func look<R>(_ body: () -> R) -> R {
        monitor.lock()
        defer { monitor.unlock() }
        return body()
    }

    /// Appends an event; the lock is held.
    @inline(__always)
    func append(_ change: @autoclosure () -> TreeEvent.Change, _ now: Int64) {
        if isLogged { log.append(change(), at: now) }
    }

    /// Appends one of those that there are most of, as it is filled in.
    @inline(__always)
    func append<F: FrequentEvent>(_: F.Type, _ now: Int64, _ fill: (inout F) -> Void) {
        if isLogged { log.append(at: now, fill) }
    }

    /// There is something to watch over.
    func rootBegins(_ now: Int64) {
        if let starvation, !starvation.isArmed { starvation.watch(self, now) }
    }

    func rootIsOver() {
        if let starvation, roots.isEmpty { timers.disarm(starvation) }
    }

    func nextTask() -> TaskID {
        lastTask += 1
        return TaskID(lastTask)
    }

    func nextResource() -> ResourceID {
        lastResource += 1
        return ResourceID(lastResource)
    }

    /// The last ids that were given.
    var newestTask: TaskID { TaskID(lastTask) }
    var newestResource: ResourceID { ResourceID(lastResource) }

    func nextCascade() -> CascadeID {
        lastCascade += 1
        return CascadeID(lastCascade)
    }

    func nextDrain() -> DrainID {
        lastDrain += 1
        return DrainID(lastDrain)
    }

    /// A body sleeps until it is cancelled.
    @inline(never)
    func park(_ continuation: UnsafeContinuation<Wake, Never>, _ node: Node) {
        let isWoken = look {
            if node.isWoken { return true }
            node.parked = continuation
            return false
        }
        if isWoken { continuation.resume(returning: .cancelled) }
    }

    // MARK: Time and threads

    /// Fires what is due, a slice at a time.
    fileprivate func tick() {
        var more = true
        while more {
            more = change { now, after in
                scheduled = .max
                for _ in 0..<64 {
                    guard let entry = timers.popDue(now) else { return false }
                    entry.fire(self, now, &after)
                }
                return true
            }
        }
    }

    /// Starts a Swift task of the engine's own, which nothing cancels.
    @discardableResult
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        if let executor = options.executor {
            return Task(executorPreference: executor) { await body() }
        }
        return Task { await body() }
    }

    /// Runs a part of the program in a Swift task that nothing cancels, begun at once on this thread: a shield for what is
    /// not to be cancelled with the caller.
    func shielded<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        // Not with a preference that is nil, which would cost each task a record.
        guard let executor = options.executor else { return try await Task.immediate { try await body() }.value }
        return try await Task.immediate(executorPreference: executor) { try await body() }.value
    }

    /// Queues work that walks a part of the tree. It is done one after the other, so that a node is in one sweep at most.
    func postSweep(_ sweep: @escaping @Sendable () -> Void) {
        if let sweeper {
            sweeper.post(sweep)
            return
        }
        let isFirst = monitor.withLock {
            sweeps.append(sweep)
            return sweeps.count == 1
        }
        guard isFirst else { return }
        start { [self] in
            while let next = monitor.withLock({ sweeps.first }) {
                next()
                monitor.withLock { _ = sweeps.removeFirst() }
            }
        }
    }

    /// Cancels Swift tasks. Their cancellation handlers are the program's: they run on threads of their own, or, with an
    /// executor, here.
    func cancel(_ bodies: [Task<Void, Never>]) {
        if options.executor != nil {
            for body in bodies { body.cancel() }
        } else {
            canceller.post(bodies.map { body in { body.cancel() } })
        }
    }

    /// How many steps of a walk one hold of the lock takes.
    static let slice = 100

    /// Walks the live subtree below `root`, parents before children, a slice of steps for each hold of the lock. `visit`
    /// says whether to go below the node; children that end or start meanwhile are met or not, but never lost twice.
    func sweep(
        _ root: Node, beforeSlice: () -> Void = {},
        _ visit: (Node, _ now: Int64, _ after: inout Afterwards) -> Bool
    ) {
        var path: [Node] = []
        var started = false
        var more = true
        while more {
            // Room for a slice, made off the lock: to grow a large array takes long.
            beforeSlice()
            if path.capacity - path.count < Self.slice { path.reserveCapacity(2 * path.count + 2 * Self.slice) }
            more = change { now, after in
                if !started {
                    started = true
                    guard visit(root, now, &after) else { return false }
                    root.sweepCursor = root.firstChild
                    path.append(root)
                }
                for _ in 0..<Self.slice {
                    guard let node = path.last else { return false }
                    guard let child = node.sweepCursor else {
                        path.removeLast()
                        continue
                    }
                    node.sweepCursor = child.nextSibling
                    if visit(child, now, &after) {
                        child.sweepCursor = child.firstChild
                        path.append(child)
                    }
                }
                return true
            }
        }
    }
}

/// What the thread of the timer has of an engine.
private final class Timed: @unchecked Sendable {
    let monitor = Monitor()
    // Guarded by the monitor.
    var engine: TreeEngine?
    var hasMissed = false

    func tick() {
        let engine = monitor.withLock {
            hasMissed = self.engine == nil
            return self.engine
        }
        engine?.tick()
    }
}
