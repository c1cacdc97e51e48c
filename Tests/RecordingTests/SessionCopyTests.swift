import EventBus
import TestSupport
import Testing
import TreeModel

@testable import Recording

/// What all copies have in common, read back from what `treetop pack`, `trim` and `merge` write.
func exported(_ path: String, redaction: Redaction? = nil) throws -> [UInt8] {
    try jsonLines(of: SessionFile(path, redaction: redaction))
}

@Suite struct SessionPackTests {
    private let directory = Scratch()

    /// A packed file says what the one it was made of says, and what is in it is whole.
    @discardableResult
    private func pack(_ name: String, _ comment: String = "") throws -> SessionFile {
        let session = try SessionFile(directory[name])
        let packed = directory[name + ".packed"]
        _ = try SessionPack.write(session, to: packed)
        let again = try SessionFile(packed, recovery: .strict)
        #expect(try exported(packed) == exported(directory[name]), "\(name) \(comment)")
        var (before, after) = (try Check.verdict(of: session), try Check.verdict(of: again))
        // What was said of the damage is not there any more; the gap is.
        (before.notes, after.notes) = ([], [])
        #expect(before == after, "\(name) \(comment)")
        #expect(again.isComplete)
        return again
    }

    @Test func whatIsExportedAndCheckedIsTheSameAndTheFileIsSmaller() throws {
        let seed = Seeds.any()
        for fullness in 0...4 {
            let name = "\(fullness)"
            _ = try record(randomEvents(3_000, seed: seed, fullness: fullness), to: directory[name])
            try pack(name, "seed \(seed)")
        }
        // Small chunks say their strings again and again.
        _ = try record(
            (0..<5_000).map { number in
                let name = "a rather long name of a task, number \(number % 50) of all"
                return (.taskStarted(.init(task: TaskID(UInt64(number + 1)), name: name)), Int64(number))
            }, to: directory["names"])
        try pack("names")
        #expect(contents(directory["names.packed"]).count * 3 < contents(directory["names"]).count * 2)
    }

    @Test func whatIsOpenCutOrDamagedIsSealed() throws {
        let session = SessionInfo(name: "open")
        let store = try MappedStore(creating: directory["open"], for: session, firstChunk: 4096, largestChunk: 8192)
        let log = EventLog(session, store: store)
        for (change, t) in resumed(3_000) { log.append(change, at: t) }
        try pack("open")
        let bytes = contents(directory["open"])
        write(bytes.prefix(9_000), to: directory["cut"])
        try pack("cut")
        let entries = try chunks(directory["open"]).entries
        var damaged = bytes
        damaged[entries[1].offset + 200] ^= 1
        write(damaged, to: directory["damaged"])
        let packed = try pack("damaged")
        #expect(try packed.load().contains { $0.change.kind == .gap })
        #expect(contents(directory["damaged.packed"]).count < bytes.count)
        // Where only a prefix is asked for, it is that.
        let prefix = try SessionFile(directory["damaged"], recovery: .prefix)
        _ = try SessionPack.write(prefix, to: directory["prefix"])
        #expect(try SessionFile(directory["prefix"]).load() == prefix.load())
        withExtendedLifetime(log) {}
    }

    @Test func whatIsOfANewerVersionIsKept() throws {
        _ = try record(resumed(6_000), to: directory["a"])
        var bytes = contents(directory["a"])
        let entries = try chunks(directory["a"]).entries
        bytes[entries[1].offset + 4] = 77
        bytes[entries[1].offset + 5] = 0
        for place in [2, 4] {
            bytes[entries[place].offset + 5] = 0
            bytes[entries[place].offset + 64 + 1] = 200
        }
        write(bytes, to: directory["newer"])
        let (before, found) = try items(SessionFile(directory["newer"]))
        #expect(found.unknownEvents == 2 && found.unknownChunks == 1)
        try pack("newer")
        let (after, again) = try items(SessionFile(directory["newer.packed"]))
        #expect(after == before && again.unknownEvents == 2 && again.unknownChunks == 1)
        // The chunk that nothing here can read is there, byte by byte.
        let kept = try chunks(directory["newer.packed"]).unknown[0].chunk
        let copied = contents(directory["newer.packed"])[(kept.offset + 64)..<(kept.offset + kept.available)]
        #expect(copied == bytes[(entries[1].offset + 64)..<(entries[1].offset + entries[1].available)])
    }

