import EventBus
import TaskTree
import TaskTreeTesting

/// How bodies open, give back and drop their resources.
extension ScriptRun {
    private func fake(_ script: ResourceScript) -> FakeResource {
        FakeResource(
            script.name, calls,
            open: .takes(.nanoseconds(script.opens), tree.clock, then: script.failsToOpen ? .fails : .works),
            release: .takes(.nanoseconds(script.releases), tree.clock, then: script.failsToRelease ? .fails : .works))
    }

    func resource(_ opened: [Handle], _ place: Int) -> Resource? {
        guard place < opened.count, case .held(let held) = opened[place] else { return nil }
        return held.resource
    }

    private func order(_ script: ResourceScript, _ opened: [Handle]) -> [Resource]? {
        script.after.map { $0.compactMap { resource(opened, $0) } }
    }

    func own(
        _ script: ResourceScript, in scope: TaskScope, _ opened: [Handle]
    ) throws -> Held<FakeResource> {
        let fake = fake(script)
        let (order, budget) = (order(script, opened), Duration.nanoseconds(script.budget))
        guard script.releases > 0 else {
            return try scope.own(script.name, after: order, budget: budget, fake.openAtOnce()) { fake, context in
                try fake.releaseAtOnce(context)
            }
        }
        return try scope.own(script.name, after: order, budget: budget, fake.openAtOnce()) { fake, context in
            try await fake.release(context)
        }
    }

    func open(
        _ script: ResourceScript, in scope: TaskScope, _ opened: [Handle]
    ) async throws -> Held<FakeResource> {
        let fake = fake(script)
        return try await scope.hold(
            script.name, after: order(script, opened), budget: .nanoseconds(script.budget)
        ) {
            try await fake.open()
        } release: { fake, context in
            try await fake.release(context)
        }
    }

    func lease(_ script: ResourceScript, in scope: TaskScope, _ opened: [Handle]) async throws -> Int {
        let fake = fake(script)
        let lease = try await scope.lease(
            script.name, after: order(script, opened), budget: .nanoseconds(script.budget)
        ) {
            try await fake.open()
        } release: { fake, context in
            try await fake.release(context)
        }
        let number = seen.withLock { seen in
            seen.leases += 1
            return seen.leases
        }
        leases.withLock { $0[number] = lease }
        return number
    }

    func release(_ handle: Handle) async {
        switch handle {
        case .held(let held): try? await held.release()
        case .lease(let number): try? await leases.withLock { $0[number] }?.release()
        }
    }

    /// When this returns nobody has the handle any more.
    func drop(_ handle: Handle) {
        guard case .lease(let number) = handle else { return }
        _ = leases.withLock { $0.removeValue(forKey: number) }
    }
}
