import TestSupport
import Testing
import TreeModel

@testable import Dashboard

/// A recording that is shown while it is read: what is shown is true at every moment, and in the end nothing is missing.
@Suite struct ReadingOnTests {
    /// A file in memory. The tree of a keyframe knows nothing of the past.
    private struct FileTape: EventTape, PastEvents {
        let events: [TreeEvent]
        /// The places of keyframes.
        var keyframes: [Int] = []
        /// How many places were read.
        let reads = Reads()
        var range: Range<Int> { 0..<Int(events.last?.seq ?? 0) }

        func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void) {
            let positions = positions.clamped(to: range)
            reads.count += positions.count
            for event in events where positions.contains(Int(event.seq) - 1) { body(event) }
        }
        func position(at instant: Int64) -> Int { Int(events.last { $0.t <= instant }?.seq ?? 0) }
        func tree(at position: Int, keyframeBehind place: Int, limits: LiveTree.Limits) -> LiveTree? {
            guard let begin = keyframes.last(where: { $0 > place && $0 <= position }) else { return nil }
            var tree = LiveTree(limits: limits)
            var whole = LiveTree()
            read(0..<begin) { whole.apply($0) }
            for row in whole.snapshotRows() { tree.apply(TreeEvent(seq: UInt64(begin), t: whole.now, change: row)) }
            read(begin..<position) { tree.apply($0) }
            return tree
        }
        func events(before position: Int, limit: Int) -> [TreeEvent] {
            Array(events.filter { Int($0.seq) <= position }.suffix(limit))
        }
    }

    private final class Reads: @unchecked Sendable {
        var count = 0
    }

    /// Many short tasks, some of which fail.
    private func script(_ count: Int) -> [TreeEvent] {
        var events: [TreeEvent] = []
        func add(_ change: TreeEvent.Change) {
            let seq = UInt64(events.count) + 1
            events.append(TreeEvent(seq: seq, t: Int64(seq) * 10_000_000, change: change))
        }
        add(.taskStarted(.init(task: TaskID(1), name: "root")))
        var task: UInt64 = 1
        while events.count < count {
            task += 1
            add(.taskStarted(.init(task: TaskID(task), parent: TaskID(1), name: "task-\(task)")))
            guard task > 8 else { continue }
            let outcome: Outcome = task % 50 == 0 ? .failed : .succeeded
            add(.taskFinished(.init(task: TaskID(task - 7), outcome: outcome)))
        }
        return events
    }

    private func fold(_ events: [TreeEvent], _ count: Int, to instant: Int64? = nil) -> LiveTree {
        var tree = LiveTree()
        for event in events[..<count] { tree.apply(event) }
        if let instant { tree.advance(to: instant) }
        return tree
    }

    private func replay(_ tape: FileTape) -> Replay {
        var replay = Replay(reading: tape, end: tape.events.last?.t ?? 0)
        replay.reach = Replay.Reach(steps: 16, unread: 100, most: 400)
        return replay
    }

    private func readAll(_ replay: inout Replay) -> [TreeEvent] {
        var seen: [TreeEvent] = []
        while replay.isAtWork { _ = replay.work(64) { seen.append($0) } }
        return seen
    }

    @Test func whatIsReadBitByBitIsAllThereIs() {
        let events = script(3_000)
        var replay = replay(FileTape(events: events))
        #expect(replay.progress == 0)
        #expect(readAll(&replay) == events)
        let plain = Replay(events: events)
        #expect(replay.progress == nil && replay.marks == plain.marks && !replay.marks.isEmpty)
        #expect(
            replay.density.columns(40, from: 0, to: replay.end) == plain.density.columns(40, from: 0, to: plain.end))
        #expect(
            replay.names.names(of: TaskID(77))?.name == "task-77"
                && replay.names.names(of: TaskID(77))?.parent == "root")
        #expect(replay.names.names(of: TaskID(9_999)) == nil)
    }

    @Test func aPlaceThatWasNotReadIsShownAsItsKeyframeHasItUntilItWas() {
        let events = script(3_000)
        var replay = replay(FileTape(events: events, keyframes: [500, 2_000]))
        replay.seek(toEvent: 2_500)
        #expect(replay.isPartial && replay.position == 2_500 && !replay.isOnTheWay)
        let whole = fold(events, 2_500)
        // What is there is known, what was is not.
        #expect(replay.tree.snapshotRows() == whole.snapshotRows())
        #expect(tellsAll(replay.tree) != tellsAll(whole))
        replay.step(by: -3)
        #expect(replay.isPartial && replay.tree.snapshotRows() == fold(events, 2_497).snapshotRows())
        replay.step(by: 3)
        while replay.isPartial { _ = replay.work(64) { _ in } }
        #expect(replay.position == 2_500 && tellsAll(replay.tree) == tellsAll(whole))
        #expect(replay.isReading)
        // Where it was read all is known at once.
        replay.seek(toEvent: 2_100)
        #expect(!replay.isPartial && tellsAll(replay.tree) == tellsAll(fold(events, 2_100)))
    }

    @Test func aFarPlaceWithoutAKeyframeIsGoneToByAndBy() {
        let events = script(3_000)
        var replay = replay(FileTape(events: events))
        replay.seek(time: 25_005_000_000)
        #expect(replay.isOnTheWay && replay.position == 0)
        var places: [Int] = []
        while replay.isOnTheWay {
            _ = replay.work(64) { _ in Issue.record("it reads before it is there") }
            places.append(replay.position)
            #expect(tellsAll(replay.tree) == tellsAll(fold(events, replay.position, to: replay.time)))
        }
        #expect(places.count > 10 && replay.position == 2_500 && replay.time == 25_005_000_000)
        // Another key is another place.
        replay.seek(toEvent: 10)
        replay.seek(toEvent: 2_900)
        #expect(replay.isOnTheWay)
        replay.seek(toEvent: 20)
        #expect(!replay.isOnTheWay && replay.position == 20)
        #expect(tellsAll(replay.tree) == tellsAll(fold(events, 20)))
    }

    /// Wherever it goes, and however far it was read, there is the tree of that place.
    @Test(arguments: 0..<6 as Range<UInt64>) func everyWayLeadsToTheTreeOfItsPlace(seed: UInt64) {
        var random = Seeded(seed)
        let events = script(1_500)
        var replay = replay(FileTape(events: events, keyframes: seed % 2 == 0 ? [300, 700, 1_100] : []))
        for _ in 0..<40 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: replay.seek(toEvent: Int.random(in: 0...1_500, using: &random))
            case 1: replay.seek(time: Int64.random(in: 0...15_100_000_000, using: &random))
            case 2: replay.step(by: -Int.random(in: 1...30, using: &random))
            case 3: replay.step(by: Int.random(in: 1...30, using: &random))
            case 4: replay.step(by: -1)
            default: for _ in 0..<4 { _ = replay.work(50) { _ in } }
            }
            let there = fold(events, replay.position, to: replay.time)
            if replay.isPartial {
                #expect(replay.tree.snapshotRows() == there.snapshotRows(), "seed \(seed)")
            } else {
                #expect(tellsAll(replay.tree) == tellsAll(there), "seed \(seed), at \(replay.position)")
            }
        }
    }

    /// However far it goes back step by step, none of the steps folds anything.
    @Test func stepsBackAreReadyBeforeTheyAreAskedFor() {
        let events = script(1_200)
        let tape = FileTape(events: events)
        var replay = replay(tape)
        _ = readAll(&replay)
        replay.seek(toEvent: 1_000)
        for step in 1...70 {
            while replay.isAtWork { _ = replay.work(64) { _ in } }
            tape.reads.count = 0
            replay.step(by: -1)
            #expect(replay.position == 1_000 - step && tape.reads.count <= 4, "at \(replay.position)")
            #expect(tellsAll(replay.tree) == tellsAll(fold(events, replay.position)))
        }
        #expect(replay.position == 930)
        // Where nobody waits, the way back is longer.
        replay.step(by: -100)
        while replay.isOnTheWay { _ = replay.work(64) { _ in } }
        #expect(tellsAll(replay.tree) == tellsAll(fold(events, 830)))
    }

    @Test func violationsAreMarksInTheirPlaces() {
        let events = script(500)
        var replay = replay(FileTape(events: events))
        _ = readAll(&replay)
        replay.noteViolations([400: "second", 3: "first"])
        #expect(replay.marks.filter { $0.kind == .violated }.map(\.name) == ["first", "second"])
        #expect(replay.marks.map(\.position) == replay.marks.map(\.position).sorted())
        #expect(replay.marks.first { $0.name == "second" }?.t == 4_000_000_000)
    }
}
