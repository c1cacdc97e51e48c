import TreeModel

/// How a replay goes somewhere: some steps back, on from where it stands, or on from the nearest copy of the tree before.
extension Replay {
    /// How far it goes at once, in events.
    struct Reach {
        /// So many steps can be taken back, at least.
        var steps = 512
        /// What is further away is shown as a keyframe has it, until it was read.
        var unread = 1 << 16
        /// What is further away is gone to by and by.
        var most = 1 << 19
    }

    /// After so many steps the sums are brought up to date.
    private static let settling = 32

    /// Folds exactly the first `count` events; the time is that of the last of them.
    public mutating func seek(toEvent count: Int) {
        guard let first else { return }
        let target = min(max(first.position, count), max(first.position, tape.range.upperBound))
        let last = target > 0 ? tape.event(at: target - 1)?.t : 0
        time = min(Self.clamped(last ?? first.tree.now), end)
        go(to: Target(position: target), from: first)
    }

    /// Goes to an instant: all events up to it are folded.
    public mutating func seek(time instant: Int64) {
        guard let first else { return }
        let instant = max(min(max(0, instant), end), min(first.tree.now, end))
        time = instant
        go(to: Target(position: max(tape.position(at: instant), first.position), instant: instant), from: first)
    }

    /// Goes some events on, or back. The rows of a snapshot are no step: they say what there is, and nothing happens.
    public mutating func step(by count: Int) {
        isPlaying = false
        guard let first else { return }
        let range = first.position...max(first.position, tape.range.upperBound)
        var target = position
        var left = min(count.magnitude, UInt(range.count))
        while left > 0, count > 0 ? target < range.upperBound : target > range.lowerBound {
            if count < 0 { target -= 1 }
            if !(tape.event(at: target).map(\.change.kind.isOfSnapshot) ?? false) { left -= 1 }
            if count > 0 { target += 1 }
        }
        seek(toEvent: target)
    }

    private mutating func go(to target: Target, from first: Checkpoints.Entry) {
        wanted = nil
        setOff()
        if !stepBack(to: target.position) {
            approach(target, from: first)
            if isFile, target.position - position > reach.most {
                wanted = target
            } else {
                fold(to: target.position)
            }
        }
        rest(at: target)
    }

    /// Goes a part of the way to a place that is far away: about so many events.
    mutating func goOn(_ count: Int) {
        guard let target = wanted else { return }
        setOff()
        if target.position - position > count + 2 * reach.steps {
            forgetSteps()
            run(to: position + count)
        } else {
            wanted = nil
            fold(to: target.position)
        }
        rest(at: target)
    }

    /// Shows the same place once more, now that it is known what was before. A large tree is taken over as it is.
    mutating func refresh(_ whole: LiveTree?) {
        guard let first else { return }
        isPartial = false
        let target = Target(position: position, instant: time)
        if let whole, whole.count > Checkpoints.largest {
            stand(at: whole, position)
        } else {
            let start = checkpoints.last(before: position, at: time) ?? first
            stand(at: start.tree, start.position)
            fold(to: target.position)
        }
        rest(at: target)
    }

    // MARK: steps

    /// Takes back what is shown beyond the last event.
    private mutating func setOff() {
        guard isResting else { return }
        steps.takeBack(&tree)
        isResting = false
    }

    /// Brings time and sums to what is shown.
    private mutating func rest(at target: Target) {
        let instant = wanted == nil ? target.instant : nil
        steps.step(&tree) { tree in
            if let instant { tree.advance(to: instant) }
            tree.settle()
        }
        isResting = true
        if wanted != nil {
            time = tree.now
        } else if let instant {
            time = instant
        } else if isLive {
            time = max(time, tree.now)
        }
    }

    private mutating func forgetSteps() {
        behind = nil
        steps.forget(of: &tree)
        places = []
        isResting = false
    }

    mutating func stand(at tree: LiveTree, _ position: Int) {
        forgetSteps()
        self.tree = tree
        self.position = position
    }

    /// Takes events back; false if they are too many.
    private mutating func stepBack(to target: Int) -> Bool {
        guard target <= position, !canBeWhole(target) else { return false }
        if target < oldest, !takeStepsBehind(target) { return false }
        while let last = places.last, last >= target {
            steps.takeBack(&tree)
            places.removeLast()
        }
        position = target
        return true
    }

    /// Whether what is not known here is known there.
    private func canBeWhole(_ target: Int) -> Bool { isPartial && target <= reading?.position ?? .max }

