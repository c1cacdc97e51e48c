import EventBus
import TestSupport
import Testing
import TreeModel

@testable import Recording

/// Going to any place of a file: what was not read before changes nothing.
@Suite struct SeekerTests {
    private let directory = Scratch()

    /// Tasks that come and go a few levels deep: most of them end well, some do not, hold something, or say something.
    private func storm(_ count: Int, seed: UInt64) -> [(change: TreeEvent.Change, t: Int64)] {
        var random = Seeded(seed)
        var changes: [(change: TreeEvent.Change, t: Int64)] = []
        var t: Int64 = 0
        var next: UInt64 = 1
        /// The tasks that are alive, parents first.
        var living: [(id: UInt64, parent: Int, holds: Bool)] = []
        func add(_ change: TreeEvent.Change) {
            t += Int64.random(in: 0...2_000_000, using: &random)
            changes.append((change, t))
        }
        func start(below parent: Int?) {
            let above = parent.map { TaskID(living[$0].id) }
            add(.taskStarted(.init(task: TaskID(next), parent: above, name: "task-\(next)")))
            let holds = next % 29 == 0
            if holds {
                add(.resourceAcquired(.init(resource: ResourceID(next), task: TaskID(next), name: "r", kind: "k")))
            }
            living.append((next, parent ?? -1, holds))
            next += 1
        }
        start(below: nil)
        while changes.count < count {
            let index = Int.random(in: 0..<living.count, using: &random)
            let task = TaskID(living[index].id)
            switch Int.random(in: 0..<12, using: &random) {
            case 0: add(.taskWaiting(.init(task: task, on: WaitTarget(kind: "idle"), since: t)))
            case 1: add(.taskResumed(.init(task: task)))
            case 2 where task.rawValue % 17 == 0: add(.taskLog(.init(task: task, level: "info", message: "said")))
            case 3...6 where living.count < 60: start(below: index)
            // The last one has no children.
            case 7... where living.count > 1:
                let task = living.removeLast()
                if task.holds {
                    let id = ResourceID(task.id)
                    add(.resourceReleasing(.init(resource: id, task: TaskID(task.id))))
                    add(.resourceReleased(.init(resource: id, task: TaskID(task.id), outcome: .ok, duration: 5)))
                }
                let failed = task.id % 41 == 0
                add(
                    .taskFinished(
                        .init(
                            task: TaskID(task.id), outcome: failed ? .failed : .succeeded,
                            error: failed ? Failure(type: "E", message: "bad") : nil)))
            default: break
            }
        }
        return changes
    }

    /// From a tree that knows all on to another place: then too it knows all.
    @Test func aLongWayLeadsToTheSameTreeToTheLastDetail() throws {
        let seed = Seeds.any()
        let log = try record(storm(60_000, seed: seed), to: directory["a"], chunk: 64 << 10)
        var events: [TreeEvent] = []
        log.makeReader().read { events.append($0) }
        let seeker = try #require(SessionFile(directory["a"]).seeker())
        var random = Seeded(seed)
        for _ in 0..<3 {
            let start = Int.random(in: 0..<10_000, using: &random)
            let stop = Int.random(in: 50_000..<events.count, using: &random)
            var tree = LiveTree()
            for event in events[..<start] { tree.apply(event) }
            var whole = tree
            for event in events[start..<stop] { whole.apply(event) }
            try seeker.fold(&tree, from: start == 0 ? .beginning : .seq(UInt64(start)), to: .seq(UInt64(stop)))
            #expect(tellsAll(tree) == tellsAll(whole), "seed \(seed), from \(start) to \(stop)")
        }
    }

    @Test func anyStretchIsReadAsItIs() throws {
        let seed = Seeds.any()
        let log = try record(randomEvents(3_000, seed: seed), to: directory["a"])
        var events: [TreeEvent] = []
        log.makeReader().read { events.append($0) }
        let seeker = try #require(SessionFile(directory["a"]).seeker())
        var random = Seeded(seed)
        let last = events[events.count - 1].seq
        for _ in 0..<300 {
            let start = UInt64.random(in: 0...last, using: &random)
            let stop = UInt64.random(in: start...last, using: &random)
            var found: [TreeEvent] = []
            try seeker.events(from: .seq(start), to: .seq(stop)) { found.append($0) }
            #expect(found == events.filter { $0.seq > start && $0.seq <= stop }, "seed \(seed), \(start) to \(stop)")
            let t = Int64.random(in: 0...(events.last?.t ?? 0), using: &random)
            let seq = events.last { $0.t <= t }?.seq ?? 0
            #expect(try seeker.seq(at: t) == seq, "seed \(seed), at \(t)")
        }
    }

