import TreeModel

/// Places tasks on tracks of a format whose tracks know no tree: a task lies on the track of its parent, inside it,
/// while no sibling does; else on a track below, which is used again when it is empty.
///
/// Tracks are numbered from 1. There are about as many as tasks were alive at once.
struct Lanes {
    private struct Lane {
        /// The names from the root to what its tasks have in common.
        var names: [String]
        /// The track of the parent of the task that opened it.
        let above: Int
        /// How deep that task was.
        let depth: Int
        /// The tasks on it, the innermost last. One that ended out of its order stays until it is the innermost.
        var stack: [(task: TaskID, isOver: Bool)] = []
        /// When something last began or ended on it.
        var last: Int64 = 0
    }

    private struct Place {
        var lane: Int
        var parent: TaskID
    }

    private var lanes: [Lane] = []
    private var places: [TaskID: Place] = [:]
    /// Empty tracks, by the task below which they are used again; those of the top under 0.
    private var free: [TaskID: [Int]] = [:]
    private static let top = TaskID(0)

    /// The track of a task that is on one.
    func lane(of task: TaskID) -> Int? { places[task]?.lane }

    /// Places a task that begins. The time may be later than its own, where the track was used until then.
    mutating func begin(_ task: TaskSpan) -> (lane: Int, t: Int64) {
        let parent = task.info.parent.flatMap { places[$0] == nil ? nil : $0 } ?? Self.top
        var lane = 0
        if let above = places[parent]?.lane, lanes[above - 1].stack.last?.task == parent {
            lane = above
        } else {
            let common = task.names.count > 1 ? Array(task.names.dropLast()) : task.names
            if let empty = takeFree(parent) {
                lane = empty
                let kept = zip(lanes[lane - 1].names, common).prefix { $0 == $1 }.map(\.0)
                lanes[lane - 1].names = kept
            } else {
                lanes.append(Lane(names: common, above: places[parent]?.lane ?? 0, depth: task.info.depth))
                lane = lanes.count
            }
        }
        lanes[lane - 1].stack.append((task.info.id, false))
        places[task.info.id] = Place(lane: lane, parent: parent)
        lanes[lane - 1].last = max(task.info.startedAt, lanes[lane - 1].last)
        return (lane, lanes[lane - 1].last)
    }

    /// Takes a task off its track, with those outside it that ended before; they are told, the innermost first.
    mutating func end(_ task: TaskID, at t: Int64) -> (lane: Int, t: Int64, ended: [TaskID])? {
        guard let place = places.removeValue(forKey: task) else { return nil }
        let index = place.lane - 1
        if let position = lanes[index].stack.lastIndex(where: { $0.task == task }) {
            lanes[index].stack[position].isOver = true
        }
        var ended: [TaskID] = []
        while let last = lanes[index].stack.last, last.isOver {
            lanes[index].stack.removeLast()
            ended.append(last.task)
        }
        lanes[index].last = max(lanes[index].last, t)
        let above = places[place.parent] == nil ? Self.top : place.parent
        if lanes[index].stack.isEmpty { free[above, default: []].append(place.lane) }
        if let left = free.removeValue(forKey: task) { free[above, default: []] += left }
        return (place.lane, lanes[index].last, ended)
    }

    /// An empty track of a task or, not too far up, of one above it.
    private mutating func takeFree(_ task: TaskID) -> Int? {
        var task = task
        for _ in 0..<32 {
            if let lane = free[task]?.popLast() {
                if free[task]?.isEmpty == true { free[task] = nil }
                return lane
            }
            guard let place = places[task] else { return nil }
            task = place.parent
        }
        return nil
    }

    /// The tracks in the order of the tree: each with its name, and behind it those below it, of the inner tasks first.
    func inOrder(_ session: String) -> [(lane: Int, name: String)] {
        var below: [Int: [Int]] = [:]
        for (index, lane) in lanes.enumerated() { below[lane.above, default: []].append(index + 1) }
        for above in below.keys {
            below[above]?.sort { (-lanes[$0 - 1].depth, $0) < (-lanes[$1 - 1].depth, $1) }
        }
        var found: [(Int, String)] = []
        var count: [String: Int] = [:]
        var stack = Array((below[0] ?? []).reversed())
        while let lane = stack.popLast() {
            let names = lanes[lane - 1].names
            let name = names.isEmpty ? session : names.joined(separator: "/")
            count[name, default: 0] += 1
            found.append((lane, count[name] == 1 ? name : "\(name) #\(count[name] ?? 0)"))
            stack += (below[lane] ?? []).reversed()
        }
        return found
    }
}
