import EventBus

/// Where in a session file the chunks stand, and, where only the last part of a session is kept, which of them leave it
/// when, so that others can take their places. A state machine without I/O; offsets are those in the file.
struct ChunkSlots {
    struct Slot: Hashable {
        var offset: Int
        var capacity: Int
    }

    /// Where another chunk is to be.
    struct Plan {
        var slot: Slot
        /// It lies behind the file's end so far.
        var isFresh: Bool
    }

    /// A chunk of the part that is kept.
    private struct Kept {
        var slot: Slot
        /// Known once the log has left it.
        var firstT: Int64?
        var beginsWithKeyframe = false
        /// It was searched for what the recording is kept for.
        var isSearched = false
    }

    /// How much of what follows an occasion stays with what came before it.
    private struct Aftermath {
        var bytes: Int
        var until: Int64
    }

    private let keeping: Keeping
    private let smallest: Int
    private let largest: Int
    /// The size of the next chunk.
    private var size: Int
    /// Where the file ends.
    private(set) var end: Int
    /// What is kept and may leave, the oldest first; the last one is open. Empty where everything is kept.
    private var kept: [Kept] = []
    private var keptBytes = 0
    /// Bytes of what stays for good, since an occasion came up.
    private var pinnedBytes = 0
    private var aftermath: Aftermath?
    /// The offsets of the chunks that are in somebody's memory, and which of them left.
    private var inMemory: Set<Int> = []
    private var leaving: [Int: Slot] = [:]
    private var free: [Slot] = []

    /// - Parameters:
    ///   - offset: where the first chunk begins. It ends where a multiple of its size does.
    init(from offset: Int, first: Int, largest: Int, keeping: Keeping) {
        self.keeping = keeping
        var first = first
        var largest = largest
        if let bytes = keeping.bytes {
            // All of one size: each can take the place of any other.
            first = min(max(first, largest), max(4096, bytes / 64)) & ~4095
            largest = first
        }
        smallest = first
        self.largest = largest
        end = offset
        size = max(first - offset % first, 1024)
    }

    /// Lets go of chunks that became too old, or that have to make room for one of at least so many bytes. They are to be
    /// marked in this order, the newest first: so what is left begins with a keyframe at any moment.
    /// - Parameter now: the time of the newest event that is known.
    mutating func letGo(for bytes: Int, now: Int64) -> [Slot] {
        let expired = expire(now: now)
        guard let limit = keeping.bytes, end + wanted(bytes) - pinnedBytes > limit,
            !free.contains(where: { $0.capacity >= bytes })
        else { return expired }
        return leave(oldest) + expired
    }

    private func wanted(_ bytes: Int) -> Int { bytes <= size ? size : (bytes + 4095) & ~4095 }

    /// Plans a chunk of at least so many bytes, and takes its place.
    mutating func plan(atLeast bytes: Int) -> Plan {
        if let slot = takeFree(bytes) { return Plan(slot: slot, isFresh: false) }
        let slot = Slot(offset: end, capacity: wanted(bytes))
        end += slot.capacity
        return Plan(slot: slot, isFresh: true)
    }

    private mutating func takeFree(_ bytes: Int) -> Slot? {
        // The largest: those of the beginning are small.
        guard let index = free.indices.max(by: { free[$0].capacity < free[$1].capacity }),
            free[index].capacity >= bytes
        else { return nil }
        return free.remove(at: index)
    }

    /// How many of the oldest chunks go for another one: up to the next complete keyframe; without one only the oldest two,
    /// and what is left begins with a gap. The last one is open, and stays.
    private var oldest: Int {
        let next = kept.indices.dropFirst().first { kept[$0].beginsWithKeyframe }
        return next ?? max(0, min(2, kept.count - 1))
    }

    /// Where something is searched for, only what was searched goes.
    private func mayLeave(_ count: Int) -> Bool {
        keeping.occasions.isEmpty || kept[..<count].allSatisfy(\.isSearched)
    }

    /// The chunks that are too old, where a complete keyframe follows them; they are let go of.
    mutating func expire(now: Int64) -> [Slot] {
        guard let limit = keeping.nanoseconds,
            let start = kept.lastIndex(where: { $0.beginsWithKeyframe && $0.firstT ?? .max <= now - limit })
        else { return [] }
        return leave(start)
    }

    private mutating func leave(_ count: Int) -> [Slot] {
        guard mayLeave(count) else { return [] }
        let slots = kept[..<count].map(\.slot)
        kept.removeFirst(count)
        for slot in slots {
            keptBytes -= slot.capacity
            if inMemory.contains(slot.offset) { leaving[slot.offset] = slot } else { free.append(slot) }
        }
        return slots.reversed()
    }

    /// A place that was planned could not be had, or its chunk is of no use.
    mutating func putBack(_ plan: Plan) {
        if plan.isFresh, plan.slot.offset + plan.slot.capacity == end {
            end = plan.slot.offset
        } else {
            free.append(plan.slot)
        }
    }

    /// The log writes into it from now on.
    mutating func open(_ slot: Slot, now: Int64) {
        size = min(largest, max(size, 4096) * 2) & ~4095
        guard keeping.isPartial else { return }
        inMemory.insert(slot.offset)
        // Chunks of a sixty-fourth of what is kept: small beside it, and not too many.
        if keeping.bytes == nil { size = min(largest, max(smallest, keptBytes / 64)) & ~4095 }
        if let after = aftermath {
            if after.bytes >= slot.capacity, now <= after.until {
                aftermath?.bytes -= slot.capacity
                pinnedBytes += slot.capacity
                return
            }
            aftermath = nil
        }
        kept.append(Kept(slot: slot))
        keptBytes += slot.capacity
    }

    /// The log left a chunk; its first event was at this time.
    mutating func leftOpen(at offset: Int, firstT: Int64) {
        if let index = kept.lastIndex(where: { $0.slot.offset == offset }) { kept[index].firstT = firstT }
    }

    /// A chunk that the log left was searched for what the recording is kept for.
    mutating func search(at offset: Int) {
        if let index = kept.firstIndex(where: { $0.slot.offset == offset }) { kept[index].isSearched = true }
    }

    /// The keyframe that begins a chunk is complete.
    mutating func keyframeIsComplete(at offset: Int) {
        if let index = kept.lastIndex(where: { $0.slot.offset == offset }) { kept[index].beginsWithKeyframe = true }
    }

    /// Nobody has the chunk in memory any more. Its place is free if it left what is kept.
    mutating func release(at offset: Int) {
        inMemory.remove(offset)
        if let slot = leaving.removeValue(forKey: offset) { free.append(slot) }
    }

    /// What is kept now stays for good, with a quarter as much of what follows.
    mutating func pin(now: Int64) {
        pinnedBytes += keptBytes
        kept = []
        keptBytes = 0
        aftermath = Aftermath(
            bytes: keeping.bytes.map { $0 / 4 } ?? .max,
            until: keeping.nanoseconds.map { now.addingReportingOverflow($0 / 4) }.map { $1 ? .max : $0 } ?? .max)
    }

    /// The free places at the file's end are no part of it any more. Returns where it ends then.
    mutating func cutEnd() -> Int {
        while let index = free.firstIndex(where: { $0.offset + $0.capacity == end }) {
            end = free.remove(at: index).offset
        }
        return end
    }
}