    /// A keyframe of a log whose writer did not count what is over, or that has a hole, is no place to begin at.
    @Test func aKeyframeThatDoesNotTellAllIsNotUsed() throws {
        func log(_ between: TreeEvent.Change?, counts: Bool) -> [(change: TreeEvent.Change, t: Int64)] {
            var end = TreeEvent.SnapshotEnd()
            if counts { (end.started, end.succeeded) = (5, 1) }
            var row = TreeEvent.SnapshotTask()
            row.started = .init(task: TaskID(1), name: "root")
            var changes: [TreeEvent.Change] = [
                .taskStarted(row.started), .snapshotBegin(.init()), .snapshotTask(row),
            ]
            if let between { changes.append(between) }
            changes += [.snapshotEnd(end), .taskResumed(.init(task: TaskID(1)))]
            return changes.enumerated().map { ($0.element, Int64($0.offset)) }
        }
        for (name, between, counts) in [
            ("good", nil, true), ("none", nil, false), ("hole", .gap(.init(lost: 3)), true),
        ] as [(String, TreeEvent.Change?, Bool)] {
            _ = try record(log(between, counts: counts), to: directory[name])
            let seeker = try #require(SessionFile(directory[name]).seeker())
            let found = try seeker.keyframe(before: .t(.max))
            #expect((found != nil) == (name == "good"), "\(name)")
            // The counts are those of the keyframe only where it is used.
            #expect(try seeker.tree(at: .t(.max)).totals.started == (name == "good" ? 5 : 1), "\(name)")
        }
    }

    /// So that a tree has room for them, wherever the chunks of a keyframe begin.
    @Test func aKeyframeKnowsHowManyTasksItHas() throws {
        var end = TreeEvent.SnapshotEnd()
        end.started = 3000
        for count in [0, 1, 3000] {
            var log: [TreeEvent.Change] = []
            for part in 1...3 {
                log += resumed(part * 500).map(\.change) + [.snapshotBegin(.init())]
                for task in 0..<count + part {
                    var row = TreeEvent.SnapshotTask()
                    row.started = .init(task: TaskID(UInt64(task + 1)), name: "task of \(part), \(task) times seven")
                    row.since = Int64(task % 7)
                    log += task % 100 == 3 ? resumed(1).map(\.change) + [.snapshotTask(row)] : [.snapshotTask(row)]
                }
                log.append(.snapshotEnd(end))
            }
            _ = try record(log.enumerated().map { ($0.element, Int64($0.offset)) }, to: directory["\(count)"])
            let seeker = try #require(SessionFile(directory["\(count)"]).seeker())
            if count == 3000 { #expect(seeker.index.entries.count > 4) }
            let last = try #require(try seeker.keyframe(before: .t(.max)))
            #expect(last.tasks == count + 3)
            let before = try #require(try seeker.keyframe(before: .seq(last.seq - 1)))
            #expect(before.tasks == count + 2)
        }
    }

    @Test func aDamagedChunkInBetweenIsAGapThereToo() throws {
        _ = try record(resumed(6000), to: directory["a"])
        var bytes = contents(directory["a"])
        let entries = try chunks(directory["a"]).entries
        bytes[entries[1].offset + 100] ^= 0x10
        write(bytes, to: directory["b"])
        let seeker = try #require(SessionFile(directory["b"]).seeker())
        let lost = entries[2].header.firstSeq - entries[1].header.firstSeq
        let tree = try seeker.tree(at: .seq(entries[2].header.firstSeq + 5))
        #expect(tree.totals.lost == lost && tree.totals.gaps == 1)
        #expect(try seeker.faults(upTo: 1).damagedChunks == 0)
        #expect(try seeker.faults(upTo: 6000).damagedChunks == 1)
    }
}
