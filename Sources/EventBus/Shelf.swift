import Synchronization

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
        /// Dropped, to be let go off the lock.
        var retired: [Segment] = []
        /// Made ahead off the lock, or who may make it.
        var next: Segment?
        var maker: (any SegmentStore)?

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
        // For all that there will be: to grow would ask malloc for much while a lock is held.
        state.withLock {
            $0.segments.reserveCapacity(64 + min(retaining, 1 << 30) >> 17)
            $0.retired.reserveCapacity(Self.mostRetired)
        }
    }

    /// Adds the segment that is now open.
    func put(_ segment: Segment, nextFrom store: any SegmentStore) {
        state.withLock { state in
            state.segments.append(segment)
            state.bytes += segment.memory.capacity
            var dropped = 0
            while dropped < state.segments.count - 1,
                state.bytes - segment.memory.capacity > retaining
            {
                state.bytes -= state.segments[dropped].memory.capacity
                if state.retired.count < Self.mostRetired { state.retired.append(state.segments[dropped]) }
                dropped += 1
            }
            if dropped > 0 { state.segments.removeFirst(dropped) }
            if let keyframe = state.keyframe, keyframe.segment < state.oldest { state.keyframe = nil }
            state.maker = store
        }
        isUntidy.store(true, ordering: .relaxed)
    }

    // MARK: Off the lock

    // To ask malloc for anything, or to give it back, can take a millisecond and more where a large tree was freed before: it
    // sorts what it got. So the appender, who holds the lock of the whole tree, leaves both to who comes after.

    private static let mostRetired = 16
    let isUntidy = Atomic<Bool>(false)

    /// Lets go of what was dropped, and makes the next segment ahead where that is of use.
    func tidy() {
        guard isUntidy.exchange(false, ordering: .relaxed) else { return }
        while let retired = state.withLock({ $0.retired.popLast() }) { withExtendedLifetime(retired) {} }
        let maker = state.withLock { state in
            defer { state.maker = nil }
            return state.next == nil ? state.maker : nil
        }
        guard let memory = maker?.makeSegmentAhead() else { return }
        let next = Segment(memory)
        state.withLock { $0.next = next }
    }

    /// The one that was made ahead, if it is large enough.
    func takeNext(atLeast bytes: Int) -> Segment? {
        state.withLock { state in
            guard let next = state.next, next.memory.capacity - next.memory.reserve >= bytes else { return nil }
            state.next = nil
            return next
        }
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

    /// The first `seq` that is retained.
    var oldestSeq: UInt64 { state.withLock { $0.segments.first?.header.firstSeq ?? firstSeq } }

    /// The segment with this number; nil if it is not there yet, or not any more.
    func segment(number: Int) -> Segment? {
        state.withLock { state in
            let index = number - state.oldest
            return state.segments.indices.contains(index) ? state.segments[index] : nil
        }
    }

    /// The segment with the event of this `seq`; nil for one before all that are retained.
    func segment(holding seq: UInt64) -> Segment? { last { $0.firstSeq <= seq } }

    /// The segment with the last event up to an instant; nil if all that are retained begin later.
    func segment(at t: Int64) -> Segment? { last { $0.firstT <= t } }

    /// The last segment of those that come first. They are never many: found in a few steps, under the lock.
    private func last(where isEarly: (ChunkHeader) -> Bool) -> Segment? {
        state.withLock { state in
            var low = 0
            var high = state.segments.count
            while low < high {
                let middle = (low + high) / 2
                if isEarly(state.segments[middle].header) { low = middle + 1 } else { high = middle }
            }
            return low > 0 ? state.segments[low - 1] : nil
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
