import Measure

/// From the start of the program to its first screen.
enum Opening {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let scale = isQuick ? 100_000 : 1_000_000
        let live = try (0..<(isQuick ? 5 : 11)).map { _ in
            try milliseconds(["demo", "stuck", "--no-record"], until: "TASK")
        }
        let file = try Recorded(scale: scale, seconds: isQuick ? 3 : 8)
        let replay = try (0..<3).map { _ in try milliseconds(["replay", file.path, "--at", "1h"], until: "REPLAY") }
        let large = try (0..<3).map { _ in
            try milliseconds(["demo", "storm", "--scale", "\(scale)", "--no-record"], until: "TASK")
        }
        return [
            Figure("open, a small live tree", live.quantile(0.5), "ms"),
            Figure("open, \(scale) tasks, live", large.quantile(0.5), "ms", .atMost(1_000)),
            Figure("open, \(scale) tasks, recorded", replay.quantile(0.5), "ms", .atMost(1_000)),
        ]
    }

    private static func milliseconds(_ arguments: [String], until text: String) throws -> Double {
        let run = try ProgramRun(arguments)
        defer { run.end() }
        try run.waits(for: text, seconds: 120)
        return Double(Machine.now - run.begin) / 1_000_000
    }
}
