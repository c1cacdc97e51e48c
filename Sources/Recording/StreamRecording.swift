import EventBus
import Glibc

/// Writes a session where it must not be mapped: to a pipe, or to a file on a network. It is one more reader of the log,
/// which waits for it no more than for any other: what it falls too far behind on becomes a gap in what it writes.
///
/// What was appended less than `window` before the program is killed may be missing.
///
/// `@unchecked`: the `var`s are guarded by the monitor, or belong to the thread until that is over.
final class StreamRecording: @unchecked Sendable {
    /// What is appended is written after so many nanoseconds at the latest, if its reader takes it.
    static let window: Int64 = 100_000_000
    /// How long the end waits for a reader that takes nothing.
    private static let patience: Int64 = 2_000_000_000

    private let file: Int32
    private let session: SessionInfo
    private let store: StreamStore
    private let monitor = Monitor()
    private var isDone = false
    private var watch: OccasionWatch

    /// - Parameter file: is closed with the recording.
    init(_ file: Int32, _ session: SessionInfo, _ occasions: [Occasion]) {
        self.file = file
        self.session = session
        store = StreamStore(file)
        watch = OccasionWatch(occasions)
    }

    deinit { close(file) }

    /// Begins to write what the log has and gets.
    func follow(_ log: EventLog) {
        let reader = UnsafeSendable(log.makeReader())
        if startThread("treetop-record", { self.run(reader.value) }) { return }
        monitor.withLock { isDone = true }
    }

    var failure: String? { store.failure }

    /// Waits until all of a log that has ended is written, but not for ever. Returns what came up, if it is known.
    func end() -> OccasionWatch.Found? {
        let deadline = Monitor.now + Self.patience
        let found: OccasionWatch.Found?? = monitor.withLock {
            while !isDone, Monitor.now < deadline { monitor.wait(until: deadline) }
            return isDone ? watch.found : nil
        }
        if found == nil { store.giveUp() }
        return found ?? nil
    }

    private func run(_ reader: EventReader) {
        FileHeader.encode(session).withUnsafeBytes { store.write($0) }
        // Nobody reads it here: what is written is let go of.
        let copy = EventLog(session, store: store, retaining: 0)
        var written = Monitor.now
        var isPending = false
        while store.failure == nil {
            let count = reader.read(limit: 4096) { event in
                copy.append(event.change, at: event.t)
                watch.see(event)
            }
            if count > 0, !isPending {
                isPending = true
                written = Monitor.now
            }
            if reader.isAtEnd { break }
            if isPending, count == 0 || Monitor.now - written >= Self.window / 2 {
                copy.cut()
                isPending = false
            }
            if count == 0 { _ = reader.wait(timeoutMilliseconds: nil) }
        }
        if store.failure == nil { copy.close() }
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
