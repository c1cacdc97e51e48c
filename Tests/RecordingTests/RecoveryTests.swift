import EventBus
import TestSupport
import Testing
import TreeModel

@testable import Recording

/// What is read of a damaged session in each of the three ways, and what is said of the rest.
@Suite struct RecoveryTests {
    private let directory = Scratch()

    private func read(_ name: String, _ recovery: Recovery?) throws -> ([TreeEvent], ReadSummary) {
        let (found, summary) = try items(SessionFile(directory[name], recovery: recovery))
        return (
            found.compactMap { item -> TreeEvent? in if case .event(let event) = item { event } else { nil } }, summary
        )
    }

    private func refusal(_ name: String) -> SessionError? {
        error { () throws(SessionError) in _ = try SessionFile(directory[name], recovery: .strict) }
    }

    /// A recorded session of several chunks, its bytes and its chunks.
    private func recorded(_ count: Int = 6_000) throws -> (bytes: [UInt8], entries: [ChunkIndex.Entry]) {
        _ = try record(resumed(count), to: directory["a"])
        return (contents(directory["a"]), try chunks(directory["a"]).entries)
    }

    @Test func whereNothingIsDamagedTheyAreTheSame() throws {
        let (bytes, entries) = try recorded()
        // A program that died leaves its last chunk open, which is no damage.
        var open = bytes.dropLast(64)
        open[entries[entries.count - 1].offset + 5] = 0
        write(open, to: directory["open"])
        for name in ["a", "open"] {
            let whole = try read(name, .salvage)
            #expect(whole.0.count == 6_001 && whole.1.damages.isEmpty && whole.1.lines.isEmpty)
            for recovery in [Recovery.strict, .prefix, nil] {
                let found = try read(name, recovery)
                #expect(found.0 == whole.0 && found.1 == whole.1)
            }
        }
    }

    @Test func aWrongChecksumIsRefusedCutOffAtOrPassedOver() throws {
        var (bytes, entries) = try recorded()
        bytes[entries[1].offset + 100] ^= 0x10
        write(bytes, to: directory["b"])
        let (second, third) = (entries[1].header.firstSeq, entries[2].header.firstSeq)

        let salvaged = try read("b", .salvage)
        #expect(try read("b", nil).0 == salvaged.0)
        #expect(salvaged.0.count == 6_001 - Int(third - second) + 1)
        #expect(salvaged.1.lostEvents == third - second && salvaged.1.lostBytes == entries[1].available)

        let prefix = try read("b", .prefix)
        #expect(prefix.0.dropLast() == salvaged.0.prefix(Int(second) - 1))
        #expect(prefix.0.last?.change == .gap(.init(lost: 6_002 - second)) && prefix.0.last?.seq == second)
        #expect(prefix.1.lostEvents == 6_002 - second)
        #expect(prefix.1.lostBytes == entries.dropFirst().reduce(0) { $0 + $1.available })

        let place = "damaged at byte \(entries[1].offset): the chunk's checksum is wrong"
        #expect(salvaged.1.lines.contains(place) && prefix.1.lines.contains(place))
        #expect(prefix.1.lines.last == "what is behind the first damage was left out")
        let refused = refusal("b")
        #expect(refused?.code == .damaged && refused?.message.contains(place) == true)
        #expect(refused?.message.contains("--recover prefix or salvage") == true)
    }

    @Test func whatIsKnownOfAPrefixIsThatOfThePrefix() throws {
        var (bytes, entries) = try recorded()
        bytes[entries[2].offset + 70] ^= 1
        write(bytes, to: directory["b"])
        let file = try SessionFile(directory["b"], recovery: .prefix)
        #expect(file.firstT == 0 && file.lastSeq == entries[2].header.firstSeq - 1 && file.ended == nil)
        // The gap behind it reaches to the end.
        #expect(file.lastT == 5_999_000)
        let later = file.events(from: 5_990_000)
        while let item = try later.next() {
            guard case .event(let event) = item else { continue }
            #expect(event.change.kind == .gap, "what is behind the damage is left out from wherever it is read")
        }
    }

    @Test(arguments: [
        ("a header", "no chunk begins there"), ("a record", "a record makes no sense"),
        ("a chunk twice", "there before"),
        ("a missing chunk", "are not there"), ("a cut", "the file is cut off"), ("a cut end", "the file is cut off"),
        ("rubbish behind the last chunk", "no chunk begins there"), ("no header at all", "no chunk begins there"),
    ])
    func everyDamageIsNamedAndRefusedByStrict(_ what: String, _ words: String) throws {
        var (bytes, entries) = try recorded()
        let (second, third) = (entries[1].offset, entries[2].offset)
        switch what {
        case "a header": bytes[second] ^= 0xFF
        case "a record":
            // Without a checksum only the records can say so.
            bytes[second + 5] = 0
            bytes[second + 64] = 1
        case "a chunk twice": bytes.insert(contentsOf: bytes[second..<third], at: third)
        case "a missing chunk": bytes.removeSubrange(second..<third)
        case "a cut": bytes.removeLast(bytes.count - third - 500)
        case "a cut end": bytes.removeLast(10)
        case "rubbish behind the last chunk":
            bytes.replaceSubrange((bytes.count - 64)..., with: [UInt8](repeating: 7, count: 100))
        default: for place in 0..<8 { bytes[entries[0].offset + place] ^= 0x55 }
        }
        write(bytes, to: directory["b"])
        let refused = refusal("b")
        #expect(refused?.code == .damaged && refused?.message.contains(words) == true, "\(refused?.message ?? "read")")
        #expect(refused?.message.contains("\n") == false)
        let (prefix, salvage) = (try read("b", .prefix), try read("b", .salvage))
        #expect(prefix.1.damages.count == 1 && prefix.1.damages == Array(salvage.1.damages.prefix(1)))
        #expect(prefix.0.filter { $0.change.kind != .gap }.count <= salvage.0.filter { $0.change.kind != .gap }.count)
        #expect(salvage.1.lostBytes > 0 || salvage.1.lostEvents > 0)
        #expect(salvage.1.lines.contains { $0.contains("cut off") || $0.hasPrefix("damaged at byte ") })
    }

