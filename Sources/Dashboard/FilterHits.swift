import TreeModel

/// What a filter found: the tasks, and which children of what lie on the way to them.
struct FilterHits: Sendable {
    /// Tasks beyond this are not listed.
    private static let most = RowBuilder.mostRows
    /// A tree of more tasks than this is looked through four times a second, not for each frame.
    private static let large = 20_000

    private struct Child: Sendable {
        let slot: LiveTree.Slot
        let id: TaskID
    }

    private(set) var matches: Set<LiveTree.Slot> = []
    private var below: [LiveTree.Slot: [Child]] = [:]
    private let filter: Filter
    private let zoom: LiveTree.Slot
    private let kept: LiveTree.Slot
    private let version: UInt64
    private let madeAt: Int64

    /// With what is kept, whether it fits or not: the task under the cursor does not go while somebody reads.
    init(
        _ filter: Filter, below zoom: LiveTree.Slot, keeping kept: LiveTree.Slot, in tree: LiveTree, at now: Int64
    ) {
        self.filter = filter
        self.zoom = zoom
        version = tree.version
        madeAt = now
        var way: Set<LiveTree.Slot> = []
        var above = kept
        while above >= 0, way.insert(above).inserted { above = tree.parent(above) }
        var seen: Set<LiveTree.Slot> = []
        var slot = zoom >= 0 ? zoom : tree.root
        let end = zoom >= 0 ? tree.followingAfter(zoom) : -1
        while slot >= 0, slot != end, matches.count < Self.most {
            guard filter.mayFit(below: slot, in: tree) || way.contains(slot) else {
                slot = tree.followingAfter(slot)
                continue
            }
            let isMatch = filter.fits(slot, in: tree)
            if isMatch { matches.insert(slot) }
            // Tasks come in the order of the tree, so each is the last of its parent's so far.
            var child = isMatch || slot == kept ? slot : -1
            while child >= 0, seen.insert(child).inserted {
                let parent = child == zoom ? -1 : tree.parent(child)
                below[parent, default: []].append(Child(slot: child, id: tree.id(child)))
                child = parent
            }
            slot = tree.following(slot)
        }
        self.kept = kept >= 0 && seen.contains(kept) ? kept : -1
    }

    /// Whether it is what this filter finds, as of now or of a moment ago.
    func isFresh(
        _ filter: Filter, below zoom: LiveTree.Slot, keeping kept: LiveTree.Slot, in tree: LiveTree, at now: Int64
    ) -> Bool {
        guard isOf(filter), zoom == self.zoom, kept < 0 || contains(kept) else { return false }
        if version == tree.version, madeAt == now { return true }
        return tree.count > Self.large && (now - madeAt).magnitude < UInt64(Words.second / 4)
    }

    func isOf(_ filter: Filter) -> Bool { filter == self.filter }

    /// The children of a task, or the roots, that fit or have something below them that does, or are kept.
    func children(of parent: LiveTree.Slot, in tree: LiveTree) -> [LiveTree.Slot] {
        // What was found a moment ago may have gone since.
        below[parent, default: []].filter { tree.slot(of: $0.id) == $0.slot }.map(\.slot)
    }

    /// Whether a task fits, has something below it that does, or is kept.
    func contains(_ slot: LiveTree.Slot) -> Bool { matches.contains(slot) || slot == kept || below[slot] != nil }
}
