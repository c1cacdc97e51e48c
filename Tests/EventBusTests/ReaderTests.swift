import EventBus
import Glibc
import Synchronization
import Testing
import TreeModel

@Suite struct ReaderTests {
    private func resumed(_ number: Int) -> TreeEvent.Change { .taskResumed(.init(task: TaskID(UInt64(number)))) }

    @Test func readersReadOnWhereTheyStopped() {
        let log = EventLog(SessionInfo(name: "on"))
        let reader = log.makeReader()
        #expect(reader.read { _ in } == 0)
        for number in 1...10 { log.append(resumed(number), at: Int64(number)) }
        var seqs: [UInt64] = []
        #expect(reader.read(limit: 4) { seqs.append($0.seq) } == 4)
        #expect(reader.read { seqs.append($0.seq) } == 6)
        #expect(seqs == Array(1...10))
        #expect(log.lastSeq == 10)
    }

    @Test func aReaderFromNowSeesOnlyWhatFollows() {
        let log = EventLog(SessionInfo(name: "now"), store: MemoryStore(first: 256, largest: 256))
        for number in 1...100 { log.append(resumed(number), at: Int64(number)) }
        let reader = log.makeReader(from: .now)
        #expect(reader.read { _ in } == 0)
        log.append(resumed(7), at: 101)
        var events: [TreeEvent] = []
        reader.read { events.append($0) }
        #expect(events == [TreeEvent(seq: 101, t: 101, change: resumed(7))])
    }

    @Test func aReaderThatFellBehindIsToldHowMuchItMissed() {
        let log = EventLog(SessionInfo(name: "behind"), store: MemoryStore(first: 256, largest: 256), retaining: 1024)
        let late = log.makeReader()
        var events: [TreeEvent] = []
        log.append(resumed(1), at: 1)
        #expect(late.read { events.append($0) } == 1)
        for number in 2...1000 { log.append(resumed(number), at: Int64(number)) }
        late.read { events.append($0) }
        let gaps = events.compactMap { event -> UInt64? in
            if case .gap(let gap) = event.change { return gap.lost }
            return nil
        }
        #expect(gaps.count == 1)
        // The segment that it was in is still its own, and read to the end before the gap.
        #expect(events.count > 10)
        #expect(events.count - 1 + Int(gaps[0]) == 1000)
        var due: UInt64 = 1
        for event in events {
            #expect(event.seq == due)
            if case .gap(let gap) = event.change { due += gap.lost } else { due += 1 }
        }
        // One that begins now at the beginning gets the gap at once.
        var first: TreeEvent?
        log.makeReader().read(limit: 1) { first = $0 }
        #expect(first?.seq == 1 && first?.change.kind == .gap)
    }

    /// The memory of segments that were dropped is used again for the next ones, but not while somebody reads it.
    @Test func whatIsStillReadIsNotWrittenOver() {
        let size = 64 << 10
        let log = EventLog(
            SessionInfo(name: "again"), store: MemoryStore(first: size, largest: size), retaining: 2 * size)
        let late = log.makeReader()
        let quick = log.makeReader()
        var (all, seen): ([TreeEvent], [TreeEvent]) = ([], [])
        log.append(resumed(1), at: 1)
        #expect(late.read { seen.append($0) } == 1)
        var number = 1
        while log.bytes < 20 * size {
            number += 1
            log.append(resumed(number), at: Int64(number))
            log.tidy()
            quick.read { all.append($0) }
        }
        #expect(all == (1...number).map { TreeEvent(seq: UInt64($0), t: Int64($0), change: resumed($0)) })
        late.read { seen.append($0) }
        let before = seen.prefix { $0.change.kind != .gap }
        #expect(before.count > 1000)
        #expect(seen.count > before.count)
        #expect(seen.filter { $0.change.kind != .gap }.allSatisfy { $0 == all[Int($0.seq) - 1] })
    }

    @Test func wakeIsCalledOnceAndAtOnceIfThereIsSomething() {
        let log = EventLog(SessionInfo(name: "wake"))
        let reader = log.makeReader()
        let wakes = Counter()
        reader.whenReady { wakes.add() }
        #expect(wakes.value == 0)
        log.append(resumed(1), at: 1)
        log.append(resumed(2), at: 2)
        #expect(wakes.value == 1)
        reader.whenReady { wakes.add() }
        #expect(wakes.value == 2)
        log.append(resumed(3), at: 3)
        #expect(wakes.value == 2)
        reader.read { _ in }
        reader.whenReady { wakes.add() }
        reader.whenReady(nil)
        log.append(resumed(4), at: 4)
        #expect(wakes.value == 2)
    }

