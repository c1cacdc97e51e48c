import EventBus
import Glibc
import TestSupport
import Testing
import TreeModel

@testable import Recording

/// Recordings that keep the last part of a session, or are kept only if something came up.
@Suite struct KeepingTests {
    private let directory = Scratch()

    private func start(_ keeping: Keeping, _ name: String = "a") throws -> (log: EventLog, store: MappedStore) {
        let session = SessionInfo(name: "kept")
        let store = try MappedStore(
            creating: directory[name], for: session, keeping: keeping, firstChunk: 4096, largestChunk: 4096)
        return (EventLog(session, store: store, retaining: 8 << 10), store)
    }

    private func size(_ name: String) -> Int {
        var status = stat()
        return stat(directory[name], &status) == 0 ? Int(status.st_size) : -1
    }

    /// What a copy of the file says at this moment, as after a kill.
    private func look(_ name: String = "a") throws -> [TreeEvent] {
        // A kill is at one moment, a copy is not: it counts where nothing was let go of meanwhile.
        var copy = contents(directory[name])
        while case let again = contents(directory[name]), again != copy { copy = again }
        write(copy, to: directory["copy"])
        return try SessionFile(directory["copy"]).load()
    }

    /// The rows of a thousand tasks fill several chunks, of one `seq` and one time.
    @Test(arguments: [20, 1000] as [UInt64])
    func theFileKeepsToItsBytesAndIsASessionAtAnyMoment(tasks: UInt64) throws {
        let bytes = 256 << 10
        let (log, store) = try start(Keeping(bytes: bytes))
        var steady = Steady(log, tasks: tasks)
        for round in 0..<25 {
            steady.go(1000, keyframe: 500)
            #expect(size("a") <= bytes, "round \(round)")
            let events = try look()
            #expect(events.last?.seq == log.lastSeq, "round \(round)")
            guard let first = events.first, first.seq > 1 else { continue }
            // It begins with a keyframe, and nothing is missing behind it.
            #expect(first.change.kind == .snapshotBegin, "round \(round): \(first)")
            let seqs = events.filter { !$0.change.kind.name.hasPrefix("snapshot") }.map(\.seq)
            #expect(seqs == Array((first.seq + 1)...log.lastSeq), "round \(round)")
            let verdict = Check.verdict(of: events)
            #expect(verdict.violations.isEmpty, "round \(round): \(verdict.violations.first?.description ?? "")")
        }
        log.end(.finished, at: steady.t)
        #expect(log.recordingFailure == nil && store.failure == nil)
        let file = try SessionFile(directory["a"])
        #expect(file.isComplete && file.ended == .finished && file.keeping.bytes == bytes)
        let (_, summary) = try items(file)
        #expect(summary.notKept > 0 && summary.lostEvents == 0 && summary.damagedChunks == 0)
        #expect(summary.lines.contains { $0.contains("not kept") && $0.contains("the last 262144 bytes") })
        // Three quarters of it are used, at least.
        #expect(size("a") > bytes / 2)
    }

    /// Chunks stand in any order, also those of one keyframe, which begin with the same `seq`.
    @Test(arguments: 0..<5 as Range<UInt64>)
    func chunksMayStandAnywhere(seed: UInt64) throws {
        var random = Seeded(seed)
        let (log, _) = try start(Keeping(bytes: 256 << 10))
        var steady = Steady(log, tasks: 1000)
        steady.go(20_000, keyframe: 500)
        log.end(.finished, at: steady.t)
        let file = try SessionFile(directory["a"])
        let all = try #require(file.index).entries
        let (places, bytes) = (all.filter { $0.header.capacity == 4096 }.map(\.offset), contents(directory["a"]))
        #expect(Set(all.map(\.header.firstSeq)).count < all.count)
        var moved = bytes
        for (place, other) in zip(places, places.shuffled(using: &random)) {
            moved.replaceSubrange(place..<place + 4096, with: bytes[other..<other + 4096])
        }
        write(moved, to: directory["moved"])
        let (expected, found) = (try file.load(), try SessionFile(directory["moved"]).load())
        #expect(found == expected, "seed \(seed)")
    }

