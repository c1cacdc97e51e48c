import Testing
import TestSupport

@testable import TreeModel

@Suite("Places by id")
struct IDMapTests {
    @Test("what a dictionary says, whatever is put in and taken out", arguments: 0..<20 as Range<UInt64>)
    func likeADictionary(seed: UInt64) {
        var generator = Seeded(seed)
        var map = IDMap()
        var plain: [UInt64: Int32] = [:]
        var next: UInt64 = 1
        #expect(map[7] == nil)
        map[7] = nil
        for _ in 0..<20_000 {
            let id: UInt64
            switch UInt8.random(in: 0..<8, using: &generator) {
            case 0, 1, 2:
                next += 1
                id = next
            case 3: id = UInt64.random(in: 0...40, using: &generator)
            case 4: id = UInt64.random(in: 0...40, using: &generator) << 40
            case 5: id = UInt64.random(in: .min ... .max, using: &generator)
            default: id = next > 300 ? next - UInt64.random(in: 0..<300, using: &generator) : next
            }
            if Bool.random(using: &generator) {
                let place = Int32.random(in: 0...Int32.max, using: &generator)
                map[id] = place
                plain[id] = place
            } else {
                map[id] = nil
                plain[id] = nil
            }
            #expect(map.count == plain.count && map[id] == plain[id], "seed \(seed)")
        }
        for (id, place) in plain { #expect(map[id] == place, "seed \(seed), id \(id)") }
        for id in plain.keys { map[id] = nil }
        #expect(map.count == 0 && plain.keys.allSatisfy { map[$0] == nil })
    }

    @Test("marks are gone back to one by one, and a copy goes its own way", arguments: 0..<20 as Range<UInt64>)
    func goesBack(seed: UInt64) {
        var generator = Seeded(seed)
        var map = IDMap()
        var plain: [UInt64: Int32] = [:]
        // Few ids: rows fill, and become empty again.
        func change(_ map: inout IDMap, _ plain: inout [UInt64: Int32]) {
            let id = UInt64.random(in: 0..<100, using: &generator) << (seed % 3)
            let place = Int32.random(in: 0...Int32.max, using: &generator)
            switch UInt8.random(in: 0..<4, using: &generator) {
            case 0:
                map[id] = place
                plain[id] = place
            case 1:
                #expect(map.add(id, place) == (plain[id] == nil), "seed \(seed)")
                plain[id] = plain[id] ?? place
            default:
                map.remove(id)
                plain[id] = nil
            }
        }
        for _ in 0..<200 { change(&map, &plain) }
        var before: [[UInt64: Int32]] = []
        for _ in 0..<30 {
            before.append(plain)
            map.mark()
            for _ in 0..<Int.random(in: 0...20, using: &generator) { change(&map, &plain) }
        }
        let forgotten = Int.random(in: 0...10, using: &generator)
        map.forget(forgotten)
        var copy = map
        var plainCopy = plain
        for _ in 0..<100 { change(&copy, &plainCopy) }
        for then in before.dropFirst(forgotten).reversed() {
            map.rewind()
            #expect(map.count == then.count && then.allSatisfy { map[$0] == $1 }, "seed \(seed)")
            #expect(map.places.sorted() == then.values.sorted(), "seed \(seed)")
        }
        #expect(copy.count == plainCopy.count && plainCopy.allSatisfy { copy[$0] == $1 }, "seed \(seed)")
    }
}
