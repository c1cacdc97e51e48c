import Foundation
import Glibc
import Recording
import Testing
import TestSupport
import TreeModel

/// What is recorded, and that the program goes on whatever becomes of it; run as a user runs it.
@Suite(.onItsOwnThread) struct RecordingCommandTests {
    private let scratch: Scratch
    init() throws { scratch = Scratch() }

    private func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : -1
    }

    @Test func onlyTheLastPartIsKept() throws {
        let file = scratch.path("a.treetop")
        let run = try Program.run([
            "demo", "storm", "--scale", "1000", "--rate", "50000", "--for", "3s", "--headless", "--record", file,
            "--keep", "1s", "--keep", "1MB",
        ])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect((1..<1_000_000).contains(size(file)))
        let check = try Program.run(["check", file])
        #expect(check.status == 0, "\(check.output)")
        #expect(check.output.contains("with a snapshot") && check.output.contains("the last 1s and at most 1 MB"))
    }

    /// Neither the file nor what is printed has it, and all else is as it was.
    @Test(arguments: [[], ["--keep", "5m"]])
    func whatIsBlackedOutIsInNoRecording(_ keeping: [String]) throws {
        let file = scratch.path("a.treetop")
        let run = try Program.run(
            ["demo", "first-error", "--headless", "--record", file, "--redact", "shard-1[0-9]*"] + keeping)
        #expect(run.status == 1)
        let bytes = try Data(contentsOf: URL(filePath: file))
        for text in [String(decoding: bytes, as: UTF8.self), run.output, run.errors] {
            #expect(!text.contains("shard-1") && text.contains("[redacted]"))
        }
        #expect(run.output.contains("shard-2") && run.errors.contains("suppressed 1 of 2"))
        let check = try Program.run(["check", file, "--recover", "strict"])
        #expect(check.status == 0 && check.output.hasPrefix("holds: "), "\(check.output)")
        let bad = try Program.run(["demo", "first-error", "--headless", "--no-record", "--redact", "(["])
        #expect(bad.status == 64 && bad.errorLines.count == 1 && bad.errors.contains("is no regular expression"))
    }

    @Test func aRecordingIsKeptOnlyIfWhatWasAskedForCameUp() throws {
        let (kept, gone) = (scratch.path("kept.treetop"), scratch.path("gone.treetop"))
        let failing = try Program.run([
            "demo", "first-error", "--headless", "--record", kept, "--keep", "5m", "--keep-on", "leak,failure",
        ])
        #expect(failing.status == 1 && failing.lines.last == "treetop replay \(kept)")
        #expect(failing.errorLines.last?.contains("kept.treetop was kept: a task failed at seq ") == true)
        #expect(try Program.run(["check", kept]).status == 0)
        let fine = try Program.run([
            "demo", "storm", "--scale", "20", "--for", "50ms", "--headless", "--record", gone, "--keep-on", "leak",
            "--keep-on", "cascade:1h",
        ])
        #expect(fine.status == 0 && !fine.output.contains("treetop replay"))
        #expect(fine.errorLines.count == 1)
        #expect(fine.errors.contains("gone.treetop was not kept: nothing of leak, cascade:1h came up"))
        #expect(size(gone) == -1)
    }

    @Test(arguments: [
        (["--keep", "soon"], "soon"), (["--keep", "1ms"], "1ms"), (["--keep", "10KB"], "10KB"),
        (["--keep-on", "rain"], "rain"), (["--keep-on", "failure,"], "failure,"),
        (["--keep", "5m", "--no-record"], "--no-record"),
    ])
    func whatCannotBeKeptIsNamed(_ options: [String], _ words: String) throws {
        let run = try Program.run(["demo", "storm", "--headless"] + options)
        #expect(run.status == 64 && run.errorLines.count == 1 && run.errors.contains(words), "\(run.errors)")
    }

    /// A limit on the size of files is a disk that is full; /dev/full is one that always is.
    @Test func aFullDiskIsOneLineAndACodeOfItsOwn() throws {
        let file = scratch.path("a.treetop")
        let errors = scratch.path("errors")
        try Data().write(to: URL(filePath: errors))
        let words = "demo storm --scale 2000 --headless --format jsonl --record \(file)"
        let limited = try RunningProgram(
            ["-c", "ulimit -f 100; exec \(Program.path) \(words)"], of: "/bin/bash",
            errors: try #require(FileHandle(forWritingAtPath: errors)))
        // More than the file may have, whatever time that takes.
        limited.read(lines: 20_000)
        limited.kill(SIGINT)
        #expect(limited.end() == 5)
        let said = try String(contentsOfFile: errors, encoding: .utf8)
        #expect(said.split(separator: "\n").count == 1 && said.contains("\(file) ended: File too large"), "\(said)")
        #expect(limited.text.contains(#""event":"session.ended""#))
        let check = try Program.run(["check", file])
        #expect(check.status == 3 && check.output.contains("the recording failed"))
        let command = ["demo", "storm", "--scale", "2000", "--for", "200ms", "--headless"]
        let full = try Program.run(command + ["--record", "/dev/full"])
        #expect(full.status == 5 && full.errorLines.count == 1 && full.errors.contains("No space left"))
        #expect(full.output.contains("ended      finished"))
    }

    @Test func aPipeCanBeRecordedTo() throws {
        let (pipe, copy) = (scratch.path("pipe"), scratch.path("copy.treetop"))
        mkfifo(pipe, 0o600)
        let reader = FileHandle(fileDescriptor: open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC), closeOnDealloc: true)
        // It is small enough for the pipe to hold all of it.
        let run = try Program.run(["demo", "first-error", "--headless", "--record", pipe])
        #expect(run.status == 1 && !run.errors.contains(pipe), "\(run.errors)")
        try reader.readToEnd()?.write(to: URL(filePath: copy))
        let session = try SessionFile(copy)
        #expect(session.isComplete && session.ended == .finished)
        #expect(try Check.verdict(of: session).result == .holds)
    }

    // MARK: Following

    @Test func aSecondProcessFollowsToTheEnd() throws {
        let file = scratch.path("a.treetop")
        let writer = try RunningProgram(["demo", "storm", "--scale", "200", "--headless", "--record", file])
        writer.waits(for: 50, in: file)
        let follower = try RunningProgram(["events", file, "--follow", "--format", "jsonl"])
        let redacting = try RunningProgram(["events", file, "--follow", "--format", "jsonl", "--redact", "cell-\\d+"])
        // It has what was there, and goes on with what comes: more than there is now.
        follower.read(lines: Int(try SessionFile(file).lastSeq) + 200)
        writer.kill(SIGINT)
        #expect(follower.end() == 0 && writer.end() == 0 && redacting.end() == 0)
        let export = try Program.run(["export", file, "--to", "jsonl"])
        #expect(follower.text.split(separator: "\n") == Array(export.lines.dropFirst()))
        #expect(follower.text.contains("cell-1") && !redacting.text.contains("cell-1"))
        let redacted = try Program.run(["export", file, "--to", "jsonl", "--redact", "cell-\\d+"])
        #expect(redacting.text.split(separator: "\n") == Array(redacted.lines.dropFirst()))
    }

    @Test func whatIsFollowedEndsWhereNothingMoreIsWanted() throws {
        let file = scratch.path("a.treetop")
        let writer = try RunningProgram(["demo", "storm", "--scale", "200", "--headless", "--record", file])
        writer.waits(for: 50, in: file)
        let follower = try RunningProgram(["events", file, "--follow", "--where", "to=1ms"])
        #expect(follower.end() == 0)
        writer.kill(SIGINT)
        #expect(writer.end() == 0)
        #expect(follower.text == (try Program.run(["events", file, "--where", "to=1ms"]).output))
    }

    @Test func oneThatIsStoppedHoldsUpNobody() throws {
        let file = scratch.path("a.treetop")
        let writer = try RunningProgram([
            "demo", "storm", "--scale", "2000", "--headless", "--record", file, "--keep", "1MB",
        ])
        writer.waits(for: 50, in: file)
        let follower = try RunningProgram(["events", file, "--follow", "--format", "jsonl"])
        // It has begun.
        follower.read(lines: 1)
        follower.kill(SIGSTOP)
        writer.waits(for: try SessionFile(file).lastSeq + 5000, in: file)
        writer.kill(SIGINT)
        #expect(writer.end() == 0)
        follower.kill(SIGCONT)
        #expect(follower.end() == 0)
        #expect(follower.text.contains(#""event":"session.ended""#))
    }

    @Test func oneWhoseWriterDiedSaysSo() throws {
        let (file, errors) = (scratch.path("a.treetop"), scratch.path("errors"))
        let writer = try RunningProgram(["demo", "storm", "--scale", "200", "--headless", "--record", file])
        writer.waits(for: 50, in: file)
        try Data().write(to: URL(filePath: errors))
        let follower = try RunningProgram(
            ["replay", file, "--follow", "--headless"], errors: try #require(FileHandle(forWritingAtPath: errors)))
        writer.kill(SIGKILL)
        #expect(writer.end() == 128 + SIGKILL)
        #expect(follower.end() == 3)
        let said = try String(contentsOfFile: errors, encoding: .utf8)
        #expect(said.contains("its writer (pid \(writer.pid)) is gone without an end"), "\(said)")
        #expect(said.contains("after seq \(try SessionFile(file).lastSeq)"), "\(said)")
    }

    @Test func theDashboardFollowsToo() throws {
        let file = scratch.path("a.treetop")
        let writer = try RunningProgram(["demo", "stuck", "--headless", "--record", file])
        writer.waits(for: 3, in: file)
        let run = try TerminalRun(["replay", file, "--follow"])
        run.shows("stuck")
        run.shows("the session is over")
        writer.end()
        run.type("q")
        #expect(run.end() == 0)
    }

    @Test func whatCannotBeFollowedIsNamed() throws {
        let lines = scratch.path("a.jsonl")
        try "{\"treetop\":1}\n".write(toFile: lines, atomically: true, encoding: .utf8)
        let run = try Program.run(["events", lines, "--follow"])
        #expect(run.status == 2 && run.errorLines.count == 1 && run.errors.contains("only session files"))
        let usage = try Program.run(["replay", lines, "--follow", "--at", "2s"])
        #expect(usage.status == 64 && usage.errorLines.count == 1)
        for command in ["events", "replay"] {
            let refused = try Program.run([command, lines, "--follow", "--recover", "strict"])
            #expect(refused.status == 64 && refused.errorLines.count == 1, "\(refused.errors)")
        }
    }
}