    /// Behind the newest chunk stand older ones: a damaged header between them hides nothing but its own chunk.
    @Test func aDamagedHeaderHidesOneChunk() throws {
        let (log, _) = try start(Keeping(bytes: 64 << 10))
        var steady = Steady(log)
        steady.go(20_000, keyframe: 500)
        log.end(.finished, at: steady.t)
        var bytes = contents(directory["a"])
        let file = try SessionFile(directory["a"])
        let entries = try #require(file.index).entries
        let newest = try #require(entries.last)
        let behind = try #require(entries.filter { $0.offset > newest.offset }.min { $0.offset < $1.offset })
        #expect(entries.contains { $0.offset > behind.offset })
        bytes[behind.offset] ^= 0xFF
        write(bytes, to: directory["damaged"])
        let damaged = try SessionFile(directory["damaged"])
        #expect(damaged.index?.entries.count == entries.count - 1)
        #expect(damaged.lastSeq == file.lastSeq && damaged.firstSeq == file.firstSeq)
    }

    /// Between opening a file and reading it its chunks are let go of, and their places taken again.
    @Test func whatIsLetGoOfBeforeItIsReadIsNoDamage() throws {
        let (log, _) = try start(Keeping(bytes: 64 << 10))
        var steady = Steady(log)
        steady.go(10_000, keyframe: 500)
        let file = try SessionFile(directory["a"])
        let entries = try #require(file.index).entries
        steady.go(2_000, keyframe: 500)
        let gone = try entries.filter { try ChunkBuffer(file.file, $0).isGone }
        #expect(!gone.isEmpty && gone.count < entries.count)
        let reader = file.events()
        var next: UInt64?
        while let item = try reader.next() {
            guard case .event(let event) = item, !event.change.kind.name.hasPrefix("snapshot.") else { continue }
            #expect(event.seq == next ?? event.seq)
            next = event.seq + ChunkDecoder.places(event.change.kind, of: event.change)
        }
        #expect(next == file.lastSeq + 1)
        let summary = reader.summary
        #expect(summary.damages.isEmpty && summary.damagedChunks == 0 && summary.lostBytes == 0 && summary.kept != nil)
        let seeker = try #require(file.seeker())
        #expect(try seeker.faults(upTo: .max).lostBytes == 0)
        log.end(.finished, at: steady.t)
    }

    @Test func theFileKeepsToItsTime() throws {
        let limit: Int64 = 4_000_000
        let (log, _) = try start(Keeping(nanoseconds: limit))
        var steady = Steady(log)
        for round in 0..<40 {
            // A keyframe each eighth of the time, as the engine is told to write them.
            steady.go(500, keyframe: 500)
            // The thread of the store comes to it in its own time.
            var events = try look()
            while let first = events.first, steady.t > 2 * limit, steady.t - first.t > limit * 5 / 4 {
                sched_yield()
                events = try look()
            }
            let first = try #require(events.first)
            #expect(steady.t - first.t >= min(limit, steady.t - 1000), "round \(round)")
            #expect(first.seq == 1 || first.change.kind == .snapshotBegin, "round \(round)")
            #expect(events.last?.seq == log.lastSeq)
        }
        log.end(.finished, at: steady.t)
        #expect(try SessionFile(directory["a"]).isComplete)
    }

    @Test func withoutKeyframesItBeginsWithAGap() throws {
        let bytes = 64 << 10
        let (log, _) = try start(Keeping(bytes: bytes))
        for (change, t) in resumed(40_000) {
            log.append(change, at: t)
            log.tidy()
        }
        #expect(size("a") <= bytes)
        let events = try look()
        let gap = try #require(events.first)
        guard case .gap(let fields) = gap.change else {
            Issue.record("it begins with \(gap)")
            return
        }
        #expect(gap.seq == 1 && fields.lost + 1 == events[1].seq)
        #expect(events.dropFirst().map(\.seq) == Array(events[1].seq...40_000))
    }

    @Test func aReaderThatStoppedInsideItIsNotOverwritten() throws {
        let (log, _) = try start(Keeping(bytes: 64 << 10))
        let stopped = log.makeReader()
        var steady = Steady(log)
        var seqs: [UInt64] = []
        stopped.read(limit: 10) { seqs.append($0.seq) }
        steady.go(20_000, keyframe: 300)
        // The rest of the chunk that it stands in is as it was.
        var kinds: Set<TreeEvent.Kind> = []
        stopped.read { event in
            if event.seq < 200 { seqs.append(event.seq) }
            kinds.insert(event.change.kind)
        }
        #expect(seqs.count > 20 && seqs == Array(1...UInt64(seqs.count)))
        #expect(kinds.isSubset(of: [.taskStarted, .taskFinished, .snapshotBegin, .snapshotTask, .snapshotEnd, .gap]))
    }

