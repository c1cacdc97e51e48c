import Foundation
import Testing
import TestSupport

/// The commands without a terminal: what they print, and how they end.
@Suite(.onItsOwnThread) struct CommandTests {
    @Test func firstErrorEndsWithTheFirstErrorAndTheSuppressedOnes() throws {
        let scratch = Scratch()
        let file = scratch.path("a.treetop")
        let run = try Program.run(["demo", "first-error", "--headless", "--record", file])
        #expect(run.status == 1)
        #expect(run.errors.contains("shard-13"))
        #expect(run.errors.contains("suppressed 1 of 2"))
        #expect(run.errors.contains("suppressed 2 of 2"))
        #expect(run.lines.last == "treetop replay \(file)")
        let check = try Program.run(["check", file])
        #expect(check.status == 0)
        #expect(check.output.hasPrefix("holds: "))
    }

    @Test func stuckNamesTheBlockerAndEndsWithCodeFour() throws {
        let scratch = Scratch()
        let file = scratch.path("a.treetop")
        let run = try Program.run(["demo", "stuck", "--headless", "--record", file])
        #expect(run.status == 4)
        let overdue = try #require(run.lines.firstIndex { $0.contains("OVERDUE") && $0.contains("wants-lock") })
        let abandoned = try #require(run.lines.firstIndex { $0.contains("ABANDONED") && $0.contains("wants-lock") })
        #expect(overdue < abandoned)
        #expect(run.errors.contains("abandoned"))
        let check = try Program.run(["check", file])
        #expect(check.status == 0)
        #expect(check.output.contains("1 task was abandoned"))
        #expect(check.output.contains("timed out"))
    }

    @Test func aBuildCanFailForWhatWasAbandoned() throws {
        let scratch = Scratch()
        let (file, junit) = (try StuckRecording(scratch.path("a.treetop")).path, scratch.path("check.xml"))
        #expect(try Program.run(["check", file, "--junit", junit]).status == 0)
        let xml = try String(contentsOfFile: junit, encoding: .utf8)
        #expect(throws: Never.self) { try XMLLook.parse(xml) }
        #expect(xml.contains(#"<failure type="nothing-abandoned" message="seq "#))
        #expect(xml.contains("stuck/part/wants-lock: it was abandoned"))
        #expect(xml.contains(#"<testcase classname="a.treetop wishes" name="nothing-leaked"/>"#))
        let piped = try Program.run(["check", file, "--junit", "/dev/stdout"])
        #expect(piped.status == 0 && piped.errors.hasPrefix("holds: ") && piped.output == xml)
        let strict = try Program.run(["check", file, "--strict"])
        #expect(strict.status == 1 && strict.output.hasPrefix("violated: "))
        #expect(strict.output.contains("(nothing-abandoned)") && strict.output.contains("(releases-in-time)"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 2)
        let nowhere = try Program.run(["check", file, "--junit", scratch.path("no/check.xml")])
        #expect(nowhere.status == 2 && nowhere.errorLines.count == 1 && nowhere.output.isEmpty)
        #expect(nowhere.errors.contains("cannot be written"))
    }