    @Test func theIndexSaysWhereTheChunksAre() throws {
        var changes = resumed(20_000)
        for place in [15_000, 5_000] {
            changes.insert(contentsOf: [(.snapshotBegin(.init()), 0), (.snapshotEnd(.init()), 0)], at: place)
        }
        _ = try record(changes, to: directory["a"], chunk: 1 << 20)
        try pack("a")
        let bytes = contents(directory["a.packed"])
        func number(_ at: Int) -> Int {
            bytes.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: UInt64.self))) }
        }
        let index = number(bytes.count - 64 + 48)
        #expect(bytes[index + 4] == ChunkKind.index.rawValue)
        let entries = try chunks(directory["a.packed"]).entries
        #expect(number(index + 16) == 64 + 32 * entries.count && entries.count == 2)
        for (place, entry) in entries.enumerated() {
            let at = index + 64 + 32 * place
            #expect(number(at) == entry.offset && number(at + 8) == Int(entry.header.firstSeq))
            #expect(number(at + 16) == Int(entry.header.firstT))
        }
        #expect(number(index + 64 + 24) == 0 && number(index + 96 + 24) == 1)
    }

    @Test func linesAndLogsThatBeginMidWayArePackedToo() throws {
        for (name, script) in [
            ("mid-way", "seq 9\nsnapshot begin\nrow 1\nheld 4 1\nsnapshot end\nfinish 1\nend"), ("nothing", ""),
            ("gaps", "start 1\ngap 7\nfinish 1\nend"),
        ] {
            write(jsonLines(ScriptedLog(script).events), to: directory[name])
            try pack(name)
        }
    }

    @Test func nothingIsWrittenOverAndNoRoomIsSaid() throws {
        _ = try record(resumed(10), to: directory["a"])
        let session = try SessionFile(directory["a"])
        let refused = error { () throws(SessionError) in _ = try SessionPack.write(session, to: directory["a"]) }
        #expect(refused?.code == .cannotCreate && refused?.message.contains("exists already") == true)
        let nowhere = error { () throws(SessionError) in _ = try SessionPack.write(session, to: directory["b/c"]) }
        #expect(nowhere?.code == .cannotCreate)
    }
}

@Suite struct SessionTrimTests {
    private let directory = Scratch()

    private func tree(_ path: String, at t: Int64) throws -> LiveTree {
        var tree = LiveTree()
        for event in try SessionFile(path).load() where event.t <= t { tree.apply(event) }
        tree.advance(to: t)
        tree.settle()
        return tree
    }

    /// A run with tasks that come and go, and resources, in the order of a real one.
    private func story(_ seed: UInt64) -> [(change: TreeEvent.Change, t: Int64)] {
        var random = Seeded(seed)
        var (changes, live, t, next): ([(TreeEvent.Change, Int64)], [UInt64], Int64, UInt64) = ([], [1], 0, 2)
        changes.append((.taskStarted(.init(task: TaskID(1), name: "root")), 0))
        for _ in 0..<800 {
            t += Int64.random(in: 1...1_000_000, using: &random)
            if Bool.random(using: &random) || live.count == 1 {
                let parent = live.randomElement(using: &random)!
                changes.append(
                    (.taskStarted(.init(task: TaskID(next), parent: TaskID(parent), name: "task-\(next)")), t))
                changes.append(
                    (.resourceAcquired(.init(resource: ResourceID(next), task: TaskID(next), name: "r\(next)")), t))
                live.append(next)
                next += 1
            } else {
                // The one that started last has no children.
                let last = live.removeLast()
                changes.append((.resourceReleasing(.init(resource: ResourceID(last), task: TaskID(last))), t))
                changes.append(
                    (
                        .resourceReleased(
                            .init(resource: ResourceID(last), task: TaskID(last), outcome: .ok, duration: 1)), t
                    ))
                changes.append((.taskFinished(.init(task: TaskID(last), outcome: .succeeded)), t))
            }
        }
        return changes
    }