    @Test func theWakeOfOneReaderIsNotThatOfAnother() {
        let log = EventLog(SessionInfo(name: "two"))
        let (first, second) = (log.makeReader(), log.makeReader())
        let (firsts, seconds) = (Counter(), Counter())
        first.whenReady { firsts.add() }
        second.whenReady { seconds.add() }
        log.append(resumed(1), at: 1)
        second.read { _ in }
        second.whenReady { seconds.add() }
        log.append(resumed(2), at: 2)
        #expect(firsts.value == 1 && seconds.value == 2)
    }

    @Test func waitReturnsForEventsForTheEndAndForTime() {
        let log = EventLog(SessionInfo(name: "wait"))
        let reader = log.makeReader()
        #expect(!reader.wait(timeoutMilliseconds: 1))
        log.append(resumed(1), at: 1)
        #expect(reader.wait(timeoutMilliseconds: nil))
        reader.read { _ in }
        log.end(.finished, at: 2)
        #expect(reader.wait(timeoutMilliseconds: nil) && !reader.isAtEnd)
        reader.read { _ in }
        #expect(!reader.wait(timeoutMilliseconds: nil) && reader.isAtEnd)
        #expect(log.append(resumed(1), at: 3) == 2)
    }

    @Test func waitHearsOfAnEndThatComesWhileItSleepsOff() {
        // The reader has read the last event, and sleeps the rest of its millisecond, when the store is closed at last.
        // How late it wakes is the machine's to say, so there are several.
        for microseconds in [300, 600, 900, 900, 900, 1500, 2000, 3000, 4000, 5000] as [UInt32] {
            let log = EventLog(SessionInfo(name: "slow close"), store: SlowlyClosing(microseconds))
            let longest = Counter()
            let thread = Thread {
                let reader = log.makeReader()
                while !reader.isAtEnd {
                    reader.read { _ in }
                    let took = ContinuousClock().measure { _ = reader.wait(timeoutMilliseconds: 4000) }
                    if took > .seconds(3) { longest.add() }
                }
            }
            usleep(5000)
            log.end(.finished, at: 1)
            thread.join()
            #expect(longest.value == 0)
        }
    }

    @Test func fourReadersAgreeWhileTheLogGrows() {
        let log = EventLog(SessionInfo(name: "four"), store: MemoryStore(first: 512, largest: 8192))
        let count = 60_000
        let sums = (0..<4).map { _ in Counter() }
        let threads = sums.map { sum in
            Thread {
                let reader = log.makeReader()
                var due: UInt64 = 1
                while !reader.isAtEnd {
                    reader.read { event in
                        if event.seq != due { sum.add(1 << 40) }
                        due = event.seq + 1
                        if case .taskResumed(let fields) = event.change { sum.add(Int(fields.task.rawValue)) }
                    }
                    _ = reader.wait(timeoutMilliseconds: nil)
                }
            }
        }
        for number in 1...count { log.append(resumed(number), at: Int64(number)) }
        log.end(.finished, at: Int64(count))
        for thread in threads { thread.join() }
        #expect(sums.map(\.value) == Array(repeating: count * (count + 1) / 2, count: 4))
    }

    @Test func theStreamEndsWithTheLog() async {
        let log = EventLog(SessionInfo(name: "stream"))
        let appender = Thread {
            for number in 1...5000 { log.append(.taskResumed(.init(task: TaskID(UInt64(number)))), at: Int64(number)) }
            log.end(.finished, at: 5001)
        }
        var count = 0
        for await _ in log.makeReader().events() { count += 1 }
        appender.join()
        #expect(count == 5001)
    }

    @Test func theLogGoesOnInMemoryWhenTheStoreGivesNoMore() throws {
        let store = EndingStore(segments: 2)
        let log = EventLog(SessionInfo(name: "full"), store: store)
        for number in 1...2000 { log.append(resumed(number), at: Int64(number)) }
        #expect(log.recordingFailure == "there is no room")
        var events: [TreeEvent] = []
        log.makeReader().read { events.append($0) }
        #expect(events.map(\.seq) == Array(1...2000))
        #expect(!events.contains { $0.change.kind == .sessionEnded })
        // What is kept ends with the reason, for those who read it later.
        let last = try #require(store.chunks.last)
        #expect(store.chunks.count == 2)
        let kept = last.withUnsafeBytes { raw -> TreeEvent? in
            let header = ChunkHeader(raw)!
            var decoder = ChunkDecoder(raw.baseAddress!, header)
            var last: TreeEvent?
            while decoder.next(before: Int(header.committed), { last = $0 }) == .event {}
            return last
        }
        #expect(kept?.change == .sessionEnded(.init(reason: .recordingFailed)))
    }
}

final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func add(_ more: Int = 1) { count.add(more, ordering: .sequentiallyConsistent) }
}

/// A thread that runs a closure.
final class Thread: @unchecked Sendable {
    private var handle = pthread_t()
    init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
    }
    func join() { pthread_join(handle, nil) }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
