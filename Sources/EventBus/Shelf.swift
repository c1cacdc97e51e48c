/// The segments of a log that readers may still ask for, the oldest first. The appender puts a new one there once in
/// some thousand events, and drops the oldest beyond what is retained.
final class Shelf: Sendable {
    private struct State {
        var segments: [Segment] = []
        var bytes = 0
        var failure: String?
    }

    /// The first `seq` that the log ever had.
    let firstSeq: UInt64
    private let retaining: Int
    private let state = Lock(State())

    init(retaining: Int, firstSeq: UInt64) {
        self.retaining = retaining
        self.firstSeq = firstSeq
    }

    /// Adds the segment that is now open.
    func put(_ segment: Segment) {
        let dropped = state.withLock { state in
            state.segments.append(segment)
            state.bytes += segment.memory.capacity
            var dropped = 0
            while dropped < state.segments.count - 1,
                state.bytes - segment.memory.capacity > retaining
            {
                state.bytes -= state.segments[dropped].memory.capacity
                dropped += 1
            }
            let gone = Array(state.segments[..<dropped])
            state.segments.removeFirst(dropped)
            return gone
        }
        // Their memory goes back here, off the lock.
        _ = dropped
    }

    /// The segment with this number, or the oldest one that is still there if that is younger; nil if it is not there yet.
    func segment(from number: Int) -> Segment? {
        state.withLock { state in
            guard let oldest = state.segments.first else { return nil }
            let index = max(0, number - oldest.number)
            return index < state.segments.count ? state.segments[index] : nil
        }
    }

    /// The open segment.
    var newest: Segment? { state.withLock { $0.segments.last } }

    var failure: String? { state.withLock { $0.failure } }
    func fail(_ why: String) { state.withLock { $0.failure = $0.failure ?? why } }
}
