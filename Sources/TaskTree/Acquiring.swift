import TreeModel

extension TaskScope {
    /// Opens a resource that this task holds until it ends, or until it is released before.
    ///
    /// Opening is shielded: it does not see a cancel that comes meanwhile, and the value is registered whatever
    /// happened; if the task was cancelled by then, the value is released with the rest and this throws.
    /// - Parameters:
    ///   - kind: what sort of thing it is: `socket`, `file`, `lock`, `process`…
    ///   - budget: how long its release may take.
    ///   - release: gives it back: after the task's children ended, before what the task acquired earlier, exactly
    ///     once, un-cancelled. What it throws is recorded, and the others are released all the same.
    /// - Throws: what `open` throws; `ScopeClosed` or `TaskCancelled`.
    public func hold<T: Sendable>(
        _ name: String, kind: String? = nil, budget: Duration? = nil, _ open: @escaping @Sendable () async throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) async throws -> Held<T> {
        let engine = node.engine
        let budget = try checked(budget, name)
        let id = try beginAcquire(name, kind, mayTakeTime: true)
        let node = node
        // Registering is part of the shield: a value never waits for a cancelled task to take it.
        let opening = engine.startNow { () throws -> Held<T> in
            let value: T
            do {
                value = try await open()
            } catch {
                engine.failedToOpen(id, on: node, error)
                throw error
            }
            let entry = engine.register(id, on: node, name, kind, budget: budget) { try await release(value, $0) }
            return Held(value: value, entry: entry)
        }
        let held = try await opening.value
        try checkCancelled()
        return held
    }

    /// Opens a resource that needs no suspension: `try scope.own("log", kind: "file", File(path)) { file, _ in … }`.
    /// The expression is not evaluated if the scope takes nothing any more.
    /// - Throws: what the expression throws; `ScopeClosed`.
    @discardableResult
    public func own<T: Sendable>(
        _ name: String, kind: String? = nil, budget: Duration? = nil, _ open: @autoclosure () throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) throws -> Held<T> {
        let engine = node.engine
        let budget = try checked(budget, name)
        let id = try beginAcquire(name, kind, mayTakeTime: false)
        let value: T
        do {
            value = try open()
        } catch {
            engine.failedToOpen(id, on: node, error)
            throw error
        }
        let entry = engine.register(id, on: node, name, kind, budget: budget) { try await release(value, $0) }
        return Held(value: value, entry: entry)
    }

    /// Opens a resource and answers its value; it is released when this task ends.
    public func acquire<T: Sendable>(
        _ name: String, kind: String? = nil, budget: Duration? = nil, _ open: @escaping @Sendable () async throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) async throws -> T {
        try await hold(name, kind: kind, budget: budget, open, release: release).value
    }

    /// Has the handler run when this task ends, as a resource of kind `defer` on the same stack as the others.
    /// - Throws: `ScopeClosed` if the scope is cancelled or over.
    public func `defer`(
        _ name: String, budget: Duration? = nil, _ handler: @escaping @Sendable (ReleaseContext) async throws -> Void
    ) throws {
        try own(name, kind: "defer", budget: budget, ()) { _, context in try await handler(context) }
    }

    private func checked(_ budget: Duration?, _ name: String) throws -> Int64 {
        guard let budget else { return node.engine.options.releaseBudget.nanoseconds }
        guard budget >= .zero else {
            throw InvalidSetting(description: "\(name): a release budget of \(budget) is negative; give zero or more")
        }
        return budget.nanoseconds
    }

    private func beginAcquire(_ name: String, _ kind: String?, mayTakeTime: Bool) throws -> ResourceID {
        let begun: Result<ResourceID, ScopeClosed> = node.engine.change { now, _ in
            if let refusal = node.refusal { return .failure(refusal) }
            let id = node.engine.nextResource()
            if mayTakeTime {
                node.engine.append(
                    .resourceAcquiring(.init(resource: id, task: node.id, name: cut(name), kind: kind)), now)
            }
            return .success(id)
        }
        return try begun.get()
    }
}

extension TreeEngine {
    func failedToOpen(_ id: ResourceID, on node: Node, _ error: any Error) {
        change { now, _ in
            append(.resourceFailed(.init(resource: id, task: node.id, error: Failure(error))), now)
        }
    }
}
