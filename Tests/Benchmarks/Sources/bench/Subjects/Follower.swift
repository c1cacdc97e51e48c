import EventBus
import Measure
import Synchronization
import TreeModel

/// A reader that follows a log on a thread of its own, and sleeps while there is nothing to read.
final class Follower: Sendable {
    private let met = Atomic<Int>(0)
    private let last = Atomic<UInt64>(0)
    private let thread = Mutex<OwnThread?>(nil)

    init(_ log: EventLog) {
        let thread = OwnThread { [self] in follow(log.makeReader()) }
        self.thread.withLock { $0 = thread }
    }

    /// How many events it met.
    var events: Int { met.load(ordering: .acquiring) }
    /// Up to where it has read.
    var seq: UInt64 { last.load(ordering: .acquiring) }

    /// Blocks until it has read the last event of the log.
    func join() { thread.withLock { $0 }?.join() }

    private func follow(_ reader: EventReader) {
        var seq: UInt64 = 0
        repeat {
            let count = reader.read { seq = $0.seq }
            met.add(count, ordering: .releasing)
            last.store(seq, ordering: .releasing)
        } while reader.wait(timeoutMilliseconds: nil) || !reader.isAtEnd
    }
}
