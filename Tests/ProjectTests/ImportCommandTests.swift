import Foundation
import Testing
import TestSupport

/// `treetop import`, and what comes through a pipe.
@Suite(.onItsOwnThread) struct ImportCommandTests {
    private func exported(_ scratch: Scratch) throws -> String {
        let file = scratch.path("a.treetop")
        _ = try Program.run(["demo", "first-error", "--headless", "--record", file])
        return try Program.run(["export", file, "--to", "jsonl"]).output
    }

    private func files(_ scratch: Scratch) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
    }

    @Test func anExportIsImportedAsItWas() throws {
        let scratch = Scratch()
        let text = try exported(scratch)
        let (lines, made) = (scratch.path("b.jsonl"), scratch.path("b.treetop"))
        try text.write(toFile: lines, atomically: true, encoding: .utf8)
        let run = try Program.run(["import", lines, "-o", made])
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.output == "\(made): \(text.split(separator: "\n").count - 1) events\n")
        #expect(try Program.run(["export", made, "--to", "jsonl"]).output == text)
        let mode = try FileManager.default.attributesOfItem(atPath: made)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let again = try Program.run(["import", lines, "-o", made])
        #expect(again.status == 2 && again.errors.contains("exists already"))
        let binary = try Program.run(["import", made, "-o", scratch.path("c.treetop")])
        #expect(binary.status == 2 && binary.errors.contains("is a session file already"))
        let nowhere = try Program.run(["import", lines, "-o", scratch.path("no/b.treetop")])
        #expect(nowhere.status == 2 && nowhere.errorLines.count == 1)
        #expect(nowhere.errors.contains("no/b.treetop: its directory does not exist"))
        #expect(try files(scratch) == ["a.treetop", "b.jsonl", "b.treetop"])
    }

    @Test func aBadLineIsNamedAndNothingIsLeftBehind() throws {
        let scratch = Scratch()
        var lines = try exported(scratch).split(separator: "\n").map { String($0) }
        lines[20] = #"{"seq":20,"t":1,"event":"task.started","task":"x"}"#
        let file = scratch.path("b.jsonl")
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let run = try Program.run(["import", file, "-o", scratch.path("b.treetop")])
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(run.errors == "treetop: \(file):21: task.started: `task` is no number\n")
        #expect(try files(scratch) == ["a.treetop", "b.jsonl"])
    }

    @Test func aPipeIsReadAsAFileIs() throws {
        let scratch = Scratch()
        let text = try exported(scratch)
        let (lines, made) = (scratch.path("b.jsonl"), scratch.path("b.treetop"))
        try text.write(toFile: lines, atomically: true, encoding: .utf8)
        let script = "cat '\(lines)' | '\(Program.path)' import /dev/stdin -o '\(made)'"
        #expect(try Program.run(["-c", script], of: "/bin/sh").status == 0)
        #expect(try Program.run(["export", made, "--to", "jsonl"]).output == text)
        let check = try Program.run(["-c", "cat '\(lines)' | '\(Program.path)' check /dev/stdin"], of: "/bin/sh")
        #expect(check.status == 0 && check.output.hasPrefix("holds: /dev/stdin: "))
    }
}
