import EventBus
import Recording
import Synchronization
import TaskTree
import TaskTreeTesting
import TestSupport
import Testing
import TreeModel

/// Keyframes are written while the tree goes on, and say what is alive.
@Suite struct KeyframeTests {
    /// The last rows, by task.
    private func rows(_ events: [TreeEvent]) -> [TreeEvent.SnapshotTask] {
        events.compactMap { if case .snapshotTask(let row) = $0.change { row } else { nil } }
    }

    private func follow(_ log: EventLog) -> [TreeEvent] {
        var events: [TreeEvent] = []
        log.makeReader().read { events.append($0) }
        return events
    }

    /// Waits until the log has that many complete keyframes.
    private func keyframes(_ count: Int, in log: EventLog) async {
        var left = count
        for await event in log.makeReader().events() where event.change.kind == .snapshotEnd {
            left -= 1
            if left == 0 { return }
        }
    }

    /// Goes on until the log has a keyframe that began after a task ended.
    private func aKeyframe(in log: EventLog, after task: TaskID, goingOn: () -> Void) async {
        let reader = log.makeReader()
        var (isOver, hasBegun, isComplete) = (false, false, false)
        while !isComplete {
            goingOn()
            reader.read { event in
                switch event.change {
                case .taskFinished(let fields): isOver = isOver || fields.task == task
                case .snapshotBegin: hasBegun = isOver
                case .snapshotEnd: isComplete = isComplete || hasBegun
                default: break
                }
            }
            await Task.yield()
        }
    }

    @Test func aRowSaysWhatATaskWasStartedWithAndHowItIs() async throws {
        let log = EventLog(SessionInfo(name: "rows"))
        var options = TreeOptions()
        options.keyframeSpacing = 3000
        let engine = TreeEngine(log: log, options: options)
        try await engine.run("root", kind: "service", labels: [Label("zone", "a")]) { root in
            try root.own("db", kind: "file", budget: .seconds(1), ()) { _, _ in }
            try root.spawn(
                "worker", kind: "pool", labels: [Label("size", "9")], policy: .isolate, deadline: .seconds(3600),
                grace: .seconds(9)
            ) { worker in
                await worker.waiting(on: WaitTarget(kind: "lock", id: 7, name: "the lock")) { await worker.cancelled() }
            }
            let group = try root.scope("group")
            try group.spawn("drained") { drained in
                drained.drain()
                await drained.cancelled()
            }
            for await event in log.makeReader().events() where event.change.kind == .taskDraining { break }
            for await event in log.makeReader().events() where event.change.kind == .taskWaiting { break }
            while log.bytes < 3000 { root.progress("fills the log up to its first keyframe") }
            await keyframes(1, in: log)
            root.cancel()
        }
        engine.endSession(.finished)
        let events = follow(log)
        let starts = events.compactMap { if case .taskStarted(let start) = $0.change { start } else { nil } }
        let rows = rows(events)
        #expect(rows.map(\.started) == starts)
        let worker = try #require(rows.first { $0.started.name == "worker" })
        #expect(worker.on == WaitTarget(kind: "lock", id: 7, name: "the lock") && worker.waitingSince != nil)
        #expect(rows.filter(\.draining).map(\.started.name) == ["drained"])
        #expect(rows.allSatisfy { $0.phase == .running && $0.cascade == nil })
        let acquired = events.compactMap { if case .resourceAcquired(let it) = $0.change { it } else { nil } }
        let held = events.compactMap { if case .snapshotResource(let it) = $0.change { it.acquired } else { nil } }
        #expect(held == acquired)
    }

    @Test func keyframesAreASmallPartOfTheLog() async throws {
        let log = EventLog(SessionInfo(name: "small part"))
        var options = TreeOptions()
        options.keyframeSpacing = 4096
        let engine = TreeEngine(log: log, options: options)
        try await engine.run("root") { root in
            for _ in 0..<1_000 { try root.spawn("leaf", grace: .seconds(3600)) { await $0.cancelled() } }
            for _ in 0..<100_000 { root.progress("goes on") }
            root.cancel()
        }
        engine.endSession(.finished)
        let all = follow(log)
        let places = all.filter { $0.change.kind == .snapshotBegin }
        let ends = all.filter { $0.change.kind == .snapshotEnd }
        #expect(places.count >= 3)
        #expect(ends.count == places.count)
        // A row takes no less than an event of this log; they are a sixth of it at most.
        #expect(rows(all).count < all.count / 6)
    }

