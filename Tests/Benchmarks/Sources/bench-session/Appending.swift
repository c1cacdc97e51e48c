import EventBus
import Measure
import Recording
import TreeModel

/// To append an event to a log that is recorded; one producer, nobody reads.
enum Appending {
    private static let block = 1000

    static func measure(_ isQuick: Bool) throws -> [Figure] {
        // In turns, so that what else the machine does meets both.
        var (recorded, plain): ([Double], [Double]) = ([], [])
        for _ in 0..<(isQuick ? 4 : 10) {
            recorded += try times(isRecorded: true)
            plain += try times(isRecorded: false)
        }
        return [
            Figure("append, recorded: median", recorded.quantile(0.5), "ns/event", .atMost(60)),
            Figure("append, in memory: median", plain.quantile(0.5), "ns/event"),
            Figure("append, recorded: slowest hundredth of blocks", recorded.quantile(0.99), "ns/event"),
        ]
    }

    /// Of 1,000 blocks.
    private static func times(isRecorded: Bool) throws -> [Double] {
        let folder = try Folder()
        let session = SessionInfo(name: "bench")
        let recording = isRecorded ? try SessionRecording(to: folder["a.treetop"], for: session) : nil
        let log = recording?.makeLog(session) ?? EventLog(session)
        var producer = Producer(log)
        var times: [Double] = []
        for _ in 0..<1_000 {
            let begin = Machine.now
            for _ in 0..<block { producer.append() }
            times.append(Double(Machine.now - begin) / Double(block))
        }
        log.end(.finished, at: .max)
        if let failure = recording?.end().failure { throw Wrong(failure) }
        return times
    }
}
