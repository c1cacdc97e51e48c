import EventBus
import Testing
import TestSupport
import TreeModel

/// Bytes that nobody vouches for: whatever they are, decoding ends, and does not trap.
@Suite struct HostileTests {
    /// A chunk of real records.
    private func chunk(_ seed: UInt64) -> [UInt8] {
        let store = KeepingStore()
        let log = EventLog(SessionInfo(name: "hostile"), store: store)
        for (change, t) in randomEvents(80, seed: seed) { log.append(change, at: t) }
        return store.bytes
    }

    /// Decodes all that can be, from a copy on the heap that ends where the bytes end.
    private func decode(_ bytes: [UInt8]) -> Int {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        guard let header = ChunkHeader(UnsafeRawBufferPointer(copy)), let base = copy.baseAddress else { return 0 }
        var decoder = ChunkDecoder(base, header)
        let limit = min(Int(clamping: header.committed), bytes.count)
        var count = 0
        while true {
            switch decoder.next(before: limit, { #expect(!$0.change.kind.name.isEmpty) }) {
            case .event, .unknown, .paused: count += 1
            case .end, .damaged: return count
            }
            #expect(decoder.offset <= limit)
        }
    }

    @Test func flippedBitsNeverTrap() {
        let seed = Seeds.any()
        var random = Seeded(seed)
        let good = chunk(seed)
        let all = decode(good)
        #expect(all == 80, "seed \(seed)")
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 16..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = decode(bytes)
        }
    }

    @Test func bytesCutAnywhereGiveWhatIsWholeBeforeTheCut() {
        let seed = Seeds.any()
        let good = chunk(seed)
        var before = 0
        for length in 64...good.count {
            let count = decode(Array(good[..<length]))
            #expect(count >= before && count <= 80, "seed \(seed), length \(length)")
            before = count
        }
        #expect(before == 80)
    }

    @Test func noiseNeverTraps() {
        let seed = Seeds.any()
        var random = Seeded(seed)
        let good = chunk(seed)
        for _ in 0..<2_000 {
            var bytes = good
            for place in 64..<bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            _ = decode(bytes)
        }
    }

    @Test func kindsAndFieldsOfANewerVersionArePassedOver() {
        let store = KeepingStore()
        let log = EventLog(SessionInfo(name: "newer"), store: store)
        log.append(.taskResumed(.init(task: TaskID(1))), at: 1)
        var bytes = store.bytes
        // A kind that does not exist, then a known one with another byte at its end, then one with an unknown word.
        bytes += [4, 200, 1, 7, 7]
        bytes += [4, TreeEvent.Kind.taskResumed.rawValue, 1, 2, 9]
        bytes += [4, TreeEvent.Kind.taskFinished.rawValue, 1, 2, 99]
        var cursor = UInt64(bytes.count).littleEndian
        withUnsafeBytes(of: &cursor) { bytes.replaceSubrange(16..<24, with: $0) }
        bytes.withUnsafeBytes { raw in
            var decoder = ChunkDecoder(raw.baseAddress!, ChunkHeader(raw)!)
            var shown: [TreeEvent] = []
            func next() -> ChunkDecoder.Step { decoder.next(before: raw.count) { shown.append($0) } }
            #expect(next() == .event)
            #expect(next() == .unknown(seq: 2, kind: nil))
            #expect(next() == .event)
            #expect(shown.last == TreeEvent(seq: 3, t: 3, change: .taskResumed(.init(task: TaskID(2)))))
            #expect(decoder.counts.unknownFields == 1)
            #expect(next() == .unknown(seq: 4, kind: .taskFinished))
            #expect(next() == .end)
            #expect(shown.count == 2)
        }
    }
}
