import EventBus
import Measure
import Synchronization
import TaskTree

/// The engine, with its log on and followed by one reader on a thread of its own, or with its log off.
struct TreetopSubject: SwiftSubject {
    let isFollowed: Bool
    var isImmediate = false

    var name: String { isImmediate ? "treetop-immediate" : isFollowed ? "treetop" : "treetop-quiet" }
    var summary: String {
        isImmediate
            ? "Treetop, log on, bodies begin on the thread that spawns them"
            : isFollowed ? "Treetop, log on, one reader that follows" : "Treetop, log off"
    }

    func part(in benchmark: Benchmark, _ shape: Shape, _ scale: Scale) -> Part {
        if isImmediate, benchmark != .finish { return .doesNot }
        let hasReaderOfItsOwn = benchmark == .publish || benchmark == .timer
        return hasReaderOfItsOwn && !isFollowed ? .doesNot : .does(benchmark.tasks(scale))
    }

    func start(_ work: TreeWork) -> any RunningTree { TreetopTree(work, isFollowed: isFollowed) }

    func churn(_ work: ChurnWork) async throws {
        // What a log keeps for readers that are behind is bounded, and is not what is measured here.
        let session = TreetopSession(isFollowed: isFollowed, retaining: 4 << 20)
        try await session.engine.run("churn") { scope in
            for first in stride(from: 0, to: work.count, by: ChurnWork.batch) {
                let over = Countdown(ChurnWork.batch)
                for _ in 0..<ChurnWork.batch {
                    try scope.spawn("child") { child in
                        try child.own("held", work) { work, _ in work.cleanUp() }
                        over.hit()
                    }
                }
                await over.wait()
                work.passed(first + ChurnWork.batch)
            }
        }
        try session.close(events: isFollowed ? 1 : 0)
    }

    func acquire(_ sample: Sample) async throws -> Measurement {
        let session = TreetopSession(isFollowed: isFollowed)
        let (count, isEarly) = (sample.tasks, sample.shape == .early)
        let taken = Mutex((time: Int64(0), bytes: 0, since: Int64(0)))
        let released = Tally()
        try await session.engine.run("holder") { scope in
            let base = Machine.resident
            let begin = Machine.now
            if isEarly {
                for _ in 0..<count { try await scope.own("held", released) { tally, _ in tally.add() }.release() }
            } else {
                for _ in 0..<count { try scope.own("held", released) { tally, _ in tally.add() } }
            }
            let time = Machine.now - begin
            let bytes = max(0, Machine.resident - base) / count
            taken.withLock { $0 = (time, bytes, Machine.now) }
        }
        let end = Machine.now
        try session.close(events: isFollowed ? count : 0)
        guard released.count == count else { throw Wrong(description: "\(released.count) of \(count) were released") }
        var measurement = Measurement(tasks: count)
        taken.withLock {
            measurement.add($0.time + end - $0.since, per: count)
            measurement.bytes = $0.bytes
        }
        return measurement
    }
}

/// Counts from any thread.
final class Tally: Sendable {
    private let value = Atomic<Int>(0)
    func add() { value.add(1, ordering: .relaxed) }
    var count: Int { value.load(ordering: .acquiring) }
}

/// An engine with its log and its reader.
struct TreetopSession: Sendable {
    let engine: TreeEngine
    private let follower: Follower?

    init(isFollowed: Bool, retaining: Int = 64 << 20) {
        let log = EventLog(SessionInfo(name: "bench"), retaining: retaining, isOn: isFollowed)
        engine = TreeEngine(log: log)
        follower = isFollowed ? Follower(log) : nil
    }

    /// Ends the log, and the reader with it, which must have met so many events at least.
    func close(events: Int) throws {
        engine.endSession(.finished)
        guard let follower else { return }
        follower.join()
        if follower.events < events { throw Wrong(description: "the reader met \(follower.events) events") }
    }
}

private final class TreetopTree: RunningTree {
    private let session: TreetopSession
    private let root = Mutex<TaskScope?>(nil)
    private let run = Mutex<Task<(any Error)?, Never>?>(nil)
    private let tasks: Int

    init(_ work: TreeWork, isFollowed: Bool) {
        session = TreetopSession(isFollowed: isFollowed)
        tasks = work.tasks
        let engine = session.engine
        let run = Task { () -> (any Error)? in
            do {
                try await engine.run("root") { scope in
                    self.root.withLock { $0 = scope }
                    try await Self.parent(scope, 0, work.children(of: 0), work)
                }
                return nil
            } catch {
                return error
            }
        }
        self.run.withLock { $0 = run }
    }

    func cancel() { root.withLock { $0 }?.cancel("bench") }
    func end() async -> (any Error)? { await run.withLock { $0 }?.value }
    func close() throws { try session.close(events: tasks) }

    @Sendable private static func node(_ scope: TaskScope, _ number: Int, _ work: TreeWork) async throws {
        let children = work.children(of: number)
        if children.isEmpty {
            try await leaf(scope, number, work)
        } else {
            try await parent(scope, number, children, work)
        }
    }

    private static func parent(
        _ scope: TaskScope, _ number: Int, _ children: Range<Int>, _ work: TreeWork
    ) async throws {
        try scope.own("held", work) { work, _ in work.cleanUp() }
        for child in children {
            try scope.spawn("task", immediate: work.isImmediate) { try await node($0, child, work) }
        }
        work.started.hit()
        guard work.parks else { return }
        await scope.cancelled()
        work.notice()
    }

    private static func leaf(_ scope: TaskScope, _ number: Int, _ work: TreeWork) async throws {
        try scope.own("held", work) { work, _ in work.cleanUp() }
        work.started.hit()
        guard work.parks else { return }
        if work.isFailing(number) { try await fail(work) }
        await scope.cancelled()
        work.notice()
    }

    private static func fail(_ work: TreeWork) async throws {
        await work.failure.wait()
        throw OneFailed()
    }
}
