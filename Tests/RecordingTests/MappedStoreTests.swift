import EventBus
import Glibc
import Synchronization
import Testing
import TestSupport
import TreeModel

@testable import Recording

@Suite struct MappedStoreTests {
    private let directory = Scratch()

    /// A store whose file system is full after so many bytes.
    private func store(_ session: SessionInfo, room: Int) throws -> MappedStore {
        try MappedStore(creating: directory["a"], for: session, firstChunk: 4096, largestChunk: 4096) {
            file, offset, length in
            offset + length > room ? ENOSPC : ChunkMapping.fallocate(file, offset, length)
        }
    }

    @Test func aFullDiskEndsTheRecordingAndNotTheProgram() throws {
        let session = SessionInfo(name: "full")
        let log = EventLog(session, store: try store(session, room: 10_000))
        for (change, t) in resumed(20_000) { log.append(change, at: t) }
        let failure = try #require(log.recordingFailure)
        #expect(failure.contains(directory["a"]) && failure.contains("No space left"))
        var live = 0
        log.makeReader().read { _ in live += 1 }
        #expect(live == 20_000)
        log.end(.finished, at: 1)
        let file = try SessionFile(directory["a"])
        let events = try file.load()
        #expect(file.ended == .recordingFailed)
        #expect(events.count > 1000 && events.count < 20_000)
        #expect(events.map(\.seq) == Array(1...UInt64(events.count)))
        let verdict = try Check.verdict(of: file)
        #expect(verdict.reasons.contains { $0.contains("recording failed") })
    }

    @Test func aDiskWithoutRoomForTheFirstChunkIsSaidAtOnce() {
        let session = SessionInfo(name: "full")
        let error = #expect(throws: SessionError.self) { try store(session, room: 100) }
        #expect(error?.code == .cannotCreate && error?.message.contains("there is no room") == true)
        #expect(access(directory["a"], F_OK) != 0)
    }

    @Test func aFileThatExistsIsLeftAlone() {
        write("precious", to: directory["a"])
        let error = #expect(throws: SessionError.self) {
            try MappedStore(creating: directory["a"], for: SessionInfo(name: "x"))
        }
        #expect(error?.message.contains("exists already") == true)
        #expect(contents(directory["a"]) == Array("precious".utf8))
    }

    @Test func aMissingDirectoryIsNamed() {
        let error = #expect(throws: SessionError.self) {
            try MappedStore(creating: directory["no/file"], for: SessionInfo(name: "x"))
        }
        #expect(error?.message.contains("create it first") == true)
    }

    @Test func aRecordLargerThanAChunkIsKept() throws {
        let large = TreeEvent.Change.taskLog(
            .init(task: TaskID(1), level: "info", message: String(repeating: "y", count: 100_000)))
        let changes = resumed(3) + [(large, 5000)] + resumed(3).map { ($0.change, 6000) }
        _ = try record(changes, to: directory["a"])
        #expect(try SessionFile(directory["a"]).load().map(\.change).dropLast() == changes.map(\.change)[...])
    }

    @Test func readersReadOnAfterTheFileIsComplete() throws {
        let log = try record(resumed(3000), to: directory["a"])
        unlink(directory["a"])
        var count = 0
        log.makeReader().read { _ in count += 1 }
        #expect(count == 3001)
    }

    @Test func chunksGetTheirChecksumsWhileTheLogIsOpen() throws {
        let session = SessionInfo(name: "sealed")
        let log = EventLog(
            session,
            store: try MappedStore(creating: directory["a"], for: session, firstChunk: 4096, largestChunk: 4096))
        for (change, t) in resumed(5000) { log.append(change, at: t) }
        var sealed = 0
        // The thread of the store comes to it in its own time.
        while sealed == 0 {
            sched_yield()
            sealed = try chunks(directory["a"]).entries.count { $0.header.isSealed }
        }
        let entry = try #require(chunks(directory["a"]).entries.first { $0.header.isSealed })
        let bytes = try InputFile(directory["a"]).bytes(at: entry.offset, count: entry.available)
        #expect(bytes.withUnsafeBytes { entry.header.computedChecksum($0) } == entry.header.checksum)
    }

    @Test func theChecksumIsTheOneOfThePapers() {
        #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }

    /// Whichever of the two this processor takes.
    @Test func theTableAndTheInstructionAgree() {
        var random = Seeded(4)
        let bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }
        for start in 0..<9 {
            for end in start..<bytes.count {
                var crc = CRC32C()
                var byTable = CRC32C()
                bytes[start..<end].withUnsafeBytes {
                    crc.add($0)
                    byTable.addByTable($0)
                }
                #expect(crc.value == byTable.value, "\(start)..<\(end)")
            }
        }
    }
}
