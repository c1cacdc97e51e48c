import EventBus
import Foundation
import TestSupport
import Testing
import TreeModel

@testable import Recording

@Suite struct ReportTests {
    private let session = SessionInfo(session: "0123456789abcdef", name: "orders", pid: 1, startedUnixNanoseconds: 0)

    /// A log with an event a millisecond, with a cascade that task 4 holds up.
    private let story = """
        start 1
        start 2 1
        start 3 2
        start 4 3
        acquire 1 4
        acquire 2 2
        start 5 1
        cancel 1 2
        mark 2 1
        mark 3 1
        mark 4 1
        seq 500
        releasing 1
        released 1 leaked
        finish 4 abandoned
        seq 503
        finish 3 cancelled
        releasing 2
        released 2 failed
        seq 530
        finish 2 cancelled
        completed 1 3 2 1 0 1
        returned 4
        finish 5 failed
        finish 1
        end
        """

    private func report(_ events: [TreeEvent]) -> Report.Summary {
        var report = Report(session)
        for event in events { report.apply(event) }
        return report.summary()
    }

    @Test func totalsPeaksAndTheEnd() {
        let summary = report(ScriptedLog(story).events)
        #expect(summary.totals.started == 5 && summary.totals.succeeded == 1 && summary.totals.failed == 1)
        #expect(summary.totals.cancelled == 2 && summary.totals.abandoned == 1 && summary.totals.returned == 1)
        #expect(summary.totals.live == 0 && summary.totals.held == 0)
        #expect(summary.peakLive == .init(count: 5, t: 7_000_000))
        #expect(summary.peakHeld == .init(count: 2, t: 6_000_000))
        #expect(summary.releases == [.leaked: 1, .failed: 1])
        #expect(summary.ended == .finished && summary.missing.isEmpty)
        #expect(summary.from == 1_000_000 && summary.to == 535_000_000)
    }

    @Test func aCascadeHasItsOrderWhoHeldItUpAndItsCriticalPath() throws {
        let summary = report(ScriptedLog(story).events)
        #expect(summary.cascades == 1 && summary.causes == [.user: 1])
        let cascade = try #require(summary.longest.first)
        #expect(cascade.cascade.path == "t1/t2" && cascade.duration == 523_000_000)
        #expect(cascade.cascade.order.map(\.name) == ["t4", "t3", "t2"])
        #expect(cascade.cascade.heldUp?.name == "t4")
        #expect(cascade.criticalPath.map(\.name) == ["t4", "t3", "t2"])
        #expect(cascade.criticalPath.map(\.duration) == [494_000_000, 1_000_000, 27_000_000])
        #expect(cascade.criticalPath.reduce(0) { $0 + $1.duration } == 522_000_000)
    }

    @Test func leaksAbandonedAndFailuresAreNamedWithTheirPlace() throws {
        let summary = report(ScriptedLog(story).events)
        #expect(summary.leaks.map(\.path) == ["t1/t2/t3/t4"] && summary.leaks.map(\.name) == ["r1"])
        #expect(summary.leaks.first?.seq == 501)
        let abandoned = try #require(summary.abandoned.first)
        #expect(summary.abandoned.count == 1 && abandoned.path == "t1/t2/t3/t4" && abandoned.returnedAt == 532_000_000)
        #expect(summary.failures.map(\.path) == ["t1/t5"])
    }

    @Test func failuresThatDifferInTheirNumbersAreOne() throws {
        func failed(_ seq: UInt64, _ task: UInt64, _ message: String) -> [TreeEvent] {
            [
                TreeEvent(
                    seq: seq, t: Int64(seq),
                    change: .taskStarted(.init(task: TaskID(task), parent: TaskID(1), name: "job-\(task)"))),
                TreeEvent(
                    seq: seq + 1, t: Int64(seq + 1),
                    change: .taskFinished(
                        .init(
                            task: TaskID(task), outcome: .failed, error: Failure(type: "E", message: message)))),
            ]
        }
        var events = [TreeEvent(seq: 1, t: 1, change: .taskStarted(.init(task: TaskID(1), name: "root")))]
        events += failed(2, 2, "shard 13 is bad") + failed(4, 3, "shard 7 is bad") + failed(6, 4, "no disk")
        let summary = report(events)
        #expect(summary.failures.map(\.count) == [2, 1])
        #expect(summary.failures.first?.error.message == "shard 13 is bad")
        #expect(summary.failures.first?.alike == "shard N is bad")
        #expect(summary.taskGroups.map(\.name) == ["job-N"] && summary.taskGroups.first?.failed == 3)
        #expect(summary.missing.count == 1 && summary.missing[0].contains("1 tasks live"))
    }

