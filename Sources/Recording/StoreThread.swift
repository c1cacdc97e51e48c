import EventBus

/// The thread of a mapped store: it has the next chunk ready before it is wanted, lets go of chunks that are not kept any
/// more, and gives finished ones their checksum, so that whoever appends does none of it.
///
/// `@unchecked`: all `var`s are guarded by the monitor, but for `watch`, which belongs to who completes chunks.
final class StoreThread: @unchecked Sendable {
    private let monitor = Monitor()
    private let mapping: ChunkMapping
    private let isPartial: Bool
    private var slots: ChunkSlots
    private var isRunning = false
    private var ready: (memory: SegmentMemory, plan: ChunkSlots.Plan)?
    private var isPreparing = false
    private var wanted = true
    private var finished: [SegmentMemory] = []
    /// A keyframe was completed: older chunks may go.
    private var mayExpire = false
    private var isStopping = false
    private var failure: ChunkMapping.Failure?
    /// The chunk that was handed out last, and where it is.
    private var newest: (memory: SegmentMemory, slot: ChunkSlots.Slot)?
    /// When the newest chunk began, as far as it is known.
    private var newestT: Int64 = 0
    /// Where in the file the chunks are that were handed out and are in memory, by their addresses. Only where chunks can
    /// leave what is kept.
    private var places: [UnsafeMutableRawPointer: Int] = [:]
    /// Those that are in memory no more, and are to be taken out of `places`. Of its own lock: the last reference to one may
    /// be let go of anywhere.
    private let released = Lock<[UnsafeMutableRawPointer]>([])
    private var watch: OccasionWatch
    /// What the watch found, for everybody.
    private var occasion: OccasionWatch.Found?

    init(_ mapping: ChunkMapping, _ slots: ChunkSlots, _ keeping: Keeping) {
        self.mapping = mapping
        self.slots = slots
        isPartial = keeping.isPartial
        watch = OccasionWatch(keeping.occasions)
    }

    // MARK: For the appender

    /// The next chunk, of at least so many bytes. It waits only for a chunk that is under way; if the thread is late it
    /// takes one itself.
    func take(atLeast bytes: Int) -> SegmentMemory? {
        monitor.withLock {
            while isPreparing { monitor.wait() }
            let needed = bytes + ChunkMapping.reserve
            if let made = ready, !mapping.fault.isRaised {
                ready = nil
                if made.memory.capacity >= needed { return hand(out: made.memory, made.plan.slot) }
                // It is too small, and gives its place to a larger one.
                slots.putBack(made.plan)
            }
            for slot in letGo(for: needed) { mapping.mark(room: slot.offset) }
            let plan = slots.plan(atLeast: needed)
            switch make(plan) {
            case .success(let memory): return hand(out: memory, plan.slot)
            case .failure(let why):
                slots.putBack(plan)
                failure = why
                return nil
            }
        }
    }

    /// Lets go of chunks, so that there is room for another one. They are to be marked.
    private func letGo(for bytes: Int) -> [ChunkSlots.Slot] {
        takeOutReleased()
        let leaving = slots.letGo(for: bytes, now: now)
        // Nobody needs their checksums any more.
        if !leaving.isEmpty {
            let offsets = Set(leaving.map(\.offset))
            finished.removeAll { places[$0.base].map { offsets.contains($0) } ?? false }
            takeOutReleased()
        }
        return leaving
    }

    private func make(_ plan: ChunkSlots.Plan) -> Result<SegmentMemory, ChunkMapping.Failure> {
        mapping.make(plan, isRoom: isPartial) { [weak self] base in self?.release(base) }
    }

    private func hand(out memory: SegmentMemory, _ slot: ChunkSlots.Slot) -> SegmentMemory {
        slots.open(slot, now: now)
        newest = (memory, slot)
        // Another one may have been at this address.
        takeOutReleased()
        if isPartial { places[memory.base] = slot.offset }
        wanted = true
        monitor.signal()
        return memory
    }

    /// The time of the newest event that is known.
    private var now: Int64 {
        if let memory = newest?.memory, let header = Self.header(memory), header.holdsEvents {
            newestT = max(newestT, header.firstT)
        }
        return newestT
    }

    private static func header(_ memory: SegmentMemory) -> ChunkHeader? {
        ChunkHeader(UnsafeRawBufferPointer(start: memory.base, count: memory.capacity))
    }

