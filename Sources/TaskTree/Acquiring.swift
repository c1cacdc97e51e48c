import TreeModel

extension TaskScope {
    /// Opens a resource that this task holds until it ends, or until it is released before.
    ///
    /// Opening is shielded: it does not see a cancel that comes meanwhile, and the value is registered whatever
    /// happened; if the task was cancelled by then, the value is released with the rest and this throws.
    /// - Parameters:
    ///   - kind: what sort of thing it is: `socket`, `file`, `lock`, `process`…
    ///   - after: what it was opened after, and needs until it is released: it is released before these, and at the same
    ///     time as others that are ready. Left out: before all that this task acquired earlier. What an ancestor holds
    ///     outlives this task anyway.
    ///   - budget: how long its release may take.
    ///   - release: gives it back: after the task's children ended, before what the task acquired earlier, exactly
    ///     once, un-cancelled. What it throws is recorded, and the others are released all the same.
    /// - Throws: what `open` throws; `ScopeClosed` or `TaskCancelled`; `InvalidSetting` for a negative budget, or where
    ///   `after` names what is released already or belongs neither to this task nor to one above it.
    public func hold<T: Sendable>(
        _ name: String, kind: String? = nil, after: [Resource]? = nil, budget: Duration? = nil,
        _ open: @escaping @Sendable () async throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) async throws -> Held<T> {
        let request = try ResourceRequest(name, kind, after, budget, of: node)
        return Held(entry: try await acquire(request, open, release), engine: node.engine)
    }

    /// Opens a resource that needs no suspension: `try scope.own("log", kind: "file", File(path)) { file, _ in … }`.
    /// The expression is not evaluated if the scope takes nothing any more.
    /// - Throws: what the expression throws; `ScopeClosed`; `InvalidSetting` as `hold`.
    @discardableResult
    public func own<T: Sendable>(
        _ name: String, kind: String? = nil, after: [Resource]? = nil, budget: Duration? = nil,
        _ open: @autoclosure () throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) throws -> Held<T> {
        let request = try ResourceRequest(name, kind, after, budget, of: node)
        return Held(entry: try acquire(request, open, release), engine: node.engine)
    }

    /// Opens a resource and answers its value; it is released when this task ends.
    public func acquire<T: Sendable>(
        _ name: String, kind: String? = nil, after: [Resource]? = nil, budget: Duration? = nil,
        _ open: @escaping @Sendable () async throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) async throws -> T {
        try await hold(name, kind: kind, after: after, budget: budget, open, release: release).value
    }

    /// Opens a resource whose owner is the handle that this returns: whoever has it releases it, or hands it on. A handle
    /// that is dropped, or that is still there when this task ends, has leaked: that is said in the log (`leaked`), and
    /// the resource is released as a last line. Go's finalizers, but at once and never silently.
    /// - Throws: as `hold`.
    public func lease<T: Sendable>(
        _ name: String, kind: String? = nil, after: [Resource]? = nil, budget: Duration? = nil,
        _ open: @escaping @Sendable () async throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) async throws -> Lease<T> {
        var request = try ResourceRequest(name, kind, after, budget, of: node)
        request.isLease = true
        return Lease(try await acquire(request, open, release), node.engine)
    }

    /// Has the handler run when this task ends, as a resource of kind `defer` on the same stack as the others.
    /// - Throws: `ScopeClosed` if the scope is cancelled or over.
    public func `defer`(
        _ name: String, after: [Resource]? = nil, budget: Duration? = nil,
        _ handler: @escaping @Sendable (ReleaseContext) async throws -> Void
    ) throws {
        try own(name, kind: "defer", after: after, budget: budget, ()) { _, context in try await handler(context) }
    }

    private func acquire<T: Sendable>(
        _ request: ResourceRequest, _ open: @escaping @Sendable () async throws -> T,
        _ release: @escaping OwnedValue<T>.Release
    ) async throws -> OwnedValue<T> {
        let engine = node.engine
        let id = try engine.beginAcquire(request)
        // Registering is part of the shield: a value never waits for a cancelled task to take it.
        let entry = try await engine.shielded {
            do {
                return engine.register(try await open(), id, request, release)
            } catch {
                engine.failedToOpen(id, of: node, error)
                throw error
            }
        }
        guard let cause else { return entry }
        // Nobody has its handle, so nobody is to blame that it is not given back.
        engine.look { entry.isGivenBack = true }
        throw TaskCancelled(cause: cause)
    }

    private func acquire<T: Sendable>(
        _ request: ResourceRequest, _ open: () throws -> T, _ release: @escaping OwnedValue<T>.Release
    ) throws -> OwnedValue<T> {
        let engine = node.engine
        // A body does not end while it opens something. Others that open something here are waited for.
        let isAwaited = !isBodysTask
        // Where its own task asks, only a cancel can be in the way.
        if isAwaited || isCancelled {
            let refusal: ScopeClosed? = engine.look {
                if node.refusal == nil, isAwaited { node.handlers += 1 }
                return node.refusal
            }
            if let refusal { throw refusal }
        }
        let value: T
        do {
            value = try open()
        } catch {
            engine.failedToOpen(nil, of: node, error, isAwaited: isAwaited)
            throw error
        }
        return engine.register(value, nil, request, release, isAwaited: isAwaited)
    }
}

