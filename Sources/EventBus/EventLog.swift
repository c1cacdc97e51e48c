import Synchronization
import TreeModel

/// The append-only log of one session, with one appender at a time and any number of readers.
///
/// An event is encoded once, into the open segment, and committed by moving the segment's cursor; readers decode up to
/// the cursor whenever they like, without a lock. Nothing that a reader does slows the appender.
///
/// `@unchecked`: `state` belongs to the appender, whose calls the caller serialises; the rest is atomic or a mutex.
public final class EventLog: @unchecked Sendable {
    public let session: SessionInfo
    /// Whether it keeps what is appended.
    public let isOn: Bool
    /// Guarded by the caller's lock around `append` and `end`. Behind a pointer, so that an append costs no access checks.
    private let state: UnsafeMutablePointer<AppendState>
    let shelf: Shelf
    let alarm = Alarm()
    /// The last event's `seq`.
    private let last: Atomic<UInt64>
    /// Bytes of records so far.
    private let appended = Atomic<Int>(0)

    /// Opens the log with its first segment.
    /// - Parameters:
    ///   - store: gives the memory: plain, or a mapped file.
    ///   - retaining: bytes of complete segments kept in memory for readers that are behind. A reader that is further
    ///     behind gets a `gap`.
    ///   - firstSeq: the first event's `seq`; not 1 for a log that begins mid-way.
    ///   - firstT: no event is earlier.
    ///   - isOn: false for a program whose events nobody wants: what is appended is dropped.
    public init(
        _ session: SessionInfo, store: any SegmentStore = MemoryStore(), retaining: Int = 64 << 20,
        firstSeq: UInt64 = 1, firstT: Int64 = 0, isOn: Bool = true
    ) {
        self.session = session
        self.isOn = isOn
        shelf = Shelf(retaining: retaining, firstSeq: firstSeq)
        last = Atomic(firstSeq &- 1)
        state = .allocate(capacity: 1)
        state.initialize(to: AppendState(store: store, nextSeq: firstSeq))
        state.pointee.open(shelf, atLeast: 0, t: firstT)
    }

