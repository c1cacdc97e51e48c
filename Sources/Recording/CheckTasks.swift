import TreeModel

/// The rules about tasks.
extension Check {
    mutating func started(_ fields: TreeEvent.TaskStarted) {
        counts.tasks += 1
        guard taskIDs.insert(fields.task.rawValue) else {
            violate(
                .idsUnique, "task \(fields.task) (\(fields.name)) has an id that was used before", task: fields.task)
            return
        }
        if let parent = fields.parent { judgeStart(fields, under: parent) }
        tasks[fields.task] = LiveTask(parent: fields.parent, name: fields.name)
        if let parent = fields.parent { tasks[parent]?.children.insert(fields.task) }
    }

    private mutating func judgeStart(_ fields: TreeEvent.TaskStarted, under parent: TaskID) {
        if let live = tasks[parent] {
            if let cascade = live.mark {
                violate(
                    .startUncancelled, "\(fields.name) started under a task that cascade \(cascade) had cancelled",
                    task: parent)
            }
        } else if taskIDs.contains(parent.rawValue), !isBlind || abandoned[parent] != nil {
            violate(.startUnderLive, "\(fields.name) started under a task that had finished", task: parent)
        } else if !isBlind {
            violate(.namesKnown, "\(fields.name) started under task \(parent), which never started")
        }
    }

    mutating func joining(_ fields: TreeEvent.TaskJoining) {
        guard tasks[fields.task] != nil else { return stray(fields.task, "joins") }
        tasks[fields.task]?.hasJoined = true
    }

    /// An event about a task that is not alive.
    mutating func stray(_ id: TaskID, _ what: String) {
        if isBlind || abandoned[id] != nil { return }
        if taskIDs.contains(id.rawValue) {
            violate(.finishOnce, "task \(id) \(what) after it had finished", task: id)
        } else {
            violate(.namesKnown, "task \(id) \(what) and never started")
        }
    }

    mutating func finished(_ fields: TreeEvent.TaskFinished) {
        let id = fields.task
        guard let task = tasks[id] else {
            if abandoned[id] != nil {
                violate(.finishOnce, "it finished a second time", task: id)
            } else {
                stray(id, "finished")
            }
            return
        }
        counts.finished += 1
        if !task.children.isEmpty {
            let names = task.children.sorted().prefix(3).map { tasks[$0]?.name ?? "task \($0)" }
            violate(
                .childrenFirst,
                "it finished before \(task.children.count) of its children (\(names.joined(separator: ", ")))",
                task: id)
        }
        if task.held > 0 { judgeHeld(id) }
        leaveCascades(id, task, fields.outcome)
        let path = path(id)
        if let parent = task.parent { tasks[parent]?.children.remove(id) }
        tasks[id] = nil
        switch fields.outcome {
        case .abandoned:
            counts.abandoned += 1
            abandoned[id] = path
            find(.nothingAbandoned, "it was abandoned", path: path)
            if abandonedExamples.count < Self.examples { abandonedExamples.append(path) }
        case .failed: counts.failed += 1
        case .cancelled: counts.cancelled += 1
        case .succeeded: break
        }
    }

    private mutating func judgeHeld(_ id: TaskID) {
        let held = resources.filter { $0.value.task == id && !$0.value.isQuarantined }.keys.sorted()
        for resource in held {
            violate(.heldAtFinish, "it finished while it held \(name(resource))", task: id)
            // It was named; at the session's end it is not named again.
            resources[resource]?.isQuarantined = true
        }
    }

    mutating func returned(_ fields: TreeEvent.TaskReturned) {
        if abandoned.removeValue(forKey: fields.task) != nil {
            counts.returned += 1
        } else if !isBlind {
            violate(.finishOnce, "task \(fields.task) returned and was not abandoned", task: fields.task)
        }
    }

    mutating func prime(_ row: TreeEvent.SnapshotTask) {
        let id = row.started.task
        guard tasks[id] == nil else { return }
        _ = taskIDs.insert(id.rawValue)
        if row.phase == .finished {
            abandoned[id] = row.started.name
            return
        }
        var task = LiveTask(parent: row.started.parent, name: row.started.name)
        task.hasJoined = row.phase != .running
        task.mark = row.cascade
        task.releasedBeforeMark = row.cascade != nil
        tasks[id] = task
        if let parent = row.started.parent { tasks[parent]?.children.insert(id) }
        countEarly(id)
    }
}
