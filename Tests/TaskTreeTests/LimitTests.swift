import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

private struct Broken: Error, Equatable { var part = 0 }

/// Limits on how many children run at once, and failed children that are started again.
@Suite struct LimitTests {
    @Test func noMoreThanTheLimitRunAtOnceAndTheOthersFollowInTheirOrder() async throws {
        let tree = WatchedTree()
        let running = Atomic<Int>(0)
        let most = Lock(0)
        let order = Lock<[Int]>([])
        try await tree.engine.run("root", limit: 3) { root in
            for number in 0..<20 {
                try root.spawn("job-\(number)") { _ in
                    let now = running.add(1, ordering: .sequentiallyConsistent).newValue
                    most.withLock { $0 = max($0, now) }
                    order.withLock { $0.append(number) }
                    for _ in 0..<3 { await Task.yield() }
                    running.subtract(1, ordering: .sequentiallyConsistent)
                }
            }
        }
        #expect(most.withLock { $0 } <= 3)
        #expect(Set(order.withLock { $0 }) == Set(0..<20))
        let waits = tree.events.compactMap { event -> TreeEvent.TaskWaiting? in
            if case .taskWaiting(let wait) = event.change { wait } else { nil }
        }
        #expect(waits.count >= 1 && waits.allSatisfy { $0.on.kind == "limit" })
        let resumed = tree.events.compactMap { event -> TaskID? in
            if case .taskResumed(let resumed) = event.change { resumed.task } else { nil }
        }
        #expect(resumed == waits.map(\.task))
        try tree.promises()
    }