    /// Takes a chunk that nobody writes to any more.
    func seal(_ memory: SegmentMemory) {
        monitor.withLock {
            if let place = places[memory.base], let header = Self.header(memory) {
                slots.leftOpen(at: place, firstT: header.firstT)
                // For who follows: the next one is somewhere else.
                memory.base.storeBytes(of: header.flags | ChunkHeader.leftFlag, toByteOffset: 5, as: UInt8.self)
            }
            finished.append(memory)
            if isRunning {
                monitor.signal()
            } else {
                completeFinished()
            }
        }
    }

    /// The keyframe that begins this chunk is complete.
    func keyframeIsComplete(in memory: SegmentMemory) {
        monitor.withLock {
            guard let place = places[memory.base] else { return }
            slots.keyframeIsComplete(at: place)
            mayExpire = true
            monitor.signal()
        }
    }

    private func release(_ base: UnsafeMutableRawPointer) {
        if isPartial { released.withLock { $0.append(base) } }
    }

    private func takeOutReleased() {
        let bases = released.withLock { released in
            defer { released.removeAll(keepingCapacity: true) }
            return released
        }
        for base in bases {
            if let place = places.removeValue(forKey: base) { slots.release(at: place) }
        }
    }

    /// Why `take` gave nothing.
    var currentFailure: ChunkMapping.Failure? { monitor.withLock { failure } }

    // MARK: The thread

    /// Without a thread to be had everything is done by the appender.
    func start() {
        isRunning = true
        guard !startThread("treetop-record", { self.run() }) else { return }
        isRunning = false
        isStopping = true
    }

    /// What is left when the thread has ended.
    struct Rest {
        /// The chunk that was handed out last.
        var newest: (memory: SegmentMemory, slot: ChunkSlots.Slot)
        /// Where the file may be cut off: no chunk is behind it.
        var end: Int
    }

    /// Ends the thread once it has done what it was given.
    func stop() -> Rest? {
        monitor.withLock {
            isStopping = true
            monitor.signal()
            while isRunning { monitor.wait() }
            completeFinished()
            if let made = ready { slots.putBack(made.plan) }
            ready = nil
            takeOutReleased()
            return newest.map { Rest(newest: $0, end: slots.cutEnd()) }
        }
    }

    private func run() {
        monitor.withLock {
            while true {
                if wanted, ready == nil, !isStopping {
                    prepare()
                } else if let memory = finished.first {
                    finished.removeFirst()
                    monitor.unlocked { complete(memory) }
                    noteSearched(memory)
                } else if mayExpire {
                    expire()
                } else if isStopping {
                    break
                } else {
                    monitor.wait()
                }
            }
            isRunning = false
            monitor.signal()
        }
    }

    /// Makes the next chunk, with the lock open meanwhile. A failure is not reported yet: the appender tries again when
    /// it needs the chunk.
    private func prepare() {
        wanted = false
        isPreparing = true
        let leaving = letGo(for: 0)
        let plan = slots.plan(atLeast: 0)
        let made = monitor.unlocked {
            for slot in leaving { mapping.mark(room: slot.offset) }
            return make(plan)
        }
        switch made {
        case .success(let memory): ready = (memory, plan)
        case .failure: slots.putBack(plan)
        }
        isPreparing = false
        monitor.signal()
    }

    /// Lets go of what became too old. The appender waits meanwhile if it needs a chunk, so that a place is marked before
    /// it is taken.
    private func expire() {
        mayExpire = false
        let leaving = slots.expire(now: now)
        guard !leaving.isEmpty else { return }
        isPreparing = true
        monitor.unlocked { for slot in leaving { mapping.mark(room: slot.offset) } }
        isPreparing = false
        monitor.signal()
    }

    private func completeFinished() {
        for memory in finished {
            complete(memory)
            noteSearched(memory)
        }
        finished = []
    }

    private func complete(_ memory: SegmentMemory) {
        ChunkHeader.complete(UnsafeMutableRawBufferPointer(start: memory.base, count: memory.capacity))
        watch.see(memory)
    }

    /// What was kept when something came up stays.
    private func noteSearched(_ memory: SegmentMemory) {
        if let place = places[memory.base] { slots.search(at: place) }
        guard occasion == nil, let found = watch.found else { return }
        occasion = found
        slots.pin(now: found.t)
    }

    /// Looks at the last chunk, too, once the thread has ended, and says whether anything came up in all of them.
    func lookFor(occasionsIn memory: SegmentMemory) -> OccasionWatch.Found? {
        watch.see(memory)
        return watch.found
    }
}