    @Test func anExportReadsBackAndTheStateAtATimeIsASessionOfItsOwn() throws {
        let scratch = Scratch()
        let file = scratch.path("a.treetop")
        _ = try Program.run(["demo", "storm", "--scale", "60", "--for", "300ms", "--record", file])
        let export = try Program.run(["export", file, "--to", "jsonl"])
        #expect(export.status == 0)
        #expect(export.lines.first?.hasPrefix(#"{"treetop":1,"session":""#) == true)
        #expect(export.lines.dropFirst().first?.hasPrefix(#"{"seq":1,"t":"#) == true)
        let lines = scratch.path("a.jsonl")
        try export.output.write(toFile: lines, atomically: true, encoding: .utf8)
        #expect(try Program.run(["check", lines]).status == 0)
        #expect(try Program.run(["export", lines, "--to", "jsonl"]).output == export.output)

        let rows = try Program.run(["replay", file, "--headless", "--at", "150ms", "--format", "jsonl"])
        #expect(rows.lines[1].contains(#""event":"snapshot.begin""#))
        #expect(rows.lines.last?.contains(#""event":"snapshot.end""#) == true)
        let tree = try Program.run(["replay", file, "--headless", "--at", "150ms"])
        let live = rows.lines.count { $0.contains(#""event":"snapshot.task""#) }
        #expect(tree.lines.first?.contains("\(live) live") == true)
    }

    @Test func whatIsPrintedLiveIsWhatIsInTheFile() throws {
        let scratch = Scratch()
        let file = scratch.path("a.treetop")
        let run = try Program.run(["demo", "first-error", "--headless", "--format", "jsonl", "--record", file])
        #expect(try Program.run(["export", file, "--to", "jsonl"]).output == run.output)
    }

    @Test func aPictureOfTheScreenNeedsNoTerminal() throws {
        let scratch = Scratch()
        let stuck = try StuckRecording(scratch.path("a.treetop"))
        let (file, at) = (stuck.path, "\(stuck.heeded)ms")
        let text = try Program.run(["replay", file, "--at", at, "--to", "text", "--size", "100x30"])
        #expect(text.output.contains("wants-lock"))
        let svg = try Program.run(["replay", file, "--at", at, "--to", "svg"])
        #expect(svg.output.hasPrefix("<svg") || svg.output.hasPrefix("<?xml"))
        #expect(throws: Never.self) { try XMLLook.parse(svg.output) }
    }

    @Test(arguments: [
        (["demo", "nope"], 64, "there is no demo nope"),
        (["demo", "--scale", "0"], 64, "--scale 0"),
        (["demo", "--for", "soon"], 64, "'soon' is invalid for '--for <time>': give a time such as 250ms"),
        (["state", "a", "--at", "-1s"], 64, "'-1s' is invalid for '--at <time>': give a time"),
        (["demo", "--keep", "5x"], 64, "'5x' is invalid for '--keep <limit>': give a time of at least 1s"),
        (["demo", "--keep-on", "foo"], 64, "give failure, leak, abandoned, cascade:2s"),
        (["events", "a", "--where", "kind=foo"], 64, "give kinds of events, such as task.finished"),
        (["events", "a", "--where", "foo"], 64, "give kind=…, task=…"),
        (["demo", "--record", "a", "--no-record"], 64, "exclude each other"),
        (["frobnicate"], 64, "frobnicate"),
        (["check"], 64, "file"),
        (["check", "/nonexistent"], 2, "/nonexistent does not exist"),
        (["check", "/tmp"], 2, "is a directory"),
        (["import", "a.jsonl"], 64, "--output"),
        (["import", "/nonexistent", "-o", "/nonexistent/b"], 2, "/nonexistent does not exist"),
        (["import", "/nonexistent", "-o", "/tmp"], 2, "/tmp exists already"),
        (["state", "/nonexistent"], 2, "/nonexistent does not exist"),
        (["state", "/tmp", "--at", "soon"], 64, "soon"),
        (["diff", "/nonexistent", "--from", "1s"], 2, "/nonexistent does not exist"),
        (["diff", "/tmp"], 64, "--from"),
        (["diff", "/tmp", "--from", "2s", "--to", "1s"], 64, "--to is before --from"),
        (["events", "/nonexistent"], 2, "/nonexistent does not exist"),
        (["events", "/tmp", "--where", "kind=task.exploded"], 64, "kind=task.exploded"),
        (["events", "/tmp", "--where", "colour=red"], 64, "colour=red"),
        (["report"], 64, "file"),
        (["report", "/nonexistent"], 2, "/nonexistent does not exist"),
        (["report", "/tmp"], 2, "is a directory"),
        (["replay", "/nonexistent"], 2, "/nonexistent does not exist"),
        (["export", "/nonexistent", "--to", "jsonl"], 2, "/nonexistent does not exist"),
        (["export", "/nonexistent", "--to", "pdf"], 64, "pdf"),
    ])
    func badInputIsOneLineAndACode(_ arguments: [String], _ status: Int, _ words: String) throws {
        let run = try Program.run(arguments)
        #expect(run.status == Int32(status))
        #expect(run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    /// A disk that is full is no reader that has seen enough.
    @Test(arguments: [
        ["demo", "--list"], ["demo", "worker", "--headless", "--no-record"], ["check", "FILE"], ["state", "FILE"],
    ])
    func outputThatCannotBeWrittenIsSaid(_ arguments: [String]) throws {
        let file = LayeringTests.root.appending(path: "Tests/RecordingTests/Fixtures/rows.treetop").path
        let own = arguments.map { $0 == "FILE" ? file : $0 }
        let run = try Program.run(["-c", #""$0" "$@" > /dev/full"#, Program.path] + own, of: "/bin/sh")
        #expect(run.status == 2)
        #expect(
            run.errorLines.last == "treetop: standard output cannot be written: No space left on device",
            "\(run.errors)")
    }

    @Test func aFileThatIsNoSessionOrNotAllOfOneIsSaidToBe() throws {
        let scratch = Scratch()
        let good = scratch.path("good.treetop")
        _ = try Program.run(["demo", "first-error", "--headless", "--record", good])
        let bytes = try Data(contentsOf: URL(filePath: good))
        func file(_ name: String, _ content: Data) throws -> String {
            let path = scratch.path(name)
            try content.write(to: URL(filePath: path))
            return path
        }
        var newer = bytes
        newer[8] = 9
        var damaged = bytes
        damaged[damaged.count / 2] ^= 0xFF
        let cases: [(String, Int32, String)] = [
            (try file("empty", Data()), 2, "empty"),
            (try file("text", Data("hello\n".utf8)), 2, "not a session"),
            (try file("header", bytes.prefix(20)), 2, "cut off"),
            (try file("newer", newer), 2, "version"),
            (try file("cut", bytes.prefix(bytes.count / 2)), 3, "cut off"),
            (try file("damaged", damaged), 3, "damaged"),
        ]
        for (path, status, words) in cases {
            let run = try Program.run(["check", path])
            #expect(run.status == status, "\(path): \(run.output)\(run.errors)")
            #expect((run.output + run.errors).contains(words), "\(path): \(run.output)\(run.errors)")
        }
    }

    @Test func aRecordingThatCannotBeMadeIsSaidAndTheRestGoesOn() throws {
        let run = try Program.run(
            ["demo", "storm", "--scale", "20", "--for", "50ms", "--record", "/proc/nowhere/a.treetop"])
        #expect(run.status == 5)
        #expect(run.errors.contains("/proc/nowhere/a.treetop"))
        #expect(run.output.contains("ended"))
    }

    @Test func withoutATerminalAReplayPrintsAndADashboardGoesHeadless() throws {
        let scratch = Scratch()
        let state = ["XDG_STATE_HOME": scratch.path("state")]
        #expect(try Program.run(["replay"], environment: state).status == 2)
        let run = try Program.run(["demo", "storm", "--scale", "20", "--for", "50ms"], environment: state)
        #expect(run.status == 0)
        let replay = try Program.run(["replay"], environment: state)
        #expect(replay.status == 0)
        #expect(replay.lines.first?.hasPrefix("at 0:") == true)
    }

    @Test func theLastTwentyRecordingsAreKept() throws {
        let scratch = Scratch()
        let state = ["XDG_STATE_HOME": scratch.path("state")]
        for _ in 0..<22 {
            _ = try Program.run(["demo", "storm", "--scale", "1", "--for", "1ms"], environment: state)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("state/treetop")).count == 20)
    }

    @Test func optionsThatWouldDoNothingAreRefused() throws {
        let scratch = Scratch()
        let file = try StuckRecording(scratch.path("a.treetop")).path
        for (command, says) in [
            (["pack", file, "--redact", "", "-o", scratch.path("b")], "would black out nothing"),
            (["pack", file, "--redact", "x*", "-o", scratch.path("b")], "would black out nothing"),
            (["replay", file, "--headless", "--to", "svg"], "leave one of them out"),
            (["replay", file, "--keys", "q"], "give --to as well"),
            (["replay", file, "--to", "text", "--size", "0x0"], "from 1x1 to 500x200"),
            (["export", file, "--to", "asciicast", "--fps", "-1"], "give 1 to 60"),
            (["events", file, "--where", "from=3s", "--where", "to=1s"], "nothing is in that time"),
        ] {
            let run = try Program.run(command)
            #expect(run.status == 64 && run.output.isEmpty && run.errorLines.count == 1, "\(command): \(run.errors)")
            #expect(run.errors.contains(says), "\(run.errors)")
        }
    }

    @Test func everyCommandHasHelpWithAnExample() throws {
        let help = try Program.run(["--help"])
        #expect(help.status == 0)
        for command in ["demo", "replay", "check", "report", "state", "diff", "events", "export", "import"] {
            #expect(help.output.contains("treetop \(command)"))
            let own = try Program.run([command, "--help"])
            #expect(own.output.contains("Example"))
            #expect(own.output.contains("treetop \(command)") || own.output.contains("| treetop \(command)"))
        }
    }
}

/// Reads XML with a reader that is not ours.
private final class XMLLook: NSObject {
    static func parse(_ text: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())",
        ]
        let input = Pipe()
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw CocoaError(.fileReadCorruptFile) }
    }
}
