import EventBus
import Glibc
import Testing
import TestSupport
import TreeModel

@testable import Recording

/// Whatever becomes of a recording, the log goes on, and what became of it is said in one line.
@Suite struct SessionRecordingTests {
    private let directory = Scratch()
    private let session = SessionInfo(name: "hardship")

    private func append(_ count: Int, to log: EventLog) {
        for (change, t) in resumed(count) { log.append(change, at: t) }
    }

    /// Ends the log, whose readers have all of it, and says what became of the recording.
    private func end(_ log: EventLog, _ recording: SessionRecording, events: Int) -> SessionRecording.Outcome {
        log.end(.finished, at: 1 << 40)
        var live = 0
        log.makeReader().read { _ in live += 1 }
        #expect(live == events + 1)
        return recording.end()
    }

    @Test func aFileOnANetworkIsWrittenWithoutAMapping() throws {
        let recording = try SessionRecording(to: directory["a"], for: session, keeping: .everything) { _ in false }
        let log = recording.makeLog(session)
        append(30_000, to: log)
        let outcome = end(log, recording, events: 30_000)
        #expect(outcome.path == directory["a"] && outcome.failure == nil && outcome.note == nil)
        let file = try SessionFile(directory["a"])
        #expect(file.isComplete && file.ended == .finished && file.lastSeq == 30_001)
        let (found, summary) = try items(file)
        #expect(found.count == 30_001 && summary.lines.isEmpty)
    }

    @Test func whatIsWrittenIsThereSoonAfterItHappened() throws {
        let recording = try SessionRecording(to: directory["a"], for: session, keeping: .everything) { _ in false }
        let log = recording.makeLog(session)
        append(10, to: log)
        // No further event pushes it out.
        while (try? SessionFile(directory["a"]).lastSeq) != 10 { usleep(1000) }
        #expect(try SessionFile(directory["a"]).ended == nil)
        _ = end(log, recording, events: 10)
    }

    @Test(arguments: [
        ("nfs4", true), ("cifs", true), ("fuse.sshfs", true), ("9p", true), ("ext4", false), ("tmpfs", false),
        ("fuseblk", false), ("overlay", false),
    ])
    func fileSystemsAreToldApart(_ type: String, _ isShared: Bool) {
        let mounts = """
            21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
            36 35 0:52 / /mnt/a\\040-\\040b rw,noatime master:1 - \(type) server:/mnt rw,vers=4.2
            """
        #expect(FileSystem.type(ofDevice: "0:52", mounts) == Substring(type))
        #expect(FileSystem.type(ofDevice: "254:0", mounts) == "ext4")
        #expect(FileSystem.type(ofDevice: "0:5", mounts) == nil)
        #expect(FileSystem.isShared(Substring(type)) == isShared)
    }

    @Test func aPipeGetsASessionThatOpens() throws {
        let reader = PipeReader(directory["pipe"])
        // It may come to it late.
        let recording = try SessionRecording(to: directory["pipe"], for: session, patience: 1 << 50) { _ in true }
        let log = recording.makeLog(session)
        append(20_000, to: log)
        // A reader that is slow holds up nobody: all that is appended is, long before anything is read.
        #expect(log.lastSeq == 20_000)
        reader.start()
        let outcome = end(log, recording, events: 20_000)
        #expect(outcome.path == nil && outcome.failure == nil)
        reader.save(directory["copy"])
        let file = try SessionFile(directory["copy"])
        #expect(file.lastSeq == 20_001 && file.ended == .finished)
    }

    /// The end does not wait for a reader that takes nothing, and what is missing is said.
    @Test func aPipeWhoseReaderTakesNothingEndsTheRecording() throws {
        let reader = PipeReader(directory["pipe"])
        let recording = try SessionRecording(to: directory["pipe"], for: session, patience: 1) { _ in true }
        let log = recording.makeLog(session)
        append(200_000, to: log)
        let outcome = end(log, recording, events: 200_000)
        #expect(outcome.failure?.hasPrefix("recording to \(directory["pipe"]) ended: ") == true)
        withExtendedLifetime(reader) {}
    }

