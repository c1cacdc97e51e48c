extension LiveTree {
    /// What became of the resources of one kind.
    public struct KindTotals: Sendable, Equatable {
        /// The kind; nil for resources without one, and `other` for all beyond the first 64 kinds.
        public var kind: String?
        public var held = 0
        public var quarantined = 0
        public var acquired = 0
        /// Released, however that ended.
        public var released = 0
        public var leaked = 0
        public var failed = 0
        public var timedOut = 0
    }

    /// A resource whose release went wrong.
    public struct BadRelease: Sendable, Equatable {
        public var resource: ResourceID
        /// Its owner, if the tree knew it, and that one's path.
        public var task: TaskID?
        public var path: String
        public var release: Released
    }

    /// Who waits for a resource that somebody else holds.
    public struct Wanted: Sendable, Equatable {
        /// The task that waits longest, and since when.
        public var task: TaskID
        public var name: String
        public var since: Int64
        /// How many wait.
        public var count: Int
    }

    /// How many kinds are told apart.
    private static let mostKinds = 64
    /// How many releases that went wrong are remembered.
    private static let mostBadReleases = 64

    /// What the tree has of the resources that are not released: the oldest `limit` of them, the oldest first.
    public func ledger(limit: Int) -> [Resource] {
        let order = resourceSlots.places.sorted { resources[Int($0)].id < resources[Int($1)].id }
        return order.prefix(max(0, limit)).map { value(resources[Int($0)]) }
    }

    /// What tasks wait for that others hold, as `holder(of:for:)` has it; at most `budget` tasks are looked at. As of the last
    /// `settle()`.
    public func wanted(budget: Int = 20_000) -> [ResourceID: Wanted] {
        var found: [ResourceID: Wanted] = [:]
        var slot = roots.first
        for _ in 0..<budget where slot >= 0 {
            let index = Int(slot)
            let isOver = nodes[index].phase == .finished
            if !isOver, let waiting = nodes[index].more.first?.waiting, !Self.isPatient(waiting.on.kind),
                let resource = holder(of: waiting.on, for: TaskID(nodes[index].id))?.resource
            {
                let first = Wanted(
                    task: TaskID(nodes[index].id), name: nodes[index].name, since: waiting.since, count: 1)
                var wanted = found[resource.id] ?? first
                if found[resource.id] != nil {
                    if first.since < wanted.since { (wanted.task, wanted.name) = (first.task, first.name) }
                    wanted.since = min(wanted.since, first.since)
                    wanted.count += 1
                }
                found[resource.id] = wanted
            }
            slot = isOver && nodes[index].sums.live == 0 ? followingAfter(slot) : following(slot)
        }
        return found
    }

    /// How many resources are not released, those that are being acquired included.
    public var resourceCount: Int { resourceSlots.count }

    /// What a resource that is not released, or whose release went wrong, is called.
    public func resourceName(_ id: ResourceID) -> String? {
        if let slot = resourceSlots[id.rawValue] { return resources[Int(slot)].name }
        return badReleases.last { $0.resource == id }?.release.name
    }

    /// Makes `lastKind` the place of a kind in `kinds`; most often it is that already.
    @inline(__always)
    mutating func findKind(_ kind: String?) {
        if lastKind < kinds.count, kinds[lastKind].kind == kind { return }
        for index in 0..<min(kinds.count, Self.mostKinds) where kinds[index].kind == kind {
            lastKind = index
            return
        }
        addKind(kind)
    }

    private mutating func addKind(_ kind: String?) {
        if kinds.count < Self.mostKinds {
            kinds.append(KindTotals(kind: kind))
        } else if kinds.count == Self.mostKinds {
            kinds.append(KindTotals(kind: "other"))
        }
        lastKind = kinds.count - 1
    }

    /// Counts the end of a release, and remembers one that went wrong.
    mutating func count(_ release: Released, of resource: ResourceNode) {
        let kind = Int(resource.kindIndex)
        kinds[kind].released += 1
        switch release.outcome {
        case .ok: return
        case .failed: kinds[kind].failed += 1
        case .timedOut: kinds[kind].timedOut += 1
        case .leaked: kinds[kind].leaked += 1
        }
        if badReleases.count >= Self.mostBadReleases { badReleases.removeFirst() }
        badReleases.append(
            BadRelease(
                resource: ResourceID(resource.id),
                task: resource.task >= 0 ? TaskID(nodes[Int(resource.task)].id) : nil,
                path: resource.task >= 0 ? path(resource.task) : "", release: release))
    }
}
