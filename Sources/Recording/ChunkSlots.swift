import EventBus

/// Where in a session file the chunks stand, and, where only the last part of a session is kept, which of them leave it
/// when, so that others can take their places. A state machine without I/O; offsets are those in the file.
struct ChunkSlots {
    struct Slot: Hashable {
        var offset: Int
        var capacity: Int
    }

    /// What is to be done for another chunk.
    struct Plan {
        var slot: Slot
        /// It lies behind the file's end so far.
        var isFresh: Bool
        /// The chunks that leave what is kept, in the order in which they are to be marked: the newest first. So what is left
        /// begins with a keyframe at any moment.
        var leaving: [Slot]
    }

    /// A chunk of the part that is kept.
    private struct Kept {
        var slot: Slot
        /// Known once the log has left it.
        var firstT: Int64?
        var beginsWithKeyframe = false
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
    /// Chunks that left, and are still in somebody's memory, by their offsets.
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

    /// Plans a chunk of at least so many bytes, and takes its place.
    /// - Parameter now: the time of the newest event that is known.
    mutating func plan(atLeast bytes: Int, now: Int64) -> Plan {
        let wanted = max(size, (bytes + 4095) & ~4095)
        guard keeping.isPartial else { return extend(by: wanted, leaving: []) }
        var leaving = expire(now: now)
        if let slot = takeFree(bytes) { return Plan(slot: slot, isFresh: false, leaving: leaving) }
        if let limit = keeping.bytes, end + wanted - pinnedBytes > limit {
            leaving = leave(oldest) + leaving
            if let slot = takeFree(bytes) { return Plan(slot: slot, isFresh: false, leaving: leaving) }
        }
        return extend(by: wanted, leaving: leaving)
    }

    private mutating func extend(by bytes: Int, leaving: [Slot]) -> Plan {
        let slot = Slot(offset: end, capacity: bytes)
        end += bytes
        return Plan(slot: slot, isFresh: true, leaving: leaving)
    }

    private mutating func takeFree(_ bytes: Int) -> Slot? {
        // The largest: those of the beginning are small.
        guard let index = free.indices.max(by: { free[$0].capacity < free[$1].capacity }),
            free[index].capacity >= bytes
        else { return nil }
        return free.remove(at: index)
    }

    /// How many of the oldest chunks go for another one: up to the next complete keyframe; without one only the oldest, and
    /// what is left begins with a gap.
    private var oldest: Int {
        let next = kept.indices.dropFirst().first { kept[$0].beginsWithKeyframe }
        return next ?? (kept.count > 1 ? 1 : 0)
    }

    /// The chunks that are too old, where a complete keyframe follows them; they are let go of.
    mutating func expire(now: Int64) -> [Slot] {
        guard let limit = keeping.nanoseconds,
            let start = kept.lastIndex(where: { $0.beginsWithKeyframe && $0.firstT ?? .max <= now - limit })
        else { return [] }
        return leave(start)
    }

    private mutating func leave(_ count: Int) -> [Slot] {
        let slots = kept[..<count].map(\.slot)
        kept.removeFirst(count)
        for slot in slots {
            keptBytes -= slot.capacity
            leaving[slot.offset] = slot
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

    /// The keyframe that begins a chunk is complete.
    mutating func keyframeIsComplete(at offset: Int) {
        if let index = kept.lastIndex(where: { $0.slot.offset == offset }) { kept[index].beginsWithKeyframe = true }
    }

    /// Nobody has the chunk in memory any more. Its place is free if it left what is kept.
    mutating func release(at offset: Int) {
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
