import Testing
import TreeModel

import TestSupport
@testable import Recording

/// A log that breaks one promise.
struct BadLog: Sendable, CustomTestStringConvertible {
    var rule: Check.Rule
    var name: String
    var seqs: [UInt64]
    var script: String
    var testDescription: String { "\(rule.rawValue): \(name)" }
    init(_ rule: Check.Rule, _ name: String, seqs: [UInt64], _ script: String) {
        self.rule = rule
        self.name = name
        self.seqs = seqs
        self.script = script
    }
}

private let goodLog = """
    start 1
    start 2 1
    acquire 1 2
    acquire 2 2
    start 3 2
    acquire 3 3
    releasing 1
    released 1
    acquire 4 2
    acquire 5 2 after 2
    acquire 6 2 after none
    start 4 1
    cancel 1 2
    mark 2 1
    mark 3 1
    joining 2
    releasing 3
    released 3 failed
    finish 3 cancelled
    releasing 6
    releasing 5
    released 5
    released 6
    releasing 4
    released 4
    releasing 2
    released 2 timedOut
    finish 2 cancelled
    completed 1 2 5 1 1 0
    back 2
    finish 4
    finish 1
    end
    """

@Suite struct CheckTests {
    @Test func aGoodLogHolds() {
        let verdict = ScriptedLog(goodLog).verdict
        #expect(verdict.violations.isEmpty, "\(verdict.violations)")
        #expect(verdict.result == .holds)
        #expect(verdict.counts.tasks == 4 && verdict.counts.acquired == 6 && verdict.counts.released == 6)
        #expect(verdict.notes.contains("1 release timed out") && verdict.notes.contains("1 release failed"))
    }

    /// The same log without one of its events is violated, whichever it is, but for those that a log may do without.
    @Test func aLogThatLacksAnEventDoesNotHold() {
        let lines = goodLog.split(separator: "\n").map { String($0) }
        let dispensable: Set = ["joining 2", "back 2", "completed 1 2 5 1 1 0"]
        for (index, line) in lines.enumerated() {
            // A release may be told by its end only; then that is where it began.
            if line.hasPrefix("releasing") || dispensable.contains(line) { continue }
            var fewer = lines
            fewer.remove(at: index)
            let verdict = ScriptedLog(fewer.joined(separator: "\n")).verdict
            #expect(verdict.result == (line == "end" ? .undetermined : .violated), "without \(line)")
        }
    }