    @Test func whatStandsBehindTheEndIsSaidToBeThere() throws {
        let (bytes, _) = try recorded()
        let whole = try read("a", .salvage)
        for (name, more) in [("twice", bytes), ("text", Array("what is this?".utf8)), ("short", [1])] {
            write(bytes + more, to: directory[name])
            let found = try read(name, .salvage)
            #expect(found.0 == whole.0 && found.1.lostBytes == more.count && found.1.lostEvents == 0)
            let words = "damaged at byte \(bytes.count): the session is over before it"
            #expect(found.1.lines.contains(words), "\(found.1.lines)")
            #expect(refusal(name)?.message.contains(words) == true)
        }
        // Room that was taken ahead says nothing.
        write(bytes + [UInt8](repeating: 0, count: 4_096), to: directory["zeros"])
        #expect(try read("zeros", .strict).1.lines.isEmpty)
    }

    @Test func ofLinesBadOnesArePassedOverOnlyWhereThatIsAskedFor() throws {
        let session = JSONLinesWriter().header(SessionInfo(name: "lines"))
        func line(_ seq: Int) -> String { #"{"seq":\#(seq),"t":\#(seq),"event":"task.resumed","task":1}"# }
        write([session, line(1), line(2), "what?", line(4), line(5)].map { $0 + "\n" }.joined(), to: directory["bad"])
        for recovery in [Recovery.strict, nil] {
            #expect(error { () throws(SessionError) in try readAll(directory["bad"], recovery) }?.code == .badLine)
        }
        let (salvaged, all) = try read("bad", .salvage)
        #expect(salvaged.map(\.seq) == [1, 2, 3, 4, 5] && salvaged[2].change == .gap(.init(lost: 1)))
        #expect(
            all.lostEvents == 1 && all.lostBytes == 5 && all.lines.contains("damaged at line 4: this is no JSON object")
        )
        let (prefix, some) = try read("bad", .prefix)
        #expect(prefix.map(\.seq) == [1, 2] && some.lostBytes == 5 + 2 * (line(4).utf8.count + 1) && some.isPrefix)

        write("\(session)\n\(line(1))\n\(line(2).prefix(20))", to: directory["cut"])
        #expect(refusal("cut")?.message.contains("cut off") == true)
        for recovery in [Recovery.prefix, .salvage, nil] {
            let (found, summary) = try read("cut", recovery)
            #expect(found.map(\.seq) == [1] && summary.isCutOff && summary.lostBytes == 20)
        }
    }

    /// A writer cuts a list that a reader would refuse: what a file claims is never memory that has to be there.
    @Test func aListHasNoMoreItemsThanAReaderTakes() throws {
        let labels = (0..<70_000).map { Label("k\($0)", "") }
        let ids = (0..<70_000).map { ResourceID(UInt64($0)) }
        _ = try record(
            [
                (.taskStarted(.init(task: TaskID(1), name: "a", labels: labels)), 0),
                (.resourceAcquired(.init(resource: ResourceID(1), task: TaskID(1), name: "r", after: ids)), 0),
            ], to: directory["a"])
        let (found, summary) = try read("a", .strict)
        #expect(summary.damages.isEmpty && found.count == 3)
        guard case .taskStarted(let task) = found[0].change, case .resourceAcquired(let resource) = found[1].change
        else {
            Issue.record("\(found.map(\.change.kind))")
            return
        }
        #expect(task.labels == Array(labels.prefix(65_536)) && resource.after == Array(ids.prefix(65_536)))
    }

    /// Nobody can put events into a recording with a text that looks like a chunk, not even where its program died.
    @Test func aTextThatLooksLikeAChunkIsNone() throws {
        func number(_ value: UInt8, _ bytes: Int) -> [UInt8] { [value] + [UInt8](repeating: 0, count: bytes - 1) }
        let fake =
            Array("CHNK".utf8) + [1, 0] + number(64, 2) + number(64, 8) + number(64, 8) + number(99, 8)
            + [UInt8](repeating: 0, count: 32)
        let session = SessionInfo(name: "open")
        let store = try MappedStore(creating: directory["open"], for: session, firstChunk: 4096, largestChunk: 4096)
        let log = EventLog(session, store: store)
        for shift in 0..<8 {
            let message = String(decoding: [UInt8](repeating: 0x2E, count: shift) + fake, as: UTF8.self)
            log.append(.taskLog(.init(task: TaskID(1), level: "info", message: message)), at: Int64(shift))
        }
        let bytes = contents(directory["open"])
        let end = try #require(chunks(directory["open"]).entries.first.map { $0.offset + Int($0.header.capacity) })
        write(bytes.prefix(end), to: directory["full"])
        write(bytes.prefix(end) + [UInt8](repeating: 0, count: 8192), to: directory["room"])
        for name in ["full", "room"] {
            let (found, summary) = try read(name, .salvage)
            let (strict, _) = try read(name, .strict)
            #expect(found.map(\.seq) == Array(1...8) && strict == found && summary.lines.isEmpty, "\(name): \(summary)")
        }
        withExtendedLifetime(log) {}
    }

    private func readAll(_ path: String, _ recovery: Recovery?) throws(SessionError) {
        let reader = try SessionFile(path, recovery: recovery).events()
        while try reader.next() != nil {}
    }
}
