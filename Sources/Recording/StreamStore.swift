import EventBus
import Glibc
import Synchronization

/// Writes the chunks of a log one after the other, each when it is complete: to a pipe, or to a file that must not be
/// mapped. Whoever appends waits for the writing.
final class StreamStore: SegmentStore {
    private static let chunk = 64 << 10
    private let file: Int32
    private let header: [UInt8]
    private let hasHeader = Atomic<Bool>(false)
    private let memory = MemoryStore(first: chunk, largest: chunk)
    private let problem = Lock<String?>(nil)
    /// Nobody waits for it any more.
    private let isGivenUp = Atomic<Bool>(false)

    /// - Parameters:
    ///   - file: open for writing, and closed with the store; that of a pipe does not block.
    ///   - header: what the file begins with. Whoever takes the first chunk writes it.
    init(_ file: Int32, _ header: [UInt8]) {
        self.file = file
        self.header = header
    }

    deinit { Glibc.close(file) }

    func makeSegment(atLeast bytes: Int) -> SegmentMemory? {
        if !hasHeader.exchange(true, ordering: .relaxed) { header.withUnsafeBytes { write($0) } }
        return failure == nil ? memory.makeSegment(atLeast: bytes) : nil
    }

    func seal(_ memory: SegmentMemory) {
        let base = memory.base
        guard let header = ChunkHeader(UnsafeRawBufferPointer(start: base, count: memory.capacity)),
            header.committed > ChunkHeader.length
        else { return }
        let used = (Int(header.committed) + 7) & ~7
        base.storeBytes(of: UInt64(used).littleEndian, toByteOffset: 8, as: UInt64.self)
        let bytes = UnsafeMutableRawBufferPointer(start: base, count: used)
        ChunkHeader.complete(bytes)
        write(UnsafeRawBufferPointer(bytes))
    }

    func close(nextSeq: UInt64, at t: Int64) {
        var words = [UInt64](repeating: 0, count: ChunkHeader.length / 8)
        words.withUnsafeMutableBytes { bytes in
            ChunkHeader.open(
                at: bytes.baseAddress!, kind: .end, capacity: bytes.count, firstSeq: nextSeq, firstT: t)
            ChunkHeader.complete(bytes)
            write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Why nothing is written any more, in words.
    var failure: String? { problem.withLock { $0 } }

    func giveUp() { isGivenUp.store(true, ordering: .relaxed) }

    /// Writes all of it, unless that fails, or failed before.
    func write(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        while start < bytes.count, failure == nil {
            let count = Glibc.write(file, bytes.baseAddress! + start, bytes.count - start)
            if count >= 0 {
                start += count
            } else if errno == EAGAIN {
                var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, 50)
                if isGivenUp.load(ordering: .relaxed) { fail("its reader takes nothing any more") }
            } else if errno == EPIPE {
                fail("nobody reads it any more")
            } else if errno != EINTR {
                fail(SessionError.words(errno))
            }
        }
    }

    private func fail(_ words: String) { problem.withLock { $0 = $0 ?? words } }
}
