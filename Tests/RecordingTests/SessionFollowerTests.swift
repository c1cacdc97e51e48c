import EventBus
import Glibc
import TestSupport
import Testing
import TreeModel

@testable import Recording

/// A session file is read while it is written, by somebody of whom the writer knows nothing.
@Suite struct SessionFollowerTests {
    private let directory = Scratch()

    private func start(_ keeping: Keeping = .everything, retaining: Int = 8 << 10) throws -> EventLog {
        let session = SessionInfo(name: "followed")
        let store = try MappedStore(
            creating: directory["a"], for: session, keeping: keeping, firstChunk: 4096, largestChunk: 4096)
        return EventLog(session, store: store, retaining: retaining)
    }

    private func read(_ follower: SessionFollower) throws -> [TreeEvent] {
        var events: [TreeEvent] = []
        while try follower.read(limit: 100, { events.append($0) }) > 0 {}
        return events
    }

    @Test func eachEventIsThereAtOnceAndInOrder() throws {
        let seed = Seeds.any()
        var random = Seeded(seed)
        // The reader beside it must not fall behind, however long it is not its turn.
        let log = try start(retaining: 1 << 30)
        let follower = try SessionFollower(directory["a"])
        #expect(follower.session == log.session)
        var (expected, found): ([TreeEvent], [TreeEvent]) = ([], [])
        let reader = log.makeReader()
        for (change, t) in randomEvents(3000, seed: seed) where change.kind != .sessionEnded {
            log.append(change, at: t)
            if Int.random(in: 0..<20, using: &random) > 0 { continue }
            found += try read(follower)
            reader.read { expected.append($0) }
            #expect(found.count == expected.count && found.last == expected.last, "seed \(seed)")
        }
        #expect(follower.state == .goesOn)
        log.end(.finished, at: .max)
        reader.read { expected.append($0) }
        found += try read(follower)
        #expect(found == expected, "seed \(seed)")
        #expect(follower.state == .ended && follower.lastSeq == log.lastSeq)
    }

    private struct Knowing: EventSink {
        var events: [TreeEvent] = []
        var wantsRows: Bool { false }
        mutating func take(_ event: TreeEvent) -> Bool {
            events.append(event)
            return true
        }
    }

    @Test func rowsArePassedOverForASinkThatDoesNotWantThem() throws {
        let log = try start()
        let (follower, other) = (try SessionFollower(directory["a"]), try SessionFollower(directory["a"]))
        var (knowing, all) = (Knowing(), [TreeEvent]())
        for part in 1...4 {
            for (change, t) in resumed(part * 50) { log.append(change, at: t) }
            log.beginKeyframe(at: 0)
            // More than a chunk of them.
            for task in 1...1000 {
                var row = TreeEvent.SnapshotTask()
                row.started = .init(task: TaskID(UInt64(task)), name: "\(task) of \(part)")
                log.append(.snapshotTask(row), at: 0)
            }
            log.endKeyframe(at: 0)
            #expect(try follower.read(into: &knowing) == part * 50 + 2)
            all += try read(other)
            #expect(follower.lastSeq == log.lastSeq && other.lastSeq == log.lastSeq)
        }
        #expect(knowing.events == all.filter { !$0.change.kind.isRow } && all.count == 500 + 4 * 1002)
        #expect(follower.state == .goesOn)
    }

    @Test func aWriterThatIsGoneIsNoticedAfterItsLastEvent() throws {
        var log: EventLog? = try start()
        for (change, t) in resumed(2000) { log?.append(change, at: t) }
        let follower = try SessionFollower(directory["a"])
        #expect(try follower.read(limit: 100) { _ in } == 100)
        // The store goes without an end, as when its process is killed.
        log = nil
        var count = try read(follower).count
        // What is started elsewhere meanwhile holds the writer's lock for a moment.
        while follower.state == .goesOn { count += try read(follower).count }
        #expect(count == 1900)
        #expect(follower.state == .writerDied && follower.lastSeq == 2000)
    }

    @Test func oneThatFellBehindWhatIsKeptIsToldWhatItMissed() throws {
        let log = try start(Keeping(bytes: 64 << 10))
        let follower = try SessionFollower(directory["a"])
        var next: UInt64 = 1
        func append(_ count: Int) {
            for _ in 0..<count {
                if next % 1000 == 0 {
                    log.beginKeyframe(at: Int64(next))
                    log.endKeyframe(at: Int64(next))
                }
                log.append(.taskResumed(.init(task: TaskID(next))), at: Int64(next))
                next += 1
                log.tidy()
            }
        }
        append(500)
        var events = try read(follower)
        #expect(events.map(\.seq) == Array(1...500))
        for round in 1...20 {
            // Sometimes more than is kept, sometimes less.
            append(round % 2 == 0 ? 50_000 : 700)
            events += try read(follower)
            #expect(events.last?.seq == next - 1, "round \(round)")
        }
        var due: UInt64 = 1
        for event in events where !event.change.kind.name.hasPrefix("snapshot") {
            #expect(event.seq == due)
            due += 1
            if case .gap(let gap) = event.change { due += gap.lost - 1 }
        }
        #expect(events.count { $0.change.kind == .gap } == 10)
        log.end(.finished, at: .max)
        _ = try read(follower)
        #expect(follower.state == .ended)
    }

    @Test func whatCannotBeFollowedIsNamed() throws {
        write("{\"treetop\":1}\n", to: directory["lines"])
        let error = error { () throws(SessionError) in _ = try SessionFollower(directory["lines"]) }
        #expect(error?.message.contains("only session files can be followed") == true)
    }
}