    @Test func theTreeIsAtEachInstantWhatItWas() throws {
        let seed = Seeds.any()
        let changes = story(seed)
        _ = try record(changes, to: directory["a"])
        let end = changes.last?.t ?? 0
        let (from, to) = (end / 3, end / 3 * 2)
        let result = try SessionTrim.write(SessionFile(directory["a"]), from: from, to: to, to: directory["b"])
        let kept = try SessionFile(directory["b"], recovery: .strict).load()
        #expect(result.events == kept.count, "seed \(seed)")
        for t in [from, from + (to - from) / 2, to - 1] {
            let (was, cut) = (try tree(directory["a"], at: t), try tree(directory["b"], at: t))
            #expect(cut.snapshotRows() == was.snapshotRows(), "seed \(seed) at \(t)")
        }
        // Times and places are those of the whole; what is cut is a gap on both sides.
        let all = try SessionFile(directory["a"]).load()
        let inside = all.filter { $0.t >= from && $0.t <= to }
        let rows = kept.drop { $0.change.kind != .snapshotBegin }.prefix { $0.change.kind != .snapshotEnd }
        #expect(Array(kept.dropFirst(rows.count + 2).dropLast()) == inside, "seed \(seed)")
        #expect(kept[0] == TreeEvent(seq: 1, t: from, change: .gap(.init(lost: inside[0].seq - 1))))
        let last = inside[inside.count - 1].seq
        #expect(kept.last?.seq == last + 1 && kept.last?.change == .gap(.init(lost: all[all.count - 1].seq - last)))
        #expect(try Check.verdict(of: SessionFile(directory["b"])).result == .undetermined)
    }

    @Test func allOfItIsThatAndNothingBeforeIsNoGap() throws {
        _ = try record(story(1), to: directory["a"])
        let session = try SessionFile(directory["a"])
        _ = try SessionTrim.write(session, from: .min, to: .max, to: directory["b"])
        #expect(try exported(directory["b"]) == exported(directory["a"]))
        // From an instant on to the end: it says that the session ended.
        _ = try SessionTrim.write(session, from: 1_000_000, to: .max, to: directory["c"])
        let rest = try SessionFile(directory["c"])
        #expect(rest.ended == .finished && rest.lastSeq == session.lastSeq)
        // Between two events nothing happened, and the tree stood as it did.
        let events = try session.load()
        let between = try #require(zip(events, events.dropFirst()).first { $0.t + 1 < $1.t })
        _ = try SessionTrim.write(session, from: between.0.t + 1, to: between.0.t + 1, to: directory["d"])
        let still = try SessionFile(directory["d"], recovery: .strict).load()
        #expect(still.first?.change.kind == .gap && still.last?.change.kind == .gap)
        #expect(still.dropFirst().dropLast().allSatisfy { $0.change.kind.name.hasPrefix("snapshot.") })
    }

    @Test func whatWasNotKnownAtTheCutStaysUnknown() throws {
        let log = ScriptedLog("start 1\nstart 2 1\ngap 5\nstart 9 1\nfinish 9\nend")
        write(jsonLines(log.events), to: directory["a"])
        _ = try SessionTrim.write(SessionFile(directory["a"]), from: 8_000_000, to: .max, to: directory["b"])
        let kept = try SessionFile(directory["b"], recovery: .strict).load()
        let last = try #require(kept.lastIndex { $0.change.kind == .snapshotEnd })
        #expect(kept[last + 1].change == .gap(.init(lost: 1)), "the gap behind the rows")
        #expect(kept[last + 2].seq == 8)
    }
}
