import Foundation
import Glibc
import Testing
import TestSupport

/// `treetop pack`, `trim`, `merge`, `--recover` and `--redact`, run as a user runs them.
@Suite(.onItsOwnThread) struct SessionToolTests {
    private let scratch: Scratch
    private let stuck: StuckRecording
    private var recording: String { stuck.path }

    init() throws {
        scratch = Scratch()
        stuck = try StuckRecording(scratch.path("a.treetop"))
    }

    private func lines(_ path: String, _ more: String...) throws -> String {
        let run = try Program.run(["export", path, "--to", "jsonl"] + more)
        #expect(run.status == 0, "\(run.errors)")
        return run.output
    }

    @Test func aPackedFileSaysTheSame() throws {
        let packed = scratch.path("packed.treetop")
        let run = try Program.run(["pack", recording, "-o", packed])
        #expect(run.status == 0 && run.errors.isEmpty && run.output.hasPrefix("\(packed): "))
        #expect(try lines(packed) == lines(recording))
        let checks = try [recording, packed].map { try Program.run(["check", $0]) }
        #expect(checks[0].status == checks[1].status && checks[0].status == 0)
        let again = try Program.run(["pack", recording, "-o", packed])
        #expect(again.status == 2 && again.errorLines.count == 1 && again.errors.contains("exists already"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 2)
    }

    @Test func aPartOpensByItself() throws {
        let part = scratch.path("part.treetop")
        // Everything runs, and nothing is cancelled yet.
        let (from, to) = (stuck.cancelled - 1_200, stuck.cancelled - 900)
        let run = try Program.run(["trim", recording, "--from", "\(from)ms", "--to", "\(to)ms", "-o", part])
        #expect(run.status == 0 && run.errors.isEmpty)
        // It counts what happened, as a check does.
        let count = try Program.run(["check", part]).output.split(separator: " ").first { Int($0) != nil } ?? "none"
        #expect(run.output.hasPrefix("\(part): \(count) events, and "), "\(run.output)")
        for time in ["\(from)ms", "\(from + 150)ms"] {
            // Progress is not in it, and what somebody waits for may have been said by it.
            let states = try [recording, part].map { path in
                try Program.run(["state", path, "--at", time]).lines.filter {
                    $0.contains("]  ") || $0.hasPrefix("at ")
                }
                .map { $0.prefix { $0 != ";" } }
            }
            #expect(states[1] == states[0] && states[0].count == 8, "\(time): \(states)")
        }
        for (words, status, says) in [
            (["--from", "9h", "-o", part + "2"], 64, "behind the end"), (["-o", part + "2"], 64, "give --from"),
            (["--from", "2s", "--to", "1s", "-o", part + "2"], 64, "before --from"),
        ] {
            let refused = try Program.run(["trim", recording] + words)
            #expect(refused.status == Int32(status) && refused.errorLines.count == 1)
            #expect(refused.errors.contains(says), "\(refused.errors)")
        }
    }

    @Test func twoAreMergedAndKeepThePromises() throws {
        let both = scratch.path("both.treetop")
        let run = try Program.run(["merge", recording, recording, "-o", both])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let check = try Program.run(["check", both])
        #expect(check.status == 0, "\(check.output)")
        let one = try Program.run(["merge", recording, "-o", both + "2"])
        #expect(one.status == 64 && one.errors.contains("two or more"))
    }

    @Test func whatIsRedactedIsNowhere() throws {
        let name = try #require(
            try lines(recording).firstMatch(of: #/"event":"task.started","task":1,"name":"([^"]+)"/#)?.1)
        #expect(try !lines(recording, "--redact", String(name)).contains("\"name\":\"\(name)\""))
        let packed = scratch.path("packed.treetop")
        #expect(
            try Program.run(["pack", recording, "-o", packed, "--redact", String(name), "--redact", "nobody"]).status
                == 0)
        #expect(try Data(contentsOf: URL(filePath: packed)).firstRange(of: Data(name.utf8)) == nil)
        #expect(try lines(packed).contains("[redacted]"))
        let bad = try Program.run(["export", recording, "--to", "jsonl", "--redact", "(["])
        #expect(bad.status == 64 && bad.errorLines.count == 1 && bad.output.isEmpty)
        #expect(bad.errors.contains("is no regular expression"), "\(bad.errors)")
    }

    @Test func whatIsDroppedIsSaidOnStandardErrorByEveryCommand() throws {
        var bytes = try Data(contentsOf: URL(filePath: recording))
        // In the records of the first chunk, whose checksum says so.
        bytes[400] ^= 0x40
        let damaged = scratch.path("damaged.treetop")
        try bytes.write(to: URL(filePath: damaged))
        let out = { (name: String) in ["-o", self.scratch.path(name)] }
        for words in [
            ["check"], ["report"], ["state"], ["diff", "--from", "0s"], ["events"], ["export", "--to", "jsonl"],
            ["replay", "--headless"], ["pack"] + out("1"), ["trim", "--to", "9s"] + out("2"),
            ["merge", recording] + out("3"),
        ] {
            for recovery in ["prefix", "salvage"] {
                let run = try Program.run(words + [damaged, "--recover", recovery])
                #expect(run.errors.contains("the chunk's checksum is wrong"), "\(words) \(recovery): \(run.errors)")
                #expect(run.errors.contains("events are lost") && run.errors.contains("bytes could not be read"))
                unlink(scratch.path("1"))
                unlink(scratch.path("2"))
                unlink(scratch.path("3"))
            }
            let strict = try Program.run(words + [damaged, "--recover", "strict"])
            #expect(strict.status == 2 && strict.errorLines.count == 1 && strict.output.isEmpty, "\(words)")
            #expect(strict.errors.contains("damaged at byte"), "\(strict.errors)")
            #expect(try Program.run(words + [recording, "--recover", "strict"]).status == 0)
            for name in ["1", "2", "3"] { unlink(scratch.path(name)) }
        }
        // The dashboard reads it bit by bit, and says it too.
        let screen = try TerminalRun(["replay", damaged])
        screen.shows("undetermined: damaged")
        screen.type("q")
        #expect(screen.end() == 0)
        let unknown = try Program.run(["check", recording, "--recover", "everything"])
        #expect(unknown.status == 64 && unknown.errorLines.count == 1)
    }

    @Test func whatIsNotKeptIsNotSaidToBeEmpty() throws {
        let part = scratch.path("part.treetop")
        let from = stuck.cancelled - 900
        #expect(try Program.run(["trim", recording, "--from", "\(from)ms", "-o", part]).status == 0)
        for command in [
            ["state", part, "--at", "1ms"], ["diff", part, "--from", "1ms"],
            ["replay", part, "--headless", "--at", "1ms"], ["export", part, "--to", "dot", "--at", "1ms"],
        ] {
            let run = try Program.run(command)
            #expect(run.status == 64 && run.output.isEmpty && run.errors.contains("does not have what was at"))
            #expect(run.errors.contains("it begins at \(StuckRecording.clock(from))"), "\(run.errors)")
        }
        // Of the session itself nothing is missing: it had not begun.
        #expect(try Program.run(["state", recording, "--at", "0s"]).status == 0)
        // A part that begins where all was known counts all that was before.
        let totals = try [recording, part].map { path in
            try Program.run(["state", path, "--at", "\(from + 1)ms", "--json"]).output.split(separator: "totals").last
        }
        #expect(totals[0] == totals[1] && totals[0]?.contains("started\":7") == true, "\(totals)")
    }
}
