import Glibc
import Measure

/// The real program with a million live tasks and 100,000 events a second.
enum Million {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let scale = isQuick ? 100_000 : 1_000_000
        // An event is a start or an end, but for a few.
        let run = try ProgramRun(
            ["demo", "storm", "--scale", "\(scale)", "--rate", "43000", "--no-record"])
        defer { run.end() }
        try run.waits(for: "storm")
        run.watch(milliseconds: 2_000)
        try run.unfold()
        // They live for so long on average; after that they come and go evenly.
        run.watch(milliseconds: max(6_000, scale * 1_000 / 43_000 + 2_000))
        let frames = frames(of: run, seconds: isQuick ? 5 : 10)
        let keys = run.latencies(of: ("j", "k"), count: isQuick ? 100 : 300, untilCursor: true)
        let name = "\(scale) tasks, 100,000 events/s"
        return [
            Figure("\(name): frames", frames.rate, "/s", .atLeast(30)),
            Figure("\(name): dashboard", frames.dashboard, "cores", .atMost(0.5)),
            Figure("\(name): program", frames.program, "cores"),
            Figure("\(name): key p50", keys.quantile(0.5), "ms"),
            Figure("\(name): key p99", keys.quantile(0.99), "ms", .atMost(16)),
        ]
    }

    /// A frame is what is painted without a pause; frames are 16 ms apart at least.
    private static func frames(
        of run: ProgramRun, seconds: Int
    ) -> (rate: Double, dashboard: Double, program: Double) {
        let begin = Machine.now
        let (thread, all) = (Machine.timeOfFirstThread(of: run.pid), Machine.time(of: run.pid))
        var (count, last) = (0, Int64(0))
        while case let rest = begin + Int64(seconds) * 1_000_000_000 - Machine.now, rest > 0 {
            guard !run.read(milliseconds: Int(rest / 1_000_000) + 1).isEmpty else { continue }
            let now = Machine.now
            if now - last > 4_000_000 { count += 1 }
            last = now
        }
        let time = Double(Machine.now - begin)
        return (
            Double(count) / time * 1e9, Double(Machine.timeOfFirstThread(of: run.pid) - thread) / time,
            Double(Machine.time(of: run.pid) - all) / time
        )
    }
}
