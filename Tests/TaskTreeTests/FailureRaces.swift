import TaskTree
import TaskTreeTesting
import TreeModel

private struct Oops: Error, Hashable { let by: String }

/// The first cause wins, and no error is dropped.
extension Race {
    func errorsAtOnce(_ arena: Arena) async throws {
        do {
            try await arena.engine.run("root") { root in
                for index in 0..<3 {
                    try root.spawn("child-\(index)") { child in
                        await arena.stagger()
                        throw Oops(by: child.name)
                    }
                }
                await arena.stagger()
            }
            throw Lost(description: "the errors were dropped")
        } catch let failure as TaskFailure {
            let ends = arena.tree.trace.filter { $0.hasPrefix("-child") }.map {
                Oops(by: String($0.dropFirst().prefix { $0 != " " }))
            }
            let told = ([failure.error] + failure.suppressed).compactMap { $0 as? Oops }
            try must(told == ends, "told \(told), ended \(ends)")
            try must(failure.name == ends.first?.by, "it is said to come from \(failure.name)")
        }
        try must(requests(arena).count <= 1, "cancelled more than once")
    }

    func errorAgainstCancel(_ arena: Arena) async throws {
        do {
            try await arena.engine.run("root") { root in
                try root.spawn("child") { child in
                    await arena.stagger()
                    throw Oops(by: "child")
                }
                try await arena.race(
                    { arena.engine.cancel(root.id, cause: Cause(.user, by: "one")) },
                    { arena.engine.cancel(root.id, cause: Cause(.user, by: "two")) })
                await root.cancelled()
                try root.checkCancelled()
            }
            throw Lost(description: "the error was dropped")
        } catch let failure as TaskFailure {
            try must(failure.error as? Oops == Oops(by: "child"), "the cancel masks the error: \(failure)")
            try must(failure.suppressed.isEmpty, "a cancel is no error: \(failure.suppressed)")
        }
        let requests = requests(arena)
        try must(requests.count == 1, "\(requests.count) cancels of one task")
        let end = await arena.tree.finished("root")
        try must(end.cause?.kind == requests.first?.kind, "\(requests), but the end says \(end.cause as Any)")
        try must(end.cause?.by == requests.first?.by, "\(requests), but the end says \(end.cause as Any)")
    }

    func cancelAgainstCancel(_ arena: Arena) async throws {
        try await arena.engine.run("root") { root in
            let ready = Handed<[TaskID]>()
            let parent = try root.spawn("parent") { parent in
                let children = try (0..<3).map { index in
                    try parent.spawn("child-\(index)") { child in
                        try child.own(FakeResource(child.name, arena.calls))
                        // It looks for itself, and so may end before it is woken.
                        try await arena.until("it was cancelled") { child.isCancelled }
                    }
                }
                ready.set(children.map(\.id))
                await parent.cancelled()
            }
            let children = await ready.get()
            // All or none of them have something to release.
            for child in 0..<3 { _ = await arena.tree.acquired("child-\(child)") }
            try await arena.race(
                { arena.engine.cancel(parent.id, cause: Cause(.user, by: "above")) },
                { arena.engine.cancel(children[arena.random.below(3)], cause: Cause(.user, by: "below")) },
                { arena.engine.cancel(children[arena.random.below(3)], cause: Cause(.user, by: "below")) })
            await parent.join()
        }
        try must(arena.tree.trace.count { $0.hasPrefix("mark ") } == 4, "not each was marked once")
        let end = await arena.tree.finished("parent")
        try must(end.cause?.by == "above", "a cancel went up: \(end.cause as Any)")
    }

    private func requests(_ arena: Arena) -> [Cause] {
        arena.tree.events.compactMap { event in
            if case .cancelRequested(let request) = event.change { request.cause } else { nil }
        }
    }
}
