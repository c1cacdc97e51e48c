import Measure
import Synchronization

/// Bare Swift tasks, one a node: cancelled by an explicit stack, cleanup registered and run by each, children before
/// parents, the first error handed up.
struct SwiftTaskSubject: SwiftSubject {
    var name: String { "swift-task" }
    var summary: String { "a bare Swift Task a node, cancelled by an explicit stack" }

    func part(in benchmark: Benchmark, _ shape: Shape, _ scale: Scale) -> Part {
        let has =
            benchmark.isTree || benchmark == .churn || benchmark == .timer || (benchmark == .acquire && shape == .atEnd)
        return has ? .does(benchmark.tasks(scale)) : .doesNot
    }

    func start(_ work: TreeWork) -> any RunningTree { SwiftTaskTree(work) }

    func acquire(_ sample: Sample) async throws -> Measurement {
        let released = Tally()
        let node = SwiftTaskNode()
        let base = Machine.resident
        let begin = Machine.now
        for _ in 0..<sample.tasks { node.hold { released.add() } }
        let taken = Machine.now - begin
        var measurement = Measurement(tasks: sample.tasks)
        measurement.bytes = max(0, Machine.resident - base) / sample.tasks
        let end = Machine.now
        node.release()
        measurement.add(taken + Machine.now - end, per: sample.tasks)
        return measurement
    }

    func churn(_ work: ChurnWork) async throws {
        for first in stride(from: 0, to: work.count, by: ChurnWork.batch) {
            let over = Countdown(ChurnWork.batch)
            let tasks = (0..<ChurnWork.batch).map { _ in
                let node = SwiftTaskNode()
                return Task {
                    node.hold { work.cleanUp() }
                    over.hit()
                    node.release()
                }
            }
            await over.wait()
            for task in tasks { await task.value }
            work.passed(first + ChurnWork.batch)
        }
    }
}

/// What a task has to remember.
private final class SwiftTaskNode: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var children: [SwiftTaskNode] = []
        var releases: [@Sendable () -> Void] = []
        var isCancelled = false
        var error: (any Error)?
    }
    private let state = Mutex(State())

    // MARK: Cleanup

    func hold(_ release: @escaping @Sendable () -> Void) { state.withLock { $0.releases.append(release) } }

    /// Runs what was registered, newest first.
    func release() {
        let releases = state.withLock { state in
            defer { state.releases = [] }
            return state.releases
        }
        for release in releases.reversed() { release() }
    }

    // MARK: Children

    /// Starts the node's task, where a cancel finds it; one that came before is made up for.
    func run(_ body: @escaping @Sendable (SwiftTaskNode) async -> Void) {
        let task = Task { await body(self) }
        let isCancelled = state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    func adopt(_ child: SwiftTaskNode) {
        let isCancelled = state.withLock { state in
            state.children.append(child)
            return state.isCancelled
        }
        if isCancelled { child.cancel() }
    }

    /// Sleeps until the node's task has ended.
    func end() async { await state.withLock { $0.task }?.value }

    /// Sleeps until the children have ended. They are let go here: a chain of them would release each other recursively.
    func join() async {
        for child in state.withLock({ $0.children }) { await child.end() }
        state.withLock { $0.children = [] }
    }

    // MARK: Cancel

    /// Cancels the task and those below, parents before children, without recursion.
    func cancel() {
        var stack = [self]
        while let node = stack.popLast() {
            let (task, children) = node.mark()
            task?.cancel()
            stack += children
        }
    }

    /// Answers what is to be cancelled, but only the first time.
    private func mark() -> (Task<Void, Never>?, [SwiftTaskNode]) {
        state.withLock { state in
            if state.isCancelled { return (nil, []) }
            state.isCancelled = true
            return (state.task, state.children)
        }
    }

    /// A child failed: the first error is kept, and the others are cancelled.
    func fail(_ error: any Error) {
        state.withLock { state in state.error = state.error ?? error }
        cancel()
    }

    var error: (any Error)? { state.withLock { $0.error } }
}

private final class SwiftTaskTree: RunningTree {
    private let root = SwiftTaskNode()

    init(_ work: TreeWork) { root.run { await Self.node($0, under: nil, 0, work) } }

    func cancel() { root.cancel() }

    func end() async -> (any Error)? {
        await root.end()
        return root.error
    }

    func close() throws {}

    @Sendable private static func node(
        _ node: SwiftTaskNode, under above: SwiftTaskNode?, _ number: Int, _ work: TreeWork
    ) async {
        let children = work.children(of: number)
        if children.isEmpty {
            await leaf(node, above, number, work)
        } else {
            await parent(node, above, children, work)
        }
    }

    private static func parent(
        _ node: SwiftTaskNode, _ above: SwiftTaskNode?, _ children: Range<Int>, _ work: TreeWork
    ) async {
        node.hold { work.cleanUp() }
        for number in children {
            let child = SwiftTaskNode()
            child.run { await Self.node($0, under: node, number, work) }
            node.adopt(child)
        }
        work.started.hit()
        if work.parks { await park(work) }
        await node.join()
        node.release()
        if let error = node.error { above?.fail(error) }
    }

    private static func leaf(
        _ node: SwiftTaskNode, _ above: SwiftTaskNode?, _ number: Int, _ work: TreeWork
    ) async {
        node.hold { work.cleanUp() }
        work.started.hit()
        let fails = work.isFailing(number)
        if fails { await work.failure.wait() } else if work.parks { await park(work) }
        node.release()
        if fails { above?.fail(OneFailed()) }
    }

    private static func park(_ work: TreeWork) async {
        await untilCancelled()
        work.notice()
    }
}
