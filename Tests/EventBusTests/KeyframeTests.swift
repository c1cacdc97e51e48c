import EventBus
import Testing
import TreeModel

/// A reader that fell behind goes on at the newest complete keyframe, and is told exactly what it missed.
@Suite struct KeyframeTests {
    private func resumed(_ number: Int) -> TreeEvent.Change { .taskResumed(.init(task: TaskID(UInt64(number)))) }

    private func row(_ task: Int) -> TreeEvent.Change {
        var row = TreeEvent.SnapshotTask()
        row.started = .init(task: TaskID(UInt64(task)), name: "t")
        return .snapshotTask(row)
    }

    /// A log in small segments, which retains about eight of them.
    private func smallLog() -> EventLog {
        EventLog(SessionInfo(name: "small"), store: MemoryStore(first: 256, largest: 256), retaining: 2048)
    }

    private func append(_ numbers: ClosedRange<Int>, to log: EventLog) {
        for number in numbers { log.append(resumed(number), at: Int64(number)) }
    }

    private func everything(_ reader: EventReader) -> [TreeEvent] {
        var events: [TreeEvent] = []
        reader.read { events.append($0) }
        return events
    }

    @Test func aReaderThatFellBehindGoesOnAtTheNewestCompleteKeyframe() {
        let log = smallLog()
        let late = log.makeReader()
        append(1...1, to: log)
        #expect(everything(late).count == 1)
        append(2...1000, to: log)
        log.beginKeyframe(at: 1000)
        log.append(row(1), at: 1000)
        append(1001...1001, to: log)
        log.append(row(2), at: 1001)
        log.endKeyframe(at: 1001)
        append(1002...1010, to: log)
        // One that is not complete is no place to go on at.
        log.beginKeyframe(at: 1010)
        log.append(row(3), at: 1010)
        let events = everything(late)
        // What its own segment still had, the gap, and the keyframe with all that followed.
        let gap = events.firstIndex { $0.change.kind == .gap }!
        #expect(events[..<gap].map(\.seq) == Array(2...UInt64(gap + 1)))
        #expect(events[gap] == TreeEvent(seq: UInt64(gap) + 2, t: 1000, change: .gap(.init(lost: 999 - UInt64(gap)))))
        let kinds = events[(gap + 1)...].prefix(5).map(\.change.kind)
        #expect(kinds == [.snapshotBegin, .snapshotTask, .taskResumed, .snapshotTask, .snapshotEnd])
        #expect(events[gap + 1].seq == 1000)
        #expect(events[(gap + 1)...].filter { $0.change.kind == .taskResumed }.map(\.seq) == Array(1001...1010))
        #expect(events.count { $0.change.kind == .gap } == 1)
        // One that begins at a beginning that is gone misses all before the keyframe.
        let fresh = everything(log.makeReader())
        #expect(fresh.first?.seq == 1 && fresh.first?.change == .gap(.init(lost: 1000)))
        #expect(Array(fresh.dropFirst()) == Array(events[(gap + 1)...]))
    }

    /// Keeps what it takes, up to so many at a time.
    private struct Taking: EventSink {
        var wantsRows: Bool
        var most = Int.max
        var events: [TreeEvent] = []

        mutating func take(_ event: TreeEvent) -> Bool {
            events.append(event)
            return events.count % most != 0
        }
    }

    @Test func rowsArePassedOverForASinkThatDoesNotWantThem() {
        let log = smallLog()
        append(1...3, to: log)
        log.beginKeyframe(at: 3)
        for task in 1...20 { log.append(row(task), at: 3) }
        log.endKeyframe(at: 3)
        append(4...6, to: log)
        var (some, all) = (Taking(wantsRows: false), Taking(wantsRows: true))
        #expect(log.makeReader().read(into: &some) == 8)
        #expect(log.makeReader().read(into: &all) == 28)
        #expect(some.events == all.events.filter { !$0.change.kind.isRow })
        #expect(all.events == everything(log.makeReader()))
    }

