import EventBus
import Glibc
import Synchronization

/// Keeps the log in a session file that is mapped into memory: what was appended is in the file at once, and survives
/// the death of the process at any moment (not that of the machine).
///
/// `close` completes the file. A store that is let go without it leaves the file as a crash would, and readers recover
/// all of it.
public final class MappedStore: SegmentStore {
    public let path: String
    private let file: Int32
    private let thread: StoreThread
    private let mapping: ChunkMapping
    private let keeping: Keeping
    /// What became of the file; set by `close`.
    private let outcome = Lock(Outcome())

    private struct Outcome {
        var failure: String?
        var occasion: OccasionWatch.Found?
        var isDiscarded = false
    }

    /// Creates the file, readable and writable for its user only. It must not exist.
    /// - Parameters:
    ///   - keeping: what the file is to keep of the session.
    ///   - firstChunk: bytes to take at first; chunks grow by doubling to `largestChunk`.
    /// - Throws: `SessionError` `cannotCreate`, when the file exists, cannot be written, is not a regular file, or there
    ///   is no room for its first chunk.
    public convenience init(
        creating path: String, for session: SessionInfo, keeping: Keeping = .everything, firstChunk: Int = 64 << 10,
        largestChunk: Int = 256 << 10
    ) throws(SessionError) {
        try self.init(
            creating: path, for: session, keeping: keeping, firstChunk: firstChunk, largestChunk: largestChunk,
            allocate: ChunkMapping.fallocate)
    }

    convenience init(
        creating path: String, for session: SessionInfo, keeping: Keeping = .everything, firstChunk: Int,
        largestChunk: Int, allocate: @escaping ChunkMapping.Allocate
    ) throws(SessionError) {
        try self.init(
            Self.create(path), path, for: session, keeping: keeping, firstChunk: firstChunk, largestChunk: largestChunk,
            allocate: allocate)
    }

    /// Keeps the log in a file that is new and open; it is closed with the store.
    init(
        _ file: Int32, _ path: String, for session: SessionInfo, keeping: Keeping, firstChunk: Int = 64 << 10,
        largestChunk: Int = 256 << 10, allocate: @escaping ChunkMapping.Allocate = ChunkMapping.fallocate
    ) throws(SessionError) {
        self.path = path
        self.keeping = keeping
        self.file = file
        let header = FileHeader.encode(session, keeping)
        let first = max(4096, (firstChunk + 4095) & ~4095)
        mapping = ChunkMapping(file: file, allocate: allocate)
        thread = StoreThread(
            mapping,
            ChunkSlots(
                from: header.count, first: first, largest: max(first, (largestChunk + 4095) & ~4095), keeping: keeping),
            keeping)
        do throws(SessionError) {
            try prepare(header, first, allocate)
        } catch {
            unlink(path)
            throw error
        }
        thread.start()
    }