    @Test func aLogThatBeginsMidwayOrHasAGapSaysSo() {
        let midway = ScriptedLog("seq 9\nsnapshot begin\nrow 1\nrow 2 1\nsnapshot end\nfinish 2\nfinish 1\nend")
        let summary = report(midway.events)
        #expect(summary.missing.count == 1 && summary.missing[0].contains("mid-way"))
        #expect(summary.taskDurations.count == 2 && summary.peakLive.count == 2)
        let gap = report(ScriptedLog("start 1\ngap 5\nfinish 1\nend").events)
        #expect(gap.missing == ["5 events are lost: the numbers are without them"])
    }

    /// However long the log is, what is kept of it is bounded.
    @Test func ofManyAFewAreKept() {
        var report = Report(session)
        var seq: UInt64 = 0
        func add(_ change: TreeEvent.Change) {
            seq += 1
            report.apply(TreeEvent(seq: seq, t: Int64(seq) * 1000, change: change))
        }
        add(.taskStarted(.init(task: TaskID(1), name: "root")))
        for id in UInt64(2)..<4_000 {
            let task = TaskID(id)
            let letters = String(id, radix: 36).filter(\.isLetter)
            add(.taskStarted(.init(task: task, parent: TaskID(1), name: "t" + letters)))
            add(.resourceAcquired(.init(resource: ResourceID(id), task: task, name: "r")))
            add(.cancelRequested(.init(cascade: CascadeID(id), task: task, force: false, cause: Cause(.code))))
            add(.taskCancelling(.init(task: task, cascade: CascadeID(id))))
            add(
                .resourceReleased(
                    .init(
                        resource: ResourceID(id), task: task, outcome: .leaked,
                        error: Failure(type: letters, message: "m"), duration: id)))
            add(.taskFinished(.init(task: task, outcome: .abandoned)))
            add(
                .cancelCompleted(
                    .init(
                        cascade: CascadeID(id), tasks: 1, resources: 1, failed: 0, timedOut: 0, abandoned: 1,
                        duration: 1)))
        }
        let summary = report.summary()
        #expect(summary.slowest.map(\.duration) == Array((3_990..<4_000).reversed()))
        #expect(summary.longest.count == Report.mostShown && summary.cascades == 3_998)
        #expect(summary.leaks.count == Report.mostExamples && summary.releases[.leaked] == 3_998)
        #expect(summary.abandoned.count == Report.mostExamples && summary.totals.abandoned == 3_998)
        #expect(summary.failures.count <= Report.mostGroups && summary.taskGroups.count <= Report.mostGroups)
        let grouped = summary.taskGroups.reduce(0) { $0 + $1.durations.count }
        #expect(grouped + summary.ungroupedTasks == 3_998)
        #expect(report.paths.isEmpty && report.ended.isEmpty && report.running.isEmpty)
    }

    @Test func aLongCriticalPathKeepsItsEndsAndItsTime() throws {
        var path = Report.CriticalPath()
        for step in 1...100 { path.add(TaskID(UInt64(step)), "t\(step)", .cancelled, Int64(step * step)) }
        let steps = path.steps(since: 0)
        #expect(steps.count == 16 && steps.first?.name == "t1" && steps.last?.name == "t100")
        #expect(steps.reduce(0) { $0 + $1.duration } == 10_000)
    }

    /// Against what sorting all of them says.
    @Test func percentilesAreCloseAndNeverTooSmall() {
        let seed = Seeds.any()
        var random = Seeded(seed)
        for scale in [UInt64(50), 5_000, 1 << 40, .max] {
            var spread = Spread()
            let values = (0..<777).map { _ in UInt64.random(in: 0...scale, using: &random) }
            for value in values { spread.add(value) }
            let sorted = values.sorted()
            #expect(spread.max == sorted.last && spread.count == 777)
            for percent in [1, 50, 90, 99, 100] {
                let exact = sorted[(777 * percent + 99) / 100 - 1]
                let found = spread.percentile(percent)
                #expect(found >= exact && found - exact <= exact / 32, "seed \(seed), \(percent) of \(scale)")
            }
        }
        #expect(Spread().percentile(50) == 0)
    }

    /// Any events at all can be summed up, and the JSON stays JSON.
    @Test func randomEventsAreSummedUp() throws {
        let seed = Seeds.any()
        for wildTimes in [false, true] {
            var random = RandomEvents(seed: seed)
            random.wildTimes = wildTimes
            let json = report((0..<3_000).map { _ in random.next() }).json
            let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect(object?["report"] as? Int == 1, "seed \(seed)")
            #expect(!json.contains("\n"))
        }
    }
}
