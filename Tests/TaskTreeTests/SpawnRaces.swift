import EventBus
import TaskTree
import TaskTreeTesting
import TreeModel

/// Marked or refused, never lost.
extension Race {
    func spawnAgainstCancel(_ arena: Arena) async throws {
        let (accepted, ran, isCancelled) = (Tally(), Tally(), Tally())
        try await arena.engine.run("root") { root in
            let handed = Handed<TaskScope>()
            let parent = try root.spawn("parent") { parent in
                handed.set(parent)
                await parent.cancelled()
            }
            let scope = await handed.get()
            let group = try scope.scope("group")
            let below = Handed<TaskScope>()
            try group.spawn("below") { task in
                below.set(task)
                await task.cancelled()
            }
            let scopes = [scope, group, await below.get()]
            let spawner: @Sendable () async throws -> Void = {
                for _ in 0..<3 {
                    let index = arena.random.below(3)
                    let isLate = isCancelled.count > 0
                    do {
                        try scopes[index].spawn("child") { child in
                            ran.add()
                            await child.cancelled()
                        }
                        accepted.add()
                        try must(!isLate || index > 0, "a cancelled scope took a child")
                    } catch let refused as ScopeClosed {
                        // Where the body has returned already it may also be over.
                        try must(isCancelled.count > 0 || refused.reason == .cancelled, "refused: \(refused)")
                    }
                    await arena.stagger()
                }
            }
            let canceller: @Sendable () async throws -> Void = {
                parent.cancel()
                isCancelled.add()
            }
            try await arena.race(spawner, spawner, canceller, canceller)
            await parent.join()
        }
        try must(arena.count("+child") == accepted.count, "\(accepted.count) were accepted")
        try must(arena.count("mark child") == accepted.count, "of \(accepted.count) not all were marked")
        try must(ran.count == accepted.count, "of \(accepted.count) only \(ran.count) ran")
    }

    func spawnAgainstTheLastChildsEnd(_ arena: Arena) async throws {
        let (accepted, ran) = (Tally(), Tally())
        try await arena.engine.run("root") { root in
            let handed = Handed<TaskScope>()
            let (gate, released) = (Gate(), Gate())
            let parent = try root.spawn("parent") { parent in
                try parent.own(FakeResource("held", arena.calls, release: .hangs(until: released)))
                try parent.spawn("last") { _ in
                    await gate.pass()
                    await arena.stagger()
                }
                handed.set(parent)
            }
            let scope = await handed.get()
            let spawner: @Sendable () async throws -> Void = {
                for _ in 0..<2 {
                    do {
                        try scope.spawn("late") { _ in
                            ran.add()
                            await arena.stagger()
                        }
                        accepted.add()
                    } catch let refused as ScopeClosed {
                        try must(refused.reason == .closed, "\(refused)")
                    }
                    await arena.stagger()
                }
            }
            let opener: @Sendable () async throws -> Void = {
                gate.open()
                await arena.stagger()
                await arena.stagger()
                released.open()
            }
            try await arena.race(spawner, spawner, opener)
            await parent.join()
            do {
                try scope.spawn("late") { _ in }
                throw Lost(description: "a task that is over took a child")
            } catch is ScopeClosed {}
        }
        let trace = arena.tree.trace
        // Once it releases, nothing starts in it any more.
        let end = trace.firstIndex(of: "release held") ?? 0
        try must(trace[..<end].count { $0 == "-late succeeded" } == accepted.count, "\(accepted.count) were accepted")
        try must(ran.count == accepted.count, "of \(accepted.count) only \(ran.count) ran")
    }

    func spawnAgainstClose(_ arena: Arena) async throws {
        let (accepted, ran, isClosed) = (Tally(), Tally(), Tally())
        try await arena.engine.run("root") { root in
            let group = try root.scope("group")
            try group.own(FakeResource("held", arena.calls))
            let spawner: @Sendable () async throws -> Void = {
                for _ in 0..<3 {
                    let isLate = isClosed.count > 0
                    do {
                        try group.spawn("child") { _ in
                            ran.add()
                            await arena.stagger()
                        }
                        accepted.add()
                        try must(!isLate, "a closed scope took a child")
                    } catch let refused as ScopeClosed {
                        try must(refused.reason == .closed, "\(refused)")
                    }
                    await arena.stagger()
                }
            }
            let closer: @Sendable () async throws -> Void = {
                // It is closed as soon as that was asked for, not only when it is over.
                let closing = Task.immediate(executorPreference: arena.tree.executor) { await group.close() }
                isClosed.add()
                await closing.value
                try must(arena.count("-group succeeded") == 1, "close returned before the end")
            }
            try await arena.race(spawner, spawner, closer, closer)
        }
        let trace = arena.tree.trace
        let end = trace.firstIndex(of: "-group succeeded") ?? 0
        try must(trace[..<end].count { $0 == "-child succeeded" } == accepted.count, "\(accepted.count) were accepted")
        try must(ran.count == accepted.count, "of \(accepted.count) only \(ran.count) ran")
    }
}
