import TreeModel

/// Reads a log from a place of its own. One thread at a time uses it. It keeps at most one segment in memory, and the
/// log never waits for it.
public final class EventReader {
    private let log: EventLog
    private var segment: Segment?
    /// The state of decoding in `segment`; away while `read` uses it.
    private var decoder: ChunkDecoder?
    /// What the next event's `seq` should be.
    private var nextSeq: UInt64
    /// The bytes of records that are passed over: what was there when the reader began, or before the keyframe that it
    /// went on at.
    private var skipping = 0
    /// When `wait` last found something, on the clock of `Monitor`.
    private var lastFound: Int64 = 0
    private let bell: Bell
    /// Made once: the appender drops it while it holds its lock, where nothing is to be given back to malloc.
    private let ring: Alarm.Wake

    init(_ log: EventLog, from start: EventLog.Start) {
        self.log = log
        let bell = Bell()
        self.bell = bell
        ring = { bell.ring() }
        nextSeq = log.shelf.firstSeq
        switch start {
        case .beginning: break
        case .now:
            skipping = log.bytes
            if let newest = log.shelf.newest { begin(newest) }
        case .keyframe:
            guard let newest = log.shelf.newestKeyframe else { return }
            skipping = newest.keyframe?.place ?? 0
            begin(newest.segment)
        }
    }

    private func begin(_ segment: Segment) {
        self.segment = segment
        nextSeq = segment.header.firstSeq
        decoder = ChunkDecoder(segment.memory.base, segment.header)
    }

    deinit { _ = log.alarm.take(ObjectIdentifier(self)) }

    /// True when the log has ended and everything was read.
    public var isAtEnd: Bool { log.alarm.isOver && !hasMore }

    /// Decodes what has come since, and passes at most `limit` events to `body`, which must not use this reader.
    ///
    /// A reader that fell behind what the log retains gets one `gap` event (its `seq` the first that is missing) and
    /// goes on behind it: at the newest complete keyframe, or where none is retained, at the oldest event.
    /// - Returns: how many events it passed.
    @discardableResult
    public func read(limit: Int = .max, _ body: (TreeEvent) -> Void) -> Int {
        withoutActuallyEscaping(body) { body in
            var sink = ShownEvents(all: body)
            return read(limit: limit, into: &sink)
        }
    }

    /// The same for a sink: for as long as that wants more.
    @discardableResult
    public func read<S: EventSink>(limit: Int = .max, into sink: inout S) -> Int {
        withUnsafeMutablePointer(to: &sink) { sink in
            var counted = CountedEvents(sink: sink, left: limit)
            while counted.wantsMore {
                guard let segment else {
                    guard let first = log.shelf.segment(from: 0) else { break }
                    enter(first.segment, first.keyframe, &counted)
                    continue
                }
                let (end, isComplete) = segment.readable()
                decode(segment, before: end, into: &counted)
                guard counted.wantsMore, isComplete, let next = log.shelf.segment(from: segment.number + 1) else {
                    break
                }
                enter(next.segment, next.keyframe, &counted)
            }
            return limit - counted.left
        }
    }

    /// Goes on in another segment, or at a keyframe in it. Where something is missing before it, a gap says so.
    private func enter<S: EventSink>(_ next: Segment, _ keyframe: Keyframe?, _ sink: inout S) {
        let missing = nextSeq
        let found = keyframe?.nextSeq ?? next.header.firstSeq
        begin(next)
        if let keyframe { skipping = keyframe.place }
        guard found > missing else { return }
        let gap = TreeEvent.Gap(lost: found - missing)
        _ = sink.take(TreeEvent(seq: missing, t: keyframe?.t ?? next.header.firstT, change: .gap(gap)))
    }

    private func decode<S: EventSink>(_ segment: Segment, before end: Int, into sink: inout CountedEvents<S>) {
        guard var decoder else { return }
        self.decoder = nil
        defer {
            nextSeq = decoder.nextSeq
            self.decoder = decoder
        }
        /// Where this reader's own events begin in the segment.
        let own = skipping - segment.startsAt + ChunkHeader.length
        var others = ShownEvents { _ in true }
        while decoder.offset < own {
            let step = decoder.read(before: end, pausingAt: own, into: &others)
            if step == .end || step == .damaged { return }
        }
        while sink.wantsMore {
            let step = decoder.read(before: end, into: &sink)
            if step == .end || step == .damaged { return }
        }
    }

    private var hasMore: Bool {
        guard let segment, let decoder else { return log.bytes > 0 }
        return log.bytes > max(skipping, segment.startsAt + decoder.offset - ChunkHeader.length)
    }

    // MARK: Waiting

    /// Calls `wake` once, as soon as there is something to read: at once, or from the appending thread under its
    /// caller's lock. So it must be cheap, must not block and must not use the log: write to an eventfd, post a
    /// semaphore. Another call replaces it, nil disarms. After the log's end it is not called any more.
    public func whenReady(_ wake: (@Sendable () -> Void)?) {
        let me = ObjectIdentifier(self)
        log.alarm.set(wake, for: me)
        guard wake != nil, hasMore else { return }
        log.alarm.take(me)?()
    }

    /// The shortest time between two wakes: to be woken for each of a million events a second would cost the appender
    /// more than the events do.
    private static let pause: Int64 = 1_000_000

    /// Blocks until there is something to read; false when time is up first, or when the log has ended and everything
    /// was read. nil waits for ever. It replaces what `whenReady` has armed.
    ///
    /// A reader that catches up again and again is not woken more than a thousand times a second: it sleeps the rest of a
    /// millisecond, and then finds many.
    public func wait(timeoutMilliseconds: Int?) -> Bool {
        if hasMore { return found() }
        if log.alarm.isOver { return hasMore }
        let rest = lastFound + Self.pause - Monitor.now
        if rest > 0, timeoutMilliseconds ?? 1 > 0 {
            Monitor.sleep(rest)
            if hasMore { return found() }
        }
        let deadline = timeoutMilliseconds.map { Monitor.now + Int64(min(max(0, $0), 1 << 40)) * 1_000_000 }
        repeat {
            bell.silence()
            whenReady(ring)
            // The end may have come between the look at it and the arming.
            if log.alarm.isOver { bell.ring() }
            bell.wait(until: deadline)
            whenReady(nil)
            // An earlier wake may have come late.
        } while !hasMore && !log.alarm.isOver && Monitor.now < deadline ?? .max
        return hasMore && found()
    }

    private func found() -> Bool {
        lastFound = Monitor.now
        return true
    }
}
