import EventBus
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

private struct Bad: Error {}

@Suite struct TestKitTests {
    /// A tree with sleeps, a deadline, a failure, resources and cancels, in which many things are ready at once.
    private func busyTree(_ seed: UInt64) async throws -> WatchedTree {
        let tree = WatchedTree(seed: seed)
        try await tree.drive {
            _ = try? await tree.engine.run("root", policy: .isolate) { root in
                for index in 0..<4 {
                    try root.spawn("worker-\(index)") { worker in
                        for step in 0..<3 {
                            try await worker.acquire(FakeResource("\(worker.name).\(step)"))
                            await Task.yield()
                        }
                        try await worker.sleep(for: .seconds(10 * (index + 1)))
                    }
                }
                let group = try root.scope("group")
                try group.spawn("fails") { task in
                    try await task.sleep(for: .seconds(5))
                    throw Bad()
                }
                try group.spawn("sibling") { await $0.cancelled() }
                _ = await tree.acquired("worker-2.1")
                tree.engine.cancel(await tree.started("worker-3"), cause: Cause(.user))
                _ = try? await root.deadline(.seconds(15)) { task in
                    try await task.acquire(FakeResource("late"))
                    await task.cancelled()
                }
                let several = await withTaskGroup(of: Int.self) { tasks in
                    for index in 0..<3 {
                        tasks.addTask {
                            await Task.yield()
                            return index
                        }
                    }
                    return await tasks.reduce(into: []) { $0.append($1) }
                }
                root.log("\(several)")
                await group.close()
            }
        }
        try tree.promises()
        return tree
    }

    @Test func theSameSeedGivesTheSameEventsAndOthersGiveOthers() async throws {
        var traces: Set<[String]> = []
        for seed in 0..<40 as Range<UInt64> {
            let once = try await busyTree(seed)
            let again = try await busyTree(seed)
            #expect(once.events == again.events, "seed \(seed)")
            #expect(once.executor?.steps == again.executor?.steps)
            traces.insert(once.trace)
        }
        #expect(traces.count > 30)
    }

