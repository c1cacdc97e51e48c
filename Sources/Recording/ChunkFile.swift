import EventBus
import Glibc

/// A session file that is written chunk by chunk, each of them sealed and no larger than what is in it. It is complete
/// once `finish` was called.
///
/// `@unchecked`: one thread uses it; it is `Sendable` because a log wants its store so.
final class ChunkFile: SegmentStore, @unchecked Sendable {
    /// Bytes of a chunk: large enough that few strings are said twice, small enough to be entered quickly.
    private static let chunk = 256 << 10

    private let path: String
    private let file: Int32
    private var offset: Int
    private var places: [ChunkPlace] = []
    private(set) var failure: String?

    /// Creates the file, readable and writable for its user only. It must not exist.
    init(creating path: String, for session: SessionInfo, minor: UInt16) throws(SessionError) {
        self.path = path
        file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw MappedStore.error(path, errno) }
        let header = FileHeader.encode(session, minor: minor)
        offset = 0
        header.withUnsafeBytes { write($0) }
    }

    deinit { Glibc.close(file) }

    func makeSegment(atLeast bytes: Int) -> SegmentMemory? {
        let capacity = (max(bytes, Self.chunk) + 7) & ~7
        guard let base = calloc(capacity / 8, 8) else { return nil }
        return SegmentMemory(base: base, capacity: capacity) { base, _ in free(base) }
    }

    func seal(_ memory: SegmentMemory) {
        write(chunk: UnsafeMutableRawBufferPointer(start: memory.base, count: memory.capacity))
    }

    /// A log of this file ended; the file goes on.
    func close(nextSeq: UInt64, at t: Int64) {}

    /// Writes a chunk as far as its cursor says, unless it is one of events and has none.
    func write(chunk: UnsafeMutableRawBufferPointer) {
        guard let base = chunk.baseAddress, let header = ChunkHeader(UnsafeRawBufferPointer(chunk)),
            !header.holdsEvents || header.committed > header.headerLength
        else { return }
        let used = min((Int(header.committed) + 7) & ~7, chunk.count)
        base.storeBytes(of: UInt64(used).littleEndian, toByteOffset: 8, as: UInt64.self)
        ChunkHeader.complete(UnsafeMutableRawBufferPointer(start: base, count: used))
        if header.holdsEvents { places.append(ChunkPlace(offset, header, base)) }
        write(UnsafeRawBufferPointer(start: base, count: used))
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        while start < bytes.count, failure == nil {
            let count = pwrite(file, bytes.baseAddress! + start, bytes.count - start, off_t(offset + start))
            if count > 0 {
                start += count
            } else if errno != EINTR {
                failure = MappedStore.error(path, errno).message
            }
        }
        offset += bytes.count
    }

    /// Completes the file with an index of its chunks and the end chunk.
    /// - Parameters:
    ///   - nextSeq: the `seq` that the next event would have had.
    ///   - t: the last event's time.
    func finish(nextSeq: UInt64, at t: Int64) throws(SessionError) {
        let index = offset
        write(kind: .index, places.flatMap(\.bytes), nextSeq, t) { _ in }
        write(kind: .end, [], nextSeq, t) {
            $0.storeBytes(of: UInt64(index).littleEndian, toByteOffset: ChunkPlace.indexAt, as: UInt64.self)
        }
        if let failure { throw SessionError(.cannotCreate, failure) }
    }

    private func write(
        kind: ChunkKind, _ content: [UInt8], _ seq: UInt64, _ t: Int64, _ fill: (UnsafeMutableRawPointer) -> Void
    ) {
        let length = ChunkHeader.length + content.count
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 8)
        defer { chunk.deallocate() }
        chunk.initializeMemory(as: UInt8.self, repeating: 0)
        let base = chunk.baseAddress!
        ChunkHeader.open(at: base, kind: kind, capacity: length, firstSeq: seq, firstT: t)
        base.storeBytes(of: UInt64(length).littleEndian, toByteOffset: 16, as: UInt64.self)
        UnsafeMutableRawBufferPointer(rebasing: chunk[ChunkHeader.length...]).copyBytes(from: content)
        fill(base)
        ChunkHeader.complete(chunk)
        write(UnsafeRawBufferPointer(chunk))
    }
}

/// What an index says of a chunk with events. `FORMAT.md` has the layout.
struct ChunkPlace: Hashable {
    /// Where the end chunk's header says where the index is.
    static let indexAt = 48
    /// Bytes of each.
    static let length = 32

    var offset: UInt64
    var firstSeq: UInt64
    var firstT: Int64
    /// Its first record is `snapshot.begin`.
    var beginsWithKeyframe: Bool

    init(_ offset: Int, _ header: ChunkHeader, _ base: UnsafeRawPointer) {
        self.offset = UInt64(offset)
        firstSeq = header.firstSeq
        firstT = header.firstT
        beginsWithKeyframe = header.beginsWithKeyframe(
            UnsafeRawBufferPointer(start: base, count: Int(header.committed)))
    }

    var bytes: [UInt8] {
        [offset, firstSeq, UInt64(bitPattern: firstT), beginsWithKeyframe ? 1 : 0].flatMap { number in
            withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
    }
}
