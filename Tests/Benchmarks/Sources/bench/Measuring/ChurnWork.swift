import Measure
import Synchronization

/// Short children of one scope, a batch at a time: what matters is whether memory grows with those that are over.
final class ChurnWork: Sendable {
    /// How many are started before the last of them is awaited.
    static let batch = 250
    /// Where memory is looked at first.
    static let early = 100_000

    let count: Int
    private let begin = Machine.now
    private let cleaned = Atomic<Int>(0)
    private let found = Mutex<[Measurement]>([])

    init(_ sample: Sample) { count = sample.tasks }

    /// Every child registers this.
    func cleanUp() { cleaned.add(1, ordering: .relaxed) }

    /// To be called after each batch.
    func passed(_ done: Int) {
        guard done == Self.early || done == count else { return }
        var measurement = Measurement(tasks: done)
        measurement.add(Machine.now - begin, per: done)
        measurement.bytes = Machine.resident
        found.withLock { $0.append(measurement) }
    }

    /// What was found, after the scope's end.
    func results() throws -> [Measurement] {
        let cleaned = cleaned.load(ordering: .acquiring)
        if cleaned != count { throw Wrong(description: "\(cleaned) of \(count) were cleaned up") }
        return found.withLock { $0 }
    }
}