    /// Creates a file that others see is being written.
    static func create(_ path: String) throws(SessionError) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw error(path, errno) }
        WriterLock.take(file)
        return file
    }

    private func prepare(_ header: [UInt8], _ first: Int, _ allocate: ChunkMapping.Allocate) throws(SessionError) {
        let error = allocate(file, 0, first)
        if error != 0 { throw Self.error(path, error) }
        guard pwrite(file, header, header.count, 0) == header.count else { throw Self.error(path, errno) }
    }

    deinit {
        _ = thread.stop()
        Glibc.close(file)
    }

    static func error(_ path: String, _ number: Int32) -> SessionError {
        let what =
            switch number {
            case EEXIST: "it exists already: choose another name or remove it"
            case ENOENT: "its directory does not exist: create it first"
            case ENOSPC, EDQUOT: "there is no room: free some, or record somewhere else"
            case EACCES, EPERM: "it is not permitted: record somewhere else"
            case EROFS: "the file system is read-only: record somewhere else"
            default: "\(SessionError.words(number)): record somewhere else"
            }
        return SessionError(.cannotCreate, "cannot record to \(path): \(what)")
    }

    public func makeSegment(atLeast bytes: Int) -> SegmentMemory? { thread.take(atLeast: bytes) }

    public func seal(_ memory: SegmentMemory) { thread.seal(memory) }

    public var beginsSegmentsWithKeyframes: Bool { keeping.isPartial }

    public func keyframeIsComplete(in memory: SegmentMemory) { thread.keyframeIsComplete(in: memory) }

    public var failure: String? {
        if let words = outcome.withLock({ $0.failure }) { return words }
        return thread.currentFailure.map { words($0) }
    }

    private func words(_ failure: ChunkMapping.Failure) -> String { "recording to \(path) ended: \(failure.words)" }

    /// After `close`: what the file is kept for, where it was to be kept only if something came up.
    public var occasion: (occasion: Occasion, seq: UInt64, t: Int64)? {
        outcome.withLock { $0.occasion.map { ($0.occasion, $0.seq, $0.t) } }
    }

    /// After `close`: nothing came up that the file was to be kept for, and it was removed.
    public var isDiscarded: Bool { outcome.withLock { $0.isDiscarded } }

    /// The file's name now: another one than at first if it was renamed meanwhile; nil if it has none any more.
    public var currentPath: String? { FileName.current(file, path) }

    /// Completes the file: cuts off what it did not need, and writes the end chunk behind the last one. If it was to be
    /// kept only for something that did not come up, removes it.
    public func close(nextSeq: UInt64, at t: Int64) {
        guard let rest = thread.stop() else { return }
        if mapping.failure == nil { complete(rest, nextSeq: nextSeq, at: t) }
        let found = thread.lookFor(occasionsIn: rest.newest.memory)
        let failure = mapping.failure
        outcome.withLock { outcome in
            outcome.occasion = found
            outcome.failure = failure.map { words($0) }
        }
        discardIfUnwanted()
    }

    /// Removes a file that was to be kept only for something that did not come up.
    private func discardIfUnwanted() {
        guard !keeping.occasions.isEmpty else { return }
        outcome.withLock { outcome in
            // Of a recording that failed it is not known what came up.
            guard outcome.occasion == nil, outcome.failure == nil else { return }
            outcome.isDiscarded = true
            if let path = currentPath { unlink(path) }
        }
    }

    private func complete(_ rest: StoreThread.Rest, nextSeq: UInt64, at t: Int64) {
        let (memory, slot) = rest.newest
        let base = memory.base
        guard let header = ChunkHeader(UnsafeRawBufferPointer(start: base, count: memory.capacity)) else { return }
        let used = (Int(header.committed) + 7) & ~7
        let isLast = slot.offset + slot.capacity == rest.end
        let end = UnsafeMutableRawBufferPointer.allocate(byteCount: ChunkHeader.length, alignment: 8)
        defer { end.deallocate() }
        end.initializeMemory(as: UInt8.self, repeating: 0)
        // Where other chunks are behind it, it reaches up to them.
        ChunkHeader.open(
            at: end.baseAddress!, kind: .end, capacity: isLast ? ChunkHeader.length : slot.capacity - used,
            firstSeq: nextSeq, firstT: t)
        ChunkHeader.complete(end)
        // First of all, where it means nothing yet: a crash leaves the last chunk as it is.
        guard pwrite(file, end.baseAddress!, end.count, off_t(slot.offset + used)) == end.count else { return }
        // Unsealed meanwhile: whoever reads it now, or after a crash here, reads up to the cursor.
        base.storeBytes(of: 0, toByteOffset: 5, as: UInt8.self)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        base.storeBytes(of: UInt64(used).littleEndian, toByteOffset: 8, as: UInt64.self)
        ChunkHeader.complete(UnsafeMutableRawBufferPointer(start: base, count: used))
        // A file that keeps its surplus is as good: readers stop at the end chunk, and at room.
        ftruncate(file, off_t(isLast ? slot.offset + used + end.count : rest.end))
    }
}
