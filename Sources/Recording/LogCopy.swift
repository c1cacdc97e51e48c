import EventBus
import Glibc

/// Copies a log into a store that the log itself must not use: a pipe or a file on a network, which must not be mapped, and
/// a file in which texts are blacked out, which takes long under the lock of a tree. It is one more reader of the log, which
/// waits for it no more than for any other: what it falls too far behind on becomes a gap in what it writes.
///
/// What was appended shortly before the program is killed may be missing: what was not copied yet, and of what is written
/// and not mapped, what is younger than `window`.
///
/// `@unchecked`: the `var`s are guarded by the monitor, or belong to the thread until that is over.
final class LogCopy: @unchecked Sendable {
    /// What is appended is written after so many nanoseconds at the latest, if its reader takes it.
    static let window: Int64 = 100_000_000
    /// How long the end waits for a store that takes nothing.
    static let patience: Int64 = 2_000_000_000

    private let session: SessionInfo
    private let store: any SegmentStore
    /// Whether the store is given a chunk only when it is complete.
    private let isWritten: Bool
    private let redaction: Redaction?
    private let monitor = Monitor()
    private var isDone = false
    /// Why it is not whole.
    private var failure: String?
    /// How many events were copied.
    private var count = 0
    private var watch: OccasionWatch

    /// - Parameters:
    ///   - isWritten: whether the store is given a chunk only when it is complete.
    ///   - redaction: used by the copying thread alone from here on.
    init(
        of session: SessionInfo, to store: any SegmentStore, isWritten: Bool, _ occasions: [Occasion],
        _ redaction: Redaction?
    ) {
        self.session = session
        self.store = store
        self.isWritten = isWritten
        self.redaction = redaction
        watch = OccasionWatch(occasions)
    }

    /// Begins to copy what the log has and gets.
    func follow(_ log: EventLog) {
        let reader = UnsafeSendable(log.makeReader())
        if startThread("treetop-record", { self.run(reader.value) }) { return }
        monitor.withLock { (isDone, failure) = (true, "there is no thread to be had for it") }
    }

    /// Waits until all of a log that has ended is copied, as long as the store takes something.
    /// - Parameter patience: how long it may take nothing, in nanoseconds.
    /// - Returns: why not all is copied; and what came up, as far as that is known.
    func end(patience: Int64) -> (failure: String?, found: OccasionWatch.Found?) {
        monitor.withLock {
            var (seen, deadline) = (count, Monitor.now + patience)
            while !isDone, Monitor.now < deadline {
                monitor.wait(until: deadline)
                if count != seen { (seen, deadline) = (count, Monitor.now + patience) }
            }
            if !isDone { failure = "the rest of it was not taken in time" }
            return (failure, isDone ? watch.found : nil)
        }
    }

    private func run(_ reader: EventReader) {
        // Nobody reads it here: what is written is let go of.
        let copy = EventLog(session, store: store, retaining: 0)
        var written = Monitor.now
        var isPending = false
        while store.failure == nil, monitor.withLock({ failure == nil }) {
            let count = reader.read(limit: 4096) { event in
                copy.append(copyOf: redaction.edited(event).change, at: event.t)
                watch.see(event)
            }
            if count > 0 { monitor.withLock { self.count += count } }
            if count > 0, !isPending {
                isPending = true
                written = Monitor.now
            }
            if reader.isAtEnd { break }
            if isWritten, isPending, count == 0 || Monitor.now - written >= Self.window / 2 {
                copy.cut()
                isPending = false
            }
            if count == 0 { _ = reader.wait(timeoutMilliseconds: nil) }
        }
        copy.close()
        monitor.withLock {
            isDone = true
            monitor.signal()
        }
    }
}

/// Hands something over to the one thread that uses it from then on.
private struct UnsafeSendable<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