    @Test func aReaderStopsWhereItsSinkHasEnoughAndGoesOnThere() {
        let log = smallLog()
        append(1...100, to: log)
        let reader = log.makeReader()
        var sink = Taking(wantsRows: true, most: 7)
        let counts = (0..<16).map { _ in reader.read(limit: 10, into: &sink) }
        #expect(counts == Array(repeating: 7, count: 14) + [2, 0])
        #expect(sink.events == everything(log.makeReader()))
    }

    @Test func aKeyframeThatBeginsASegmentIsFoundToo() {
        // Wherever in a segment the begin mark falls.
        for count in 900...960 {
            let log = smallLog()
            append(1...count, to: log)
            log.beginKeyframe(at: Int64(count))
            log.append(row(1), at: Int64(count))
            log.endKeyframe(at: Int64(count))
            append(count + 1...count + 3, to: log)
            let events = everything(log.makeReader())
            #expect(events.first?.change == .gap(.init(lost: UInt64(count))), "\(count) events")
            #expect(events.dropFirst().first?.change.kind == .snapshotBegin, "\(count) events")
            #expect(events.suffix(3).map(\.seq) == (1...3).map { UInt64(count + $0) }, "\(count) events")
        }
    }

    @Test func withoutARetainedKeyframeItGoesOnAtTheOldestEvent() {
        let log = smallLog()
        append(1...100, to: log)
        log.beginKeyframe(at: 100)
        log.endKeyframe(at: 100)
        append(101...5000, to: log)
        let events = everything(log.makeReader())
        guard case .gap(let gap) = events.first?.change else {
            Issue.record("no gap: \(events.first as Any)")
            return
        }
        #expect(events.dropFirst().map(\.seq) == Array(gap.lost + 1...5000))
        #expect(gap.lost > 100)
    }

    @Test func aKeyframeLargerThanWhatIsRetainedIsNone() {
        let log = smallLog()
        log.beginKeyframe(at: 1)
        for task in 1...1000 { log.append(row(task), at: 1) }
        append(1...10, to: log)
        log.endKeyframe(at: 10)
        let events = everything(log.makeReader())
        #expect(events.first?.change.kind != .snapshotBegin)
        #expect(events.last?.change.kind == .snapshotEnd)
        #expect(everything(log.makeReader(from: .keyframe)) == events)
    }

    @Test func aLateReaderMayBeginAtTheNewestKeyframe() {
        let log = smallLog()
        append(1...20, to: log)
        // Without a keyframe it begins at the beginning.
        #expect(everything(log.makeReader(from: .keyframe)).map(\.seq) == Array(1...20))
        for place in [20, 30] {
            log.beginKeyframe(at: Int64(place))
            log.append(row(place), at: Int64(place))
            log.endKeyframe(at: Int64(place))
            append(place + 1...place + 10, to: log)
        }
        let reader = log.makeReader(from: .keyframe)
        #expect(reader.wait(timeoutMilliseconds: nil))
        let events = everything(reader)
        #expect(events.first?.change == .snapshotBegin(.init()) && events.first?.seq == 30)
        #expect(events.dropFirst(3).map(\.seq) == Array(31...40))
        #expect(!reader.wait(timeoutMilliseconds: 0))
        append(41...41, to: log)
        #expect(everything(reader).map(\.seq) == [41])
    }

