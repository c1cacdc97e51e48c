import EventBus
import Testing
import TreeModel

@Suite struct WindowTests {
    private func resumed(_ number: Int) -> TreeEvent.Change { .taskResumed(.init(task: TaskID(UInt64(number)))) }

    private func seqs(_ window: LogWindow, _ range: Range<UInt64>) -> [UInt64] {
        var seqs: [UInt64] = []
        window.read(range) { seqs.append($0.seq) }
        return seqs
    }

    @Test func anyStretchIsReadAgain() {
        let log = EventLog(SessionInfo(name: "window"), store: MemoryStore(first: 256, largest: 64 << 10))
        let window = LogWindow(log)
        #expect(window.range.isEmpty)
        #expect(seqs(window, 1..<9).isEmpty)
        #expect(window.seq(at: 5) == 0)
        for number in 1...20_000 { log.append(resumed(number % 100), at: Int64(number) * 10) }
        #expect(window.range == 1..<20_001)
        for start: UInt64 in [1, 17_000, 4, 4_096, 4_097, 19_999, 9_000, 8_999] {
            #expect(seqs(window, start..<min(start + 300, 20_001)) == Array(start..<min(start + 300, 20_001)))
        }
        #expect(seqs(window, 1..<20_001) == Array(1...20_000))
        // What was open when it was read has more in it now.
        log.append(resumed(1), at: 300_000)
        #expect(seqs(window, 19_999..<30_000) == [19_999, 20_000, 20_001])
    }

    @Test func instantsAreFound() {
        let log = EventLog(SessionInfo(name: "window"), store: MemoryStore(first: 256, largest: 64 << 10))
        let window = LogWindow(log)
        for number in 1...20_000 { log.append(resumed(1), at: Int64((number + 1) / 2) * 10) }
        #expect(window.seq(at: 9) == 0)
        #expect(window.seq(at: 10) == 2)
        #expect(window.seq(at: 50_005) == 10_000)
        #expect(window.seq(at: 49_999) == 9_998)
        #expect(window.seq(at: .max) == 20_000)
    }

    @Test func whatTheLogDroppedIsNotThere() {
        let log = EventLog(SessionInfo(name: "window"), store: MemoryStore(first: 256, largest: 256), retaining: 1024)
        let window = LogWindow(log)
        for number in 1...100 { log.append(resumed(number), at: Int64(number)) }
        #expect(seqs(window, 1..<11) == Array(1...10))
        for number in 101...1_000 { log.append(resumed(number), at: Int64(number)) }
        let range = window.range
        #expect(range.lowerBound > 700 && range.upperBound == 1_001)
        #expect(seqs(window, 1..<1_001) == Array(range))
        #expect(window.seq(at: 1) == range.lowerBound - 1)
    }

    @Test func rowsOfASnapshotGoWithTheEventBeforeThem() {
        let log = EventLog(SessionInfo(name: "window"), store: MemoryStore(first: 256, largest: 256))
        let window = LogWindow(log)
        for number in 1...30 { log.append(resumed(number), at: Int64(number)) }
        log.beginKeyframe(at: 31)
        for number in 1...20 {
            var row = TreeEvent.SnapshotTask()
            row.started = .init(task: TaskID(UInt64(number)), name: "task \(number)")
            log.append(.snapshotTask(row), at: 31)
        }
        log.endKeyframe(at: 31)
        for number in 31...40 { log.append(resumed(number), at: Int64(number)) }
        #expect(seqs(window, 29..<31) == [29] + Array(repeating: 30, count: 23))
        #expect(seqs(window, 31..<33) == [31, 32])
        #expect(window.seq(at: 31) == 31)
    }
}