/// What is asked for when something is acquired.
struct ResourceRequest: Sendable {
    let node: Node
    let name: String
    let kind: String?
    let after: [Resource]?
    let budget: Int64
    var isLease = false

    init(_ name: String, _ kind: String?, _ after: [Resource]?, _ budget: Duration?, of node: Node) throws {
        self.node = node
        self.name = cut(name)
        self.kind = kind
        self.after = after
        self.budget = budget?.nanoseconds ?? node.engine.releaseBudget
        if self.budget < 0 {
            throw InvalidSetting(
                description: "\(name): a release budget of \(budget ?? .zero) is negative; give zero or more")
        }
        if let after, !after.isEmpty { try check(after) }
    }

    /// An order that can be kept: nothing of another tree or of another branch, nothing that is over. So none goes in a
    /// circle: what it names was there before it.
    private func check(_ after: [Resource]) throws {
        let wrong: String? = node.engine.look {
            for resource in after {
                guard resource.engine === node.engine else { return "belongs to another tree" }
                guard resource.entry.state == .held else { return "is released already" }
                var owner: Node? = node
                while let current = owner, current !== resource.entry.node { owner = current.parent }
                if owner == nil { return "is held neither by its own task nor by one above it" }
            }
            return nil
        }
        guard let wrong else { return }
        throw InvalidSetting(
            description: "\(name): what it is to be released before \(wrong); name what its task holds")
    }
}

extension TreeEngine {
    func beginAcquire(_ request: ResourceRequest) throws -> ResourceID {
        let begun: Result<ResourceID, ScopeClosed> = change { now, _ in
            if let refusal = request.node.refusal { return .failure(refusal) }
            let id = nextResource()
            append(TreeEvent.ResourceAcquiring.self, now) {
                $0.resource = id
                $0.task = request.node.id
                $0.name = request.name
                $0.kind = request.kind
            }
            return .success(id)
        }
        return try begun.get()
    }

    /// Puts a value that has just been opened on its task's stack. It is registered whatever happened to the task
    /// meanwhile; the caller then says whether the task is cancelled. To a task that is over it came too late: it is
    /// released at once.
    /// - Parameter isAwaited: its task does not end before it is open.
    func register<T: Sendable>(
        _ value: consuming T, _ known: ResourceID?, _ request: ResourceRequest,
        _ release: @escaping OwnedValue<T>.Release, isAwaited: Bool = false
    ) -> OwnedValue<T> {
        let node = request.node
        let entry = OwnedValue(value, request, release)
        let isGrowing = change(needsTime: false) { now, after in
            let id = known ?? nextResource()
            entry.settleIn(id: id, since: now)
            append(TreeEvent.ResourceAcquired.self, now) {
                $0.resource = id
                $0.task = node.id
                $0.name = request.name
                $0.kind = request.kind
                $0.budget = UInt64(request.budget)
                $0.after = request.after?.map(\.id)
            }
            entry.push()
            if let after = request.after { setOrder(of: entry, after) }
            if node.phase == .finished {
                strays.keepHolder(node)
                after.jobs.append(.releaseLate(entry))
            }
            if isAwaited { awaitsOneLess(node, &after) }
            spent.alive += 1
            return spent.isGrowing()
        }
        if isGrowing { SpentNodes.makeRoom() }
        return entry
    }

    private func setOrder(of entry: ResourceEntry, _ after: [Resource]) {
        entry.node?.hasOrder = true
        let order = ReleaseOrder()
        order.before = []
        for resource in after where resource.entry.node === entry.node && resource.entry.state == .held {
            order.before?.append(resource.entry)
            let other = resource.entry.rare?.order ?? ReleaseOrder()
            resource.entry.parts.order = other
            other.blockers += 1
        }
        entry.parts.order = order
    }

    func failedToOpen(_ known: ResourceID?, of node: Node, _ error: any Error, isAwaited: Bool = false) {
        let failure = Failure(error)
        change { now, after in
            append(
                .resourceFailed(.init(resource: known ?? nextResource(), task: node.id, error: failure)), now)
            if isAwaited { awaitsOneLess(node, &after) }
        }
    }
}

/// The handle of a leased resource, and its owner.
public final class Lease<Value: Sendable>: Sendable {
    private let entry: OwnedValue<Value>
    private let engine: TreeEngine

    init(_ entry: OwnedValue<Value>, _ engine: TreeEngine) {
        self.entry = entry
        self.engine = engine
    }

    /// What it is the owner of. Whoever drops the handle loses that, too: keep the handle as long as the value, or `use` it.
    public var value: Value { entry.value }

    /// Runs a part of the program with the value; the handle is kept meanwhile.
    public func use<R>(_ body: (Value) throws -> R) rethrows -> R {
        try withExtendedLifetime(self) { try body(entry.value) }
    }

    /// Runs a part of the program with the value; the handle is kept meanwhile.
    public nonisolated(nonsending) func use<R>(_ body: (Value) async throws -> R) async rethrows -> R {
        defer { withExtendedLifetime(self) {} }
        return try await body(entry.value)
    }

    /// The resource's id in the log.
    public var id: ResourceID { entry.id }

    /// Gives it back. Once, however many ask; every call returns when that is over, and throws what the release threw.
    public func release() async throws { try await engine.release(entry) }

    deinit { engine.leaked(entry) }
}
