import EventBus
import TaskTree

/// Runs one job at a time, on one thread of its own, and picks the next among those that are ready by a seed: the same
/// seed gives the same order, another seed most likely another one. For `TreeOptions.executor`, so that the engine runs
/// its cascades here, too.
///
/// When nothing is ready, time moves on: the clock goes to its next alarm. So a tree with sleeps and deadlines is run at
/// once, and in the same way each time.
///
///     let clock = ManualClock()
///     let executor = SeededExecutor(seed: 7, clock: clock)
///     var options = TreeOptions()
///     options.clock = clock
///     options.executor = executor
///     try await executor.run {
///         try await withTaskTree("orders", options: options) { root in … }
///     }
///
/// It repeats what it decides itself: bodies that wait for the engine, for each other, for a `Gate`, for the clock or with
/// `Task.yield`. What a `Task.sleep`, a plain `Task { … }` (which runs in Swift's pool) or a thread does, it cannot repeat,
/// and it takes whoever waits for that for stuck. Grown from trio's and Loom's seeded schedulers.
public final class SeededExecutor: TaskExecutor {
    public let seed: UInt64
    private let core: Core

    /// - Parameter clock: what moves on when nothing is ready; nil for a test that moves its clock itself.
    public init(seed: UInt64, clock: ManualClock? = nil) {
        self.seed = seed
        let core = Core(seed, clock)
        self.core = core
        precondition(
            startThread("seeded") { core.work() }, "no thread is to be had: raise the limit of threads (ulimit -u)")
    }

    deinit { core.stop() }

    /// How many jobs it has run.
    public var steps: Int { core.steps }

    public func enqueue(_ job: consuming ExecutorJob) {
        core.add(ReadyJob(job: UnownedJob(job), executor: asUnownedTaskExecutor()))
    }

    /// Runs the body as a task of its own on this executor, and returns when nothing more is to be done here: what the
    /// body left behind has then run as far as it can, too.
    /// - Throws: what the body throws; `Stuck` if nothing is ready, no alarm is set, and the body is not over.
    @discardableResult
    public func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let end = Lock<Result<T, any Error>?>(nil)
        let task = Task(executorPreference: self) {
            do {
                let value = try await body()
                end.withLock { $0 = .success(value) }
            } catch {
                end.withLock { $0 = .failure(error) }
            }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                core.whenIdle { [seed] steps in
                    continuation.resume(with: end.withLock { $0 } ?? .failure(Stuck(seed: seed, steps: steps)))
                }
            }
        } onCancel: {
            task.cancel()
        }
    }
}

/// Nothing is ready, no alarm is set, and what runs is not over: somebody waits for what nobody will do.
public struct Stuck: Error, Hashable, CustomStringConvertible {
    public let seed: UInt64
    /// The jobs that ran until then.
    public let steps: Int
    public var description: String {
        "seed \(seed): after \(steps) steps nothing is ready and no alarm is set, but the body is not over: "
            + "a wake-up is lost, or it waits for something outside"
    }
}

/// A job that is ready, and for whom it runs.
private struct ReadyJob {
    let job: UnownedJob
    let executor: UnownedTaskExecutor
}

/// What the thread works on. It does not keep the executor alive.
private final class Core: @unchecked Sendable {
    /// After so many alarms in a row that made no job ready, time is not moved on any further.
    private static let mostIdleAlarms = 10_000

    private let clock: ManualClock?
    private let monitor = Monitor()
    // Guarded by the monitor.
    private var random: Draw
    private var ready: [ReadyJob] = []
    /// Nothing is ready or runs, and no alarm is set.
    private var isIdle = true
    private var watchers: [@Sendable (_ steps: Int) -> Void] = []
    private var idleAlarms = 0
    private var isStopped = false
    private var count = 0

    init(_ seed: UInt64, _ clock: ManualClock?) {
        random = Draw(seed)
        self.clock = clock
    }

    var steps: Int { monitor.withLock { count } }

    func add(_ job: ReadyJob) {
        monitor.withLock {
            ready.append(job)
            isIdle = false
            monitor.signal()
        }
    }

    /// Calls it once, as soon as nothing is left to be done.
    func whenIdle(_ watcher: @escaping @Sendable (_ steps: Int) -> Void) {
        let idleAfter: Int? = monitor.withLock {
            if isIdle { return count }
            watchers.append(watcher)
            return nil
        }
        if let idleAfter { watcher(idleAfter) }
    }

    func stop() {
        monitor.withLock {
            isStopped = true
            monitor.signal()
        }
    }

    private enum Step {
        case run(ReadyJob)
        case moveTime
        case rest
        case end
    }

    func work() {
        while true {
            switch next() {
            case .run(let ready): ready.job.runSynchronously(on: ready.executor)
            case .moveTime:
                if clock?.advanceToNextAlarm() != true { becomeIdle() }
            case .rest: becomeIdle()
            case .end: return
            }
        }
    }

    private func next() -> Step {
        monitor.withLock {
            while true {
                if !ready.isEmpty {
                    idleAlarms = 0
                    count += 1
                    ready.swapAt(random.below(ready.count), ready.count - 1)
                    return .run(ready.removeLast())
                }
                if isStopped { return .end }
                if isIdle {
                    monitor.wait()
                } else {
                    idleAlarms += 1
                    return idleAlarms < Self.mostIdleAlarms ? .moveTime : .rest
                }
            }
        }
    }

    private func becomeIdle() {
        var told: [@Sendable (_ steps: Int) -> Void] = []
        let steps: Int = monitor.withLock {
            if ready.isEmpty {
                isIdle = true
                swap(&told, &watchers)
            }
            return count
        }
        for watcher in told { watcher(steps) }
    }
}

/// Numbers that a seed repeats (SplitMix64).
private struct Draw {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ z >> 31) % UInt64(limit))
    }
}
