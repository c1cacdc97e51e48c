import TreeModel

/// The rules about cascades.
extension Check {
    mutating func requested(_ fields: TreeEvent.CancelRequested) {
        counts.cascades += 1
        guard cascadeIDs.insert(fields.cascade.rawValue) else {
            violate(.idsUnique, "cascade \(fields.cascade) has an id that was used before", task: fields.task)
            return
        }
        if tasks[fields.task] == nil, !taskIDs.contains(fields.task.rawValue), !isBlind {
            violate(.namesKnown, "cascade \(fields.cascade) is of task \(fields.task), which never started")
        }
        var cascade = LiveCascade(target: fields.task, path: path(fields.task), requested: seq)
        var stack = [fields.task]
        while let id = stack.popLast() {
            guard let task = tasks[id] else { continue }
            stack += task.children
            if task.mark == nil {
                cascade.pending += 1
                tasks[id]?.pendingIn.append(fields.cascade)
            }
        }
        cascades[fields.cascade] = cascade
    }

    mutating func marked(_ fields: TreeEvent.TaskCancelling) {
        let id = fields.cascade
        guard let task = tasks[fields.task] else {
            if isBlind { cascades[id]?.isCountOpen = true }
            return stray(fields.task, "is cancelled")
        }
        tasks[fields.task]?.releasedBeforeMark = task.releasing > 0 || (task.hasJoined && task.children.isEmpty)
        if let earlier = task.mark {
            violate(.cascadeScope, "cascade \(id) marks it, and cascade \(earlier) had done so", task: fields.task)
            return
        }
        tasks[fields.task]?.mark = id
        for other in task.pendingIn { cascades[other]?.pending -= 1 }
        tasks[fields.task]?.pendingIn = []
        guard cascades[id] != nil else {
            if lostCascades.contains(id) { return }
            if cascadeIDs.contains(id.rawValue) {
                violate(.cascadeScope, "cascade \(id) marks it after it had completed", task: fields.task)
            } else if !isPartial {
                violate(.namesKnown, "cascade \(id) marks it and was never requested", task: fields.task)
            }
            return
        }
        judgeScope(fields.task, id)
        judgeReleases(id)
        cascades[id]?.finishedUnmarked.removeAll()
        cascades[id]?.lastMark = seq
        cascades[id]?.liveMarked += 1
        cascades[id]?.counts.tasks += 1
    }

    /// Walks up to the cascade's task; a parent that is marked by the same cascade vouches for the rest of the way.
    private mutating func judgeScope(_ task: TaskID, _ id: CascadeID) {
        guard let target = cascades[id]?.target else { return }
        var place = task
        while place != target {
            guard let live = tasks[place] else {
                // Above here nothing is known.
                if isPartial { return }
                break
            }
            if place != task, live.mark == id { return }
            guard let parent = live.parent else { break }
            place = parent
        }
        if place != target {
            violate(
                .cascadeScope, "cascade \(id) marks it, which is not below \(cascades[id]?.path ?? path(target))",
                task: task)
        }
    }

    private mutating func judgeReleases(_ id: CascadeID) {
        guard let releases = cascades[id]?.releases, let first = releases.first else { return }
        cascades[id]?.releases = []
        violate(
            .releaseBeforeMarked, "cascade \(id) marks on after something of it was released", path: first.path,
            earlier: releases.map(\.seq))
    }

    /// Notes a release of a task that a cascade has marked and that had not begun to release before.
    mutating func noteRelease(_ resource: LiveResource) {
        guard let task = tasks[resource.task], let id = task.mark, !task.releasedBeforeMark,
            let known = cascades[id]?.releases.count, known < Self.examples
        else { return }
        let finding = (path(resource.task), seq)
        cascades[id]?.releases.append(finding)
    }

    mutating func countRelease(_ resource: LiveResource, _ outcome: ReleaseOutcome) {
        guard let task = tasks[resource.task], let id = task.mark else { return }
        if resource.isQuarantined { cascades[id]?.isResourceCountOpen = true }
        cascades[id]?.counts.resources += 1
        switch outcome {
        case .ok, .leaked: break
        case .failed: cascades[id]?.counts.failed += 1
        case .timedOut: cascades[id]?.counts.timedOut += 1
        }
    }

    /// A task finishes: it leaves the cascade that marked it, and those that should have.
    mutating func leaveCascades(_ id: TaskID, _ task: LiveTask, _ outcome: Outcome) {
        if let mark = task.mark {
            cascades[mark]?.liveMarked -= 1
            switch outcome {
            case .abandoned:
                cascades[mark]?.counts.abandoned += 1
                // What it still acquires or releases may count or not.
                cascades[mark]?.isResourceCountOpen = true
            case .failed: cascades[mark]?.failedTasks += 1
            case .succeeded, .cancelled: break
            }
        }
        for cascade in task.pendingIn where cascades[cascade] != nil {
            cascades[cascade]?.pending -= 1
            guard let live = cascades[cascade], live.lastMark != nil, live.finishedUnmarked.count < Self.examples else {
                continue
            }
            let finding = (path(id), seq)
            cascades[cascade]?.finishedUnmarked.append(finding)
        }
    }

    mutating func completed(_ fields: TreeEvent.CancelCompleted) {
        let id = fields.cascade
        guard let cascade = cascades[id] else {
            if lostCascades.remove(id) != nil { return }
            if cascadeIDs.contains(id.rawValue) {
                if !isPartial { violate(.cascadeCounts, "cascade \(id) completed a second time") }
            } else if !isPartial {
                violate(.namesKnown, "cascade \(id) completed and was never requested")
            }
            return
        }
        judgeCover(id)
        defer { cascades[id] = nil }
        if cascade.isCountOpen { return }
        if cascade.liveMarked > 0 {
            violate(
                .cascadeCounts, "cascade \(id) completed while \(cascade.liveMarked) of its tasks were alive",
                path: cascade.path, earlier: [cascade.requested])
        }
        judge("tasks", fields.tasks, cascade.counts.tasks, cascade, id)
        judge("abandoned", fields.abandoned, cascade.counts.abandoned, cascade, id)
        if !cascade.isResourceCountOpen {
            judge("resources", fields.resources, cascade.counts.resources, cascade, id)
            judge("timedOut", fields.timedOut, cascade.counts.timedOut, cascade, id)
            // What failed may be said of tasks or of releases.
            if fields.failed != cascade.failedTasks {
                judge("failed", fields.failed, cascade.counts.failed, cascade, id)
            }
        }
    }

    private mutating func judge(
        _ what: String, _ said: UInt64, _ seen: UInt64, _ cascade: LiveCascade, _ id: CascadeID
    ) {
        if said == seen { return }
        violate(
            .cascadeCounts, "cascade \(id) says \(what) \(said), and the log has \(seen)", path: cascade.path,
            earlier: [cascade.requested])
    }

    /// Whether a cascade marked all that it had to, now that it marks no more.
    mutating func judgeCover(_ id: CascadeID) {
        guard let cascade = cascades[id] else { return }
        if cascade.pending > 0 {
            for task in tasks.filter({ $0.value.pendingIn.contains(id) }).keys.sorted().prefix(Self.examples) {
                violate(
                    .cascadeCovers, "cascade \(id) never marked it, which was alive when it was requested", task: task,
                    earlier: [cascade.requested])
            }
        }
        for task in cascade.finishedUnmarked {
            violate(
                .cascadeCovers, "cascade \(id) never marked it; it finished after the last mark", path: task.path,
                earlier: [cascade.requested, cascade.lastMark ?? 0, task.seq])
        }
    }
}
