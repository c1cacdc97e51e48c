import Testing

@testable import Recording

/// Where chunks stand in a file that keeps the last part of a session, without a file.
@Suite struct ChunkSlotsTests {
    /// A file of so many bytes in chunks of 4 KiB, behind a header of 128.
    private func slots(bytes: Int? = nil, nanoseconds: Int64? = nil) -> ChunkSlots {
        ChunkSlots(from: 128, first: 4096, largest: 4096, keeping: Keeping(bytes: bytes, nanoseconds: nanoseconds))
    }

    /// Opens the next chunk at this time; says which left for it, by their places.
    private func open(_ slots: inout ChunkSlots, at t: Int64, keyframe: Bool = false) -> [Int] {
        let leaving = slots.letGo(for: 64, now: t)
        for slot in leaving { slots.release(at: slot.offset) }
        let plan = slots.plan(atLeast: 64)
        slots.open(plan.slot, now: t)
        slots.leftOpen(at: plan.slot.offset, firstT: t)
        if keyframe { slots.keyframeIsComplete(at: plan.slot.offset) }
        slots.release(at: plan.slot.offset)
        return leaving.map { $0.offset / 4096 }
    }

    @Test func whatIsFullLetsGoOfTheOldestUpToAKeyframe() {
        var slots = slots(bytes: 64 << 10)
        var left: [Int] = []
        for number in 0..<40 {
            left += open(&slots, at: Int64(number), keyframe: number % 4 == 0)
        }
        #expect(slots.end <= 64 << 10)
        // Four at a time, the newest of them first, so that what is left begins with a keyframe at any moment.
        #expect(Array(left.prefix(8)) == [3, 2, 1, 0, 7, 6, 5, 4])
    }

    @Test func withoutAKeyframeOnlyTheOldestGo() {
        var slots = slots(bytes: 64 << 10)
        var left: [Int] = []
        for number in 0..<20 { left += open(&slots, at: Int64(number)) }
        #expect(left.prefix(4) == [1, 0, 3, 2] && slots.end <= 64 << 10)
    }

    @Test func whatIsTooOldGoesOnceAKeyframeFollowsIt() {
        var slots = slots(nanoseconds: 1000)
        for number in 0..<10 { _ = open(&slots, at: Int64(number * 100), keyframe: number % 3 == 0) }
        #expect(slots.expire(now: 1299).isEmpty)
        // The one at 300 begins with a keyframe: what is before it is not needed for the last 1000.
        #expect(slots.expire(now: 1300).map(\.offset) == [8192, 4096, 128])
        #expect(slots.expire(now: 1300).isEmpty)
    }

    @Test func aPlaceIsTakenAgainOnlyWhenNobodyHasItInMemory() {
        var slots = slots(nanoseconds: 1000)
        let first = slots.plan(atLeast: 64)
        slots.open(first.slot, now: 0)
        slots.leftOpen(at: first.slot.offset, firstT: 0)
        for number in 1..<4 { _ = open(&slots, at: Int64(number * 100), keyframe: true) }
        _ = slots.expire(now: 1200)
        // Two of four left; the first one is still read by somebody.
        let next = slots.plan(atLeast: 64)
        #expect(!next.isFresh && next.slot.offset == 4096)
        #expect(slots.plan(atLeast: 64).isFresh)
        slots.release(at: first.slot.offset)
        #expect(slots.plan(atLeast: 64).slot == first.slot)
    }

    @Test func whatIsSearchedForSomethingStaysUntilItWas() {
        var slots = ChunkSlots(
            from: 128, first: 4096, largest: 4096, keeping: Keeping(bytes: 64 << 10, occasions: [.failure]))
        for number in 0..<16 { #expect(open(&slots, at: Int64(number), keyframe: true).isEmpty) }
        for number in 1..<16 { slots.search(at: number * 4096) }
        #expect(slots.letGo(for: 64, now: 16).isEmpty)
        slots.search(at: 128)
        #expect(slots.letGo(for: 64, now: 16).map(\.offset) == [128])
    }

    @Test func whatWasKeptWhenSomethingCameUpStays() {
        var slots = slots(bytes: 64 << 10)
        for number in 0..<12 { _ = open(&slots, at: Int64(number), keyframe: true) }
        slots.pin(now: 12)
        var left: [Int] = []
        for number in 12..<80 {
            left += open(&slots, at: Int64(number), keyframe: true)
        }
        // The 12, and 4 more that followed.
        #expect(left.allSatisfy { $0 >= 16 } && left.count > 16)
        #expect(slots.end <= 2 * (64 << 10) + (64 << 10) / 4)
    }
}
