import EventBus
import TaskTree
import TaskTreeTesting
import TreeModel

/// Released exactly once, whoever comes first.
extension Race {
    func acquireAgainstDeadline(_ arena: Arena) async throws {
        let clock = arena.tree.clock
        let slow = FakeResource(
            "slow", arena.calls, open: .takes(.milliseconds(arena.random.below(4)), clock),
            release: arena.random.chance(3) ? .fails : .works)
        try await arena.engine.run("root", policy: .isolate) { root in
            let operation: @Sendable () async throws -> Void = {
                do {
                    try await root.deadline(.milliseconds(2), "operation") { task in
                        try await task.acquire(slow)
                        await arena.stagger()
                    }
                } catch {
                    try must(error is DeadlineExceeded, "instead of a missed deadline: \(error)")
                    try must(arena.count("mark operation") == 1, "a deadline without a cancel")
                }
                // Whatever was opened has been released before the caller hears of it.
                try must(slow.opened == slow.released, "opened \(slow.opened), released \(slow.released)")
            }
            let time: @Sendable () async throws -> Void = {
                try await arena.until("the operation was over", moving: .milliseconds(1)) {
                    arena.tree.trace.contains { $0.hasPrefix("-operation") }
                }
            }
            try await arena.race(operation, time)
        }
    }

    func acquireAgainstAbandonment(_ arena: Arena) async throws {
        let clock = arena.tree.clock
        let (gate, seen) = (Gate(), Gate())
        let slow = FakeResource("slow", arena.calls, open: .hangs(until: gate))
        try await arena.engine.run("root") { root in
            let stuck = try root.spawn("stuck", grace: .milliseconds(5)) { stuck in
                try stuck.own(FakeResource("kept", arena.calls))
                do {
                    try await stuck.acquire(slow)
                } catch {
                    // A late value is released at once, not when such a body returns.
                    let ends = arena.tree.trace.filter { $0 == "-stuck abandoned" || $0 == "hold slow" }
                    if ends == ["-stuck abandoned", "hold slow"] { await seen.pass() }
                    throw error
                }
            }
            await gate.arrivals(1)
            stuck.cancel()
            let time: @Sendable () async throws -> Void = {
                for _ in 0..<8 {
                    clock.advance(by: .milliseconds(1))
                    await arena.stagger()
                }
            }
            let opener: @Sendable () async throws -> Void = {
                await arena.stagger()
                await arena.stagger()
                gate.open()
            }
            try await arena.race(time, opener)
            await stuck.join()
        }
        try await arena.until("it was released") { slow.released > 0 }
        seen.open()
        let isAbandoned = arena.count("-stuck abandoned") == 1
        try must(isAbandoned || arena.count("-stuck cancelled") == 1, "it ended otherwise")
        try await arena.until("it returned") { !isAbandoned || arena.count("returned stuck") == 1 }
        try must(slow.opened == 1 && slow.released == 1, "opened \(slow.opened), released \(slow.released)")
    }

    func earlyReleaseAgainstClose(_ arena: Arena) async throws {
        let names = ["a", "b", "c"]
        let isClosing = Tally()
        try await arena.engine.run("root") { root in
            let group = try root.scope("group")
            let held = try names.map { name in
                try group.own(
                    FakeResource(name, arena.calls, release: .takes(.milliseconds(1), arena.tree.clock, then: .fails)))
            }
            let releaser: @Sendable () async throws -> Void = {
                for index in [1, arena.random.below(3)] {
                    do {
                        try await held[index].release()
                        // It is left to the group's own end, or else this one would have thrown.
                        try must(isClosing.count > 0, "it returned before the release was over")
                    } catch is FakeFault {
                        try must(arena.count("released \(names[index]) failed") == 1, "it threw before it was over")
                    }
                    await arena.stagger()
                }
            }
            let closer: @Sendable () async throws -> Void = {
                isClosing.add()
                await group.close()
                for name in names {
                    try must(arena.count("released \(name) failed") == 1, "closed before \(name) was released")
                }
            }
            let isOver = Tally()
            let time: @Sendable () async throws -> Void = {
                try await arena.until("all were over", moving: .milliseconds(1)) { isOver.count > 0 }
            }
            let contenders: @Sendable () async throws -> Void = {
                defer { isOver.add() }
                try await arena.race(releaser, releaser, closer)
            }
            try await arena.race(contenders, time)
        }
        try must(arena.calls.releases.sorted() == names, "released \(arena.calls.releases)")
    }

    /// A release without a suspension, in the body's own Swift task: it does not see the cancel, and the body does.
    func earlyReleaseAgainstCancel(_ arena: Arena) async throws {
        let names = ["a", "b", "c"]
        let wasSeen = Tally()
        try await arena.engine.run("root") { root in
            let (holds, isOver) = (Gate(), Gate())
            let child = try root.spawn("child") { child in
                let held = try names.map { name in
                    try child.own(name, FakeResource(name, arena.calls).openAtOnce()) { fake, context in
                        if Task.isCancelled { wasSeen.add() }
                        try fake.releaseAtOnce(context)
                        if Task.isCancelled { wasSeen.add() }
                    }
                }
                holds.open()
                for held in held {
                    await arena.stagger()
                    try await held.release()
                }
                await child.cancelled()
                try must(Task.isCancelled, "the body's Swift task was not cancelled")
                isOver.open()
            }
            await holds.pass()
            let canceller: @Sendable () async throws -> Void = {
                await arena.stagger()
                child.cancel()
            }
            try await arena.race({ await isOver.pass() }, canceller)
        }
        try must(wasSeen.count == 0, "a release saw the cancel")
        try must(arena.calls.releases.sorted() == names, "released \(arena.calls.releases)")
    }
}
