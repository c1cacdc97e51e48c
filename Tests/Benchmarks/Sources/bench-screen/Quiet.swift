import Measure

/// What a screen costs that nobody touches.
enum Quiet {
    /// A thousand tasks, none of which ends in the first five minutes.
    static let tree = ["demo", "storm", "--scale", "1000", "--rate", "1", "--no-record"]

    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let seconds = isQuick ? 10 : 60
        let live = try watch(tree, until: "storm", typing: "", seconds)
        let paused = try watch(tree, until: "storm", typing: "p", seconds)
        let file = try Recorded(scale: 1_000, seconds: 2)
        let replayed = try watch(["replay", file.path, "--at", "1s"], until: "REPLAY", typing: "", seconds)
        let part = Double(seconds) / 60
        return [
            Figure("quiet live tree", Double(live.bytes) / Double(seconds), "bytes/s", .atMost(200)),
            Figure("quiet live tree, processor", live.time / Double(seconds) * 1000, "ms/s"),
            Figure("paused, \(seconds) s", Double(paused.bytes), "bytes", .atMost(0)),
            Figure("paused, \(seconds) s, processor", paused.time, "s", .atMost(0.1 * part)),
            Figure("replayed, \(seconds) s", Double(replayed.bytes), "bytes", .atMost(0)),
            Figure("replayed, \(seconds) s, processor", replayed.time, "s", .atMost(0.1 * part)),
        ]
    }

    /// Bytes and seconds of processor time.
    private static func watch(
        _ arguments: [String], until text: String, typing keys: String, _ seconds: Int
    ) throws -> (bytes: Int, time: Double) {
        let run = try ProgramRun(arguments)
        defer { run.end() }
        try run.waits(for: text)
        run.watch(milliseconds: 2_000)
        run.terminal.type(keys)
        run.watch(milliseconds: 1_000)
        let (bytes, time) = (run.bytes, Machine.time(of: run.pid))
        run.watch(milliseconds: seconds * 1000)
        return (run.bytes - bytes, Double(Machine.time(of: run.pid) - time) / 1e9)
    }
}
