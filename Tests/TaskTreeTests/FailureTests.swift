import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

private struct Damaged: Error, Equatable { let part: Int }

@Suite struct FailureTests {
    @Test func theFirstFailureCancelsTheSiblingsAndLaterOnesComeAlong() async throws {
        let tree = WatchedTree()
        let failure = await #expect(throws: TaskFailure.self) {
            try await tree.engine.run("root") { root in
                try root.spawn("late failure") { task in
                    await task.cancelled()
                    throw Damaged(part: 2)
                }
                try root.spawn("heeds") { await $0.cancelled() }
                try root.spawn("fails") { _ in throw Damaged(part: 1) }
                try await root.sleep(for: .seconds(3600))
            }
        }
        #expect(failure?.error as? Damaged == Damaged(part: 1))
        #expect(failure?.name == "fails")
        #expect(failure?.suppressed.compactMap { $0 as? Damaged } == [Damaged(part: 2)])
        let end = await tree.finished("root")
        #expect(end.outcome == .failed)
        #expect(end.error?.message.contains("part: 1") == true)
        #expect(end.suppressed.count == 1)
        #expect(end.cause?.kind == .failure)
    }

    @Test func anIsolatedFailureIsRecordedAndTheOthersGoOn() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        try await tree.engine.run("root", policy: .isolate) { root in
            let bad = try root.spawn("bad") { _ in throw Damaged(part: 1) }
            try root.spawn("good") { _ in await gate.pass() }
            #expect(await bad.join() == .failed)
            await #expect(throws: Damaged(part: 1)) { try await bad.value }
            gate.open()
        }
        #expect(await tree.finished("good").outcome == .succeeded)
        #expect(await tree.finished("root").outcome == .succeeded)
    }

    @Test func aCallsErrorGoesToItsCallerAndNotToThePolicy() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            await #expect(throws: Damaged(part: 7)) { try await root.call("op") { _ in throw Damaged(part: 7) } }
            #expect(!root.isCancelled)
        }
        #expect(await tree.finished("op").outcome == .failed)
    }

    @Test func aMissedDeadlineIsAFailureAndNotASuccess() async throws {
        let tree = WatchedTree()
        let gate = Gate()
        let run = Task {
            try await tree.engine.run("root") { root in
                _ = await #expect(throws: DeadlineExceeded(name: "slow")) {
                    try await root.call("slow", deadline: .seconds(2)) { slow in
                        try slow.own("socket", 1) { _, _ in }
                        gate.open()
                        await slow.cancelled()
                        try slow.checkCancelled()
                    }
                }
            }
        }
        await gate.pass()
        tree.clock.advance(by: .seconds(1.9))
        #expect(!tree.trace.contains("mark slow"))
        tree.clock.advance(by: .seconds(0.2))
        try await run.value
        let end = await tree.finished("slow")
        #expect(end.outcome == .cancelled)
        #expect(end.cause?.kind == .deadline)
        #expect(end.error?.type == "DeadlineExceeded")
        #expect(tree.trace.contains("released socket ok"))
    }

    @Test func aChildsOwnDeadlineFailsItsScope() async throws {
        let tree = WatchedTree()
        let run = Task {
            try await tree.engine.run("root") { root in
                try root.spawn("slow", deadline: .seconds(1)) { slow in try await slow.sleep(for: .seconds(60)) }
            }
        }
        await tree.clock.alarm(within: .seconds(1))
        tree.clock.advance(by: .seconds(1))
        let failure = await #expect(throws: TaskFailure.self) { try await run.value }
        #expect(failure?.error is DeadlineExceeded)
    }

    @Test func anInheritedDeadlineHoldsWhereItIsTheEarlier() async throws {
        let tree = WatchedTree()
        let run = Task {
            try await tree.engine.run("root", deadline: .seconds(1)) { root in
                try root.spawn("child", deadline: .seconds(9)) { try await $0.sleep(for: .seconds(60)) }
            }
        }
        _ = await tree.started("child")
        await tree.clock.alarm(within: .seconds(1))
        tree.clock.advance(by: .seconds(1))
        await #expect(throws: DeadlineExceeded(name: "root")) { try await run.value }
        #expect(tree.events.count { $0.change.kind == .cancelRequested } == 1)
    }

    @Test func aBodyThatFailsCancelsItsChildren() async throws {
        let tree = WatchedTree()
        await #expect(throws: Damaged(part: 3)) {
            try await tree.engine.run("root") { root in
                try root.spawn("child") { await $0.cancelled() }
                throw Damaged(part: 3)
            }
        }
        #expect(await tree.finished("child").cause?.kind == .failure)
    }

    @Test func aCancelledChildIsNoFailure() async throws {
        let tree = WatchedTree()
        let value = try await tree.engine.run("root") { root in
            let child = try root.spawn("child") { try await $0.sleep(for: .seconds(60)) }
            child.cancel()
            #expect(await child.join() == .cancelled)
            return 7
        }
        #expect(value == 7)
    }

    @Test func aNameIsCutWhenItEntersTheLog() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            try root.spawn(String(repeating: "é", count: 1_000_000)) { task in
                try task.own(String(repeating: "r", count: 5000), 1) { _, _ in }
            }
        }
        let names = tree.events.compactMap { event -> String? in
            switch event.change {
            case .taskStarted(let task) where task.parent != nil: task.name
            case .resourceAcquired(let held): held.name
            default: nil
            }
        }
        #expect(names.count == 2)
        for name in names {
            #expect(name.utf8.count <= 4096)
            #expect(name.utf8.count > 3000)
            #expect(name.hasSuffix("…"))
        }
    }

    @Test func badNumbersAreRefusedAtOnce() async throws {
        let tree = WatchedTree()
        try await tree.engine.run("root") { root in
            #expect(throws: InvalidSetting.self) { try root.spawn("x", deadline: .seconds(-1)) { _ in } }
            #expect(throws: InvalidSetting.self) { try root.spawn("x", grace: .seconds(-1)) { _ in } }
            #expect(throws: InvalidSetting.self) { try root.own("x", budget: .seconds(-1), 1) { _, _ in } }
        }
        #expect(tree.trace == ["+root", "-root succeeded"])
    }
}
