import Foundation
import Recording
import Testing
import TestSupport
import TreeModel

/// `treetop state`, `diff` and `events` over a recorded demo.
@Suite(.onItsOwnThread) struct StateCommandTests {
    private let scratch: Scratch
    private let recording: StuckRecording
    private var file: String { recording.path }

    init() throws {
        scratch = Scratch()
        recording = try StuckRecording(scratch.path("a.treetop"))
    }

    private func object(_ arguments: [String]) throws -> [String: Any] {
        let run = try Program.run(arguments)
        #expect(run.status == 0 && run.errors.isEmpty)
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    private func paths(_ object: [String: Any], _ key: String) -> [String] {
        (object[key] as? [[String: Any]] ?? []).compactMap { $0["path"] as? String }
    }

    @Test func theStateIsTheTreeAtThatInstant() throws {
        let at = "\(recording.heeded)ms"
        let state = try object(["state", file, "--at", at, "--json"])
        #expect(paths(state, "tasks") == ["stuck", "stuck/part", "stuck/part/wants-lock", "stuck/part/deaf-child"])
        #expect((state["totals"] as? [String: Any])?["live"] as? Int == 4)
        #expect(state["t"] as? Int64 == recording.heeded * 1_000_000)
        let text = try Program.run(["state", file, "--at", at])
        #expect(text.lines.first?.hasPrefix("at \(StuckRecording.clock(recording.heeded)): 4 live") == true)
        // Who waits for a lock does not hold it.
        let lock = text.lines.map { $0.drop { $0 == " " } }.filter { $0.hasSuffix("lock ledger.lock") && $0.count < 40 }
        #expect(lock == ["holds lock ledger.lock", "acquires lock ledger.lock"], "\(text.output)")
        #expect(text.output == (try Program.run(["replay", file, "--headless", "--at", at]).output))
        #expect(paths(try object(["state", file, "--json"]), "tasks").isEmpty)
    }

    @Test func theDifferenceNamesWhatEndedAndWhatIsCancelled() throws {
        let (from, to) = (recording.cancelled - 500, recording.heeded)
        let stretch = ["diff", file, "--from", "\(from)ms", "--to", "\(to)ms"]
        let diff = try object(stretch + ["--json"])
        #expect(paths(diff, "ended") == ["stuck/part/heeds-1", "stuck/part/heeds-2", "stuck/part/heeds-3"])
        #expect(paths(diff, "started").isEmpty)
        #expect(paths(diff, "changed").isEmpty && (diff["changed"] as? [Any])?.count == 4)
        let text = try Program.run(stretch)
        #expect(text.lines.first == "\(StuckRecording.clock(from)) to \(StuckRecording.clock(to))")
        #expect(text.lines.contains { $0.contains("- stuck/part/heeds-1") && $0.hasSuffix("cancelled") })
        #expect(text.lines.contains { $0.contains("~ stuck/part ") && $0.contains("cancelled by cascade 1") })
        #expect(try Program.run(["diff", file, "--from", "1h"]).output.contains("nothing differs"))
        let all = try Program.run(["diff", file, "--from", "0s"])
        #expect(all.status == 0 && all.output.contains("came and went in between: "), "\(all.output)")
    }

    @Test func eventsArePicked() throws {
        let abandoned = try Program.run(["events", file, "--where", "text=abandoned", "--where", "kind=task.finished"])
        #expect(
            abandoned.lines.count == 1 && abandoned.lines.first?.contains("ABANDONED  stuck/part/wants-lock") == true)
        let lines = try Program.run(["events", file, "--where", "name=wants-*", "--format", "jsonl"]).lines
        let exported = Set(try Program.run(["export", file, "--to", "jsonl"]).lines.dropFirst())
        #expect(lines.count > 3 && lines.allSatisfy { exported.contains($0) })
        #expect(try Program.run(["events", file, "--format", "jsonl"]).lines.count == exported.count)
        let seqs = try Program.run(["events", file]).lines.map { $0.split(separator: " ").first.flatMap { Int($0) } }
        #expect(seqs == Array(1...exported.count))
        let resource = try Program.run(["events", file, "--where", "kind=resource.*", "--where", "name=wants-*"])
        let words = resource.lines.compactMap { $0.split(separator: " ").dropFirst(2).first }
        #expect(words == ["acquiring", "acquired", "releasing", "released"])
        let late = try Program.run(["events", file, "--where", "from=1h"])
        #expect(late.status == 0 && late.output.isEmpty)
    }

    @Test func resourcesAreNamedToTheirEnd() throws {
        let lines = try Program.run(["events", file]).lines
        #expect(lines.contains { $0.contains("released   stuck/part/wants-lock: lock ledger.lock in ") })
        #expect(!lines.contains { $0.contains(#/resource \d/#) })
    }

    /// Those above it may have ended well, and have no line.
    @Test func whatEndedIsNamedByItsPathAndGrowsNoOlder() throws {
        let path = scratch.path("b.treetop")
        let run = try Program.run(["demo", "first-error", "--headless", "--record", path])
        #expect(run.status == 1)
        let tree = try SessionFile(path).tree(at: .max).tree
        let lines = try Program.run(["state", path]).lines.dropFirst()
        var slot = tree.root
        var seen = 0
        while slot >= 0 {
            let info = tree.info(slot)
            if info.outcome == .failed, let end = info.finishedAt {
                let age = StuckRecording.clock((end - info.startedAt) / 1_000_000)
                let line = "\(tree.path(slot))  [\(info.id)]  failed; \(age);"
                #expect(lines.contains { $0.hasPrefix(line) }, "\(line) in \(lines)")
                seen += 1
            }
            slot = tree.following(slot)
        }
        #expect(seen > 1)
    }
}