    @Test func aHoldOfTheLockWritesABoundedNumberOfRows() async throws {
        let log = EventLog(SessionInfo(name: "slices"), retaining: 1 << 30)
        var options = TreeOptions()
        options.keyframeSpacing = 1 << 20
        let engine = TreeEngine(log: log, options: options)
        try await engine.run("root") { root in
            // Also of a single task with very many resources.
            try root.spawn("holder") { holder in
                for _ in 0..<20_000 { try holder.own("thing", ()) { _, _ in } }
                await holder.cancelled()
            }
            for _ in 0..<20_000 { try root.spawn("leaf", grace: .seconds(3600)) { await $0.cancelled() } }
            var held = 0
            for await event in log.makeReader().events() where event.change.kind == .resourceAcquired {
                held += 1
                if held == 20_000 { break }
            }
            while log.bytes < 1 << 20 { root.progress("fills the log up to its first keyframe") }
            await keyframes(1, in: log)
            root.cancel()
        }
        engine.endSession(.finished)
        let events = follow(log)
        let count = events.count { $0.change.kind == .snapshotTask || $0.change.kind == .snapshotResource }
        #expect(count >= 40_000)
        // What one hold wrote has one time, and the clock moves on between holds.
        var longest = 0
        var run = 0
        var last: Int64 = -1
        for event in events where event.change.kind == .snapshotTask || event.change.kind == .snapshotResource {
            run = event.t == last ? run + 1 : 1
            last = event.t
            longest = max(longest, run)
        }
        #expect(longest <= 64, "a hold wrote \(longest) rows")
        #expect(Check.verdict(of: events).result == .holds)
    }

    /// What was lent to a task that was abandoned is still there although its owner is over.
    @Test func whatIsHeldForAnAbandonedTaskIsTold() async throws {
        let log = EventLog(SessionInfo(name: "lent"))
        var options = TreeOptions()
        options.keyframeSpacing = 4000
        let engine = TreeEngine(log: log, options: options)
        let stuck = Gate()
        try await engine.run("root", policy: .isolate) { root in
            let owner = try root.spawn("owner") { owner in
                let held = try owner.own("held", ()) { _, _ in }
                try owner.spawn("borrower", grace: .milliseconds(1), lending: [held.resource]) { _ in
                    await stuck.pass()
                }
                owner.cancel()
            }
            await owner.join()
            await aKeyframe(in: log, after: owner.id) { root.progress("fills the log up to another keyframe") }
            stuck.open()
        }
        engine.endSession(.finished)
        let events = follow(log)
        let rows = events.compactMap { if case .snapshotResource(let row) = $0.change { row } else { nil } }
        #expect(rows.contains { $0.acquired.name == "held" && $0.because != nil })
        for begin in events.indices where events[begin].change.kind == .snapshotBegin {
            expectSame(events, from: begin, behind: nil, "lent")
        }
    }

    @Test func aTreeThatIsCancelledMeanwhileIsToldWhole() async throws {
        let log = EventLog(SessionInfo(name: "cancelled meanwhile"), retaining: 1 << 30)
        var options = TreeOptions()
        options.keyframeSpacing = 400_000
        options.keyframeSlice = 16
        let engine = TreeEngine(log: log, options: options)
        try? await engine.run("root", policy: .isolate) { root in
            for number in 0..<30_000 {
                // Nothing is abandoned where the machine is slow: only some thousand of those are remembered.
                let child = try root.spawn("leaf", grace: .seconds(3600)) { leaf in
                    try leaf.own("thing", ()) { _, _ in }
                    await leaf.cancelled()
                }
                if number % 3 == 0 { child.cancel() }
            }
            for await event in log.makeReader().events() where event.change.kind == .snapshotTask { break }
            root.cancel()
        }
        engine.endSession(.finished)
        let events = follow(log)
        #expect(Check.verdict(of: events).result == .holds)
        let begins = events.indices.filter { events[$0].change.kind == .snapshotBegin }
        #expect(!begins.isEmpty)
        for begin in begins { expectSame(events, from: begin, behind: nil, "cancelled meanwhile") }
    }
}
