import Glibc
import Measure
import Synchronization

/// From a key to the first byte that is painted for it, at 200x60.
enum Keys {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let count = isQuick ? 100 : 500
        let idle = try latencies(Quiet.tree, until: "storm", count, isBusy: false)
        // Half of all tasks are replaced each second, and two threads that do nothing else take both cores.
        let busy = try latencies(
            ["demo", "storm", "--scale", "100000", "--rate", "50000", "--no-record"], until: "storm", count,
            isBusy: true)
        return [
            Figure("key, idle, p50", idle.quantile(0.5), "ms", .atMost(1)),
            Figure("key, idle, p99", idle.quantile(0.99), "ms", .atMost(3)),
            Figure("key, 100,000 tasks and busy cores, p50", busy.quantile(0.5), "ms"),
            Figure("key, 100,000 tasks and busy cores, p99", busy.quantile(0.99), "ms", .atMost(16)),
        ]
    }

    private static func latencies(
        _ arguments: [String], until text: String, _ count: Int, isBusy: Bool
    ) throws -> [Double] {
        let run = try ProgramRun(arguments)
        defer { run.end() }
        try run.waits(for: text)
        run.watch(milliseconds: 2_000)
        if isBusy { try run.unfold() }
        let load = isBusy ? Load(threads: 2) : nil
        defer { load?.end() }
        // Who types is not what is measured.
        if isBusy { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -10) }
        defer { if isBusy { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 0) } }
        return run.latencies(of: ("j", "k"), count: count, untilCursor: isBusy)
    }
}

/// Threads that keep cores busy.
final class Load: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let threads = Mutex<[OwnThread]>([])

    init(threads count: Int) {
        let made = (0..<count).map { _ in
            OwnThread { [self] in while !isOver.load(ordering: .relaxed) {} }
        }
        threads.withLock { $0 = made }
    }

    func end() {
        isOver.store(true, ordering: .relaxed)
        for thread in threads.withLock({ $0 }) { thread.join() }
    }
}
