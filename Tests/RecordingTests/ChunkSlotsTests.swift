import Testing

@testable import Recording

/// Where chunks stand in a file that keeps the last part of a session, without a file.
@Suite struct ChunkSlotsTests {
    /// A file of so many bytes in chunks of 4 KiB, behind a header of 128.
    private func slots(bytes: Int? = nil, nanoseconds: Int64? = nil) -> ChunkSlots {
        ChunkSlots(from: 128, first: 4096, largest: 4096, keeping: Keeping(bytes: bytes, nanoseconds: nanoseconds))
    }

    /// Opens the next chunk at this time; says what it took.
    private func open(_ slots: inout ChunkSlots, at t: Int64, keyframe: Bool = false) -> ChunkSlots.Plan {
        let plan = slots.plan(atLeast: 64, now: t)
        slots.open(plan.slot, now: t)
        slots.leftOpen(at: plan.slot.offset, firstT: t)
        if keyframe { slots.keyframeIsComplete(at: plan.slot.offset) }
        for slot in plan.leaving { slots.release(at: slot.offset) }
        slots.release(at: plan.slot.offset)
        return plan
    }

    @Test func whatIsFullLetsGoOfTheOldestUpToAKeyframe() {
        var slots = slots(bytes: 64 << 10)
        var left: [Int] = []
        for number in 0..<40 {
            let plan = open(&slots, at: Int64(number), keyframe: number % 4 == 0)
            left += plan.leaving.map { $0.offset / 4096 }
        }
        #expect(slots.end <= 64 << 10)
        // Four at a time, the newest of them first, so that what is left begins with a keyframe at any moment.
        #expect(Array(left.prefix(8)) == [3, 2, 1, 0, 7, 6, 5, 4])
    }

    @Test func withoutAKeyframeOnlyTheOldestGoes() {
        var slots = slots(bytes: 64 << 10)
        var left: [Int] = []
        for number in 0..<20 { left += open(&slots, at: Int64(number)).leaving.map { $0.offset / 4096 } }
        #expect(left.prefix(3) == [0, 1, 2] && slots.end <= 64 << 10)
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
        var slots = slots(nanoseconds: 10)
        let first = slots.plan(atLeast: 64, now: 0)
        slots.open(first.slot, now: 0)
        slots.leftOpen(at: first.slot.offset, firstT: 0)
        for number in 1..<4 { _ = open(&slots, at: Int64(number * 100), keyframe: true) }
        _ = slots.expire(now: 300)
        // Two of four left; the first one is still read by somebody.
        let next = slots.plan(atLeast: 64, now: 300)
        #expect(!next.isFresh && next.slot.offset == 4096)
        #expect(slots.plan(atLeast: 64, now: 300).isFresh)
        slots.release(at: first.slot.offset)
        #expect(slots.plan(atLeast: 64, now: 300).slot == first.slot)
    }

    @Test func whatWasKeptWhenSomethingCameUpStays() {
        var slots = slots(bytes: 64 << 10)
        for number in 0..<12 { _ = open(&slots, at: Int64(number), keyframe: true) }
        slots.pin(now: 12)
        var left: [Int] = []
        for number in 12..<80 {
            left += open(&slots, at: Int64(number), keyframe: true).leaving.map { $0.offset / 4096 }
        }
        // The 12, and 4 more that followed.
        #expect(left.allSatisfy { $0 >= 16 } && left.count > 16)
        #expect(slots.end <= 2 * (64 << 10) + (64 << 10) / 4)
    }
}
