import EventBus

/// The thread of a mapped store: it has the next chunk ready before it is wanted, and gives finished ones their
/// checksum, so that whoever appends does neither.
///
/// `@unchecked`: all `var`s are guarded by the monitor.
final class StoreThread: @unchecked Sendable {
    private let monitor = Monitor()
    private let mapping: ChunkMapping
    private let largest: Int
    private var isRunning = false
    /// Where in the file the next chunk begins, and its size.
    private var offset: Int
    private var size: Int
    private var ready: SegmentMemory?
    private var isPreparing = false
    private var wanted = true
    private var finished: [SegmentMemory] = []
    private var isStopping = false
    private var failure: ChunkMapping.Number?
    /// The chunk that was handed out last, and where it begins.
    private var newest: (memory: SegmentMemory, offset: Int)?

    init(_ mapping: ChunkMapping, offset: Int, first: Int, largest: Int) {
        self.mapping = mapping
        self.offset = offset
        // The first chunk ends where a multiple of its size does.
        size = max(first - offset % first, 1024)
        self.largest = largest
    }

    // MARK: For the appender

    /// The next chunk, of at least so many bytes. It waits only for a chunk that is under way; if the thread is late it
    /// takes one itself.
    func take(atLeast bytes: Int) -> SegmentMemory? {
        monitor.withLock {
            while isPreparing { monitor.wait() }
            let needed = bytes + ChunkMapping.reserve
            if let memory = ready, memory.capacity >= needed {
                ready = nil
                return hand(out: memory)
            }
            // A prepared chunk that is too small gives its place to a larger one.
            ready = nil
            switch mapping.make(offset: offset, length: max(size, (needed + 4095) & ~4095)) {
            case .success(let memory): return hand(out: memory)
            case .failure(let number):
                failure = number
                return nil
            }
        }
    }

    private func hand(out memory: SegmentMemory) -> SegmentMemory {
        newest = (memory, offset)
        offset += memory.capacity
        size = min(largest, max(size, 4096) * 2) & ~4095
        wanted = true
        monitor.signal()
        return memory
    }

    /// Takes a chunk that nobody writes to any more.
    func seal(_ memory: SegmentMemory) {
        monitor.withLock {
            finished.append(memory)
            monitor.signal()
        }
    }

    /// Why `take` gave nothing.
    var currentFailure: ChunkMapping.Number? { monitor.withLock { failure } }

    // MARK: The thread

    /// Without a thread to be had everything is done by the appender, and checksums at the end.
    func start() {
        isRunning = true
        guard !startThread("treetop-record", { self.run() }) else { return }
        isRunning = false
        isStopping = true
    }

    /// Ends the thread once it has done what it was given. Returns the chunk that was handed out last.
    func stop() -> (memory: SegmentMemory, offset: Int)? {
        monitor.withLock {
            isStopping = true
            monitor.signal()
            while isRunning { monitor.wait() }
            for memory in finished { complete(memory) }
            finished = []
            ready = nil
            return newest
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
        let place = (offset, size)
        let made = monitor.unlocked { mapping.make(offset: place.0, length: place.1) }
        if case .success(let memory) = made { ready = memory }
        isPreparing = false
        monitor.signal()
    }

    private func complete(_ memory: SegmentMemory) {
        ChunkHeader.complete(UnsafeMutableRawBufferPointer(start: memory.base, count: memory.capacity))
    }
}
