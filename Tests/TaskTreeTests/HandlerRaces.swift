import TaskTree
import TaskTreeTesting
import TreeModel

/// A handler runs exactly once, or not at all where the body was over before.
extension Race {
    func handlerAgainstCancel(_ arena: Arena) async throws {
        let ran = Tally()
        let handlers = 4
        try await arena.engine.run("root") { root in
            let handed = Handed<TaskScope>()
            let registered = Gate()
            let parent = try root.spawn("parent") { parent in
                try parent.spawn("child") { child in
                    // With a child of its own, it is marked some steps before it is woken.
                    if arena.random.chance(2) { try child.spawn("leaf") { await $0.cancelled() } }
                    handed.set(child)
                    await child.cancelled()
                    await registered.pass()
                }
            }
            let child = await handed.get()
            let register: @Sendable () async throws -> Void = {
                for _ in 0..<handlers / 2 {
                    child.onCancel { cause in
                        await arena.stagger()
                        if cause.message == "told" { ran.add() }
                    }
                    await arena.stagger()
                }
            }
            let both: @Sendable () async throws -> Void = {
                try await arena.race(register, register)
                registered.open()
            }
            // From above, or itself.
            let cancelled = arena.random.chance(2) ? parent.id : child.id
            try await arena.race(both) { arena.engine.cancel(cancelled, cause: Cause(.user, message: "told")) }
            parent.cancel("told")
            await parent.join()
            // The task waits for its handlers.
            try must(ran.count == handlers, "of \(handlers) handlers, \(ran.count) ran")
        }
        try must(ran.count == handlers, "of \(handlers) handlers, \(ran.count) ran")
    }

    func handlerAgainstTheBodysEnd(_ arena: Arena) async throws {
        let ran = Tally()
        try await arena.engine.run("root") { root in
            let ready = Gate()
            let child = try root.spawn("child") { child in
                // On threads its end could not be told from its body's without something to release.
                if arena.tree.executor == nil || arena.random.chance(2) {
                    try child.own(FakeResource("held", arena.calls))
                }
                // Where there is a child below it, it is marked some steps before it is woken.
                if arena.random.chance(2) { try child.spawn("leaf") { _ in await arena.stagger() } }
                child.onCancel { _ in ran.add() }
                ready.open()
                await arena.stagger()
            }
            await ready.pass()
            try await arena.race { child.cancel() }
            await child.join()
        }
        var task: TaskID?
        var order: [TreeEvent.Kind] = []
        for event in arena.tree.events {
            switch event.change {
            case .taskStarted(let started) where started.name == "child": task = started.task
            case .taskCancelling(let mark) where mark.task == task: order.append(.taskCancelling)
            case .taskJoining(let joining) where joining.task == task: order.append(.taskJoining)
            case .taskFinished(let end) where end.task == task: order.append(.taskFinished)
            default: break
            }
        }
        let expected = order.first == .taskCancelling ? 1 : 0
        // What was cancelled while its body ran is told so, however soon the body ends.
        try must(ran.count == expected, "\(order): the handler ran \(ran.count) times")
    }

    func handlerAgainstDrain(_ arena: Arena) async throws {
        let ran = Tally()
        let handlers = 4
        try await arena.engine.run("root") { root in
            let handed = Handed<TaskScope>()
            let registered = Gate()
            let parent = try root.spawn("parent") { parent in
                try parent.spawn("child") { child in
                    handed.set(child)
                    await child.draining()
                    await registered.pass()
                }
            }
            let child = await handed.get()
            let register: @Sendable () async throws -> Void = {
                for _ in 0..<handlers / 2 {
                    child.onDrain("handler") {
                        await arena.stagger()
                        ran.add()
                    }
                    await arena.stagger()
                }
            }
            let both: @Sendable () async throws -> Void = {
                try await arena.race(register, register)
                registered.open()
            }
            try await arena.race(
                both, { arena.engine.drain(parent.id, cause: Cause(.user)) },
                { arena.engine.drain(child.id, cause: Cause(.user)) })
            await parent.join()
        }
        try must(arena.count("drain child") == 1, "it was told more than once")
        try must(ran.count == handlers, "of \(handlers) handlers, \(ran.count) ran")
    }
}
