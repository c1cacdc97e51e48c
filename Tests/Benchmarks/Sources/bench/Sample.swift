import ArgumentParser
import EventBus
import Glibc
import Synchronization
import TaskTree

/// One measurement, in a process of its own. Prints its numbers, and last the resident bytes a parked task.
struct Sample {
    let benchmark: Benchmark
    let shape: Shape
    let tasks: Int
    let subject: Subject

    init(_ text: String) throws {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 4, let benchmark = Benchmark(rawValue: words[0]), let shape = Shape(rawValue: words[1]),
            let tasks = Int(words[2]), let subject = Subject(rawValue: words[3])
        else { throw ValidationError("no sample: \(text)") }
        self.benchmark = benchmark
        self.shape = shape
        self.tasks = tasks
        self.subject = subject
    }

    func measureAndPrint() async throws {
        let (numbers, bytes): ([Double], Int)
        switch subject {
        case .treetop: (numbers, bytes) = await TreetopWork(self).measure()
        case .swiftTask: (numbers, bytes) = await SwiftTaskWork(self).measure()
        }
        print(numbers.map { "\($0)" }.joined(separator: " "), bytes)
    }

    /// How many children the node with this number has: the tree is filled level by level.
    func children(of number: Int) -> Range<Int> {
        switch shape {
        case .flat: number == 0 ? 1..<tasks : 0..<0
        case .chain: number + 1 < tasks ? number + 1..<number + 2 : 0..<0
        case .eightAry: min(tasks, 8 * number + 1)..<min(tasks, 8 * number + 9)
        }
    }

    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The resident set of this process.
    static var resident: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, 256, file) != nil else { return 0 }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let words = text.split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}

/// Counts up to a number, and says when it is reached.
final class Countdown: Sendable {
    private let left: Atomic<Int>
    private let done: AsyncStream<Void>
    private let finish: AsyncStream<Void>.Continuation

    init(_ count: Int) {
        left = Atomic(count)
        (done, finish) = AsyncStream.makeStream()
    }

    func hit() {
        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { finish.finish() }
    }

    func wait() async {
        for await _ in done {}
    }
}

/// The work done by the engine, with its log on and one reader that follows.
struct TreetopWork {
    let sample: Sample
    init(_ sample: Sample) { self.sample = sample }

    func measure() async -> ([Double], Int) {
        let log = EventLog(SessionInfo(name: "bench"))
        let engine = TreeEngine(log: log)
        let reader = Task.detached {
            var events = 0
            for await _ in log.makeReader().events() { events += 1 }
            return events
        }
        let parks = sample.benchmark != .finish
        let (count, base) = (Double(sample.tasks), Sample.resident)
        let started = Countdown(sample.tasks)
        let begin = Sample.now
        nonisolated(unsafe) var spawned: Int64 = 0
        nonisolated(unsafe) var parked = 0
        let run = Task {
            try? await engine.run("root") { root in try await node(root, 0, parks, started) }
            return Sample.now
        }
        await started.wait()
        spawned = Sample.now
        parked = Sample.resident
        var cancelled = spawned
        if parks {
            usleep(50_000)
            cancelled = Sample.now
            engine.cancel(TaskID(1), cause: Cause(.user, by: "bench"))
        }
        let end = await run.value
        engine.endSession(.finished)
        _ = await reader.value
        let bytes = parks ? max(0, parked - base) / sample.tasks : 0
        switch sample.benchmark {
        case .spawn: return ([Double(spawned - begin) / count], bytes)
        case .finish: return ([Double(end - begin) / count], 0)
        case .cascade: return ([Double(end - cancelled) / count], bytes)
        }
    }

    @Sendable private func node(_ scope: TaskScope, _ number: Int, _ parks: Bool, _ started: Countdown) async throws {
        if parks { try scope.own("held", number) { _, _ in } }
        for child in sample.children(of: number) {
            try scope.spawn("task") { try await node($0, child, parks, started) }
        }
        started.hit()
        if parks { await scope.cancelled() }
    }
}

/// The same work by bare Swift tasks: one a node, cancelled by an explicit stack, cleanup registered and run by each,
/// children before parents.
struct SwiftTaskWork {
    let sample: Sample
    init(_ sample: Sample) { self.sample = sample }

    final class Node: Sendable {
        let tasks = Mutex<[(Node, Task<Void, Never>)]>([])
        let cleanup = Mutex<[@Sendable () -> Void]>([])
    }

    func measure() async -> ([Double], Int) {
        let parks = sample.benchmark != .finish
        let (count, base) = (Double(sample.tasks), Sample.resident)
        let started = Countdown(sample.tasks)
        let begin = Sample.now
        let root = Node()
        let run = Task {
            await node(root, 0, parks, started)
        }
        await started.wait()
        let spawned = Sample.now
        let parked = Sample.resident
        var cancelled = spawned
        if parks {
            usleep(50_000)
            cancelled = Sample.now
            var stack = [root]
            var all = [run]
            while let node = stack.popLast() {
                for (child, task) in node.tasks.withLock({ $0 }) {
                    stack.append(child)
                    all.append(task)
                }
            }
            for task in all { task.cancel() }
        }
        await run.value
        let end = Sample.now
        let bytes = parks ? max(0, parked - base) / sample.tasks : 0
        switch sample.benchmark {
        case .spawn: return ([Double(spawned - begin) / count], bytes)
        case .finish: return ([Double(end - begin) / count], 0)
        case .cascade: return ([Double(end - cancelled) / count], bytes)
        }
    }

    @Sendable private func node(_ node: Node, _ number: Int, _ parks: Bool, _ started: Countdown) async {
        if parks { node.cleanup.withLock { $0.append {} } }
        for child in sample.children(of: number) {
            let next = Node()
            let task = Task { await self.node(next, child, parks, started) }
            node.tasks.withLock { $0.append((next, task)) }
        }
        started.hit()
        if parks { try? await Task.sleep(for: .seconds(3600)) }
        for (_, task) in node.tasks.withLock({ $0 }) { await task.value }
        for release in node.cleanup.withLock({ $0 }).reversed() { release() }
    }
}
