import Foundation
import Testing
import TestSupport

/// `treetop report` over recorded demos.
@Suite(.onItsOwnThread) struct ReportCommandTests {
    private func record(_ demo: [String], _ scratch: Scratch) throws -> String {
        let file = scratch.path("\(demo[0]).treetop")
        _ = try Program.run(["demo"] + demo + ["--headless", "--record", file])
        return file
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func aReportNamesTheBlockerTheCriticalPathAndTheAbandoned() throws {
        let scratch = Scratch()
        let file = try record(["stuck"], scratch)
        let run = try Program.run(["report", file])
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.output.contains("held up by wants-lock for"))
        #expect(run.output.contains("critical path wants-lock"))
        #expect(run.output.contains("ABANDONED  1\n"))
        #expect(run.output.contains("LEAKS  none"))
        #expect(run.output.contains("timed out process sh"))
        #expect(run.lines.allSatisfy { $0.count <= 80 && $0.last != " " }, "\(run.output)")
        #expect(!run.output.contains("…"), "nothing of it is so long that it is cut: \(run.output)")
        let lines = scratch.path("a.jsonl")
        try Program.run(["export", file, "--to", "jsonl"]).output.write(
            toFile: lines, atomically: true, encoding: .utf8)
        let again = try Program.run(["report", lines]).output
        #expect(again.split(separator: "\n").dropFirst() == run.lines.dropFirst())
    }

    @Test func theJSONHasTheSameNumbersAsTheCheck() throws {
        let scratch = Scratch()
        let file = try record(["first-error"], scratch)
        let report = try json(try Program.run(["report", file, "--json"]).output)
        let tasks = try #require(report["tasks"] as? [String: Any])
        let resources = try #require(report["resources"] as? [String: Any])
        let check = try Program.run(["check", file]).output
        let words = [
            "\(report["events"] as? Int ?? -1) events", "\(tasks["started"] as? Int ?? -1) tasks",
            "\(tasks["failed"] as? Int ?? -1) failed", "\(tasks["cancelled"] as? Int ?? -1) cancelled",
            "\(resources["acquired"] as? Int ?? -1) resources acquired",
            "\(resources["released"] as? Int ?? -1) released",
        ]
        for word in words { #expect(check.contains(word), "\(word): \(check)") }
        #expect(report["ended"] as? String == "finished")
        let failures = try #require(report["failures"] as? [[String: Any]])
        #expect(failures.contains { ($0["path"] as? String)?.hasSuffix("shard-13") == true })
    }

    @Test func twoAreCompared() throws {
        let scratch = Scratch()
        let (first, second) = (try record(["stuck"], scratch), try record(["first-error"], scratch))
        let run = try Program.run(["report", first, second])
        #expect(run.status == 0)
        #expect(run.lines.allSatisfy { $0.count <= 80 }, "\(run.output)")
        #expect(run.lines.contains { $0.split(separator: " ") == ["abandoned", "1", "0", "-1"] }, "\(run.output)")
        #expect(run.output.contains("only in A: deaf-child"))
        #expect(run.output.contains("1      0  release ReleaseTimedOut:"))
        let both = try json(try Program.run(["report", first, second, "--json"]).output)
        #expect((both["a"] as? [String: Any])?["report"] as? Int == 1)
        #expect((both["b"] as? [String: Any])?["report"] as? Int == 1)
    }

    @Test func aSessionWithoutAnEndSaysSo() throws {
        let scratch = Scratch()
        let file = try record(["stuck"], scratch)
        let cut = scratch.path("cut.treetop")
        let bytes = try Data(contentsOf: URL(filePath: file))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: cut))
        let run = try Program.run(["report", cut])
        #expect(run.status == 0)
        #expect(run.output.contains("no end"))
        #expect(run.output.contains("not all is there: there is no session.ended"))
        #expect(run.output.contains("not all is there: the file is cut off at its end"))
    }
}