    @Test func whoWaitsForAPlaceCanBeCancelledAndNeverBegins() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let begun = Atomic<Int>(0)
        try await tree.engine.run("root", limit: 1) { root in
            try root.spawn("first") { _ in await gate.pass() }
            let waiting = try root.spawn("second") { _ in begun.add(1, ordering: .relaxed) }
            let third = try root.spawn("third") { _ in 3 }
            waiting.cancel()
            #expect(await waiting.join() == .cancelled)
            gate.open()
            #expect(try await third.value == 3)
        }
        #expect(begun.load(ordering: .relaxed) == 0)
        try tree.promises()
    }

    @Test func aCancelOfTheScopeEndsAllWhoWait() async throws {
        let tree = WatchedTree()
        let begun = Atomic<Int>(0)
        try? await tree.engine.run("root") { root in
            let pool = try root.scope("pool", limit: 2)
            for number in 0..<100 {
                try pool.spawn("job-\(number)") { job in
                    begun.add(1, ordering: .relaxed)
                    await job.cancelled()
                }
            }
            pool.cancel()
            await pool.close()
        }
        #expect(begun.load(ordering: .relaxed) <= 2)
        #expect(tree.trace.count { $0.hasSuffix(" cancelled") || $0.hasSuffix(" succeeded") } >= 101)
        try tree.promises()
    }

    @Test func aPlaceThatIsGivenBackDuringTheCancelGoesToNobody() async throws {
        let tree = WatchedTree()
        let begun = Atomic<Int>(0)
        try? await tree.engine.run("root") { root in
            let pool = try root.scope("pool", limit: 2)
            // So many that the first two end long before the last is marked.
            for number in 0..<5000 {
                try pool.spawn("job-\(number)") { job in
                    begun.add(1, ordering: .relaxed)
                    while !job.isCancelled { await Task.yield() }
                }
            }
            while begun.load(ordering: .relaxed) < 2 { await Task.yield() }
            pool.cancel()
            await pool.close()
        }
        #expect(begun.load(ordering: .relaxed) == 2)
        try tree.promises()
    }

    @Test func aFailedChildIsStartedAgainAfterPausesThatDouble() async throws {
        let tree = WatchedTree()
        let attempts = Atomic<Int>(0)
        let rules = Restarts(limit: 3, within: .seconds(60), backoff: .milliseconds(100))
        let run = Task {
            try await tree.engine.run("root", policy: .restart, restarts: rules) { root in
                let worker = try root.spawn("worker") { _ in
                    let attempt = attempts.add(1, ordering: .relaxed).newValue
                    if attempt < 4 { throw Broken(part: attempt) }
                    return "attempt \(attempt)"
                }
                return try await worker.value
            }
        }
        for pause in [100, 200, 400] {
            await tree.clock.alarm(within: .milliseconds(pause))
            #expect(tree.trace.count { $0 == "-worker failed" } == [100: 1, 200: 2, 400: 3][pause])
            tree.clock.advance(by: .milliseconds(pause - 1))
            #expect(attempts.load(ordering: .relaxed) == [100: 1, 200: 2, 400: 3][pause])
            tree.clock.advance(by: .milliseconds(1))
            let next = [100: 2, 200: 3, 400: 4][pause]!
            while attempts.load(ordering: .relaxed) < next { await Task.yield() }
        }
        #expect(try await run.value == "attempt 4")
        let pauses = tree.events.compactMap { event -> Int64? in
            guard case .taskWaiting(let wait) = event.change, let until = wait.deadline else { return nil }
            return (Int64(until) - Int64(wait.since)) / 1_000_000
        }
        #expect(pauses == [100, 200, 400])
        let started = tree.events.compactMap { event -> TreeEvent.TaskStarted? in
            if case .taskStarted(let task) = event.change, task.name == "worker" { task } else { nil }
        }
        #expect(started.map(\.attempt) == [nil, 2, 3, 4])
        #expect(started.dropFirst().map(\.restartOf) == started.dropLast().map(\.task))
        try tree.promises()
    }

    @Test func beyondTheLimitTheFailureGoesUp() async throws {
        let tree = WatchedTree()
        let rules = Restarts(limit: 2, within: .seconds(60), backoff: .zero)
        do {
            try await tree.engine.run("root", policy: .restart, restarts: rules) { root in
                try root.spawn("sibling") { await $0.cancelled() }
                try root.spawn("worker") { _ in throw Broken() }
            }
            Issue.record("the failure was lost")
        } catch let failure as TaskFailure {
            #expect(failure.error as? Broken == Broken())
            #expect(failure.name == "worker")
        }
        #expect(tree.trace.count { $0 == "-worker failed" } == 3)
        #expect(tree.trace.suffix(3) == ["mark sibling", "-sibling succeeded", "-root failed"])
        try tree.promises()
    }

    @Test func whatFailedLongAgoCountsNoMore() async throws {
        let tree = WatchedTree()
        let attempts = Atomic<Int>(0)
        let gate = Lock(Gate())
        let rules = Restarts(limit: 1, within: .seconds(10), backoff: .zero)
        let run = Task {
            try await tree.engine.run("root", policy: .restart, restarts: rules) { root in
                try root.spawn("worker") { _ in
                    let attempt = attempts.add(1, ordering: .relaxed).newValue
                    await gate.withLock { $0 }.pass()
                    if attempt < 4 { throw Broken() }
                }
            }
        }
        for attempt in 1...3 {
            while attempts.load(ordering: .relaxed) < attempt { await Task.yield() }
            tree.clock.advance(by: .seconds(11))
            let old = gate.withLock { gate in
                defer { gate = Gate() }
                return gate
            }
            old.open()
        }
        while attempts.load(ordering: .relaxed) < 4 { await Task.yield() }
        gate.withLock { $0 }.open()
        _ = try await run.value
    }

    @Test func aCancelledScopeStartsNothingAgain() async throws {
        let tree = WatchedTree()
        await #expect(throws: TaskFailure.self) {
            try await tree.engine.run("root", policy: .restart, restarts: Restarts(backoff: .zero)) { root in
                try root.spawn("worker") { worker in
                    await worker.cancelled()
                    throw Broken()
                }
                root.cancel()
            }
        }
        #expect(tree.trace.count { $0 == "+worker" } == 1)
        #expect(tree.trace.suffix(2) == ["-worker failed", "-root failed"])
        try tree.promises()
    }

    @Test func aBackoffEndsWithTheCancel() async throws {
        let tree = WatchedTree()
        try? await tree.engine.run("root", policy: .restart, restarts: Restarts(backoff: .seconds(5))) { root in
            try root.spawn("worker") { _ in throw Broken() }
            await tree.first { if case .taskWaiting(let wait) = $0, wait.on.kind == "backoff" { true } else { nil } }
            root.cancel()
        }
        #expect(tree.trace.suffix(3).contains("-worker cancelled"))
        try tree.promises()
    }

    @Test func anImmediateStartRunsUpToItsFirstSuspension() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            let seen = Lock(false)
            try root.spawn("short", immediate: true) { _ in seen.withLock { $0 = true } }
            #expect(seen.withLock { $0 })
            @Sendable func chain(_ scope: TaskScope, _ left: Int) throws {
                if left > 0 { try scope.spawn("link", immediate: true) { try chain($0, left - 1) } }
            }
            try chain(root, 20_000)
        }
        try tree.promises()
    }

    @Test func badLimitsAreRefusedAtOnce() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            #expect(throws: InvalidSetting.self) { try root.spawn("none", limit: 0) { _ in } }
            #expect(throws: InvalidSetting.self) { try root.scope("negative", limit: -1) }
            #expect(throws: InvalidSetting.self) {
                try root.spawn("times", policy: .restart, restarts: Restarts(limit: -1)) { _ in }
            }
            #expect(throws: InvalidSetting.self) {
                try root.spawn("pause", policy: .restart, restarts: Restarts(backoff: .seconds(-1))) { _ in }
            }
        }
        #expect(tree.trace == ["+root", "-root succeeded"])
    }
}
