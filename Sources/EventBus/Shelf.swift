/// Where a complete keyframe begins.
struct Keyframe: Sendable {
    /// The number of the segment with its begin mark.
    let segment: Int
    /// The bytes of records before its begin mark.
    let place: Int
    /// The `seq` of the first event behind its begin mark.
    let nextSeq: UInt64
    let t: Int64
}

/// The segments of a log that readers may still ask for, the oldest first. The appender puts a new one there once in
/// some thousand events, and drops the oldest beyond what is retained.
final class Shelf: Sendable {
    private struct State {
        var segments: [Segment] = []
        var bytes = 0
        /// The newest that is complete and whose first segment is still there.
        var keyframe: Keyframe?
        var failure: String?

        /// The number of the oldest segment.
        var oldest: Int { segments.first?.number ?? 0 }

        func entry(_ keyframe: Keyframe) -> (Segment, Keyframe?) {
            (segments[keyframe.segment - oldest], keyframe)
        }
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
            if let keyframe = state.keyframe, keyframe.segment < state.oldest { state.keyframe = nil }
            return gone
        }
        // Their memory goes back here, off the lock.
        _ = dropped
    }

    /// A keyframe was completed.
    func put(_ keyframe: Keyframe) {
        state.withLock { state in
            if keyframe.segment >= state.oldest { state.keyframe = keyframe }
        }
    }

    /// The segment with this number; nil if it is not there yet. If it is not there any more, the one with the newest
    /// keyframe, or without one the oldest.
    func segment(from number: Int) -> (segment: Segment, keyframe: Keyframe?)? {
        state.withLock { state in
            let index = number - state.oldest
            if index < 0 { return state.keyframe.map { state.entry($0) } ?? state.segments.first.map { ($0, nil) } }
            return index < state.segments.count ? (state.segments[index], nil) : nil
        }
    }

    /// The newest complete keyframe that is still there, and the segment that it begins in.
    var newestKeyframe: (segment: Segment, keyframe: Keyframe?)? {
        state.withLock { state in state.keyframe.map { state.entry($0) } }
    }

    /// The open segment.
    var newest: Segment? { state.withLock { $0.segments.last } }

    var failure: String? { state.withLock { $0.failure } }
    func fail(_ why: String) { state.withLock { $0.failure = $0.failure ?? why } }
}