    deinit {
        state.pointee.writer.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Appends one event and returns its `seq`.
    ///
    /// The caller serialises the calls: it holds the lock that makes the change. This never fails, blocks on no I/O and
    /// runs no user code but the cheap `wake` of an armed reader. If the store gives no more, it goes on in memory and
    /// `recordingFailure` says so. After `end` it does nothing.
    ///
    /// - Parameter t: nanoseconds since the session began; an earlier one than the last counts as the last.
    @discardableResult
    public func append(_ change: TreeEvent.Change, at t: Int64) -> UInt64 {
        let state = state
        if state.pointee.isEnded || !isOn { return lastSeq }
        let kind = change.kind
        if !state.pointee.writer.write(kind, at: t, change) {
            state.pointee.roll(shelf, kind, change, at: t)
        }
        state.pointee.sums.count(change)
        return commit(ChunkDecoder.places(kind, of: change))
    }

    /// Appends one of the events that a busy tree has most of; else as the other `append`.
    @inlinable public func append<F: FrequentEvent>(_ fields: consuming F, at t: Int64) {
        fields.append(to: self, at: t)
    }

    /// Appends such an event as it is filled in. One that is made elsewhere and handed on is copied and taken apart again, which
    /// takes a third as long as the append.
    @inlinable public func append<F: FrequentEvent>(at t: Int64, _ fill: (inout F) -> Void) {
        var fields = F()
        fill(&fields)
        fields.append(to: self, at: t)
    }

    /// The same, where the kind is known.
    /// - Parameter count: adds it to what the log counts.
    @inline(__always)
    func append<F: EventFields>(
        _ kind: TreeEvent.Kind, _ fields: inout F, _ change: (F) -> TreeEvent.Change, places: UInt64 = 1, at t: Int64,
        counting count: (inout LogSums) -> Void = { _ in }
    ) {
        let state = state
        if state.pointee.isEnded || !isOn { return }
        if !state.pointee.writer.write(kind, at: t, &fields) {
            state.pointee.roll(shelf, kind, change(fields), at: t)
        }
        count(&state.pointee.sums)
        commit(places)
    }

    /// Makes what was written last readable.
    @discardableResult @inline(__always)
    private func commit(_ places: UInt64) -> UInt64 {
        let seq = state.pointee.commit(places)
        last.store(state.pointee.nextSeq &- 1, ordering: .relaxed)
        // Sequentially consistent, and so is the load in `ring`: an appender and a reader that arms itself at the same
        // moment cannot both miss the other.
        appended.store(state.pointee.total, ordering: .sequentiallyConsistent)
        alarm.ring()
        return seq
    }

    /// Does what an append leaves to be done off the lock, if it left anything: once in some thousand events. Whoever holds a
    /// lock for `append` calls it after that is let go. It can be left out: then all is done under the lock.
    @inline(__always)
    package func tidy() {
        if shelf.isUntidy.load(ordering: .relaxed) { shelf.tidy() }
    }

    /// Appends `snapshot.begin`. The rows of a keyframe follow, between other events and as slowly as its writer likes, up
    /// to `endKeyframe`. The caller holds the lock of `append`.
    public func beginKeyframe(at t: Int64) {
        if state.pointee.isEnded || !isOn { return }
        state.pointee.makeRoomForKeyframe(shelf)
        let place = state.pointee.total
        append(.snapshotBegin(TreeEvent.SnapshotBegin()), at: t)
        state.pointee.beginKeyframe(at: place)
    }

    /// Appends `snapshot.end`, with what the log has counted. From here on the keyframe is where readers go on that fell behind.
    public func endKeyframe(at t: Int64) {
        if state.pointee.isEnded || !isOn { return }
        // One that began mid-way has not counted all.
        endKeyframe(shelf.firstSeq == 1 ? state.pointee.sums.fields : TreeEvent.SnapshotEnd(), at: t)
    }

    private func endKeyframe(_ sums: TreeEvent.SnapshotEnd, at t: Int64) {
        append(.snapshotEnd(sums), at: t)
        state.pointee.endKeyframe(shelf)
    }

    /// Appends an event of another log. A keyframe of that one is a keyframe here, with what the other has counted.
    package func append(copyOf change: TreeEvent.Change, at t: Int64) {
        if state.pointee.isEnded || !isOn { return }
        switch change {
        case .snapshotBegin: beginKeyframe(at: t)
        case .snapshotEnd(let sums): endKeyframe(sums, at: t)
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired,
            .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished,
            .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .snapshotTask, .snapshotResource, .gap, .sessionEnded:
            append(change, at: t)
        }
    }

    /// Seals what was appended so far, so that the store has all of it: the next event begins another segment. The caller
    /// serialises it with the appends.
    package func cut() {
        if state.pointee.isEnded || !isOn { return }
        state.pointee.cut(shelf)
    }

    /// Appends `session.ended` and closes the store, which completes a file. Blocks until that is done, so it is called
    /// last and off the lock, with nobody else appending. A second call does nothing.
    public func end(_ reason: EndReason, at t: Int64) {
        if state.pointee.isEnded || !isOn { return }
        append(.sessionEnded(TreeEvent.SessionEnded(reason: reason)), at: t)
        close()
    }

    /// Closes the store as `end` does, without saying that the session ended: for the copy of a log that does not say so.
    public func close() {
        if state.pointee.isEnded || !isOn { return }
        state.pointee.end(shelf)
        alarm.ringForGood()
    }

    /// Why the store failed, in one line; nil as long as all is kept.
    public var recordingFailure: String? { shelf.failure }
    /// The bytes of all records so far, kept or not.
    public var bytes: Int { appended.load(ordering: .sequentiallyConsistent) }
    /// The last event's `seq`; 0 in a new log.
    public var lastSeq: UInt64 { last.load(ordering: .relaxed) }

    /// Where a reader begins.
    public enum Start: Sendable {
        /// The first event that was ever appended; if that is no longer retained, a `gap` comes first.
        case beginning
        /// The next event to be appended.
        case now
        /// The newest complete keyframe: all that is alive, and then what happened since. What came before it is no gap.
        /// Where no keyframe is retained, the beginning.
        case keyframe
    }

    /// A reader of its own, from any thread.
    public func makeReader(from start: Start = .beginning) -> EventReader { EventReader(self, from: start) }
}
