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

/// Appends three common events in turn: a task starts, opens something, ends. The times are made up: to read the clock is
/// no part of an append.
struct Producer {
    let log: EventLog
    private var task: UInt64 = 0

    init(_ log: EventLog) { self.log = log }

    @inline(__always)
    mutating func append() {
        task += 1
        let time = Int64(task) * 100
        switch task % 3 {
        case 0:
            log.append(at: time) { (fields: inout TreeEvent.TaskStarted) in
                fields.task = TaskID(task)
                fields.parent = TaskID(1)
                fields.name = "task"
            }
        case 1:
            log.append(at: time) { (fields: inout TreeEvent.ResourceAcquired) in
                fields.resource = ResourceID(task)
                fields.task = TaskID(task)
                fields.name = "held"
                fields.budget = 5_000_000_000
            }
        default:
            log.append(at: time) { (fields: inout TreeEvent.TaskFinished) in
                fields.task = TaskID(task)
                fields.outcome = .succeeded
            }
        }
    }
}
