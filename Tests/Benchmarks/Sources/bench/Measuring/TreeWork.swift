#if HOLDS
    import EventBus
#endif
import Measure
import Synchronization

/// One tree, and what its tasks do: the same for every subject in this program.
final class TreeWork: Sendable {
    private let shape: Shape
    let tasks: Int
    /// Whether a task parks until it is cancelled; otherwise it ends at once.
    let parks: Bool
    /// Whether the last task, a leaf, fails when it is told to.
    let fails: Bool
    private let notices: Bool
    /// Whether bodies begin on the thread that spawns them, where a subject can do that.
    let isImmediate: Bool
    /// All tasks have started.
    let started: Countdown
    /// All bodies have noticed their cancel.
    let noticed: Countdown
    /// Tells the one to fail.
    let failure = Countdown(1)
    private let cleaned = Atomic<Int>(0)

    init(_ sample: Sample, isImmediate: Bool = false) {
        self.isImmediate = isImmediate
        shape = sample.shape
        tasks = sample.tasks
        parks = sample.benchmark != .finish
        // The tree of spawn is taken down by a failure, too: in some subjects that goes deeper than a cancel.
        fails = sample.benchmark == .firstError || sample.benchmark == .spawn
        notices = sample.benchmark == .notice
        started = Countdown(sample.tasks)
        noticed = Countdown(sample.tasks)
    }

    func children(of number: Int) -> Range<Int> { Sample.children(of: number, shape, tasks) }

    func isFailing(_ number: Int) -> Bool { fails && number == tasks - 1 }

    func notice() {
        if notices { noticed.hit() }
    }

    /// Every task registers this, and it runs after the task's children have ended.
    func cleanUp() { cleaned.add(1, ordering: .relaxed) }

    var cleanedUp: Int { cleaned.load(ordering: .acquiring) }
}

/// What the one task throws.
struct OneFailed: Error {}

/// What else went wrong with a sample.
struct Wrong: Error, CustomStringConvertible {
    let description: String
}

/// A tree that runs.
protocol RunningTree: Sendable {
    /// Cancels all of it.
    func cancel()
    /// Sleeps until it is over, and answers what it failed with.
    func end() async -> (any Error)?
    /// Lets go of what is around the tree, and checks it.
    func close() throws
}

extension TreeWork {
    /// The one procedure by which trees are measured. `start` returns at once.
    static func measure(
        _ sample: Sample, isImmediate: Bool = false, _ start: (TreeWork) -> any RunningTree
    ) async throws -> Measurement {
        var measurement = Measurement(tasks: sample.tasks)
        for _ in 0..<sample.rounds {
            let work = TreeWork(sample, isImmediate: isImmediate)
            let base = Machine.resident
            let begin = Machine.now
            let tree = start(work)
            var error: (any Error)?
            if work.parks {
                let started = await work.started.wait()
                // The last of them are on their way to where they park.
                try await Task.sleep(for: .milliseconds(50))
                measurement.bytes = max(measurement.bytes, (Machine.resident - base) / sample.tasks)
                #if HOLDS
                    print("longest hold while it grew: \(LockHolds.takeLongest() / 1000) us")
                #endif
                let begun = Machine.now
                if work.fails { work.failure.hit() } else { tree.cancel() }
                error = await tree.end()
                let ended = Machine.now
                switch sample.benchmark {
                case .spawn: measurement.add(started - begin, per: sample.tasks)
                case .notice: measurement.add(await work.noticed.wait() - begun, per: 1)
                case .finish, .cascade, .firstError, .acquire, .publish, .churn, .timer:
                    measurement.add(ended - begun, per: sample.tasks)
                }
            } else {
                error = await tree.end()
                measurement.add(Machine.now - begin, per: sample.tasks)
            }
            #if HOLDS
                print("longest hold until it was over: \(LockHolds.takeLongest() / 1000) us")
            #endif
            try tree.close()
            try work.check(error)
        }
        return measurement
    }

    private func check(_ error: (any Error)?) throws {
        if cleanedUp != tasks { throw Wrong(description: "\(cleanedUp) of \(tasks) were cleaned up") }
        if fails, error == nil { throw Wrong(description: "the error is lost") }
        if !parks, let error { throw Wrong(description: "the tree failed: \(error)") }
    }
}

extension Measurement {
    mutating func add(_ nanoseconds: Int64, per count: Int) { values.append(Double(nanoseconds) / Double(count)) }
}
