import Foundation
import Testing
import TestSupport

/// The formats of `treetop export`, and where they are written.
@Suite(.onItsOwnThread) struct ExportCommandTests {
    private static let formats = [
        "jsonl", "chrome", "perfetto", "csv", "dot", "mermaid", "svg", "html", "otlp", "sqlite", "asciicast",
        "asciicast-v2",
    ]

    /// A session with an abandoned task, as a session file and as JSON Lines.
    private static func record(in scratch: Scratch) throws -> (file: String, lines: String) {
        let (file, lines) = (try StuckRecording(scratch.path("a.treetop")).path, scratch.path("a.jsonl"))
        _ = try Program.run(["export", file, "--to", "jsonl", "-o", lines])
        return (file, lines)
    }

    @Test func aFileIsTheSameFromLinesAsFromASessionFileAndOnStandardOutput() throws {
        let scratch = Scratch()
        let (file, lines) = try Self.record(in: scratch)
        for format in Self.formats {
            let (first, second) = (scratch.path("first"), scratch.path("second"))
            for (source, target) in [(file, first), (lines, second)] {
                let run = try Program.run(["export", source, "--to", format, "-o", target])
                #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty, "\(format): \(run.errors)")
            }
            let bytes = try Data(contentsOf: URL(filePath: first))
            #expect(!bytes.isEmpty, "\(format)")
            // The replay shows the name of its file.
            guard !format.hasPrefix("asciicast") else { continue }
            #expect(try bytes == Data(contentsOf: URL(filePath: second)), "\(format)")
            guard format != "perfetto" else { continue }
            #expect(try Program.run(["export", file, "--to", format]).output == String(decoding: bytes, as: UTF8.self))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(Set(left) == ["a.treetop", "a.jsonl", "first", "second"])
    }

    @Test func theFormatsAreInTheHelpAndInTheErrorOfAnUnknownOne() throws {
        let help = try Program.run(["export", "--help"]).output
        let unknown = try Program.run(["export", "/nonexistent", "--to", "pdf"])
        #expect(unknown.status == 64 && unknown.errorLines.count == 1)
        for format in Self.formats {
            #expect(help.contains("\n  \(format) "), "\(format)")
            #expect(unknown.errors.contains(format), "\(format): \(unknown.errors)")
        }
    }

    /// What cannot be written is one line, and nothing is left under the final name or beside it.
    @Test func aFileThatCannotBeWrittenIsOneLineAndNeverHalfOfIt() throws {
        let scratch = Scratch()
        let (file, lines) = try Self.record(in: scratch)
        let kept = scratch.path("kept")
        try "before".write(toFile: kept, atomically: true, encoding: .utf8)
        let bad = scratch.path("bad.jsonl")
        try String(contentsOfFile: lines, encoding: .utf8).appending("oops\n")
            .write(toFile: bad, atomically: true, encoding: .utf8)
        let before = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        let cases: [([String], Int32, String)] = [
            ([file, "--to", "csv", "-o", scratch.path("nowhere/a.csv")], 2, "nowhere/a.csv cannot be written"),
            ([file, "--to", "csv", "-o", scratch.path], 2, "is a directory"),
            ([file, "--to", "csv", "-o", "/dev/full"], 2, "/dev/full cannot be written: No space"),
            ([file, "--to", "csv", "-o", file], 64, "is the session itself"),
            ([bad, "--to", "chrome", "-o", kept], 2, "no JSON object"),
            ([bad, "--to", "jsonl", "-o", kept], 2, "no JSON object"),
            ([file, "--to", "dot", "--task", "999", "-o", kept], 64, "no task 999"),
            ([file, "--to", "csv", "--task", "1"], 64, "--task is for"),
            ([file, "--to", "svg", "--at", "1s"], 64, "--at is for"),
            ([file, "--to", "asciicast", "--fps", "0"], 64, "--fps 0"),
        ]
        for (arguments, status, words) in cases {
            let run = try Program.run(["export"] + arguments)
            #expect(run.status == status, "\(arguments): \(run.errors)")
            #expect(run.errorLines.count == 1 && run.errors.contains(words), "\(arguments): \(run.errors)")
            #expect(run.output.isEmpty, "\(arguments)")
        }
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == "before")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == before)
    }

    /// A session whose program died is written as far as it goes; what is alive at its end is open.
    @Test func aSessionThatIsCutOffIsWrittenAsFarAsItGoes() throws {
        let scratch = Scratch()
        let (file, lines) = try Self.record(in: scratch)
        let cut = scratch.path("cut")
        for source in [file, lines] {
            let bytes = try Data(contentsOf: URL(filePath: source))
            try bytes.prefix(bytes.count / 2).write(to: URL(filePath: cut))
            for format in Self.formats {
                let run = try Program.run(["export", cut, "--to", format, "-o", scratch.path("out")])
                #expect(run.status == 0 && run.errors.contains("cut off"), "\(format): \(run.errors)")
            }
            #expect(try Program.run(["export", cut, "--to", "csv"]).output.contains(",open,"))
        }
    }

    @Test func aLinkIsFollowedAndAPipeIsWrittenInPlace() throws {
        let scratch = Scratch()
        let (file, _) = try Self.record(in: scratch)
        let (target, link) = (scratch.path("target"), scratch.path("link"))
        try Data().write(to: URL(filePath: target))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(try Program.run(["export", file, "--to", "csv", "-o", link]).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
        let table = try String(contentsOfFile: target, encoding: .utf8)
        #expect(table.hasPrefix("id,parent,path,"))
        #expect(try Program.run(["export", file, "--to", "csv", "-o", "/proc/self/fd/1"]).output == table)
    }

    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// With a name that says so it is a database, made by the sqlite3 program; where that is not there it is one line.
    @Test(.enabled(if: python != nil, "python3 is not installed: nobody reads the database"))
    func aNameThatSaysSoIsADatabase() throws {
        let scratch = Scratch()
        let (file, _) = try Self.record(in: scratch)
        let python = try #require(Self.python)
        let (tools, database) = (scratch["tools"], scratch["it's a run.db"])
        func export(_ target: String, tool: String? = nil) throws -> Program.Ended {
            try? FileManager.default.removeItem(atPath: tools)
            try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
            if let tool {
                let path = "\(tools)/sqlite3"
                try "#!\(python)\nimport sqlite3, sys\n\(tool)\n".write(toFile: path, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            }
            return try Program.run(
                ["export", file, "--to", "sqlite", "-o", target], environment: ["PATH": tools])
        }
        // Stands for the program, with the library that it is made of.
        let maker = "sqlite3.connect(sys.argv[-1]).executescript(sys.stdin.read())"
        let missing = try export(database)
        #expect(missing.status == 69 && missing.errorLines.count == 1 && missing.errors.contains("needs the sqlite3"))
        let failing = try export(database, tool: "sys.exit(1)")
        #expect(failing.status == 2 && failing.errors.contains("the sqlite3 program failed"))
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: scratch.path)) == ["a.treetop", "a.jsonl", "tools"])
        let made = try export(database, tool: maker)
        #expect(made.status == 0 && made.errors.isEmpty && made.output.isEmpty, "\(made.errors)")
        let look = """
            import json, sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            report = json.loads(sys.argv[2])
            peak, = db.execute("SELECT max(live) FROM live_tasks").fetchone()
            abandoned = [row[0] for row in db.execute("SELECT task FROM abandoned_tasks")]
            slowest = [row[0] for row in db.execute("SELECT resource FROM slowest_releases")]
            assert peak == report["tasks"]["peak"]["count"]
            assert abandoned == [task["task"] for task in report["abandoned"]] and len(abandoned) == 1
            assert slowest[0] == report["slowestReleases"][0]["resource"]
            """
        let report = try Program.run(["report", file, "--json"]).output
        let seen = try Program.run(["-c", look, database, report], of: python)
        #expect(seen.status == 0, "\(seen.errors)")
        // The text is a file as any other.
        let text = try export(scratch["run.sql"])
        #expect(text.status == 0)
        #expect(try String(contentsOfFile: scratch["run.sql"], encoding: .utf8).contains("CREATE VIEW leaks"))
    }

    /// Both versions play the same: the screens of the replay, with its marks, and without the time when nothing happens.
    @Test func anAsciicastPlaysTheReplay() throws {
        let scratch = Scratch()
        let (file, _) = try Self.record(in: scratch)
        func lines(_ format: String, _ more: [String] = []) throws -> (header: [String: Any], events: [[Any]]) {
            let run = try Program.run(["export", file, "--to", format, "--size", "100x30"] + more)
            let parsed = try run.lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
            let header = try #require(parsed.first as? [String: Any])
            return (header, try parsed.dropFirst().map { try #require($0 as? [Any]) })
        }
        let (new, old) = (try lines("asciicast"), try lines("asciicast-v2"))
        #expect(new.header["version"] as? Int == 3 && old.header["version"] as? Int == 2)
        #expect((new.header["term"] as? [String: Any])?["cols"] as? Int == 100 && old.header["height"] as? Int == 30)
        #expect(new.events.count == old.events.count)
        var time = 0.0
        var screen = TinyTerminal(width: 100, height: 30)
        var seen = false
        for (event, other) in zip(new.events, old.events) {
            let interval = try #require(event[0] as? Double)
            #expect(interval >= 0 && interval <= 10)
            time += interval
            #expect(abs(time - (try #require(other[0] as? Double))) < 0.001)
            #expect(event[1] as? String == other[1] as? String && event[2] as? String == other[2] as? String)
            if event[1] as? String == "o" { screen.feed(Array((event[2] as? String ?? "").utf8)) }
            seen = seen || screen.text.contains("wants-lock")
        }
        #expect(seen)
        #expect(new.events.contains { $0[1] as? String == "m" && ($0[2] as? String)?.hasPrefix("abandoned: ") == true })
        // At the end it is the screen that a picture shows there.
        let picture = try Program.run(["replay", file, "--to", "text", "--size", "100x30"]).lines
        let rows = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
        for row in picture where row.contains("wants-lock") || row.contains("heeds-1") {
            #expect(
                rows.contains { $0.trimmingCharacters(in: .whitespaces) == row.trimmingCharacters(in: .whitespaces) })
        }
        // Less patience, fewer seconds.
        let short = try lines("asciicast", ["--idle", "100ms"]).events.reduce(0.0) { $0 + ($1[0] as? Double ?? 0) }
        #expect(short < time)
    }
}