    /// Goes to the place from which the target can be reached best, if it is not this one.
    private mutating func approach(_ target: Target, from first: Checkpoints.Entry) {
        let instant = target.instant ?? .max
        var start = first
        for entry in [checkpoints.last(before: target.position, at: instant), near].compactMap({ $0 })
        where entry.position >= start.position && entry.position <= target.position && entry.tree.now <= instant {
            start = entry
        }
        let isBehind =
            target.position < position || instant < tree.now || position < tape.range.lowerBound
            || canBeWhole(target.position)
        let best = isBehind ? start.position : max(start.position, position)
        let place = target.position - reach.steps
        if let reading, target.position > reading.position, target.position - best > reach.unread,
            let tree = tape.tree(at: place, keyframeBehind: best, limits: limits)
        {
            stand(at: tree, place)
            isPartial = true
        } else if isBehind || start.position - position > 2 * reach.steps {
            stand(at: start.tree, start.position)
            isPartial = false
        }
    }

    /// Folds on to a position, at the end in steps that can be taken back.
    private mutating func fold(to target: Int) {
        if target - position > 2 * reach.steps {
            forgetSteps()
            run(to: target - reach.steps)
            if isLive { near = Checkpoints.Entry(position: position, tree: tree) }
        }
        let tape = tape
        let hasRows = !isLive && !isFile
        // What has come up before is brought up to date once, and then again and again: each look at the sums costs as much.
        if steps.count == 0, position < target { tree.settle() }
        tape.read(position..<target) { event in
            let isRow = !hasRows && event.change.kind.isOfSnapshot
            if !isRow { position = hasRows ? position + 1 : Self.position(of: event.seq) }
            places.append(position - 1)
            let settles = places.count % Self.settling == 0
            steps.step(&tree) { tree in
                tree.apply(event)
                if settles { tree.settle() }
            }
        }
        position = target
        guard steps.count > 8 * reach.steps else { return }
        let surplus = steps.count - 4 * reach.steps
        steps.forget(surplus, of: &tree)
        places.removeFirst(surplus)
    }

    /// Folds on without keeping what was.
    private mutating func run(to target: Int) {
        while position < target {
            let stop = isLive || isFile ? target : min(target, position + 2_048)
            tape.fold(position..<stop, into: &tree)
            position = stop
            // Those of a file are made while it is read.
            guard !isFile, checkpoints.wants(position, tree) else { continue }
            tree.settle()
            checkpoints.add(position, tree)
        }
    }

    // MARK: more steps

    /// The tree at the oldest step, made anew with the steps that led to it.
    struct Behind {
        let goal: Int
        var position: Int
        var tree: LiveTree
        var steps = TreeSteps()
        var places: [Int] = []
        var isReady: Bool { position == goal }
    }

    /// The place to which steps can be taken back.
    private var oldest: Int { places.first ?? position }

    /// Whether steps before those that are there should be made ready, before they are asked for.
    var lacksSteps: Bool {
        guard isFile, !isPlaying, places.count < reach.steps else { return false }
        return oldest > tape.range.lowerBound && !(behind?.goal == oldest && behind?.isReady == true)
    }

    /// Makes a part of them.
    mutating func prepareSteps(_ count: Int) {
        guard let first else { return }
        let oldest = oldest
        var next: Behind
        if let behind, behind.goal == oldest {
            next = behind
        } else {
            let place = oldest - reach.steps
            let start = checkpoints.last(before: place, at: .max) ?? first
            next = Behind(goal: oldest, position: start.position, tree: start.tree)
            if isPartial, let tree = tape.tree(at: place, keyframeBehind: start.position, limits: limits) {
                (next.position, next.tree) = (place, tree)
            }
        }
        // Held here only, and not copied while it changes.
        behind = nil
        let start = oldest - reach.steps
        if next.position < start {
            let stop = min(next.position + count, start)
            tape.fold(next.position..<stop, into: &next.tree)
            next.position = stop
        } else {
            next.tree.settle()
            tape.read(next.position..<oldest) { event in
                if !event.change.kind.isOfSnapshot { next.position = Self.position(of: event.seq) }
                next.places.append(next.position - 1)
                let settles = next.places.count % Self.settling == 0
                next.steps.step(&next.tree) { tree in
                    tree.apply(event)
                    if settles { tree.settle() }
                }
            }
            next.position = oldest
        }
        behind = next
    }

    /// Goes to the oldest step, from where further ones can be taken back; false if they are not ready.
    private mutating func takeStepsBehind(_ target: Int) -> Bool {
        guard let next = behind, next.isReady, next.goal == oldest, next.places.first ?? .max <= target else {
            return false
        }
        behind = nil
        tree = next.tree
        steps = next.steps
        places = next.places
        position = next.position
        return true
    }
}
