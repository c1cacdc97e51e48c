import EventBus
import TreeModel

/// A chunk that may still grow: its bytes as far as they were read, and how far they were decoded.
final class FollowedChunk {
    let offset: Int
    private let first: ChunkHeader
    private let base: UnsafeMutableRawPointer
    private let room: Int
    private var loaded: Int
    private var decoder: ChunkDecoder
    /// As the header said last.
    private(set) var capacity: Int
    private(set) var isLeft: Bool

    init(_ offset: Int, _ header: ChunkHeader) {
        self.offset = offset
        first = header
        capacity = Int(clamping: header.capacity)
        isLeft = header.isLeft
        // Taken page by page as it is filled. No chunk is larger, and if one were, it would be read as far as this.
        room = min(max(capacity, ChunkHeader.length), 1 << 30)
        base = .allocate(byteCount: room, alignment: 8)
        loaded = 0
        decoder = ChunkDecoder(base, header)
    }

    deinit { base.deallocate() }

    /// How many chunks its log began before it.
    var number: UInt32 { first.number }

    /// What the next event's `seq` will be.
    var nextSeq: UInt64 { decoder.nextSeq }

    /// Reads what was added; false if another chunk, or none, is in its place now.
    func load(_ file: InputFile) throws(SessionError) -> Bool {
        guard let now = try current(file) else { return false }
        let end = min(Int(clamping: now.committed), room)
        guard end > loaded else {
            note(now)
            return true
        }
        let more = UnsafeMutableRawBufferPointer(start: base + loaded, count: end - loaded)
        let count = try file.read(more, at: offset + loaded)
        // It may have gone while it was read.
        guard try current(file) != nil else { return false }
        loaded += count
        // Not before all is there that the header speaks of.
        if loaded == end { note(now) }
        return true
    }

    private func note(_ header: ChunkHeader) {
        capacity = Int(clamping: header.capacity)
        isLeft = header.isLeft
    }

    private func current(_ file: InputFile) throws(SessionError) -> ChunkHeader? {
        guard let now = try file.chunkHeader(at: offset), now.isOfSameChunk(as: first) else { return nil }
        return now
    }

    /// Gives the events to a sink that are there whole, for as long as it wants more. What is not known is passed over.
    func read<S: EventSink>(into sink: inout S) {
        while case .unknown = decoder.read(before: loaded, into: &sink) {}
    }

    var beginsWithKeyframe: Bool {
        first.beginsWithKeyframe(
            [UInt8](UnsafeRawBufferPointer(start: base, count: min(loaded, ChunkHeader.length + 16))))
    }
}
