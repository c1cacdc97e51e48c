import EventBus
import TestSupport
import Testing
import TreeModel

@testable import Recording

@Suite struct SessionImportTests {
    private let directory = Scratch()
    private let session = SessionInfo(
        session: "0123456789abcdef", name: "orders", pid: 42, startedUnixNanoseconds: 1_772_366_400_123_456_789)

    @discardableResult
    private func importing(_ bytes: [UInt8], as name: String) throws -> SessionImport.Summary {
        write(bytes, to: directory[name + ".jsonl"])
        return try SessionImport.write(SessionFile(directory[name + ".jsonl"]), to: directory[name])
    }

    @Test func whatIsExportedAgainIsWhatWasRead() throws {
        let seed = Seeds.any()
        for fullness in 0...4 {
            _ = try record(randomEvents(3_000, seed: seed, fullness: fullness), to: directory["\(fullness)"])
            let text = try exported(directory["\(fullness)"])
            let summary = try importing(text, as: "again\(fullness)")
            #expect(try exported(directory["again\(fullness)"]) == text, "seed \(seed), fullness \(fullness)")
            #expect(summary.earlier == 0 && summary.unknown == 0 && summary.events == 3_001)
            #expect(try SessionFile(directory["again\(fullness)"]).isComplete)
        }
    }

    @Test(arguments: [
        ("cut off", "start 1\nstart 2 1"), ("a gap", "start 1\ngap 7\nfinish 1\nend"),
        ("mid-way", "seq 9\nsnapshot begin\nrow 1\nheld 4 1\nsnapshot end\nfinish 1\nend"),
        ("mid-way without a snapshot", "seq 9\nstart 1\nfinish 1\nend"),
        ("an event behind the end", "start 1\nfinish 1\nend\nlog"), ("nothing", ""),
    ])
    func theVerdictStaysTheSame(_ name: String, _ script: String) throws {
        let log = ScriptedLog(script)
        let text = jsonLines(log.events, of: session)
        try importing(text, as: "a")
        #expect(try exported(directory["a"]) == text)
        let before = try Check.verdict(of: SessionFile(directory["a.jsonl"]))
        #expect(try Check.verdict(of: SessionFile(directory["a"])) == before)
    }

    @Test(arguments: [
        ("seq 2\nstart 1\nseq 4\nfinish 1", 3, "`seq` is 4, and 3 is due"),
        ("start 1\nseq 1\nfinish 1", 3, "`seq` is 1, and 2 is due"),
        (
            "start 1\nsnapshot begin\nseq 9\nrow 1", 4,
            "`seq` is 8: a snapshot's row carries that of the event before it, 1"
        ),
        ("seq 0\nstart 1", 2, "begin with 1"),
    ])
    func aPlaceThatIsNotDueIsNamedWithItsLine(_ script: String, _ line: Int, _ words: String) {
        write(jsonLines(ScriptedLog(script).events), to: directory["a.jsonl"])
        let failure = error { () throws(SessionError) in
            _ = try SessionImport.write(SessionFile(directory["a.jsonl"]), to: directory["a"])
        }
        #expect(failure?.code == .badLine)
        #expect(failure?.message.hasPrefix("\(directory["a.jsonl"]):\(line): ") == true, "\(failure as Any)")
        #expect(failure?.message.contains(words) == true, "\(failure as Any)")
    }

    @Test func aGapThatIsLargerThanTheCountIsNamed() {
        write(jsonLines([TreeEvent(seq: 7, t: 1, change: .gap(.init(lost: .max)))]), to: directory["a.jsonl"])
        let failure = error { () throws(SessionError) in
            _ = try SessionImport.write(SessionFile(directory["a.jsonl"]), to: directory["a"])
        }
        #expect(failure?.message.contains(":2: `lost` 18446744073709551615 is more than there can be") == true)
    }

    @Test func whatAFileCannotHoldIsCounted() throws {
        let text = """
            {"treetop":1}
            {"seq":1,"t":9,"event":"task.started","task":1,"name":"a"}
            {"seq":2,"t":7,"event":"task.sneezed","task":1}
            {"seq":3,"t":4,"event":"task.resumed","task":1}

            """
        let summary = try importing(Array(text.utf8), as: "a")
        #expect(summary.events == 2 && summary.unknown == 1 && summary.earlier == 1)
        #expect(
            try SessionFile(directory["a"]).load() == [
                TreeEvent(seq: 1, t: 9, change: .taskStarted(.init(task: TaskID(1), name: "a"))),
                TreeEvent(seq: 2, t: 9, change: .gap(.init(lost: 1))),
                TreeEvent(seq: 3, t: 9, change: .taskResumed(.init(task: TaskID(1)))),
            ])
    }

    @Test func aSessionFileIsNoLines() throws {
        _ = try record(randomEvents(3, seed: 1), to: directory["a"])
        let failure = error { () throws(SessionError) in
            _ = try SessionImport.write(SessionFile(directory["a"]), to: directory["b"])
        }
        #expect(failure?.code == .notLines)
    }
}
