import TreeModel

/// Abandoned tasks whose bodies have not returned, and tasks that are over and still hold something. Guarded by the
/// engine's lock.
///
/// They stand in arrays, and the last one takes the place of one that leaves: so a walk from the end to the beginning
/// takes a few at a time while others come and go, and meets one twice at worst, but leaves none out.
struct Strays {
    private var places: [TaskID: Int] = [:]
    private var nodes: [Node] = []
    /// Those that are over and hold something that is to be released; and maybe some that do no more.
    private var holders: [Node] = []
    /// Which of the holders is looked at next, whether it still holds something.
    private var checked = 0

    /// The stray with this id. One that is taken out while it holds something stays in sight as a holder.
    subscript(id: TaskID) -> Node? {
        get { places[id].map { nodes[$0] } }
        set {
            if let newValue {
                guard places[id] == nil else { return }
                places[id] = nodes.count
                nodes.append(newValue)
            } else if let place = places.removeValue(forKey: id) {
                let gone = nodes[place]
                let last = nodes.removeLast()
                if place < nodes.count {
                    nodes[place] = last
                    places[last.id] = place
                }
                if gone.newestResource != nil { keepHolder(gone) }
            }
        }
    }

    /// Those whose bodies are still out.
    var values: [Node] { nodes }

    /// All that are over and may hold something.
    var all: [Node] { nodes + holders }

    /// Keeps a task that is over in sight as long as it holds something.
    mutating func keepHolder(_ node: Node) {
        guard places[node.id] == nil else { return }
        holders.append(node)
    }

    /// Takes out those that hold nothing any more, looking at some: of a few at all of them. One that stayed would keep its
    /// engine for ever.
    mutating func idleHolders() -> [Node] {
        var idle: [Node] = []
        for _ in 0..<min(64, holders.count) {
            if checked >= holders.count { checked = 0 }
            if holders[checked].newestResource != nil {
                checked += 1
            } else {
                idle.append(holders[checked])
                let last = holders.removeLast()
                if checked < holders.count { holders[checked] = last }
            }
        }
        return idle
    }

    // MARK: The walks of a keyframe

    var count: Int { nodes.count }
    var holderCount: Int { holders.count }

    /// The stray at a place, or nil if there are not that many any more.
    func stray(at place: Int) -> Node? { place < nodes.count ? nodes[place] : nil }
    func holder(at place: Int) -> Node? { place < holders.count ? holders[place] : nil }
}