    @Test func theProgramInPythonReadsItAlike() async throws {
        guard PythonReader.isThere else { return }
        let (log, _) = try start(Keeping(bytes: 64 << 10))
        var steady = Steady(log)
        steady.go(20_000, keyframe: 300)
        write(contents(directory["a"]), to: directory["open"])
        log.end(.finished, at: steady.t)
        for name in ["open", "a"] {
            let file = try SessionFile(directory[name])
            #expect(try await PythonReader.read([directory[name]]) == [0])
            #expect(try contents(directory[name + ".out"]) == jsonLines(of: file), "\(name)")
        }
    }

    // MARK: Occasions

    @Test func nothingIsLeftWhereNothingCameUp() throws {
        let (log, store) = try start(Keeping(bytes: 64 << 10, occasions: [.failure, .leak]))
        var steady = Steady(log)
        steady.go(5000, keyframe: 300)
        #expect(size("a") > 0)
        log.end(.finished, at: steady.t)
        #expect(store.isDiscarded && store.occasion == nil && size("a") == -1)
    }

    /// As `go`, while the thread of the store keeps up: what it has not searched yet stays.
    private func pace(_ steady: inout Steady, _ count: Int) throws {
        for _ in 0..<count / 250 {
            steady.go(250, keyframe: 300)
            while try chunks(directory["a"]).entries.count(where: { !$0.header.isSealed }) > 2 { sched_yield() }
        }
    }

    @Test func whatWasBeforeAFailureStaysHoweverMuchFollows() throws {
        let (log, store) = try start(Keeping(bytes: 64 << 10, occasions: [.failure]))
        var steady = Steady(log)
        try pace(&steady, 8000)
        steady.fail()
        let failedAt = log.lastSeq
        try pace(&steady, 10_000)
        log.end(.signal, at: steady.t)
        #expect(!store.isDiscarded && store.occasion?.seq == failedAt && store.occasion?.occasion == .failure)
        #expect(size("a") <= (64 << 10) * 9 / 4)
        let events = try SessionFile(directory["a"]).load()
        #expect(events.first?.change.kind == .snapshotBegin)
        let failed = try #require(events.firstIndex { $0.seq == failedAt && $0.change.kind == .taskFinished })
        // What was before it, and after it, is there without a gap; the rest of the gap is told, and then comes the end.
        let gaps = events.indices.filter { events[$0].change.kind == .gap }
        #expect(gaps.count == 1 && failed > 1000 && gaps[0] > failed + 500)
        #expect(events.last?.change.kind == .sessionEnded)
        #expect(Check.verdict(of: events).violations.isEmpty)
    }

    @Test(arguments: [
        (
            Occasion.leak,
            TreeEvent.Change.resourceReleased(
                .init(resource: ResourceID(1), task: TaskID(1), outcome: .leaked, duration: 0))
        ),
        (.abandoned, .taskFinished(.init(task: TaskID(1), outcome: .abandoned))),
        (.cascade(over: 2_000), completed(1, 2_001)),
        // One that hangs.
        (.cascade(over: 2_000), .taskResumed(.init(task: TaskID(1)))),
    ])
    func eachOccasionIsFound(_ occasion: Occasion, _ change: TreeEvent.Change) {
        var (watch, other) = (OccasionWatch([occasion]), OccasionWatch([.failure]))
        let request = TreeEvent(
            seq: 1, t: 0,
            change: .cancelRequested(.init(cascade: CascadeID(1), task: TaskID(1), force: false, cause: Cause(.code))))
        let early = TreeEvent(seq: 2, t: 2_000, change: completed(2, 2_000))
        for event in [request, early] { watch.see(event) }
        #expect(watch.found == nil)
        watch.see(TreeEvent(seq: 3, t: 2_001, change: change))
        other.see(TreeEvent(seq: 3, t: 2_001, change: change))
        #expect(watch.found == OccasionWatch.Found(occasion: occasion, seq: 3, t: 2_001) && other.found == nil)
    }
}

private func completed(_ cascade: UInt64, _ duration: UInt64) -> TreeEvent.Change {
    var end = TreeEvent.CancelCompleted()
    end.cascade = CascadeID(cascade)
    end.duration = duration
    return .cancelCompleted(end)
}
