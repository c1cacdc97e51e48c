/// Swift's task groups, one a node that has children.
struct SwiftGroupSubject: SwiftSubject {
    /// Much deeper than this a cancel of nested groups overflows the stack: 25,000 were fine, 30,000 crashed. An error, or
    /// the end of the bodies, goes up from any depth.
    static let deepest = 20_000

    var name: String { "swift-group" }
    var summary: String { "nested withThrowingTaskGroup" }

    func part(in benchmark: Benchmark, _ shape: Shape, _ scale: Scale) -> Part {
        guard benchmark.isTree || benchmark == .churn else { return .doesNot }
        let tasks = benchmark.tasks(scale)
        let nests = benchmark == .cascade && shape == .chain
        return nests && tasks > Self.deepest ? .crashes(tasks) : .does(tasks)
    }

    func start(_ work: TreeWork) -> any RunningTree { SwiftGroupTree(work) }

    func churn(_ work: ChurnWork) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for first in stride(from: 0, to: work.count, by: ChurnWork.batch) {
                let over = Countdown(ChurnWork.batch)
                for _ in 0..<ChurnWork.batch {
                    group.addTask {
                        defer { work.cleanUp() }
                        over.hit()
                    }
                }
                await over.wait()
                work.passed(first + ChurnWork.batch)
            }
        }
    }
}

private final class SwiftGroupTree: RunningTree {
    private let run: Task<(any Error)?, Never>

    init(_ work: TreeWork) {
        run = Task { () -> (any Error)? in
            do {
                try await Self.node(0, work)
                return nil
            } catch {
                return error
            }
        }
    }

    func cancel() { run.cancel() }
    func end() async -> (any Error)? { await run.value }
    func close() throws {}

    @Sendable private static func node(_ number: Int, _ work: TreeWork) async throws {
        let children = work.children(of: number)
        if children.isEmpty { try await leaf(number, work) } else { try await parent(children, work) }
    }

    /// Parks in the wait for its children, which is where a group hears of a failure.
    private static func parent(_ children: Range<Int>, _ work: TreeWork) async throws {
        defer { work.cleanUp() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for child in children {
                group.addTask { try await node(child, work) }
            }
            work.started.hit()
            defer { work.notice() }
            while try await group.next() != nil {}
        }
    }

    private static func leaf(_ number: Int, _ work: TreeWork) async throws {
        defer { work.cleanUp() }
        work.started.hit()
        if work.isFailing(number) { try await fail(work) }
        guard work.parks else { return }
        await untilCancelled()
        work.notice()
    }

    private static func fail(_ work: TreeWork) async throws {
        await work.failure.wait()
        throw OneFailed()
    }
}
