import Glibc
import Synchronization

/// Gives the log memory for its segments. The log does not know whether that is plain memory or a mapped file.
///
/// The log calls `makeSegment` and `seal` while its caller holds the lock that makes the change: they must be quick,
/// and wait for nothing that is slow.
public protocol SegmentStore: AnyObject, Sendable {
    /// Memory, whose header is zeroed, for a segment of at least so many bytes, or nil when there is no more; then `failure` says why.
    func makeSegment(atLeast bytes: Int) -> SegmentMemory?
    /// The same off the lock, and before it is needed; nil where that is of no use, or would be no segment of that store.
    func makeSegmentAhead() -> SegmentMemory?
    /// The log wrote its last byte into this memory; the header's commit cursor says how many there are. Readers in
    /// this process may still read it.
    func seal(_ memory: SegmentMemory)
    /// Completes what is kept: no segment follows. `nextSeq` would be the next event's. May block.
    func close(nextSeq: UInt64, at t: Int64)
    /// Why the store gives no more, in one line.
    var failure: String? { get }
    /// Whether each keyframe begins a segment, so that what comes before it can be let go of.
    var beginsSegmentsWithKeyframes: Bool { get }
    /// The keyframe that begins this segment is complete. As quick as `seal`.
    func keyframeIsComplete(in memory: SegmentMemory)
}

extension SegmentStore {
    public var beginsSegmentsWithKeyframes: Bool { false }
    public func keyframeIsComplete(in memory: SegmentMemory) {}
    public func makeSegmentAhead() -> SegmentMemory? { nil }
}

/// The memory of one segment. It goes back to its store when nobody holds it any more.
///
/// `@unchecked`: the log writes behind the commit cursor, everybody reads before it.
public final class SegmentMemory: @unchecked Sendable {
    /// Aligned to 8 bytes or more.
    public let base: UnsafeMutableRawPointer
    public let capacity: Int
    /// Bytes at the end that only `session.ended` may take, so that a store that runs out can still say so.
    public let reserve: Int
    private let free: @Sendable (UnsafeMutableRawPointer, Int) -> Void

    public init(
        base: UnsafeMutableRawPointer, capacity: Int, reserve: Int = 0,
        free: @escaping @Sendable (UnsafeMutableRawPointer, Int) -> Void
    ) {
        self.base = base
        self.capacity = capacity
        self.reserve = reserve
        self.free = free
    }

    deinit { free(base, capacity) }
}

/// Keeps the log in memory: segments of 64 KiB at first, growing to 1 MiB.
public final class MemoryStore: SegmentStore {
    private let nextSize: Atomic<Int>
    private let largest: Int
    private let spares: Spares

    /// - Parameters:
    ///   - first: bytes of the first segment.
    ///   - largest: bytes that segments grow to by doubling.
    public init(first: Int = 64 << 10, largest: Int = 1 << 20) {
        nextSize = Atomic(max(first, 256))
        self.largest = (max(largest, first, 256) + 7) & ~7
        spares = Spares(size: self.largest)
    }

    public func makeSegment(atLeast bytes: Int) -> SegmentMemory? {
        let size = nextSize.load(ordering: .relaxed)
        nextSize.store(min(size * 2, largest), ordering: .relaxed)
        let capacity = (max(size, bytes) + 7) & ~7
        // Large ones from the system and not from malloc: there a large request makes it tidy up all the small blocks
        // that were freed, which takes long after a large tree, and a lock is held here.
        guard capacity >= 64 << 10 else {
            guard let base = calloc(capacity / 8, 8) else { return nil }
            return SegmentMemory(base: base, capacity: capacity) { base, _ in Glibc.free(base) }
        }
        guard capacity == largest else {
            guard let memory = Self.map(capacity) else { return nil }
            return SegmentMemory(base: memory, capacity: capacity) { base, capacity in munmap(base, capacity) }
        }
        guard let memory = spares.take() ?? Self.map(capacity) else { return nil }
        return SegmentMemory(base: memory, capacity: capacity) { [spares] base, capacity in
            if !spares.keep(base) { munmap(base, capacity) }
        }
    }

    private static func map(_ capacity: Int) -> UnsafeMutableRawPointer? {
        let memory = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return memory == MAP_FAILED ? nil : memory
    }

    /// Segments that nobody reads any more, for the next ones: to give one back to the system takes a millisecond. Of those
    /// of the largest size.
    private final class Spares: @unchecked Sendable {
        private static let most = 4
        private let monitor = Monitor()
        private var kept: [UnsafeMutableRawPointer] = []  // guarded by the monitor
        private let size: Int

        init(size: Int) {
            self.size = size
            kept.reserveCapacity(Self.most)
        }

        deinit { for base in kept { munmap(base, size) } }

        func keep(_ base: UnsafeMutableRawPointer) -> Bool {
            monitor.withLock {
                guard kept.count < Self.most else { return false }
                kept.append(base)
                return true
            }
        }

        /// With a blank header; nobody reads what is behind the commit cursor.
        func take() -> UnsafeMutableRawPointer? {
            let base = monitor.withLock { kept.popLast() }
            base?.initializeMemory(as: UInt8.self, repeating: 0, count: ChunkHeader.length)
            return base
        }
    }

    public func makeSegmentAhead() -> SegmentMemory? { makeSegment(atLeast: 0) }
    public func seal(_ memory: SegmentMemory) {}
    public func close(nextSeq: UInt64, at t: Int64) {}
    public var failure: String? { nil }
}
