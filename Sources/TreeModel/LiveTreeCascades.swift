extension LiveTree {
    private static let mostReleases = 1_024

    @inline(__always)
    private func cascadeIndex(_ id: UInt64) -> Int? {
        guard id > 0 else { return nil }
        return cascades.lastIndex { $0.id.rawValue == id }
    }

    mutating func cancelRequested(_ fields: TreeEvent.CancelRequested, _ t: Int64) {
        guard cascadeIndex(fields.cascade.rawValue) == nil else {
            noteStrange()
            return
        }
        let slot = slots[fields.task.rawValue]
        cascades.append(
            Cascade(
                id: fields.cascade, root: fields.task, path: slot.map(path) ?? "task \(fields.task)",
                cause: fields.cause, force: fields.force, requestedAt: t, lastMarkAt: t))
        forgetCascades()
        if let slot {
            remember(.cancelRequested(fields.cause.kind), slot, t, detail: fields.cause.description)
        }
    }

    /// The row of a cancelled task. Where its cascade was requested unseen, the first such row is that of the cascade's root,
    /// because rows of parents come first; the cascade is known from there on.
    mutating func seeCascade(_ id: CascadeID, at slot: Slot, _ cause: Cause?, isRunning: Bool) {
        if let index = cascadeIndex(id.rawValue) {
            if cascades[index].completedAt == nil { cascades[index].marked += 1 }
            return
        }
        guard isRunning, let cause else {
            if let cause { edit(slot) { $0.cause = cause } }
            return
        }
        var cascade = Cascade(
            id: id, root: TaskID(nodes[Int(slot)].id), path: path(slot), cause: cause, force: false, requestedAt: now,
            lastMarkAt: now)
        cascade.marked = 1
        cascades.insert(cascade, at: cascades.firstIndex { $0.id > id } ?? cascades.count)
        forgetCascades()
    }

    /// Forgets the oldest that nobody will ask about: what a deadline ended smoothly does not hide what somebody cancelled.
    private mutating func forgetCascades() {
        while cascades.count > limits.rememberedCascades {
            let old = cascades.indices.dropLast().filter { !pinned.contains(cascades[$0].id) }
            guard let index = old.first(where: { cascades[$0].isSmooth }) ?? old.first else { return }
            cascades.remove(at: index)
        }
    }

    mutating func cancelEscalated(_ fields: TreeEvent.CancelEscalated, _ t: Int64) {
        guard let index = cascadeIndex(fields.cascade.rawValue) else { return }
        cascades[index].escalatedAt = t
        cascades[index].escalatedBy = fields.by
    }

    mutating func cancelling(_ fields: TreeEvent.TaskCancelling, _ t: Int64) {
        guard let slot = alive(fields.task) else { return }
        guard nodes[Int(slot)].cancelledAt < 0 else { return }
        nodes[Int(slot)].cancelledAt = t
        nodes[Int(slot)].cascade = fields.cascade.rawValue
        // From here on its grace is its limit.
        if nodes[Int(slot)].list == .waiting { unlist(slot) }
        guard let index = cascadeIndex(fields.cascade.rawValue) else { return }
        cascades[index].marked += 1
        cascades[index].lastMarkAt = t
        cascades[index].resources += Int(nodes[Int(slot)].ownHeld)
    }

    mutating func cancelCompleted(_ fields: TreeEvent.CancelCompleted, _ t: Int64) {
        guard let index = cascadeIndex(fields.cascade.rawValue) else { return }
        cascades[index].completed = fields
        cascades[index].completedAt = t
        if let slot = slots[cascades[index].root.rawValue] {
            remember(
                .cancelCompleted, slot, t, duration: clampedSpan(fields.duration),
                count: Int(min(fields.tasks, 1 << 53)))
        }
    }

    func isLargeCascade(_ id: UInt64) -> Bool {
        cascadeIndex(id).map { cascades[$0].marked > 64 } ?? false
    }

    mutating func cascadeOverdue(_ slot: Slot) {
        guard let index = cascadeIndex(nodes[Int(slot)].cascade), cascades[index].overdue.count < 256 else { return }
        cascades[index].overdue.append(TaskID(nodes[Int(slot)].id))
    }

    /// The cascade that a task is in, unless that is over: what comes home later does not change what it came to.
    private func runningCascade(of slot: Slot) -> Int? {
        cascadeIndex(nodes[Int(slot)].cascade).flatMap { cascades[$0].completedAt == nil ? $0 : nil }
    }

    mutating func cascadeAcquired(_ slot: Slot) {
        guard let index = runningCascade(of: slot) else { return }
        cascades[index].resources += 1
    }

    mutating func cascadeReleased(_ slot: Slot, _ release: Released) {
        guard let index = runningCascade(of: slot) else { return }
        cascades[index].released[release.outcome, default: 0] += 1
        if cascades[index].releases.count < Self.mostReleases {
            cascades[index].releases.append(
                Cascade.Release(task: TaskID(nodes[Int(slot)].id), owner: nodes[Int(slot)].name, release: release))
        }
        if release.duration > cascades[index].slowest?.duration ?? -1 { cascades[index].slowest = release }
    }

    mutating func cascadeQuarantined(_ slot: Slot) {
        guard let index = runningCascade(of: slot) else { return }
        cascades[index].quarantined += 1
    }

    mutating func cascadeEnded(_ slot: Slot, _ outcome: Outcome, _ t: Int64) {
        guard let index = cascadeIndex(nodes[Int(slot)].cascade) else { return }
        let node = nodes[Int(slot)]
        noteHoldUp(slot, outcome, t, in: index)
        let end = Cascade.End(task: TaskID(node.id), name: node.name, outcome: outcome, t: t)
        cascades[index].ended[outcome, default: 0] += 1
        if cascades[index].order.count < 1_024 { cascades[index].order.append(end) }
        cascades[index].lastEnd = end
    }

    /// How long nobody else ended before a task is said to have held the others up.
    private static let patience: Int64 = 100_000_000
    /// How many of those are kept.
    private static let mostHoldUps = 8

    /// Remembers who kept the others waiting.
    private mutating func noteHoldUp(_ slot: Slot, _ outcome: Outcome, _ t: Int64, in index: Int) {
        let node = nodes[Int(slot)]
        let requested = cascades[index].requestedAt
        if outcome == .abandoned || node.flags.contains(.wasOverdue) {
            let spent = t - max(node.cancelledAt, requested)
            addHoldUp(slot, spent, outcome == .abandoned ? .abandoned : .overdue, in: index)
            return
        }
        let before = max(cascades[index].lastEnd?.t ?? 0, requested)
        guard t - before >= Self.patience else { return }
        // It may itself have waited for a child: one of this cascade was noted when it ended, one of an earlier cascade is
        // noted here.
        guard let last = lastEnded(below: slot), nodes[Int(last)].finishedAt - before >= Self.patience else {
            addHoldUp(slot, t - before, .slow, in: index)
            return
        }
        let child = nodes[Int(last)]
        if child.cascade != node.cascade {
            let rank: Cascade.HoldUp.Rank =
                child.outcome == .abandoned
                ? .abandoned : child.flags.contains(.wasOverdue) ? .overdue : .slow
            addHoldUp(last, child.finishedAt - requested, rank, in: index)
        }
        if t - child.finishedAt >= Self.patience { addHoldUp(slot, t - child.finishedAt, .slow, in: index) }
    }

    private mutating func addHoldUp(_ slot: Slot, _ duration: Int64, _ rank: Cascade.HoldUp.Rank, in index: Int) {
        let node = nodes[Int(slot)]
        cascades[index].holdUps.append(
            Cascade.HoldUp(task: TaskID(node.id), name: node.name, duration: duration, rank: rank))
        cascades[index].holdUps.sort { ($1.rank.rawValue, $1.duration) < ($0.rank.rawValue, $0.duration) }
        if cascades[index].holdUps.count > Self.mostHoldUps { cascades[index].holdUps.removeLast() }
    }

    /// The task below another that ended last and made those between end with it, as far as the tree still has it.
    private func lastEnded(below slot: Slot) -> Slot? {
        var found: Slot?
        var slot = slot
        for _ in 0..<64 {
            var child = nodes[Int(slot)].children.last
            var last: Slot = -1
            for _ in 0..<256 where child >= 0 {
                if nodes[Int(child)].phase == .finished,
                    last < 0 || nodes[Int(child)].finishedAt > nodes[Int(last)].finishedAt
                {
                    last = child
                }
                child = nodes[Int(child)].previous
            }
            guard last >= 0 else { break }
            // A parent that ended long after its children is the one that took the time.
            if let found, nodes[Int(found)].finishedAt - nodes[Int(last)].finishedAt >= Self.patience { break }
            found = last
            slot = last
        }
        return found
    }

    // MARK: drains and shutdown

    mutating func drainRequested(_ fields: TreeEvent.DrainRequested, _ t: Int64) {
        let slot = slots[fields.task.rawValue]
        drains.append(
            Drain(
                id: fields.drain, root: fields.task, path: slot.map(path) ?? "task \(fields.task)",
                cause: fields.cause, requestedAt: t))
        if drains.count > 8 { drains.removeFirst() }
        if let slot { remember(.drainRequested, slot, t, detail: fields.cause.description) }
    }

    mutating func draining(_ fields: TreeEvent.TaskDraining) {
        guard let slot = alive(fields.task) else { return }
        nodes[Int(slot)].flags.insert(.draining)
        if let index = drains.lastIndex(where: { $0.id == fields.drain }) { drains[index].told += 1 }
    }

    mutating func drainCompleted(_ fields: TreeEvent.DrainCompleted, _ t: Int64) {
        guard let index = drains.lastIndex(where: { $0.id == fields.drain }) else { return }
        drains[index].duration = clampedSpan(fields.duration)
        if let slot = slots[drains[index].root.rawValue] {
            remember(.drainCompleted, slot, t, duration: clampedSpan(fields.duration))
        }
    }

    mutating func shutdownPhase(_ fields: TreeEvent.ShutdownPhaseBegan, _ t: Int64) {
        // A part of the tree that is stopped by itself is no shutdown of the program.
        let isPart = slots[fields.task.rawValue].map { nodes[Int($0)].parent >= 0 } ?? false
        if !isPart {
            shutdown = Shutdown(phase: fields.phase, task: fields.task, since: t, budget: fields.budget)
        }
        if let slot = slots[fields.task.rawValue] {
            remember(.shutdown(fields.phase), slot, t)
        }
    }
}