    @Test func anAbandonedTaskHoldsAndIsNamed() {
        let verdict = ScriptedLog(
            """
            start 1
            start 2 1
            acquire 1 2
            cancel 1 2
            mark 2 1
            quarantine 1 2
            finish 2 abandoned
            completed 1 1 1 0 0 1
            returned 2
            releasing 1
            released 1 leaked
            finish 1
            end
            """
        ).verdict
        #expect(verdict.result == .holds, "\(verdict.violations)")
        #expect(
            verdict.notes == [
                "1 task was abandoned: t1/t2", "1 abandoned task returned later", "1 resource was quarantined",
                "1 resource leaked",
            ])
    }

    @Test func tasksThatOverlappingCascadesMarkAreCovered() {
        let verdict = ScriptedLog(
            """
            start 1
            start 2 1
            start 3 2
            cancel 1 1
            mark 1 1
            cancel 2 2
            mark 2 2
            mark 3 1
            finish 3 cancelled
            finish 2 cancelled
            completed 2 1 0 0 0 0
            finish 1 cancelled
            completed 1 2 0 0 0 0
            end
            """
        ).verdict
        #expect(verdict.result == .holds, "\(verdict.violations)")
    }

    @Test func aTaskThatFinishesBeforeTheLastMarkNeedsNone() {
        let verdict = ScriptedLog(
            """
            start 1
            start 2 1
            start 3 1
            cancel 1 1
            mark 1 1
            finish 2
            mark 3 1
            finish 3 cancelled
            finish 1 cancelled
            completed 1 2 0 0 0 0
            end
            """
        ).verdict
        #expect(verdict.result == .holds, "\(verdict.violations)")
    }

    @Test(arguments: badLogs)
    func aBrokenPromiseIsNamed(_ log: BadLog) {
        let verdict = ScriptedLog(log.script).verdict
        #expect(verdict.result == .violated)
        #expect(verdict.violations.map(\.rule) == [log.rule], "\(verdict.violations)")
        #expect(verdict.violations.first?.seqs == log.seqs, "\(verdict.violations)")
        let line = verdict.violations.first?.description ?? ""
        #expect(line.hasPrefix("seq ") && line.hasSuffix("(\(log.rule.rawValue))"), "\(line)")
    }

    @Test func thereIsABadLogForEveryRule() {
        #expect(Set(badLogs.map(\.rule)) == Set(Check.Rule.allCases))
    }

    @Test(arguments: [
        ("start 1\nfinish 1", "no session.ended"),
        ("start 1\ngap 5\nfinish 1\nend", "5 events are missing from seq 2 on"),
        ("start 1\nend recordingFailed", "recording failed at seq 2"),
        ("start 1\nend signal", "a signal ended the session with 1 task left"),
        ("seq 9\nfinish 1\nend", "begins at seq 9"),
    ])
    func whatIsMissingIsSaid(_ script: String, _ reason: String) {
        let verdict = ScriptedLog(script).verdict
        #expect(verdict.result == .undetermined, "\(verdict.violations)")
        #expect(verdict.reasons.contains { $0.contains(reason) }, "\(verdict.reasons)")
    }

    @Test func aViolationAcrossAGapIsStillOne() {
        let verdict = ScriptedLog("start 1\nfinish 1\nfinish 1\ngap 3\nend").verdict
        #expect(verdict.result == .violated && !verdict.reasons.isEmpty)
    }

    @Test func aSnapshotAtTheBeginningPrimesTheState() {
        let good = """
            seq 101
            snapshot begin
            row 1
            row 7 1
            held 3 7
            snapshot end
            start 8 7
            finish 8
            releasing 3
            released 3
            finish 7
            finish 1
            end
            """
        #expect(ScriptedLog(good).verdict.result == .holds, "\(ScriptedLog(good).verdict)")
        let bad = good.replacing("releasing 3\nreleased 3\n", with: "")
        #expect(ScriptedLog(bad).verdict.violations.map(\.rule) == [.heldAtFinish])
        let stray = good.replacing("start 8 7", with: "start 8 6")
        #expect(ScriptedLog(stray).verdict.violations.map(\.rule) == [.namesKnown])
    }

    @Test func theRowsOfASnapshotStandBetweenOtherEvents() {
        // Task 3 starts and resource 5 is acquired before the row of their task comes; task 4 ends before its own.
        let good = """
            seq 101
            snapshot begin
            row 1
            start 3 2
            acquire 5 2
            finish 4
            row 2 1
            snapshot end
            finish 3
            joining 2
            releasing 5
            released 5
            finish 2
            finish 1
            end
            """
        #expect(ScriptedLog(good).verdict.result == .holds, "\(ScriptedLog(good).verdict)")
        let held = good.replacing("releasing 5\nreleased 5\n", with: "")
        #expect(ScriptedLog(held).verdict.violations.map(\.rule) == [.heldAtFinish])
    }

    @Test func aCascadeThatASnapshotTellsInPartIsNotCounted() {
        // What it released, and whom it marked, before their rows came.
        let log = """
            seq 101
            snapshot begin
            row 1
            cancel 1 1
            mark 1 1
            releasing 5
            released 5
            mark 2 1
            snapshot end
            finish 1 cancelled
            completed 1 2 1 0 0 0
            end
            """
        #expect(ScriptedLog(log).verdict.result == .holds, "\(ScriptedLog(log).verdict)")
        let resource = log.replacing("mark 2 1\n", with: "").replacing("completed 1 2", with: "completed 1 1")
        #expect(ScriptedLog(resource).verdict.result == .holds, "\(ScriptedLog(resource).verdict)")
        let wrong = resource.replacing("completed 1 1", with: "completed 1 7")
        #expect(ScriptedLog(wrong).verdict.violations.map(\.rule) == [.cascadeCounts])
    }

    @Test func unknownKindsKeepTheirPlaceAndUnknownWordsMakeItUndetermined() {
        var check = Check()
        let events = ScriptedLog("start 1\nlog\nfinish 1\nend").events
        check.apply(events[0])
        check.skip(seq: 2, kind: nil)
        check.apply(events[2])
        check.apply(events[3])
        #expect(check.verdict().result == .holds)
        #expect(check.verdict().notes == ["1 event is of a newer version"])
        var other = Check()
        other.apply(events[0])
        other.apply(events[1])
        other.skip(seq: 3, kind: .taskFinished)
        other.apply(events[3])
        #expect(other.verdict().result == .undetermined)
    }

    @Test func itsMemoryIsThatOfWhatIsAlive() {
        var check = Check()
        check.apply(ScriptedLog("start 1").events[0])
        var seq: UInt64 = 2
        for number in 2...20_000 as ClosedRange<UInt64> {
            let (task, resource) = (TaskID(number), ResourceID(number))
            let changes: [TreeEvent.Change] = [
                .taskStarted(.init(task: task, parent: TaskID(1), name: "c")),
                .resourceAcquired(.init(resource: resource, task: TaskID(1), name: "r")),
                .resourceReleasing(.init(resource: resource, task: TaskID(1))),
                .resourceReleased(.init(resource: resource, task: TaskID(1), outcome: .ok, duration: 1)),
                .taskFinished(.init(task: task, outcome: .succeeded)),
            ]
            for change in changes {
                check.apply(TreeEvent(seq: seq, t: 0, change: change))
                seq += 1
            }
        }
        #expect(check.tasks.count == 1 && check.resources.isEmpty)
        #expect(check.tasks[TaskID(1)]!.stack.count < 100 && check.tasks[TaskID(1)]!.children.isEmpty)
    }

    @Test func idsAreRememberedInRanges() {
        var ids = IDSet()
        let seed = Seeds.any()
        var random = Seeded(seed)
        var seen: Set<UInt64> = []
        for _ in 0..<5000 {
            let id = UInt64.random(in: 0...3000, using: &random)
            #expect(ids.insert(id) == seen.insert(id).inserted, "seed \(seed)")
        }
        for id in 0...3001 as ClosedRange<UInt64> { #expect(ids.contains(id) == seen.contains(id), "seed \(seed)") }
    }
}
