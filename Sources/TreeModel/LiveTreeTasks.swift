extension LiveTree {
    mutating func started(_ fields: TreeEvent.TaskStarted, _ t: Int64) {
        guard slots[fields.task.rawValue] == nil else {
            noteStrange()
            return
        }
        let slot = insert(fields, since: t)
        totals.started += 1
        if case let parent = nodes[Int(slot)].parent, parent >= 0, nodes[Int(parent)].phase == .finished {
            noteStrange()
        }
    }

    /// Adds a live task. A row of a snapshot stands before its siblings that started while the snapshot is read.
    mutating func insert(_ fields: TreeEvent.TaskStarted, since: Int64, isRow: Bool = false) -> Slot {
        var node = Node(id: fields.task.rawValue, name: fields.name, profile: profile(fields))
        node.startedAt = since
        if let deadline = fields.deadline { node.deadline = clampedTime(deadline) }
        if fields.attempt != nil || fields.restartOf != nil {
            var more = NodeMore()
            more.attempt = fields.attempt
            more.restartOf = fields.restartOf
            node.more = [more]
        }
        let slot = allocate(node)
        let parent = fields.parent.flatMap { slots[$0.rawValue] } ?? -1
        if let missing = fields.parent, parent < 0 {
            nodes[Int(slot)].flags.insert(.orphan)
            edit(slot) { $0.missingParent = missing }
            snapshot?.orphans[missing.rawValue, default: []].append(slot)
        }
        slots[fields.task.rawValue] = slot
        link(slot, under: parent, isRow: isRow)
        if snapshot != nil {
            nodes[Int(slot)].flags.insert(.confirmed)
            adopt(by: slot)
        } else if isBlind {
            nodes[Int(slot)].flags.insert(.early)
        }
        totals.live += 1
        add(slot, live: 1)
        return slot
    }

    private mutating func allocate(_ node: Node) -> Slot {
        guard let slot = freeNodes.popLast() else {
            nodes.append(node)
            return Slot(nodes.count - 1)
        }
        let isDirty = nodes[Int(slot)].flags.contains(.dirty)
        nodes[Int(slot)] = node
        if isDirty { nodes[Int(slot)].flags.insert(.dirty) }
        return slot
    }

    private mutating func profile(_ fields: TreeEvent.TaskStarted) -> Profile {
        for profile in profiles where profile.describes(fields) { return profile }
        let profile = Profile(fields)
        if profiles.count < 8 {
            profiles.append(profile)
        } else {
            profiles[nextProfile] = profile
            nextProfile = (nextProfile + 1) % profiles.count
        }
        return profile
    }

    /// Links a node as the last child of a parent, or as the last root.
    mutating func link(_ slot: Slot, under parent: Slot, isRow: Bool = false) {
        let index = Int(slot)
        let next = snapshot?.place(isRow, of: slot, under: parent) ?? -1
        let previous = next >= 0 ? nodes[Int(next)].previous : parent >= 0 ? nodes[Int(parent)].lastChild : lastRoot
        nodes[index].parent = parent
        nodes[index].next = next
        nodes[index].previous = previous
        if previous >= 0 { nodes[Int(previous)].next = slot }
        if next >= 0 { nodes[Int(next)].previous = slot }
        if parent >= 0 {
            nodes[index].depth = nodes[Int(parent)].depth &+ 1
            if previous < 0 { nodes[Int(parent)].firstChild = slot }
            if next < 0 { nodes[Int(parent)].lastChild = slot }
            nodes[Int(parent)].children += 1
        } else {
            nodes[index].depth = 0
            if previous < 0 { firstRoot = slot }
            if next < 0 { lastRoot = slot }
            roots += 1
        }
    }

    mutating func unlink(_ slot: Slot) {
        let index = Int(slot)
        let (parent, previous, next) = (nodes[index].parent, nodes[index].previous, nodes[index].next)
        snapshot?.leaves(slot, of: parent, next: next)
        if previous >= 0 { nodes[Int(previous)].next = next }
        if next >= 0 { nodes[Int(next)].previous = previous }
        if parent >= 0 {
            if previous < 0 { nodes[Int(parent)].firstChild = next }
            if next < 0 { nodes[Int(parent)].lastChild = previous }
            nodes[Int(parent)].children -= 1
        } else {
            if previous < 0 { firstRoot = next }
            if next < 0 { lastRoot = previous }
            roots -= 1
        }
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
        let node = nodes[Int(slot)]
        if deadline == nil, node.deadline < 0, node.cancelledAt < 0, !Self.isPatient(on.kind) {
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
        if nodes[Int(slot)].list == .waiting { unlist(slot) }
        if nodes[Int(slot)].more.first?.waiting != nil { nodes[Int(slot)].more[0].waiting = nil }
        if nodes[Int(slot)].flags.contains(.waitsTooLong) {
            nodes[Int(slot)].flags.remove(.waitsTooLong)
            totals.waitTooLong -= 1
            weighTrouble(slot)
        }
    }

    mutating func joining(_ fields: TreeEvent.TaskJoining, _ t: Int64) {
        guard let slot = alive(fields.task) else { return }
        endWait(slot)
        endOverdue(slot)
        nodes[Int(slot)].phase = .joining
        nodes[Int(slot)].bodyEndedAt = t
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
        let isShared = isLargeCascade(nodes[Int(slot)].cascade) && fields.cause == cause(of: nodes[Int(slot)])
        let cause = isShared ? nil : fields.cause
        if fields.error != nil || !fields.suppressed.isEmpty || cause != nil {
            edit(slot) {
                $0.error = fields.error ?? $0.error
                $0.suppressed = Array(fields.suppressed.prefix(16))
                $0.cause = cause ?? $0.cause
            }
        }
        cascadeEnded(slot, fields.outcome, t)
        rememberEnd(slot, fields.outcome)
        let released = Int(nodes[Int(slot)].releasedCount)
        let message = fields.error?.message ?? fields.cause.map { $0.message ?? $0.kind.name } ?? ""
        remember(
            .finished(fields.outcome), slot, t, detail: message, duration: t - nodes[Int(slot)].startedAt,
            count: released)
    }

    /// Ends a task, and puts it among those that stay a while.
    mutating func finish(_ slot: Slot, _ outcome: Outcome, _ t: Int64) {
        endWait(slot)
        endOverdue(slot)
        let index = Int(slot)
        nodes[index].phase = .finished
        nodes[index].outcome = outcome
        nodes[index].finishedAt = t
        if nodes[index].bodyEndedAt < 0, outcome != .abandoned { nodes[index].bodyEndedAt = t }
        totals.live -= 1
        add(slot, live: -1)
        switch outcome {
        case .succeeded: totals.succeeded += 1
        case .failed: totals.failed += 1
        case .cancelled: totals.cancelled += 1
        case .abandoned: totals.abandoned += 1
        }
        weighTrouble(slot)
        switch outcome {
        case .abandoned: enlist(slot, .abandoned)
        case .failed: enlist(slot, .kept)
        case .succeeded, .cancelled: enlist(slot, nodes[index].cascade > 0 ? .cascaded : .lingering)
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
