import EventBus
import Glibc
import Synchronization

/// Keeps its one large segment where a test can see it.
final class KeepingStore: SegmentStore {
    private let memory = Mutex<SegmentMemory?>(nil)

    func makeSegment(atLeast bytes: Int) -> SegmentMemory? {
        memory.withLock { memory in
            guard memory == nil else { return nil }
            let base = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 64)
            base.initializeMemory(as: UInt8.self, repeating: 0, count: 1 << 20)
            memory = SegmentMemory(base: base, capacity: 1 << 20, reserve: 64) { base, _ in base.deallocate() }
            return memory
        }
    }
    func seal(_ memory: SegmentMemory) {}
    func close(nextSeq: UInt64, at t: Int64) {}
    var failure: String? { nil }

    /// What is committed, with the header.
    var bytes: [UInt8] {
        memory.withLock { memory in
            guard let memory else { return [] }
            let all = UnsafeRawBufferPointer(start: memory.base, count: memory.capacity)
            return Array(all[..<Int(ChunkHeader(all)!.committed)])
        }
    }
}

/// Takes its time to close.
final class SlowlyClosing: SegmentStore {
    private let memory = MemoryStore()
    private let microseconds: UInt32
    init(_ microseconds: UInt32) { self.microseconds = microseconds }
    func makeSegment(atLeast bytes: Int) -> SegmentMemory? { memory.makeSegment(atLeast: bytes) }
    func seal(_ memory: SegmentMemory) {}
    func close(nextSeq: UInt64, at t: Int64) { usleep(microseconds) }
    var failure: String? { nil }
}

/// Gives so many segments, and then no more.
final class EndingStore: SegmentStore {
    private let left: Atomic<Int>
    private let sealed = Mutex<[SegmentMemory]>([])
    private let memory = MemoryStore(first: 1024, largest: 1024)
    init(segments: Int) { left = Atomic(segments) }

    func makeSegment(atLeast bytes: Int) -> SegmentMemory? {
        guard left.subtract(1, ordering: .relaxed).newValue >= 0, let plain = memory.makeSegment(atLeast: bytes) else {
            return nil
        }
        return SegmentMemory(base: plain.base, capacity: plain.capacity, reserve: 64) { _, _ in _ = plain }
    }
    func seal(_ memory: SegmentMemory) { sealed.withLock { $0.append(memory) } }
    func close(nextSeq: UInt64, at t: Int64) {}
    var failure: String? { "there is no room" }

    /// All bytes that a file would have, chunk after chunk.
    var chunks: [[UInt8]] {
        sealed.withLock { $0.map { Array(UnsafeRawBufferPointer(start: $0.base, count: $0.capacity)) } }
    }
}
