import TreeModel

/// What the appender knows: the open segment, the writer in it, and the store that gives the next one.
struct AppendState {
    var writer = RecordWriter()
    private(set) var nextSeq: UInt64
    /// Bytes of records so far.
    private(set) var total = 0
    private(set) var isEnded = false
    /// What was appended so far, for the ends of keyframes.
    var sums = LogSums()
    /// The keyframe whose rows are being written.
    private var keyframe: Keyframe?
    /// The segment that it begins, for a store that wants to know.
    private var keyframeMemory: SegmentMemory?
    private var segment: Segment?
    private var store: any SegmentStore
    /// A store that failed: kept to the log's end, because letting it go may block.
    private var failedStore: (any SegmentStore)?
    /// False once the store gave nothing and memory took its place.
    private var isStoreGood = true

    init(store: any SegmentStore, nextSeq: UInt64) {
        self.store = store
        self.nextSeq = nextSeq
    }

    /// Makes the record that was written last readable, and returns its `seq`.
    @inline(__always)
    mutating func commit(_ places: UInt64) -> UInt64 {
        let cursor = writer.used
        segment.unsafelyUnwrapped.commit(cursor)
        total = segment.unsafelyUnwrapped.startsAt + cursor - ChunkHeader.length
        let seq = places == 0 ? nextSeq &- 1 : nextSeq
        nextSeq = nextSeq &+ places
        return seq
    }

    /// Writes a record that did not fit into the open segment into a new one, as large as it takes.
    mutating func roll(_ shelf: Shelf, _ kind: TreeEvent.Kind, _ change: TreeEvent.Change, at t: Int64) {
        open(shelf, atLeast: RecordSize.most(change), t: max(t, writer.lastT))
        let fits = writer.write(kind, at: t, change)
        assert(fits, "a record is never larger than RecordSize says")
    }

    /// Leaves the open segment and goes on in another.
    mutating func open(_ shelf: Shelf, atLeast bytes: Int, t: Int64) {
        let old = segment
        old?.seal(writer.used)
        if let next = shelf.takeNext(atLeast: bytes) ?? (isStoreGood ? make(bytes) : nil) {
            begin(next, shelf, t)
            if let old { store.seal(old.memory) }
            return
        }
        if isStoreGood { abandonStore(shelf, old, t) }
        // Memory of its own cannot say no: like any allocation of the language, it ends the program when there is none.
        begin(make(bytes)!, shelf, t)
    }

    private func make(_ bytes: Int) -> Segment? { store.makeSegment(atLeast: bytes).map { Segment($0) } }

    private mutating func begin(_ new: Segment, _ shelf: Shelf, _ t: Int64) {
        new.open(number: (segment?.number ?? -1) + 1, firstSeq: nextSeq, firstT: t, startsAt: total)
        let memory = new.memory
        segment = new
        writer.begin(memory.base, capacity: memory.capacity - memory.reserve, firstT: t)
        shelf.put(new, nextFrom: store)
    }

    /// The store gives no more: what it holds ends with `session.ended`, which is not for the readers of this process,
    /// and the log goes on in memory.
    private mutating func abandonStore(_ shelf: Shelf, _ old: Segment?, _ t: Int64) {
        if let old {
            writer.extend(by: old.memory.reserve)
            let ended = TreeEvent.SessionEnded(reason: .recordingFailed)
            if writer.write(.sessionEnded, at: t, TreeEvent.Change.sessionEnded(ended)) {
                old.commit(writer.used)
            }
            store.seal(old.memory)
        }
        shelf.fail(store.failure ?? "the store gives no more memory; the log goes on without it")
        isStoreGood = false
        failedStore = store
        store = MemoryStore()
    }

    /// Leaves the open segment if anything was written into it: what comes next begins another.
    mutating func cut(_ shelf: Shelf) {
        if writer.used > ChunkHeader.length { open(shelf, atLeast: 0, t: writer.lastT) }
    }

    /// Sees that the keyframe that begins now begins a segment, where the store wants that.
    mutating func makeRoomForKeyframe(_ shelf: Shelf) {
        if store.beginsSegmentsWithKeyframes { cut(shelf) }
    }

    /// Notes where a keyframe began, whose begin mark is the record written last.
    mutating func beginKeyframe(at place: Int) {
        keyframeMemory = store.beginsSegmentsWithKeyframes ? segment.unsafelyUnwrapped.memory : nil
        keyframe = Keyframe(
            segment: segment.unsafelyUnwrapped.number, place: place, nextSeq: nextSeq, t: writer.lastT)
    }

    /// The keyframe under way is complete.
    mutating func endKeyframe(_ shelf: Shelf) {
        if let keyframe { shelf.put(keyframe) }
        if let keyframeMemory { store.keyframeIsComplete(in: keyframeMemory) }
        keyframe = nil
        keyframeMemory = nil
    }

    /// Completes what the store keeps.
    mutating func end(_ shelf: Shelf) {
        isEnded = true
        segment?.seal(writer.used)
        failedStore = nil
        guard isStoreGood else { return }
        if let segment { store.seal(segment.memory) }
        store.close(nextSeq: nextSeq, at: writer.lastT)
        if let failure = store.failure { shelf.fail(failure) }
    }
}
