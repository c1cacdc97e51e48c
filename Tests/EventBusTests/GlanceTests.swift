import EventBus
import TestSupport
import Testing
import TreeModel

/// A glance at a record says the same as decoding it, and leaves the decoder as decoding would.
@Suite struct GlanceTests {
    /// The bytes of the first segment of a log with random events.
    private func chunk(_ seed: UInt64) -> [UInt8] {
        let store = KeepingStore()
        let log = EventLog(SessionInfo(name: "glance"), store: store)
        for (change, t) in randomEvents(2_000, seed: seed) { log.append(change, at: t) }
        return store.bytes
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer,
        _ next: (inout ChunkDecoder, Int, (TreeEvent) -> Void) -> ChunkDecoder.Step
    ) -> [TreeEvent] {
        let header = ChunkHeader(bytes)!
        var decoder = ChunkDecoder(bytes.baseAddress!, header)
        var events: [TreeEvent] = []
        while true {
            switch next(&decoder, Int(header.committed), { events.append($0) }) {
            case .event, .passed: continue
            case .unknown, .end, .damaged: return events
            }
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>) func whatIsTakenIsAsWithoutGlances(seed: UInt64) {
        chunk(seed).withUnsafeBytes { memory in
            let all = decode(memory) { $0.next(before: $1, $2) }
            #expect(all.count > 100)
            var glances: [Glance] = []
            #expect(
                decode(memory) { decoder, limit, body in
                    decoder.next(
                        before: limit,
                        unless: { glance in
                            glances.append(glance)
                            return true
                        }, body)
                }.isEmpty)
            #expect(glances.map(\.seq) == all.map(\.seq) && glances.map(\.t) == all.map(\.t))
            #expect(glances.map(\.kind) == all.map(\.change.kind))
            for (glance, event) in zip(glances, all) {
                #expect(glance.task == task(event.change), "seed \(seed), seq \(event.seq)")
            }
            var generator = Seeded(seed)
            var taken: [Int] = []
            var index = -1
            let some = decode(memory) { decoder, limit, body in
                decoder.next(
                    before: limit,
                    unless: { _ in
                        index += 1
                        if Bool.random(using: &generator) { return true }
                        taken.append(index)
                        return false
                    }, body)
            }
            #expect(some == taken.map { all[$0] }, "seed \(seed)")
            skims(memory, all)
        }
    }

    private func skims(_ memory: UnsafeRawBufferPointer, _ all: [TreeEvent]) {
        let header = ChunkHeader(memory)!
        var records: [ChunkSkim.Record] = []
        let skim = ChunkSkim(memory.baseAddress!, header, before: Int(header.committed)) { record in
            records.append(record)
            return true
        }
        #expect(skim.isWhole && skim.end == Int(header.committed))
        #expect(records.map(\.seq) == all.map(\.seq) && records.map(\.t) == all.map(\.t))
        #expect(records.map(\.kind) == all.map(\.change.kind))
    }

    /// The task that an event is about, as its fields say.
    private func task(_ change: TreeEvent.Change) -> TaskID? {
        var finder = TaskFinder()
        change.visit(&finder)
        return finder.task
    }
}

private struct TaskFinder: FieldVisitor {
    var task: TaskID?
    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        if key == "task", task == nil { task = TaskID(value.rawValue) }
    }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {}
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {}
    mutating func word<W: Word>(_ key: String, _ value: inout W) {}
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {}
    mutating func amount(_ key: String, _ value: inout UInt64) {}
    mutating func amount(_ key: String, _ value: inout UInt64?) {}
    mutating func instant(_ key: String, _ value: inout Int64) {}
    mutating func instant(_ key: String, _ value: inout Int64?) {}
    mutating func flag(_ key: String, _ value: inout Bool) {}
    mutating func text(_ key: String, _ value: inout String) {}
    mutating func text(_ key: String, _ value: inout String?) {}
    mutating func labels(_ key: String, _ value: inout [Label]) {}
    mutating func failure(_ key: String, _ value: inout Failure) {}
    mutating func failure(_ key: String, _ value: inout Failure?) {}
    mutating func failures(_ key: String, _ value: inout [Failure]) {}
    mutating func cause(_ key: String, _ value: inout Cause) {}
    mutating func cause(_ key: String, _ value: inout Cause?) {}
    mutating func target(_ key: String, _ value: inout WaitTarget) {}
    mutating func target(_ key: String, _ value: inout WaitTarget?) {}
}
