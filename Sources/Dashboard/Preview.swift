import TreeModel

/// What a cancel or a drain of some subtrees would do, as the tree stands. Made anew for each frame until it is answered.
struct Preview: Sendable {
    enum Act: Sendable {
        case cancel, cancelNow, drain

        /// What the cause names the key of.
        func command(now: Bool = false) -> Command {
            switch self {
            case .drain: .drain
            case .cancelNow: .cancelNow
            case .cancel: now ? .cancelNow : .cancel
            }
        }
    }

    /// Tasks beyond this are summed up, not looked at one by one.
    static let mostTasks = 10_000
    private static let mostResources = 10_000
    /// What was before is remembered in lists that are gone through for each root: for so many.
    private static let mostLookedBack = 64

    struct Blocker: Sendable {
        var id: TaskID
        var name: String
        /// What it waits for; nil of one that says nothing and does not stop.
        var target: WaitTarget?
        var since: Int64
        var grace: UInt64
        /// What is left of its grace once it is cancelled: of one that is cancelling already, less than all of it.
        var left: Int64
        var isCancelling: Bool
        var holder: LiveTree.Holder?
        var holderIsInside = false
    }

    var act: Act
    /// What was under the cursor when it was asked for; that is what is cancelled, whatever moved.
    let roots: [TaskID]
    let title: String
    var listsAll = false
    /// The first resource of that list on the screen.
    var listTop = 0

    /// Tasks that it would mark.
    var stops = 0
    /// Tasks below here that an earlier cancel has marked.
    var already = 0
    var names: [(stem: String, count: Int)] = []
    var held = 0
    /// What is released, in the order in which it will be; children first, newest first.
    var resources: [LiveTree.Resource] = []
    var kinds: [(kind: String, count: Int)] = []
    /// What the cancelled task itself releases, last.
    var lastKinds: [(kind: String, count: Int)] = []
    var blocker: Blocker?
    /// How many tasks are looked at, below all roots together, and how many were.
    private let most: Int
    /// Whether nothing is asked but what is held there, and how long releases took.
    private let onlyHoldings: Bool
    private var looked = 0
    private var isBlockerOverdue = false
    var worst: Int64 = 0
    var worstBudget: UInt64 = 0
    var usual: Int64?
    var earlier = 0
    var times: LiveTree.Durations?
    /// How long tasks below lived that have ended; only where holdings are asked for.
    var lives: LiveTree.Durations?
    var goesOn = 0
    var others: [String] = []
    var rootName = ""
    /// Whether it has looked at a part of the tasks only.
    var isPartial = false

    init(_ act: Act, roots: [TaskID], title: String, looksAt most: Int = mostTasks, in tree: LiveTree) {
        self.most = most
        onlyHoldings = false
        self.act = act
        self.roots = roots
        self.title = title
        look(tree)
    }

    /// What is held below some tasks, as a drain sees it: whether it is being cancelled or not.
    init(holdingsOf roots: [TaskID], looksAt most: Int, in tree: LiveTree) {
        self.most = most
        onlyHoldings = true
        act = .drain
        self.roots = roots
        title = ""
        look(tree)
    }

    /// The same question about another moment.
    init(again other: Preview, in tree: LiveTree) {
        act = other.act
        most = other.most
        onlyHoldings = other.onlyHoldings
        roots = other.roots
        title = other.title
        listsAll = other.listsAll
        listTop = other.listTop
        look(tree)
    }

    private mutating func look(_ tree: LiveTree) {
        let slots = roots.map { tree.slot(of: $0) }.filter { $0 >= 0 && tree.live($0) > 0 }
        stops = slots.reduce(0) { $0 + tree.live($1) }
        held = slots.reduce(0) { $0 + tree.held($1) }
        let below = stops
        lookBack(Array(slots.prefix(Self.mostLookedBack)), tree)
        for slot in slots {
            guard looked < most else {
                isPartial = true
                break
            }
            walk(slot, tree, isAlone: slots.count == 1)
        }
        guard !onlyHoldings else { return }
        stops = max(0, stops - already)
        goesOn = max(0, tree.totals.live - below - max(0, tree.cancellingCount - already))
        names.sort { ($1.count, $0.stem) < ($0.count, $1.stem) }
        if slots.count == 1, let index = names.firstIndex(where: { $0.stem == Stem.of(tree.name(slots[0])) }),
            names[index].count == 1
        {
            names.insert((tree.name(slots[0]), 0), at: 0)
            names.remove(at: index + 1)
        }
        if let blocker, let holder = blocker.holder {
            let slot = tree.slot(of: holder.task)
            self.blocker?.holderIsInside = slot >= 0 && slots.contains { tree.isBelow(slot, $0) }
        }
        lookAround(slots, tree)
    }

