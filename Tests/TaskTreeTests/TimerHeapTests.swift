import TestSupport
import Testing

@testable import TaskTree

struct TimerHeapTests {
    @Test func whatIsDueComesInOrderAndWhatWasTakenOutDoesNot() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = Seeded(seed)
            let heap = TimerHeap()
            let entries = (0..<100).map { _ in TimerEntry() }
            var armed: [Int: Int64] = [:]
            for _ in 0..<1_000 {
                let index = Int.random(in: 0..<entries.count, using: &random)
                switch UInt8.random(in: 0...3, using: &random) {
                case 0, 1:
                    // Some of them anew, and some at the same instant.
                    armed[index] = Int64.random(in: 0..<200, using: &random)
                    heap.arm(entries[index], at: armed[index]!)
                case 2:
                    armed[index] = nil
                    heap.disarm(entries[index])
                default:
                    let now = Int64.random(in: 0..<200, using: &random)
                    let earliest = armed.values.min() ?? .max
                    let popped = heap.popDue(now)
                    #expect((popped != nil) == (earliest <= now), "seed \(seed)")
                    guard let popped, let due = entries.firstIndex(where: { $0 === popped }) else { continue }
                    #expect(armed.removeValue(forKey: due) == earliest && !popped.isArmed, "seed \(seed)")
                }
                #expect(heap.earliest == armed.values.min() ?? .max, "seed \(seed)")
                #expect(entries[index].isArmed == (armed[index] != nil), "seed \(seed)")
            }
        }
    }

    @Test func anEmptyOneHasNothingAtTheLastInstant() {
        #expect(TimerHeap().popDue(.max) == nil)
    }
}
