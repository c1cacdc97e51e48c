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

    /// Creates the file, readable and writable for its user only. It must not exist.
    /// - Parameters:
    ///   - firstChunk: bytes to take at first; chunks grow by doubling to `largestChunk`.
    /// - Throws: `SessionError` `cannotCreate`, when the file exists, cannot be written, is not a regular file, or there
    ///   is no room for its first chunk.
    public convenience init(
        creating path: String, for session: SessionInfo, firstChunk: Int = 64 << 10, largestChunk: Int = 1 << 20
    ) throws(SessionError) {
        try self.init(
            creating: path, for: session, firstChunk: firstChunk, largestChunk: largestChunk,
            allocate: ChunkMapping.fallocate)
    }

    init(
        creating path: String, for session: SessionInfo, firstChunk: Int, largestChunk: Int,
        allocate: @escaping ChunkMapping.Allocate
    ) throws(SessionError) {
        self.path = path
        file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.error(path, errno) }
        let header = FileHeader.encode(session)
        let first = max(4096, (firstChunk + 4095) & ~4095)
        thread = StoreThread(
            ChunkMapping(file: file, allocate: allocate), offset: header.count, first: first,
            largest: max(first, (largestChunk + 4095) & ~4095))
        do throws(SessionError) {
            try prepare(header, first, allocate)
        } catch {
            unlink(path)
            throw error
        }
        thread.start()
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

    public var failure: String? {
        guard let number = thread.currentFailure else { return nil }
        return "recording to \(path) ended: \(SessionError.words(number.value))"
    }

    /// Completes the file: cuts off what the last chunk did not need, and writes the end chunk behind it.
    public func close(nextSeq: UInt64, at t: Int64) {
        guard let (memory, offset) = thread.stop() else { return }
        let base = memory.base
        guard let header = ChunkHeader(UnsafeRawBufferPointer(start: base, count: memory.capacity)) else { return }
        let used = (Int(header.committed) + 7) & ~7
        // Unsealed meanwhile: whoever reads it now, or after a crash here, reads up to the cursor.
        base.storeBytes(of: 0, toByteOffset: 5, as: UInt8.self)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        base.storeBytes(of: UInt64(used).littleEndian, toByteOffset: 8, as: UInt64.self)
        ChunkHeader.complete(UnsafeMutableRawBufferPointer(start: base, count: used))

        let end = UnsafeMutableRawBufferPointer.allocate(byteCount: ChunkHeader.length, alignment: 8)
        defer { end.deallocate() }
        end.initializeMemory(as: UInt8.self, repeating: 0)
        ChunkHeader.open(
            at: end.baseAddress!, kind: .end, capacity: ChunkHeader.length, firstSeq: nextSeq, firstT: t)
        ChunkHeader.complete(end)
        // A file that keeps its surplus is as good: readers stop at the end chunk.
        if pwrite(file, end.baseAddress!, end.count, off_t(offset + used)) == end.count {
            ftruncate(file, off_t(offset + used + end.count))
        }
    }
}