    @Test func aGapMayBePassedOnItsOwn() {
        let log = smallLog()
        append(1...1000, to: log)
        log.beginKeyframe(at: 1000)
        log.endKeyframe(at: 1000)
        let reader = log.makeReader()
        var events: [TreeEvent] = []
        #expect(reader.read(limit: 1) { events.append($0) } == 1)
        #expect(reader.read(limit: 1) { events.append($0) } == 1)
        #expect(reader.read { events.append($0) } == 1)
        var end = TreeEvent.SnapshotEnd()
        (end.started, end.succeeded, end.failed, end.cancelled, end.abandoned, end.returned) = (0, 0, 0, 0, 0, 0)
        (end.acquired, end.released, end.releaseFailures, end.leaked, end.starvations) = (0, 0, 0, 0, 0)
        #expect(
            events.map(\.change) == [.gap(.init(lost: 1000)), .snapshotBegin(.init()), .snapshotEnd(end)])
    }

    /// The rows of a keyframe say what is alive, and its end how many were there before.
    @Test func theEndOfAKeyframeCountsWhatTheLogHas() {
        for firstSeq: UInt64 in [1, 9] {
            let log = EventLog(SessionInfo(name: "counted"), firstSeq: firstSeq)
            for (number, outcome) in [Outcome.succeeded, .failed, .failed, .cancelled, .abandoned].enumerated() {
                let task = TaskID(UInt64(number) + 1)
                // Both ways to append.
                log.append(TreeEvent.TaskStarted(task: task, name: "t"), at: 0)
                log.append(.taskStarted(.init(task: TaskID(task.rawValue + 10), name: "t")), at: 0)
                log.append(TreeEvent.TaskFinished(task: task, outcome: outcome), at: 0)
                log.append(.taskFinished(.init(task: TaskID(task.rawValue + 10), outcome: outcome)), at: 0)
            }
            log.append(.taskReturned(.init(task: TaskID(5))), at: 0)
            for (number, outcome) in [ReleaseOutcome.ok, .failed, .timedOut, .leaked].enumerated() {
                let resource = ResourceID(UInt64(number) + 1)
                log.append(TreeEvent.ResourceAcquired(resource: resource, task: TaskID(1), name: "r"), at: 0)
                log.append(
                    TreeEvent.ResourceReleased(resource: resource, task: TaskID(1), outcome: outcome, duration: 1),
                    at: 0)
            }
            log.append(.engineStarved(.init(duration: 1)), at: 0)
            log.beginKeyframe(at: 1)
            log.endKeyframe(at: 1)
            var expected = TreeEvent.SnapshotEnd()
            if firstSeq == 1 {
                expected.started = 10
                (expected.succeeded, expected.failed, expected.cancelled, expected.abandoned) = (2, 4, 2, 2)
                expected.returned = 1
                (expected.acquired, expected.released, expected.releaseFailures, expected.leaked) = (4, 4, 2, 1)
                expected.starvations = 1
            }
            #expect(everything(log.makeReader()).last?.change == .snapshotEnd(expected))
        }
    }

    /// Rows are written against each other: alike ones take a few bytes each, and nothing of them is lost.
    @Test func aRowTakesWhatItDoesNotShareWithTheOneBefore() {
        let log = EventLog(SessionInfo(name: "rows"))
        var rows: [TreeEvent.Change] = []
        for number in 1...300 {
            var row = TreeEvent.SnapshotTask()
            row.started = .init(
                task: TaskID(UInt64(number * 3)), parent: TaskID(1), name: "worker-\(number)", kind: "worker",
                labels: [Label("zone", "north")], deadline: 9_000_000_000, grace: 5_000_000_000, policy: .isolate)
            row.since = Int64(number) * 1_000_000 + Int64(number % 7)
            row.on =
                number % 100 == 0 ? WaitTarget(kind: "lock", id: 7, name: String(repeating: "long ", count: 40)) : nil
            row.cause = number > 200 ? Cause(.user, by: "ann", origin: TaskID(2)) : nil
            rows.append(.snapshotTask(row))
            guard number % 10 == 0 else { continue }
            var held = TreeEvent.SnapshotResource()
            held.acquired = .init(
                resource: ResourceID(UInt64(number)), task: TaskID(UInt64(number * 3)), name: "socket", kind: "socket",
                budget: 1_000_000_000, after: number > 150 ? [ResourceID(1), ResourceID(2)] : nil)
            held.since = Int64(number) * 1_000_000
            rows.append(.snapshotResource(held))
        }
        log.beginKeyframe(at: 10_000_000_000)
        let before = log.bytes
        for (number, row) in rows.enumerated() {
            log.append(row, at: 10_000_000_000)
            // What stands between rows leaves them alone.
            if number % 50 == 0 { append(number + 1...number + 1, to: log) }
        }
        #expect(log.bytes - before < 14 * rows.count)
        log.endKeyframe(at: 10_000_000_000)
        let read = everything(log.makeReader()).map(\.change).filter {
            $0.kind == .snapshotTask || $0.kind == .snapshotResource
        }
        #expect(read == rows)
    }
}
