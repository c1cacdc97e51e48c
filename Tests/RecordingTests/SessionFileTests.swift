import EventBus
import Glibc
import Testing
import TreeModel

import TestSupport
@testable import Recording

@Suite struct SessionFileTests {
    private let directory = Scratch()

    @Test func whatWasRecordedIsRead() throws {
        let seed = Seeds.any()
        let changes = randomEvents(2000, seed: seed)
        let log = try record(changes, to: directory["a"])
        let file = try SessionFile(directory["a"])
        var live: [TreeEvent] = []
        log.makeReader().read { live.append($0) }
        #expect(try file.load() == live, "seed \(seed)")
        #expect(file.session == log.session)
        #expect(file.format == .binary && file.ended == .finished && file.isComplete)
        #expect(file.firstT == live.first?.t && file.lastT == live.last?.t && file.lastSeq == live.last?.seq)
        #expect(log.recordingFailure == nil)
    }

    @Test func theFileIsPrivateAndAsSmallAsItsEvents() throws {
        _ = try record(resumed(3), to: directory["a"], chunk: 64 << 10)
        var status = stat()
        stat(directory["a"], &status)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_size < 512)
    }

    @Test func anOpenFileCanBeCopiedAtAnyMomentAndLosesNothing() throws {
        let session = SessionInfo(name: "open")
        let store = try MappedStore(creating: directory["a"], for: session, firstChunk: 4096, largestChunk: 8192)
        let log = EventLog(session, store: store)
        for (index, (change, t)) in resumed(5000).enumerated() {
            let seq = log.append(change, at: t)
            guard index % 477 == 0 else { continue }
            write(contents(directory["a"]), to: directory["copy"])
            let copy = try SessionFile(directory["copy"])
            #expect(copy.lastSeq == seq && copy.ended == nil && !copy.isComplete)
            #expect(try copy.load().map(\.seq) == Array(1...seq))
        }
    }

    @Test func aFileCutAtAnyByteGivesTheWholeEventsBeforeTheCut() throws {
        _ = try record(resumed(40), to: directory["a"])
        let bytes = contents(directory["a"])
        var before = 0
        for length in 0..<bytes.count {
            write(bytes[..<length], to: directory["cut"])
            do throws(SessionError) {
                let events = try SessionFile(directory["cut"]).load()
                #expect(events.map(\.seq) == Array(0..<UInt64(events.count)).map { $0 + 1 })
                #expect(events.count >= before)
                before = events.count
            } catch {
                #expect(error.code == .empty || error.code == .cutOff, "length \(length): \(error)")
                #expect(before == 0)
            }
        }
        #expect(before == 41)
    }

    @Test func aDamagedChunkIsAGapOfTheRightSize() throws {
        _ = try record(resumed(6000), to: directory["a"])
        let bytes = contents(directory["a"])
        let index = try chunks(directory["a"])
        #expect(index.entries.count > 3)
        let (second, third) = (index.entries[1], index.entries[2])
        var damaged = bytes
        damaged[second.offset + 100] ^= 0x10
        write(damaged, to: directory["b"])
        let (found, summary) = try items(SessionFile(directory["b"]))
        let lost = third.header.firstSeq - second.header.firstSeq
        #expect(summary.damagedChunks == 1 && summary.lostEvents == lost && summary.lostBytes > 0)
        let gap = TreeEvent(seq: second.header.firstSeq, t: third.header.firstT, change: .gap(.init(lost: lost)))
        let at = Int(second.header.firstSeq) - 1
        #expect(found[at] == .event(gap))
        #expect(found.count == 6001 - Int(lost) + 1)
        #expect(summary.note?.contains("1 damaged chunk was passed over") == true)
    }

    @Test func aDamagedHeaderHidesOnlyItsOwnChunk() throws {
        _ = try record(resumed(6000), to: directory["a"])
        let bytes = contents(directory["a"])
        let entries = try chunks(directory["a"]).entries
        for place in [0, 8, 12] {
            var damaged = bytes
            damaged[entries[1].offset + place] ^= 0x55
            write(damaged, to: directory["b"])
            let (found, summary) = try items(SessionFile(directory["b"]))
            let lost = entries[2].header.firstSeq - entries[1].header.firstSeq
            #expect(summary.lostEvents == lost, "byte \(place)")
            #expect(found.count == 6001 - Int(lost) + 1, "byte \(place)")
        }
    }

    @Test func aDamagedLastChunkIsAGap() throws {
        _ = try record(resumed(6000), to: directory["a"])
        var bytes = contents(directory["a"])
        let last = try #require(chunks(directory["a"]).entries.last)
        bytes[last.offset + 90] ^= 1
        write(bytes, to: directory["b"])
        let (_, summary) = try items(SessionFile(directory["b"]))
        #expect(summary.lostEvents == 6002 - last.header.firstSeq)
        // Without the end chunk the records themselves are counted, as far as they look like records.
        write(bytes.dropLast(64), to: directory["c"])
        let (_, again) = try items(SessionFile(directory["c"]))
        #expect(again.damagedChunks == 1 && again.lostEvents > 0)
        // Where only the checksum is wrong, each of them is counted.
        bytes[last.offset + 90] ^= 1
        bytes[last.offset + 40] ^= 1
        write(bytes.dropLast(64), to: directory["d"])
        let (_, all) = try items(SessionFile(directory["d"]))
        #expect(all.damagedChunks == 1 && all.lostEvents == 6002 - last.header.firstSeq)
        #expect(try SessionFile(directory["c"]).ended == nil)
    }

    @Test func randomDamageNeverTraps() throws {
        let seed = Seeds.any()
        // Said before, since a trap ends everything.
        print("randomDamageNeverTraps: seed \(seed)")
        var random = Seeded(seed)
        _ = try record(randomEvents(300, seed: seed), to: directory["a"])
        let bytes = contents(directory["a"])
        for _ in 0..<1500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // Headers are hit as often as records.
                let place =
                    Bool.random(using: &random)
                    ? Int.random(in: 64..<128, using: &random) : Int.random(in: 0..<bytes.count, using: &random)
                damaged[place] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
            write(damaged, to: directory["b"])
            if let file = try? SessionFile(directory["b"]) {
                _ = try? file.load()
                _ = try? Check.verdict(of: file)
            }
        }
    }

    @Test func chunksOfUnknownKindsArePassedOverAndCounted() throws {
        _ = try record(resumed(6000), to: directory["a"])
        var bytes = contents(directory["a"])
        let entries = try chunks(directory["a"]).entries
        bytes[entries[1].offset + 4] = 77
        bytes[entries[2].offset + 4] = ChunkKind.keyframe.rawValue
        write(bytes, to: directory["b"])
        let (_, summary) = try items(SessionFile(directory["b"]))
        #expect(summary.unknownChunks == 2 && summary.damagedChunks == 0)
    }

    @Test func readingFromAnInstantBeginsAtItsChunk() throws {
        _ = try record(resumed(6000), to: directory["a"])
        let reader = try SessionFile(directory["a"]).events(from: 4_000_000)
        var seqs: [UInt64] = []
        while case .event(let event)? = try reader.next() { seqs.append(event.seq) }
        #expect(seqs == Array(4001...6001))
        #expect(reader.summary.events < 2800)
    }

    @Test func everyKindOfFileThatIsNoSessionIsNamed() throws {
        func fails(_ name: String, _ code: SessionError.Code, _ words: String) {
            let error = error { () throws(SessionError) in _ = try SessionFile(directory[name]) }
            #expect(error?.code == code, "\(name): \(error?.message ?? "no error")")
            #expect(error?.message.contains(words) == true, "\(name): \(error?.message ?? "no error")")
            #expect(error?.message.contains(directory[name]) == true && error?.message.contains("\n") == false)
        }
        fails("none", .missing, "does not exist")
        fails(".", .directory, "is a directory")
        write("", to: directory["empty"])
        fails("empty", .empty, "is empty")
        write("hello, world\n", to: directory["text"])
        fails("text", .notASession, "is not a session")
        write("{\"a\":1}\n", to: directory["json"])
        fails("json", .notASession, "first line")
        write("{\"treetop\":2,\"session\":\"x\"}\n", to: directory["json2"])
        fails("json2", .newerVersion, "version 2")
        write("{\"treetop\":1,\"sess", to: directory["json3"])
        fails("json3", .cutOff, "cut off")
        _ = try record(resumed(1), to: directory["good"])
        var bytes = contents(directory["good"])
        write(bytes[..<20], to: directory["cut"])
        fails("cut", .cutOff, "cut off")
        bytes[8] = 9
        write(bytes, to: directory["newer"])
        fails("newer", .newerVersion, "version 9")
        bytes[8] = 1
        bytes[40] ^= 1
        write(bytes, to: directory["damaged"])
        fails("damaged", .notASession, "damaged header")
        mkfifo(directory["pipe"], 0o600)
        fails("pipe", .empty, "is empty")
        symlink("/dev/null", directory["device"])
        fails("device", .unreadable, "no regular file")
    }
}
