import Synchronization

/// Wakes the readers that asked for it. An append with nobody armed costs one atomic load.
final class Alarm: Sendable {
    typealias Wake = @Sendable () -> Void

    /// How many are armed.
    private let armed = Atomic<Int>(0)
    /// In the order in which they were armed, which is that in which they are called. There are few.
    private let wakes = Lock<[(reader: ObjectIdentifier, wake: Wake)]>([])
    private let over = Atomic<Bool>(false)

    /// No event will follow: nobody needs to wait.
    var isOver: Bool { over.load(ordering: .acquiring) }

    @inline(__always)
    func ring() {
        if armed.load(ordering: .sequentiallyConsistent) != 0 { wakeAll() }
    }

    func ringForGood() {
        over.store(true, ordering: .sequentiallyConsistent)
        wakeAll()
    }

    /// Arms or disarms one reader.
    func set(_ wake: Wake?, for reader: ObjectIdentifier) {
        wakes.withLock { wakes in
            wakes.removeAll { $0.reader == reader }
            if let wake { wakes.append((reader, wake)) }
            armed.store(wakes.count, ordering: .sequentiallyConsistent)
        }
    }

    /// Takes a reader's wake back; nil if it has been called.
    func take(_ reader: ObjectIdentifier) -> Wake? {
        wakes.withLock { wakes in
            guard let index = wakes.firstIndex(where: { $0.reader == reader }) else { return nil }
            let wake = wakes.remove(at: index).wake
            armed.store(wakes.count, ordering: .sequentiallyConsistent)
            return wake
        }
    }

    /// One by one, so that nothing is asked of malloc: the appender's lock is held.
    private func wakeAll() {
        while let wake = takeFirst() { wake() }
    }

    private func takeFirst() -> Wake? {
        wakes.withLock { wakes in
            guard !wakes.isEmpty else { return nil }
            let first = wakes.removeFirst().wake
            armed.store(wakes.count, ordering: .sequentiallyConsistent)
            return first
        }
    }
}
