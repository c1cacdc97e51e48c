import EventBus
import Testing
import TestSupport
import TreeModel

@Suite struct CodecTests {
    /// Appends the changes and reads all back.
    private func roundTrip(
        _ changes: [(change: TreeEvent.Change, t: Int64)], store: any SegmentStore = MemoryStore()
    ) -> [TreeEvent] {
        let log = EventLog(SessionInfo(name: "codec"), store: store)
        for (change, t) in changes { log.append(change, at: t) }
        var events: [TreeEvent] = []
        log.makeReader().read { events.append($0) }
        return events
    }

    @Test(arguments: TreeEvent.Kind.all)
    func everyKindComesBackWithAllFieldsAndWithBlanks(_ kind: TreeEvent.Kind) {
        var blank = RandomFields(random: Seeded(1), fullness: 0)
        var full = RandomFields(random: Seeded(2), fullness: 4)
        let changes = [
            (change: TreeEvent.Change(kind, from: &blank), t: Int64(5)),
            (change: TreeEvent.Change(kind, from: &full), t: Int64(9)),
            (change: TreeEvent.Change(kind, from: &full), t: Int64(9)),
        ]
        let events = roundTrip(changes)
        #expect(events.map(\.change) == changes.map(\.change))
        #expect(events.map(\.t) == [5, 9, 9])
    }

    @Test(arguments: 0..<20)
    func randomEventsComeBackWhateverTheSegments(_ number: Int) {
        let seed = Seeds.any()
        let changes = randomEvents(400, seed: seed, fullness: number % 5)
        let events = roundTrip(changes, store: MemoryStore(first: 256 << (number % 6), largest: 4096))
        #expect(events.map(\.change) == changes.map(\.change), "seed \(seed), \(number)")
        #expect(events.map(\.t) == changes.map(\.t), "seed \(seed), \(number)")
    }

    @Test func placesCountFromOneAndGapsAndRowsKeepTheirs() {
        let events = roundTrip([
            (.taskResumed(.init(task: TaskID(1))), 1), (.snapshotBegin(.init()), 2), (.gap(.init(lost: 10)), 3),
            (.taskResumed(.init(task: TaskID(2))), 4),
        ])
        #expect(events.map(\.seq) == [1, 1, 2, 12])
    }

    @Test func timesNeverGoBack() {
        let resumed = TreeEvent.Change.taskResumed(.init(task: TaskID(1)))
        #expect(roundTrip([(resumed, 10), (resumed, 3), (resumed, 11)]).map(\.t) == [10, 10, 11])
    }

    @Test func theLargestNumbersSurvive() {
        let change = TreeEvent.Change.taskStarted(
            .init(
                task: TaskID(1 << 53 - 1), name: "big", deadline: .max, grace: UInt64.max - 1, limit: 0,
                restartOf: TaskID(1)))
        let far = TreeEvent.Change.taskOverdue(.init(task: TaskID(1), since: .min, grace: .max))
        #expect(roundTrip([(change, 0), (far, .max)]).map(\.change) == [change, far])
    }

    @Test func moreStringsThanTheTableHoldsComeBack() {
        let changes = (0..<5000).map { index in
            (
                change: TreeEvent.Change.taskLog(.init(task: TaskID(1), level: "info", message: "line \(index)")),
                t: Int64(index)
            )
        }
        let events = roundTrip(changes + changes, store: MemoryStore(first: 1 << 20))
        #expect(events.map(\.change) == (changes + changes).map(\.change))
    }

    @Test func stringsThatEndInNumbersComeBack() {
        var random = Seeded(3)
        let names =
            [
                "", "0", "00", "007", "a0", "a00", "a01", "a10", "1", "-1", "cell-18025", "cell-18026", "cell-9", "٣",
                "é7",
            ]
            + ["99999999999999999999", "x123456789012345678", "x1234567890123456789", "x01234567890123456789"]
            + (0..<40).map { String(repeating: "p", count: 100 + $0) + "77" }
        let changes = (0..<3000).map { index in
            let name = index < names.count ? names[index] : names[Int(random.next() % UInt64(names.count))]
            return (
                change: TreeEvent.Change.taskLog(
                    .init(task: TaskID(1), level: name, message: name + "\(random.next() % 100)")),
                t: Int64(index)
            )
        }
        let events = roundTrip(changes, store: MemoryStore(first: 1 << 20))
        #expect(events.map(\.change) == changes.map(\.change))
    }

    @Test func namesThatCountAreSmallAndLeaveRoomForOthers() {
        let log = EventLog(SessionInfo(name: "counted"))
        let count = 10_000
        for index in 1...count {
            log.append(.taskStarted(.init(task: TaskID(UInt64(index)), name: "cell-\(index)", kind: "cell")), at: 0)
        }
        // Length, kind, time, id, no parent; the name's index and difference; the kind's index.
        #expect(log.bytes <= count * 8 + 100)
    }

    @Test func stringsOfAFullTableAreFoundInIt() {
        let log = EventLog(SessionInfo(name: "full"), store: MemoryStore(first: 1 << 20))
        func append(_ message: String) -> Int {
            let before = log.bytes
            log.append(.taskLog(.init(task: TaskID(1), level: "info", message: message)), at: 0)
            return log.bytes - before
        }
        for index in 0..<3000 { _ = append("\(index) lines") }
        #expect(append("7 lines") == 6)
        #expect(append("2999 lines") == 4 + 1 + 2 + "2999 lines".utf8.count)
    }

    @Test func aRecordLargerThanASegmentGetsALargerOne() {
        let message = String(repeating: "x", count: 300_000)
        let small = TreeEvent.Change.taskResumed(.init(task: TaskID(1)))
        let large = TreeEvent.Change.taskLog(.init(task: TaskID(2), level: "info", message: message))
        let events = roundTrip([(small, 1), (large, 2), (small, 3)], store: MemoryStore(first: 256, largest: 256))
        #expect(events.map(\.change) == [small, large, small])
    }

    @Test func aTypicalEventIsSmall() {
        let log = EventLog(SessionInfo(name: "size"))
        let count = 1000
        for index in 0..<count {
            let task = TaskID(UInt64(index + 2))
            log.append(
                .taskStarted(.init(task: task, parent: TaskID(1), name: "job-\(index % 10)")), at: Int64(index * 900))
            log.append(.taskFinished(.init(task: task, outcome: .succeeded)), at: Int64(index * 900 + 400))
        }
        #expect(log.bytes <= count * 2 * 12)
    }

    @Test func stringsOfLongRecordsAreInternedToo() {
        let log = EventLog(SessionInfo(name: "long"))
        let message = String(repeating: "m", count: 200)
        log.append(.taskLog(.init(task: TaskID(1), level: "a level with a name", message: message)), at: 0)
        let before = log.bytes
        log.append(.taskLog(.init(task: TaskID(1), level: "a level with a name", message: "")), at: 0)
        #expect(log.bytes - before == 7)
    }
}
