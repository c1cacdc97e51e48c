import TreeModel

extension Report {
    /// Tasks of a cancel that ended one after the other because each waited for the one before it.
    struct CriticalPath {
        private static let longest = 16
        private(set) var steps: [Step] = []

        /// Adds the task that waited for all so far. Of a long path the step that took the least is left out; its time
        /// goes to the one behind it. The first is where the waiting began, and stays.
        mutating func add(_ task: TaskID, _ name: String, _ outcome: Outcome, _ t: Int64) {
            let before = steps.last?.endedAt ?? t
            steps.append(Step(task: task, name: name, outcome: outcome, duration: t - before, endedAt: t))
            guard steps.count > Self.longest else { return }
            let least = (1..<(steps.count - 1)).min { steps[$0].duration < steps[$1].duration } ?? 1
            steps[least + 1].duration += steps[least].duration
            steps.remove(at: least)
        }

        /// The steps of a cascade that was requested then: what was over before did not hold it up.
        func steps(since requested: Int64) -> [Step] {
            var steps = Array(steps.drop { $0.endedAt < requested })
            if !steps.isEmpty { steps[0].duration = steps[0].endedAt - requested }
            return steps
        }
    }

    /// A cancelled task ends: it is the last step of its path so far, and the path is that of its parent, unless another
    /// child of that ends later.
    mutating func stepped(_ slot: LiveTree.Slot, _ outcome: Outcome, _ t: Int64) {
        let task = tree.id(slot)
        var path = paths.removeValue(forKey: task) ?? CriticalPath()
        path.add(task, tree.name(slot), outcome, t)
        for cascade in running[task] ?? [] { ended[cascade] = path }
        let parent = tree.parent(slot)
        if parent >= 0, tree.phase(parent) != .finished, tree.cancelledAt(parent) != nil {
            paths[tree.id(parent)] = path
        }
    }

    mutating func requested(_ fields: TreeEvent.CancelRequested) {
        found.cascades += 1
        found.causes[fields.cause.kind, default: 0] += 1
        running[fields.task, default: []].append(fields.cascade)
    }

    /// A cascade is over: it is kept if it is one of the longest.
    mutating func completed(_ fields: TreeEvent.CancelCompleted) {
        let path = ended.removeValue(forKey: fields.cascade)
        guard let cascade = tree.cascade(fields.cascade) else { return }
        running[cascade.root]?.removeAll { $0 == fields.cascade }
        if running[cascade.root]?.isEmpty == true { running[cascade.root] = nil }
        var report = CascadeReport(cascade: cascade)
        let place = found.longest.firstIndex { $0.duration ?? 0 < report.duration ?? 0 } ?? found.longest.count
        guard place < Self.mostShown else { return }
        report.criticalPath = path?.steps(since: cascade.requestedAt) ?? []
        found.longest.insert(report, at: place)
        if found.longest.count > Self.mostShown { found.longest.removeLast() }
    }
}