    @Test func timeMovesOnByItselfWhenNothingIsReady() async throws {
        let tree = WatchedTree(seed: 1)
        let late = try await tree.drive {
            try await tree.engine.run("root") { root in
                try await root.sleep(for: .seconds(3600))
                await #expect(throws: DeadlineExceeded.self) {
                    try await root.deadline(.seconds(60)) { try await $0.sleep(for: .seconds(100_000)) }
                }
                await tree.clock.sleep(for: .seconds(40))
                return tree.clock.now()
            }
        }
        #expect(late == 3_700_000_000_000)
        try tree.promises()
    }

    @Test func alarmsOfOneInstantComeInTheOrderInWhichTheirTimersWereMade() {
        let clock = ManualClock()
        let rung = Lock<[Int]>([])
        let timers = (0..<8).map { index in clock.makeTimer { rung.withLock { $0.append(index) } } }
        for timer in timers.reversed() { timer.schedule(at: 1000) }
        timers[3].schedule(at: 500)
        timers[5].stop()
        clock.advance(by: .microseconds(1))
        #expect(rung.withLock { $0 } == [3, 0, 1, 2, 4, 6, 7])
        #expect(!clock.advanceToNextAlarm())
    }

    @Test func whoeverWaitsForWhatNobodyDoesIsStuck() async throws {
        let tree = WatchedTree(seed: 5)
        let gate = Gate()
        let stuck = await #expect(throws: Stuck.self) {
            try await tree.drive {
                try await tree.engine.run("root") { _ in await gate.pass() }
            }
        }
        #expect(stuck?.seed == 5)
        gate.open()
        #expect(await tree.finished("root").outcome == .succeeded)
    }

    @Test func aCancelOfTheTestReachesWhatItDrives() async throws {
        let tree = WatchedTree(seed: 5)
        let test = Task {
            try await tree.drive {
                try await tree.engine.run("root") { root in
                    root.log("runs")
                    while !Task.isCancelled { await Task.yield() }
                    try root.checkCancelled()
                }
            }
        }
        await tree.first { $0.kind == .taskLog ? true : nil }
        test.cancel()
        _ = await test.result
        await tree.first { $0.kind == .taskFinished ? true : nil }
        #expect(tree.trace.last == "-root cancelled")
    }

    @Test func fakesRecordTheirCallsInOrderAndWhatTheyWereTold() async throws {
        let tree = WatchedTree(seed: 3)
        let calls = CallRecorder()
        let files = FakeResource("files", calls)
        let db = FakeResource("db", calls, open: .takes(.seconds(2), tree.clock), release: .fails)
        let broken = FakeResource("broken", calls, open: .fails)
        try await tree.drive {
            await #expect(throws: TaskCancelled.self) {
                try await tree.engine.run("root") { root in
                    try root.own(files)
                    try await root.acquire(db)
                    #expect(tree.clock.now() == 2_000_000_000)
                    await #expect(throws: FakeFault(name: "broken")) { try await root.acquire(broken) }
                    root.cancel("enough")
                    try root.checkCancelled()
                }
            }
        }
        #expect(
            calls.words == [
                "open files", "opened files", "open db", "opened db", "open broken", "open broken failed",
                "release db", "release db failed", "release files", "released files",
            ])
        #expect(calls.releases == ["db", "files"])
        #expect(files.contexts.map(\.outcome) == [.cancelled])
        #expect(db.contexts.first?.cause?.message == "enough")
        try calls.expectReleasedOnce()
        try tree.promises()
    }

    @Test func aFakeHangsUntilItsGateOpens() async throws {
        let tree = WatchedTree(seed: 3) { $0.releaseBudget = .seconds(1) }
        let gate = Gate()
        let slow = FakeResource("slow", release: .hangs(until: gate, then: .fails))
        try await tree.drive {
            try await tree.engine.run("root") { root in try await root.acquire(slow) }
        }
        #expect(tree.trace.suffix(2) == ["released slow timedOut", "-root succeeded"])
        gate.open()
        await tree.first { $0.kind == .resourceReturned ? true : nil }
        #expect(slow.calls.words.suffix(2) == ["release slow", "release slow failed"])
        #expect(slow.released == 1)
        try tree.promises()
    }

    @Test func whatIsNotReleasedOnceIsNamed() async throws {
        let calls = CallRecorder()
        let kept = try await FakeResource("kept", calls).open()
        let twice = try FakeResource("twice", calls).openAtOnce()
        let tree = WatchedTree(seed: 1)
        try await tree.drive {
            try await tree.engine.run("root") { root in
                for _ in 0..<2 { try root.own("twice", twice) { try await $0.release($1) } }
            }
        }
        let uneven = #expect(throws: UnevenCalls.self) { try calls.expectReleasedOnce() }
        #expect(uneven?.faults == ["twice was released and was not open", "kept was not released"])
        #expect(kept.released == 0)
    }

    @Test func aBrokenPromiseIsNamedWithItsEvents() async throws {
        let log = EventLog(SessionInfo(name: "broken"))
        let (task, child) = (TaskID(1), TaskID(2))
        log.append(.taskStarted(.init(task: task, name: "root")), at: 0)
        log.append(.taskStarted(.init(task: child, parent: task, name: "child")), at: 1)
        try expectPromises(of: log, isOver: false)
        log.append(.taskFinished(.init(task: task, outcome: .succeeded)), at: 2)
        let broken = #expect(throws: BrokenPromises.self) { try expectPromises(of: log, isOver: false) }
        #expect(broken?.verdict.violations.map(\.rule) == [.childrenFirst])
        #expect(broken?.events.map(\.seq) == [3])
        let text = try #require(broken?.description)
        #expect(text.contains("seq 3") && text.contains("\"event\":\"task.finished\""))
    }

    @Test func aLogThatHasNotEndedHoldsOnlySoFar() async throws {
        let tree = WatchedTree(seed: 1)
        try await tree.drive { try await tree.engine.run("root") { _ in } }
        #expect(throws: BrokenPromises.self) { try expectPromises(of: tree.log) }
        try expectPromises(of: tree.log, isOver: false)
        try tree.promises()
    }
}