    @Test func aPipeThatNobodyReadsAnyMoreEndsTheRecording() throws {
        mkfifo(directory["pipe"], 0o600)
        let reader = open(directory["pipe"], O_RDONLY | O_NONBLOCK)
        let recording = try SessionRecording(to: directory["pipe"], for: session)
        let log = recording.makeLog(session)
        close(reader)
        append(20_000, to: log)
        let outcome = end(log, recording, events: 20_000)
        #expect(outcome.failure == "recording to \(directory["pipe"]) ended: nobody reads it any more")
    }

    @Test func aFullDeviceEndsTheRecording() throws {
        let recording = try SessionRecording(to: "/dev/full", for: session)
        let log = recording.makeLog(session)
        append(20_000, to: log)
        let outcome = end(log, recording, events: 20_000)
        #expect(outcome.failure?.contains("/dev/full ended: No space left") == true)
    }

    @Test func whatCannotBeRecordedToIsNamed() {
        mkfifo(directory["pipe"], 0o600)
        func fails(_ path: String, _ words: String, _ keeping: Keeping = .everything) {
            let error = error { () throws(SessionError) in
                _ = try SessionRecording(to: path, for: session, keeping: keeping)
            }
            #expect(
                error?.code == .cannotCreate && error?.message.contains(words) == true, "\(error?.message ?? "none")")
            #expect(error?.message.contains(path) == true && error?.message.contains("\n") == false)
        }
        fails(directory["pipe"], "nobody reads it")
        fails(directory.path, "is a directory")
        fails("/dev/null", "it is no file", Keeping(bytes: 1 << 20))
        fails("/proc/self/none", "record")
        let refused = error { () throws(SessionError) in
            _ = try SessionRecording(to: directory["a"], for: session, keeping: Keeping(bytes: 1 << 20)) { _ in false }
        }
        #expect(refused?.message.contains("on a local disk only") == true)
        #expect(access(directory["a"], F_OK) != 0)
    }

    @Test func aRemovedFileEndsTheRecording() throws {
        let recording = try SessionRecording(to: directory["a"], for: session)
        let log = recording.makeLog(session)
        append(1000, to: log)
        unlink(directory["a"])
        append(500_000, to: log)
        #expect(recording.failure?.hasSuffix("the file was removed") == true)
        let outcome = end(log, recording, events: 501_000)
        #expect(outcome.path == nil && outcome.failure?.hasSuffix("the file was removed") == true)
    }

    @Test func aRenamedFileIsFoundUnderItsNewName() throws {
        let recording = try SessionRecording(to: directory["a"], for: session)
        let log = recording.makeLog(session)
        append(1000, to: log)
        rename(directory["a"], directory["b"])
        write("another one", to: directory["a"])
        append(100_000, to: log)
        let outcome = end(log, recording, events: 101_000)
        #expect(outcome.path == directory["b"] && outcome.failure == nil)
        #expect(outcome.note?.contains("renamed") == true && outcome.note?.contains(directory["b"]) == true)
        #expect(try SessionFile(directory["b"]).lastSeq == 101_001)
        #expect(contents(directory["a"]) == Array("another one".utf8))
    }

    @Test func aFileThatIsCutShortEndsTheRecordingAndNotTheProgram() throws {
        let recording = try SessionRecording(to: directory["a"], for: session)
        let log = recording.makeLog(session)
        append(1000, to: log)
        // As a rotation that copies and truncates does it.
        truncate(directory["a"], 0)
        append(300_000, to: log)
        #expect(recording.failure?.contains("cut short") == true)
        log.end(.finished, at: 1 << 40)
        #expect(recording.end().failure?.contains("cut short") == true)
        // What a reader of this process finds where pages were lost is a gap, and nothing made up.
        var seqs: [UInt64] = []
        log.makeReader().read { if $0.change.kind == .taskResumed { seqs.append($0.seq) } }
        #expect(seqs == seqs.sorted() && seqs.last == 301_000)
    }

    @Test func aFileThatIsCutShortAtItsEndIsNoticed() throws {
        let recording = try SessionRecording(to: directory["a"], for: session)
        let log = recording.makeLog(session)
        append(1000, to: log)
        truncate(directory["a"], 0)
        log.end(.finished, at: 1 << 40)
        #expect(recording.end().failure?.contains("cut short") == true)
    }
}