    /// Visits a subtree, children before parents and the newest first, which is the order of the releases.
    private mutating func walk(_ root: LiveTree.Slot, _ tree: LiveTree, isAlone: Bool) {
        var stems: [String: Int] = [:]
        for (index, name) in names.enumerated() { stems[name.stem] = index }
        var last = 0
        var kindIndex: [String: Int] = [:]
        for (index, kind) in kinds.enumerated() { kindIndex[kind.kind] = index }
        // Each with its grace: to look it up above each of a long chain takes long.
        var order: [(slot: LiveTree.Slot, grace: UInt64)] = []
        var stack = [(slot: root, grace: tree.grace(root) ?? 5_000_000_000)]
        while let next = stack.popLast() {
            guard looked < most else {
                isPartial = true
                break
            }
            looked += 1
            order.append(next)
            var child = tree.firstChild(next.slot)
            while child >= 0, stack.count < most {
                if tree.held(child) > 0 || !onlyHoldings && tree.live(child) > 0 {
                    stack.append((child, tree.ownGrace(child) ?? next.grace))
                }
                child = tree.nextSibling(child)
            }
        }
        for (slot, grace) in order.reversed() {
            if !onlyHoldings, tree.phase(slot) != .finished {
                weigh(slot, grace, tree)
                if act != .drain, tree.cancelledAt(slot) != nil {
                    // What it holds is on its way out with the cancel that marked it.
                    already += 1
                    held -= tree.ownHeld(slot)
                    continue
                }
                last = count(slot, tree, &stems, last)
            }
            guard tree.ownHeld(slot) > 0 else { continue }
            for resource in Self.releaseOrder(tree.resources(of: slot)) where resource.state != .quarantined {
                if resources.count < Self.mostResources { resources.append(resource) } else { isPartial = true }
                worstBudget = max(worstBudget, resource.budget ?? 5_000_000_000)
                let kind = resource.kind ?? "resource"
                if slot == root, isAlone {
                    if let index = lastKinds.firstIndex(where: { $0.kind == kind }) {
                        lastKinds[index].count += 1
                    } else {
                        lastKinds.append((kind, 1))
                    }
                } else if let index = kindIndex[kind] {
                    kinds[index].count += 1
                } else {
                    kindIndex[kind] = kinds.count
                    kinds.append((kind, 1))
                }
            }
        }
    }

    /// Counts a task by what it is called, and returns where: `last` is where the one before it was, and often its own.
    private mutating func count(
        _ slot: LiveTree.Slot, _ tree: LiveTree, _ stems: inout [String: Int], _ last: Int
    ) -> Int {
        let stem = Stem.of(tree.name(slot))
        let index = names.indices.contains(last) && names[last].stem == stem ? last : stems[stem] ?? names.count
        if index == names.count {
            stems[stem] = index
            names.append((stem, 0))
        }
        names[index].count += 1
        return index
    }

    /// The likely blocker: one that is overdue, else the longest wait for something that others have, a second long or on
    /// something that somebody is known to hold.
    private mutating func weigh(_ slot: LiveTree.Slot, _ grace: UInt64, _ tree: LiveTree) {
        let whole = Int64(min(grace, 1 << 60))
        let left = tree.cancelledAt(slot).map { max(0, $0 + whole - tree.now) } ?? whole
        worst = max(worst, left)
        let isOverdue = tree.isOverdue(slot)
        let waiting = tree.waiting(slot)
        guard isOverdue || waiting.map({ !LiveTree.isPatient($0.on.kind) }) ?? false else { return }
        let target = waiting?.on ?? tree.waitTarget(slot)
        let since = isOverdue ? tree.cancelledAt(slot) ?? tree.now : waiting?.since ?? tree.now
        guard isOverdue != isBlockerOverdue ? isOverdue : since < blocker?.since ?? .max else { return }
        let id = tree.id(slot)
        let holder = target.flatMap { tree.holder(of: $0, for: id) }
        guard isOverdue || tree.now - since >= Words.second || holder != nil else { return }
        isBlockerOverdue = isOverdue
        blocker = Blocker(
            id: id, name: tree.name(slot), target: target, since: waiting?.since ?? since, grace: grace, left: left,
            isCancelling: tree.cancelledAt(slot) != nil, holder: holder)
    }

