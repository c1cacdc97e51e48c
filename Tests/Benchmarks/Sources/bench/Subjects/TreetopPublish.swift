import EventBus
import Glibc
import Measure
import Synchronization
import TreeModel

extension TreetopSubject {
    /// Appends three common events in turn. Half of them in blocks, whose mean is a value; half one by one, for the
    /// percentiles, less what it takes to read the clock. Between blocks the readers catch up.
    func publish(_ sample: Sample) async throws -> Measurement {
        let log = EventLog(SessionInfo(name: "bench"))
        let publisher = Publisher(log, readers: sample.shape.readers)
        let stopped = sample.shape == .stoppedReader ? log.makeReader() : nil
        publisher.append(block: 1)
        if let stopped, stopped.read(limit: 1, { _ in }) != 1 { throw Wrong(description: "there is nothing to read") }
        let block = 1000
        var measurement = Measurement(tasks: sample.tasks)
        for _ in 0..<(sample.tasks / 2 / block) {
            let begin = Machine.now
            publisher.append(block: block)
            measurement.add(Machine.now - begin, per: block)
            publisher.letReadersCatchUp()
        }
        var single: [Int64] = []
        var clock: [Int64] = []
        for _ in 0..<(sample.tasks / 2 / block) {
            clock.append(-Machine.now + Machine.now)
            publisher.append(block: block) { begin in single.append(Machine.now - begin) }
            publisher.letReadersCatchUp()
        }
        log.end(.finished, at: Int64(sample.tasks) * 200)
        publisher.join()
        withExtendedLifetime(stopped) {}
        single.sort()
        clock.sort()
        let reading = clock[clock.count / 2]
        measurement.p99 = Double(max(0, single[single.count * 99 / 100] - reading))
        measurement.p999 = Double(max(0, single[single.count * 999 / 1000] - reading))
        return measurement
    }
}

extension Shape {
    /// How many readers follow.
    fileprivate var readers: Int {
        switch self {
        case .oneReader: 1
        case .fourReaders: 4
        case .noReader, .stoppedReader, .flat, .eightAry, .chain, .atEnd, .early: 0
        }
    }
}

/// The only appender of a log.
private final class Publisher {
    private let log: EventLog
    private let readers: [Follower]
    private var producer: Producer

    init(_ log: EventLog, readers: Int) {
        self.log = log
        producer = Producer(log)
        self.readers = (0..<readers).map { _ in Follower(log) }
    }

    func append(block: Int) {
        for _ in 0..<block { producer.append() }
    }

    /// The same, and says after each when it began.
    func append(block: Int, _ done: (Int64) -> Void) {
        for _ in 0..<block {
            let begin = Machine.now
            producer.append()
            done(begin)
        }
    }

    func letReadersCatchUp() {
        for reader in readers {
            while reader.seq < log.lastSeq { sched_yield() }
        }
    }

    func join() {
        for reader in readers { reader.join() }
    }
}
