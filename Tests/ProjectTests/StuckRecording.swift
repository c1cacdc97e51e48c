import Foundation
import Recording
import TestSupport
import Testing
import TreeModel

/// A recorded run of `demo stuck`, the same one for all tests, and instants in it that are found by what happened: on a
/// busy machine all comes later.
struct StuckRecording {
    let path: String
    /// When `part` was cancelled, in milliseconds since the session began. Everything has run for 1.5 s by then.
    let cancelled: Int64
    /// Just before the first release is given up, a second later: what heeds the cancel has ended.
    let heeded: Int64

    /// Puts the recording there.
    init(_ path: String) throws {
        self.path = path
        let bytes = try Self.bytes.get()
        try bytes.write(to: URL(filePath: path))
        var (cancelled, heeded) = (Int64(0), Int64(0))
        for event in try SessionFile(path).load() {
            switch event.change {
            case .cancelRequested where cancelled == 0: cancelled = event.t / 1_000_000
            case .resourceReleased(let fields) where fields.outcome == .timedOut && heeded == 0:
                heeded = event.t / 1_000_000 - 1
            default: break
            }
        }
        (self.cancelled, self.heeded) = (cancelled, heeded)
    }

    /// It takes some seconds, and is made once.
    private static let bytes = Result {
        let scratch = Scratch()
        let run = try Program.run(["demo", "stuck", "--headless", "--record", scratch["a.treetop"]])
        #expect(run.status == 4, "\(run.errors)")
        return try Data(contentsOf: URL(filePath: scratch["a.treetop"]))
    }

    /// An instant as the program prints it: `0:02.000`.
    static func clock(_ milliseconds: Int64) -> String {
        let (seconds, rest) = (String(milliseconds / 1_000 % 60), String(milliseconds % 1_000))
        let padding = (String(repeating: "0", count: 2 - seconds.count), String(repeating: "0", count: 3 - rest.count))
        return "\(milliseconds / 60_000):\(padding.0)\(seconds).\(padding.1)\(rest)"
    }
}