    /// What earlier cancels and releases below here took, and how long tasks lived.
    private mutating func lookBack(_ roots: [LiveTree.Slot], _ tree: LiveTree) {
        let ids = roots.map { tree.id($0) }
        times = tree.releaseTimes(below: ids)
        if onlyHoldings { lives = tree.taskTimes(below: ids) } else { for root in roots { recall(below: root, tree) } }
    }

    /// How long the cancels took that were below here.
    private mutating func recall(below root: LiveTree.Slot, _ tree: LiveTree) {
        let path = tree.path(root)
        var durations: [UInt64] = []
        for cascade in tree.cascades {
            guard let completed = cascade.completed else { continue }
            if cascade.path == path || cascade.path.hasPrefix(path + "/") { durations.append(completed.duration) }
        }
        earlier += durations.count
        if !durations.isEmpty {
            usual = max(usual ?? 0, Int64(min(durations.sorted()[durations.count / 2], 1 << 60)))
        }
    }

    /// Who goes on: what is beside the path from the root, nearest last.
    private mutating func lookAround(_ slots: [LiveTree.Slot], _ tree: LiveTree) {
        guard let first = slots.first else { return }
        let parent = tree.parent(first)
        if parent >= 0, slots.allSatisfy({ tree.parent($0) == parent }) { rootName = tree.name(parent) }
        others = Self.around(slots, tree)
    }

    /// The names beside the path from the root to some tasks, and on it.
    static func around(_ slots: [LiveTree.Slot], _ tree: LiveTree) -> [String] {
        guard let first = slots.first, first >= 0 else { return [] }
        var parent = tree.parent(first)
        var seen: Set<LiveTree.Slot> = Set(slots)
        var budget = 500
        var found: [String] = []
        while parent >= 0, found.count < 8, budget > 0 {
            if tree.live(parent) > 0, tree.cancelledAt(parent) == nil { found.append(tree.name(parent)) }
            var child = tree.firstChild(parent)
            while child >= 0, found.count < 8, budget > 0 {
                if !seen.contains(child), tree.live(child) > 0, tree.cancelledAt(child) == nil {
                    let stem = Stem.of(tree.name(child))
                    if !found.contains(stem) { found.append(stem) }
                }
                child = tree.nextSibling(child)
                budget -= 1
            }
            seen.insert(parent)
            parent = tree.parent(parent)
        }
        return found
    }

    /// A task's resources in the order of their release: the last acquired first, but for what was declared otherwise.
    static func releaseOrder(_ resources: [LiveTree.Resource]) -> [LiveTree.Resource] {
        guard resources.contains(where: { $0.after != nil }) else { return resources.reversed() }
        let known = Set(resources.map(\.id))
        // What must be released before each: whoever lists it, or comes later without a list.
        var waits: [ResourceID: Int] = [:]
        var frees: [ResourceID: [ResourceID]] = [:]
        for (index, resource) in resources.enumerated() {
            let later = resource.after ?? resources[..<index].map(\.id)
            for other in later where known.contains(other) && other != resource.id {
                waits[other, default: 0] += 1
                frees[resource.id, default: []].append(other)
            }
        }
        var left = resources
        var result: [LiveTree.Resource] = []
        while let index = left.lastIndex(where: { waits[$0.id, default: 0] == 0 }) ?? left.indices.last {
            let next = left.remove(at: index)
            result.append(next)
            for other in frees[next.id] ?? [] { waits[other, default: 0] -= 1 }
            if result.count > 200 { return result + left.reversed() }
        }
        return result
    }
}
