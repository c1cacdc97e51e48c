import Synchronization
import TreeModel

/// A piece of the log in memory: one chunk, and where it stands in the log.
///
/// `@unchecked`: the fields never change once it is open, or are atomics; the bytes before the commit cursor never change.
final class Segment: @unchecked Sendable {
    let memory: SegmentMemory
    /// Counts the segments of a log from 0.
    private(set) var number = 0
    private(set) var header: ChunkHeader!
    /// The bytes of records in all segments before this one.
    private(set) var startsAt = 0
    /// The cursor at which the log left this segment; 0 while it is the open one. Set before anything that is not for
    /// readers of this process is written behind it.
    private let sealedAt = Atomic<Int>(0)

    init(_ memory: SegmentMemory) { self.memory = memory }

    /// Once, before anybody else sees it.
    func open(number: Int, firstSeq: UInt64, firstT: Int64, startsAt: Int) {
        self.number = number
        self.startsAt = startsAt
        ChunkHeader.open(
            at: memory.base, kind: .events, capacity: memory.capacity, firstSeq: firstSeq, firstT: firstT,
            number: number)
        header = ChunkHeader(UnsafeRawBufferPointer(start: memory.base, count: memory.capacity))!
    }

    /// Makes all before `cursor` readable.
    @inline(__always)
    func commit(_ cursor: Int) {
        ChunkHeader.cursor(memory.base).pointee.store(UInt64(cursor).littleEndian, ordering: .releasing)
    }

    /// Nothing more is written for readers of this process.
    func seal(_ cursor: Int) { sealedAt.store(cursor, ordering: .releasing) }

    /// How far it can be read, and whether that is all there will be.
    func readable() -> (limit: Int, isComplete: Bool) {
        let committed = ChunkHeader.cursor(memory.base).pointee.load(ordering: .acquiring)
        let cursor = Int(truncatingIfNeeded: committed.littleEndian)
        let sealed = sealedAt.load(ordering: .acquiring)
        return sealed == 0 ? (cursor, false) : (sealed, true)
    }
}
