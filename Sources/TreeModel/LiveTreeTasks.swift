extension LiveTree {
    mutating func started(_ fields: TreeEvent.TaskStarted, _ t: Int64) {
        guard let slot = insert(fields, since: t) else {
            noteStrange()
            return
        }
        totals.started += 1
        if case let parent = nodes[Int(slot)].parent, parent >= 0, nodes[Int(parent)].phase == .finished {
            noteStrange()
        }
    }

    /// Adds a live task; nil if it is known. A row of a snapshot stands before its siblings that started while the snapshot
    /// is read.
    mutating func insert(_ fields: TreeEvent.TaskStarted, since: Int64, isRow: Bool = false) -> Slot? {
        // Before the task is known: it may name itself.
        let parent = fields.parent.flatMap { slots[$0.rawValue] } ?? -1
        let slot = freeNodes.last ?? Slot(nodes.count)
        guard slots.add(fields.task.rawValue, slot) else { return nil }
        let profile = profile(of: fields)
        if freeNodes.popLast() == nil { nodes.append(Node(profile: profile)) }
        let mark: NodeFlags = snapshot != nil ? .confirmed : isBlind ? .early : []
        let place = makePlace(for: slot, with: Sums(live: 1), under: parent, isRow: isRow)
        nodes.change(Int(slot)) { node in
            node.id = fields.task.rawValue
            node.name = fields.name
            // Most often the one that was here had it too, and who counts references need not be asked.
            if node.profile !== profile { node.profile = profile }
            node.startedAt = since
            if let deadline = fields.deadline { node.deadline = clampedTime(deadline) }
            node.flags.formUnion(mark)
            node.sums = Sums(live: 1)
            node.take(place)
        }
        if fields.attempt != nil || fields.restartOf != nil {
            edit(slot) {
                $0.attempt = fields.attempt
                $0.restartOf = fields.restartOf
            }
        }
        if let missing = fields.parent, parent < 0 {
            nodes[Int(slot)].flags.insert(.orphan)
            edit(slot) { $0.missingParent = missing }
            snapshot?.orphans[missing.rawValue, default: []].append(slot)
        }
        if snapshot != nil { adopt(by: slot) }
        totals.live += 1
        return slot
    }

    /// What a task has in common with others; most often those that came last.
    @inline(__always)
    private mutating func profile(of fields: TreeEvent.TaskStarted) -> Profile {
        if lastProfile?.describes(fields) != true {
            lastProfile = profiles.first { $0.describes(fields) } ?? newProfile(fields)
        }
        return lastProfile!
    }

    private mutating func newProfile(_ fields: TreeEvent.TaskStarted) -> Profile {
        let profile = Profile(fields)
        if profiles.count < 8 {
            profiles.append(profile)
        } else {
            profiles[nextProfile] = profile
            nextProfile = (nextProfile + 1) % profiles.count
        }
        return profile
    }

    /// Links a node as the last child of a parent, or as the last root. A row of a snapshot comes before its siblings that
    /// started while that is read.
    mutating func link(_ slot: Slot, under parent: Slot, isRow: Bool = false) {
        let place = makePlace(for: slot, with: nodes[Int(slot)].sums, under: parent, isRow: isRow)
        nodes.change(Int(slot)) { $0.take(place) }
    }

    /// Makes room for a node: those around it, and its parent, have it from here on.
    @inline(__always)
    private mutating func makePlace(
        for slot: Slot, with sums: Sums, under parent: Slot, isRow: Bool
    ) -> Node.Place {
        let next = snapshot?.place(isRow, of: slot, under: parent) ?? -1
        let before = next >= 0 ? nodes[Int(next)].previous : -1
        var place = Node.Place(parent: parent, previous: before, next: next)
        if parent >= 0 {
            let isNews = nodes.change(Int(parent)) { node in
                if next < 0 { place.previous = node.children.last }
                node.children.add(slot, between: place.previous, and: next)
                place.depth = node.depth &+ 1
                return node.receive(sums)
            }
            if isNews { dirty.append(parent) }
        } else {
            if next < 0 { place.previous = roots.last }
            roots.add(slot, between: place.previous, and: next)
        }
        if place.previous >= 0 { nodes[Int(place.previous)].next = slot }
        if next >= 0 { nodes[Int(next)].previous = slot }
        return place
    }

    mutating func unlink(_ slot: Slot) {
        let index = Int(slot)
        let (parent, previous, next, sums) = (
            nodes[index].parent, nodes[index].previous, nodes[index].next, nodes[index].sums
        )
        snapshot?.leaves(slot, of: parent, next: next)
        if previous >= 0 { nodes[Int(previous)].next = next }
        if next >= 0 { nodes[Int(next)].previous = previous }
        guard parent >= 0 else { return roots.remove(between: previous, and: next) }
        let isNews = nodes.change(Int(parent)) { node in
            node.children.remove(between: previous, and: next)
            return !sums.isZero && node.receive(-sums)
        }
        if isNews { dirty.append(parent) }
    }

    /// The slot of a task that is known; what is not known is counted.
    @inline(__always)
    mutating func known(_ task: TaskID) -> Slot? {
        if let slot = slots[task.rawValue] { return slot }
        noteStrange()
        return nil
    }

    /// The slot of a task that is known and not finished.
    @inline(__always)
    mutating func alive(_ task: TaskID) -> Slot? {
        guard let slot = known(task) else { return nil }
        if nodes[Int(slot)].phase != .finished { return slot }
        noteStrange()
        return nil
    }

    @inline(__always)
    mutating func edit(_ slot: Slot, _ body: (inout NodeMore) -> Void) {
        if nodes[Int(slot)].more.isEmpty { nodes[Int(slot)].more.append(NodeMore()) }
        body(&nodes[Int(slot)].more[0])
    }

    mutating func progress(_ fields: TreeEvent.TaskProgress, _ t: Int64) {
        guard let slot = alive(fields.task) else { return }
        edit(slot) {
            $0.progress = Progress(completed: fields.completed, total: fields.total, message: fields.message)
        }
        write(
            fields.message ?? "", level: nil, slot, t,
            Progress(completed: fields.completed, total: fields.total, message: nil))
    }

    mutating func log(_ fields: TreeEvent.TaskLog, _ t: Int64) {
        guard let slot = known(fields.task) else { return }
        edit(slot) { $0.log = LogLine(t: t, level: fields.level, message: fields.message) }
        remember(.logged, slot, t, detail: fields.message)
        write(fields.message, level: fields.level, slot, t)
    }

    mutating func waiting(_ fields: TreeEvent.TaskWaiting, _ t: Int64) {
        guard let slot = alive(fields.task) else { return }
        wait(slot, fields.on, since: min(clampedTime(fields.since), t), fields.deadline)
    }

    mutating func wait(_ slot: Slot, _ on: WaitTarget, since: Int64, _ deadline: Int64?) {
        endWait(slot)
        let deadline = deadline.map(clampedTime)
        edit(slot) { $0.waiting = Waiting(on: on, since: since, deadline: deadline) }
        if deadline == nil, nodes[Int(slot)].deadline < 0, nodes[Int(slot)].cancelledAt < 0, !Self.isPatient(on.kind) {
            enlist(slot, .waiting)
        }
    }

    /// Whether a wait of this kind is what a task is there for, and no trouble however long it takes.
    public static func isPatient(_ kind: String) -> Bool {
        switch kind {
        case "idle", "queue", "cancel", "children", "child", "limit", "sleep", "timer", "signal", "drain", "backoff":
            true
        default: false
        }
    }

    mutating func resumed(_ fields: TreeEvent.TaskResumed) {
        guard let slot = known(fields.task) else { return }
        endWait(slot)
    }

    mutating func endWait(_ slot: Slot) {
        if nodes[Int(slot)].more.isEmpty { return }
        if nodes[Int(slot)].list == .waiting { unlist(slot) }
        if nodes[Int(slot)].more.first?.waiting != nil { nodes[Int(slot)].more[0].waiting = nil }
        if nodes[Int(slot)].flags.contains(.waitsTooLong) {
            nodes[Int(slot)].flags.remove(.waitsTooLong)
            totals.waitTooLong -= 1
            weighTrouble(slot)
        }
    }

    /// Nothing holds the task up any more.
    @inline(__always)
    mutating func endWaits(_ slot: Slot) {
        // Who waits, or is overdue, has more than others.
        if nodes[Int(slot)].more.isEmpty { return }
        endWait(slot)
        endOverdue(slot)
    }

    mutating func joining(_ fields: TreeEvent.TaskJoining, _ t: Int64) {
        guard let slot = alive(fields.task) else { return }
        endWaits(slot)
        nodes.change(Int(slot)) { node in
            node.phase = .joining
            node.bodyEndedAt = t
        }
        if fields.outcome != .succeeded || fields.error != nil {
            edit(slot) {
                $0.bodyOutcome = fields.outcome
                $0.error = fields.error
            }
        }
    }

    mutating func overdue(_ fields: TreeEvent.TaskOverdue, _ t: Int64) {
        guard let slot = alive(fields.task) else { return }
        beginOverdue(slot, fields.on)
        remember(.overdue, slot, t, detail: fields.on?.name ?? fields.on?.kind ?? "")
    }

    mutating func beginOverdue(_ slot: Slot, _ on: WaitTarget?) {
        edit(slot) { $0.overdueOn = on }
        guard nodes[Int(slot)].flags.insert(.overdue).inserted else { return }
        nodes[Int(slot)].flags.insert(.wasOverdue)
        totals.overdue += 1
        weighTrouble(slot)
        cascadeOverdue(slot)
    }

    mutating func endOverdue(_ slot: Slot) {
        guard nodes[Int(slot)].flags.contains(.overdue) else { return }
        nodes[Int(slot)].flags.remove(.overdue)
        totals.overdue -= 1
        weighTrouble(slot)
    }

    mutating func finished(_ fields: TreeEvent.TaskFinished, _ t: Int64) {
        guard let slot = alive(fields.task) else { return }
        finish(slot, fields.outcome, t)
        // What a large cascade says too is not kept once more for each of its tasks.
        let cascade = nodes[Int(slot)].cascade
        let isShared = cascade > 0 && isLargeCascade(cascade) && fields.cause == cause(of: nodes[Int(slot)])
        let cause = isShared ? nil : fields.cause
        if fields.error != nil || !fields.suppressed.isEmpty || cause != nil {
            edit(slot) {
                $0.error = fields.error ?? $0.error
                $0.suppressed = Array(fields.suppressed.prefix(16))
                $0.cause = cause ?? $0.cause
            }
        }
        cascadeEnded(slot, fields.outcome, t)
        let isPlain = fields.outcome == .succeeded && fields.error == nil && fields.cause == nil
        rememberEnd(slot, fields.outcome, isPlain: isPlain)
        if isPlain { return }
        let released = Int(nodes[Int(slot)].releasedCount)
        let message = fields.error?.message ?? fields.cause.map { $0.message ?? $0.kind.name } ?? ""
        remember(
            .finished(fields.outcome), slot, t, detail: message, duration: t - nodes[Int(slot)].startedAt,
            count: released)
    }

    /// Ends a task, and puts it among those that stay a while.
    mutating func finish(_ slot: Slot, _ outcome: Outcome, _ t: Int64) {
        endWaits(slot)
        nodes.change(Int(slot)) { node in
            node.phase = .finished
            node.outcome = outcome
            node.finishedAt = t
            if node.bodyEndedAt < 0, outcome != .abandoned { node.bodyEndedAt = t }
        }
        add(slot, live: -1)
        totals.live -= 1
        switch outcome {
        case .succeeded: totals.succeeded += 1
        case .failed: totals.failed += 1
        case .cancelled: totals.cancelled += 1
        case .abandoned: totals.abandoned += 1
        }
        switch outcome {
        case .abandoned:
            weighTrouble(slot)
            enlist(slot, .abandoned)
        case .failed:
            weighTrouble(slot)
            enlist(slot, .kept)
        case .succeeded, .cancelled: enlist(slot, nodes[Int(slot)].cascade > 0 ? .cascaded : .lingering)
        }
    }

    mutating func returned(_ fields: TreeEvent.TaskReturned, _ t: Int64) {
        guard let slot = known(fields.task) else { return }
        guard nodes[Int(slot)].outcome == .abandoned, nodes[Int(slot)].flags.insert(.returned).inserted else { return }
        totals.returned += 1
        nodes[Int(slot)].bodyEndedAt = t
        edit(slot) { $0.returnedAt = t }
        weighTrouble(slot)
        if nodes[Int(slot)].list == .abandoned { enlist(slot, .kept) }
        remember(.returned, slot, t, duration: t - nodes[Int(slot)].finishedAt)
    }
}
