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
        let terms = try terms(name, after, budget)
        return Held(try await acquire(name, kind, after, terms, open, release), node)
    }

    /// Opens a resource that needs no suspension: `try scope.own("log", kind: "file", File(path)) { file, _ in … }`.
    /// The expression is not evaluated if the scope takes nothing any more. A release that does not suspend is performed
    /// on the thread that comes to it, and as a rule costs no Swift task; while the body itself performs one early, its own
    /// Swift task hears of no cancel, up to the budget.
    /// - Throws: what the expression throws; `ScopeClosed`; `InvalidSetting` as `hold`.
    @discardableResult
    @inlinable
    public func own<T: Sendable>(
        _ name: String, kind: String? = nil, after: [Resource]? = nil, budget: Duration? = nil,
        _ open: @autoclosure () throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) throws -> Void
    ) throws -> Held<T> {
        Held(try openAtOnce(name, after, budget) { AtOnceValue(name, kind, try open(), release) }, node)
    }

    /// The same where the release may suspend.
    @discardableResult
    @inlinable
    public func own<T: Sendable>(
        _ name: String, kind: String? = nil, after: [Resource]? = nil, budget: Duration? = nil,
        _ open: @autoclosure () throws -> T,
        release: @escaping @Sendable (T, ReleaseContext) async throws -> Void
    ) throws -> Held<T> {
        Held(try openAtOnce(name, after, budget) { SuspendingValue(name, kind, try open(), release) }, node)
    }

    /// The same where the release belongs to the main actor. (What it is on is never given: it tells the forms apart.)
    @discardableResult
    @inlinable
    public func own<T: Sendable>(
        _ name: String, kind: String? = nil, after: [Resource]? = nil, budget: Duration? = nil,
        _ open: @autoclosure () throws -> T, on actor: MainActor.Type = MainActor.self,
        release: @escaping @MainActor @Sendable (T, ReleaseContext) throws -> Void
    ) throws -> Held<T> {
        try own(name, kind: kind, after: after, budget: budget, try open()) { value, context in
            try await release(value, context)
        }
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
        var terms = try terms(name, after, budget)
        terms.isLease = true
        return Lease(try await acquire(name, kind, after, terms, open, release), node.engine)
    }

    /// Has the handler run when this task ends, as a resource of kind `defer` on the same stack as the others.
    /// - Throws: `ScopeClosed` if the scope is cancelled or over.
    public func `defer`(
        _ name: String, after: [Resource]? = nil, budget: Duration? = nil,
        _ handler: @escaping @Sendable (ReleaseContext) throws -> Void
    ) throws {
        try own(name, kind: "defer", after: after, budget: budget, ()) { _, context in try handler(context) }
    }

    /// The same where the handler may suspend.
    public func `defer`(
        _ name: String, after: [Resource]? = nil, budget: Duration? = nil,
        _ handler: @escaping @Sendable (ReleaseContext) async throws -> Void
    ) throws {
        try own(name, kind: "defer", after: after, budget: budget, ()) { _, context in try await handler(context) }
    }

    /// The same where the handler belongs to the main actor.
    public func `defer`(
        _ name: String, after: [Resource]? = nil, budget: Duration? = nil, on actor: MainActor.Type = MainActor.self,
        _ handler: @escaping @MainActor @Sendable (ReleaseContext) throws -> Void
    ) throws {
        try own(name, kind: "defer", after: after, budget: budget, ()) { _, context in try await handler(context) }
    }

    private func acquire<T: Sendable>(
        _ name: String, _ kind: String?, _ after: [Resource]?, _ terms: ResourceTerms,
        _ open: @escaping @Sendable () async throws -> T, _ release: @escaping SuspendingValue<T>.Release
    ) async throws -> OwnedValue<T> {
        let (node, engine) = (node, node.engine)
        let id = try engine.beginAcquire(name, kind, of: node)
        // Registering is part of the shield: a value never waits for a cancelled task to take it.
        let entry: OwnedValue<T> = try await engine.shielded {
            do {
                let entry = SuspendingValue(name, kind, try await open(), release)
                engine.register(entry, id, of: node, after, terms)
                return entry
            } catch {
                engine.failedToOpen(id, of: node, error)
                throw error
            }
        }
        guard let cause else { return entry }
        // Nobody has its handle, so nobody is to blame that it is not given back.
        engine.look { entry.rare?.isGivenBack = true }
        throw TaskCancelled(cause: cause)
    }

    // MARK: At once
    // What is generic is inlined where it is called, and the rest is not generic: an unknown type costs as much as the lock.

    @inlinable
    func openAtOnce<Entry: ResourceEntry>(
        _ name: String, _ after: [Resource]?, _ budget: Duration?, _ open: () throws -> Entry
    ) throws -> Entry {
        let terms = try termsAtOnce(name, after, budget)
        let entry: Entry
        do {
            entry = try open()
        } catch {
            failedToOpen(error, terms)
            throw error
        }
        register(entry, after, terms)
        return entry
    }

    @usableFromInline
    func termsAtOnce(_ name: String, _ after: [Resource]?, _ budget: Duration?) throws -> ResourceTerms {
        var terms = try terms(name, after, budget)
        // A body does not end while it opens something, and only a cancel can be in its way. Others that open something
        // here are waited for.
        terms.isAwaited = !isBodysTask
        if terms.isAwaited || isCancelled { try beginOpening(terms) }
        return terms
    }

    @inline(never)
    private func beginOpening(_ terms: ResourceTerms) throws {
        let refusal: ScopeClosed? = node.engine.look {
            if node.refusal == nil, terms.isAwaited { node.handlers += 1 }
            return node.refusal
        }
        if let refusal { throw refusal }
    }

    @usableFromInline
    func failedToOpen(_ error: any Error, _ terms: ResourceTerms) {
        node.engine.failedToOpen(nil, of: node, error, isAwaited: terms.isAwaited)
    }

    @usableFromInline
    func register(_ entry: ResourceEntry, _ after: [Resource]?, _ terms: ResourceTerms) {
        node.engine.register(entry, nil, of: node, after, terms)
    }

    // MARK: What is asked for

    private func terms(_ name: String, _ after: [Resource]?, _ budget: Duration?) throws -> ResourceTerms {
        let terms = ResourceTerms(budget: budget?.nanoseconds ?? node.engine.releaseBudget)
        if terms.budget < 0 {
            throw InvalidSetting(
                description: "\(name): a release budget of \(budget ?? .zero) is negative; give zero or more")
        }
        if let after, !after.isEmpty { try check(after, of: name) }
        return terms
    }

    /// An order that can be kept: nothing of another tree or of another branch, nothing that is over. So none goes in a
    /// circle: what it names was there before it.
    private func check(_ after: [Resource], of name: String) throws {
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

/// How something is to be held.
@usableFromInline
struct ResourceTerms: Sendable {
    /// For its release.
    let budget: Int64
    /// Its owner is its handle.
    var isLease = false
    /// Its task does not end before it is open.
    var isAwaited = false
}

extension TreeEngine {
    func beginAcquire(_ name: String, _ kind: String?, of node: Node) throws -> ResourceID {
        let name = cut(name)
        let begun: Result<ResourceID, ScopeClosed> = change { now, _ in
            if let refusal = node.refusal { return .failure(refusal) }
            let id = nextResource()
            append(TreeEvent.ResourceAcquiring.self, now) {
                $0.resource = id
                $0.task = node.id
                $0.name = name
                $0.kind = kind
            }
            return .success(id)
        }
        return try begun.get()
    }

    /// Puts a value that has just been opened on its task's stack. It is registered whatever happened to the task
    /// meanwhile; the caller then says whether the task is cancelled. To a task that is over it came too late: it is
    /// released at once.
    func register(
        _ entry: ResourceEntry, _ known: ResourceID?, of node: Node, _ order: [Resource]?, _ terms: ResourceTerms
    ) {
        entry.settleIn(node, terms)
        let isGrowing = change(needsTime: false) { now, after in
            let id = known ?? nextResource()
            entry.settleIn(id: id, since: now)
            append(TreeEvent.ResourceAcquired.self, now) {
                $0.resource = id
                $0.task = node.id
                $0.name = entry.name
                $0.kind = entry.kind
                $0.budget = UInt64(entry.budget)
                $0.after = order?.map(\.id)
            }
            entry.push()
            if let order { setOrder(of: entry, order) }
            if node.phase == .finished {
                strays.keepHolder(node)
                after.jobs.append(.releaseLate(entry))
            }
            if terms.isAwaited { awaitsOneLess(node, &after) }
            spent.alive += 1
            return spent.isGrowing()
        }
        if isGrowing { SpentNodes.makeRoom() }
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
