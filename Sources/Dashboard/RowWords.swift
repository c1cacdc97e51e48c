import Canvas
import TreeModel

/// What a row of the tree says.
struct RowWords {
    struct Line: Sendable {
        var name = ""
        var nameRole = Role.normal
        var state = ""
        var stateRole = Role.normal
        var age = ""
        var ageRole = Role.dim
        var live = ""
        var held = ""
        var note: [Span] = []
        var isTrouble = false
    }

    let tree: LiveTree
    let now: Int64
    /// The cascades on the screen.
    let cascades: [LiveTree.Cascade]
    let blocker: LiveTree.Slot?
    let preview: Preview?

    init(_ state: DashboardState) {
        tree = state.shown
        now = state.now
        cascades = state.shownCascades
        if case .preview(let preview) = state.pane { self.preview = preview } else { preview = nil }
        blocker = state.cascadeBlocker
    }

    /// The cascade on the screen that a task is in.
    func cascade(of id: CascadeID?) -> LiveTree.Cascade? {
        id.flatMap { id in cascades.first { $0.id == id } }
    }

    func line(_ row: Row, isAsked: Bool) -> Line {
        switch row.id {
        case .task: return task(row, isAsked)
        case .group(_, let stem): return group(row, stem)
        case .more:
            var line = Line()
            line.name = "... \(Words.count(row.count)) more"
            line.nameRole = .dim
            line.note = [Span("too many to list; / finds them by name", .dim)]
            return line
        }
    }

    private func task(_ row: Row, _ isAsked: Bool) -> Line {
        let info = tree.info(row.slot)
        var line = Line()
        line.name = info.name
        let isOver = info.outcome != nil || info.phase == .finished
        line.nameRole = isOver && !info.isAway ? .dim : .normal
        (line.state, line.stateRole) = Self.state(row.slot, tree)
        if !isOver || info.live > 0 {
            line.live = Words.short(info.live, columns: 4)
            line.held = info.held > 0 || !isOver ? Words.short(info.held, columns: 4) : ""
        }
        if let cascade = cascade(of: info.cascade) {
            if let end = info.finishedAt {
                line.age = Words.at(end - cascade.requestedAt, exact: true)
            } else if isStopping(info, row.slot) {
                line.age = Words.at(now - cascade.requestedAt, exact: false)
            }
        } else if !isOver {
            line.age = Words.age(now - info.startedAt)
        }
        if info.isOverdue { line.ageRole = .overdue }
        let isHidden = row.fold == .closed && info.troubles > 0
        line.isTrouble = isHidden || info.isOverdue || info.waitsTooLong || info.hasLeaked || info.isAway
        if preview != nil {
            line.note = asked(info, row, isAsked) ?? note(info, row)
        } else {
            line.note = note(info, row)
        }
        return line
    }

    private func group(_ row: Row, _ stem: String) -> Line {
        var line = Line()
        line.name = "\(DashboardState.shownStem(stem)) x\(row.count)"
        var live = 0
        var held = 0
        var oldest = Int64.max
        var states: [String: Int] = [:]
        var message: String?
        for slot in row.members.prefix(2_000) {
            live += tree.live(slot)
            held += tree.held(slot)
            oldest = min(oldest, tree.startedAt(slot))
            states[Self.state(slot, tree).0, default: 0] += 1
            message = message ?? tree.progress(slot)?.message
        }
        let most = states.max { ($0.value, $1.key) < ($1.value, $0.key) }
        line.state = most?.key ?? ""
        line.stateRole = .running
        if tree.phase(row.slot) == .finished {
            line.nameRole = .dim
            line.stateRole = Self.state(row.slot, tree).1
            let last = row.members.compactMap { tree.info($0).finishedAt }.max() ?? 0
            if let cascade = cascade(of: tree.cascade(row.slot)) {
                line.age = Words.at(last - cascade.requestedAt, exact: true)
            }
            line.note = [Span(ended(row), .dim)]
        } else {
            line.age = Words.age(now - oldest)
            let others = states.filter { $0.key != most?.key }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            var text = others.prefix(3).map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            if let below = below(row) { text += (text.isEmpty ? "" : "; ") + below }
            if text.isEmpty, let message { text = "one of them: " + message }
            line.note = [Span(text, .dim)]
        }
        if live > 0 {
            line.live = Words.short(live, columns: 4)
            line.held = Words.short(held, columns: 4)
        }
        return line
    }

    /// What the members of a group do: their children, called together.
    private func below(_ row: Row) -> String? {
        var stems: [(stem: String, count: Int)] = []
        var oldest = Int64.max
        var budget = 500
        for slot in row.members.prefix(500) where budget > 0 {
            var child = tree.firstChild(slot)
            while child >= 0, budget > 0 {
                budget -= 1
                if tree.phase(child) != .finished {
                    let stem = Stem.of(tree.name(child))
                    oldest = min(oldest, tree.startedAt(child))
                    if let index = stems.firstIndex(where: { $0.stem == stem }) {
                        stems[index].count += 1
                    } else {
                        stems.append((stem, 1))
                    }
                }
                child = tree.nextSibling(child)
            }
        }
        guard !stems.isEmpty else { return nil }
        let text = stems.prefix(3).map { "\($0.count) \($0.stem)" }.joined(separator: ", ")
        return "\(text) below, oldest \(Words.duration(now - oldest))"
    }

    /// What ended with the members of a group.
    private func ended(_ row: Row) -> String {
        var tasks = 0
        var releases = 0
        var worst: LiveTree.Released?
        for member in row.members where tasks < 1_000 {
            let end = tree.followingAfter(member)
            var slot = member
            while slot >= 0, slot != end, tasks < 1_000 {
                let info = tree.info(slot)
                tasks += 1
                releases += info.releasedCount
                for release in info.released where release.duration > worst?.duration ?? -1 { worst = release }
                slot = tree.following(slot)
            }
        }
        var text = "\(Words.plural(tasks, "task"))\(tasks >= 1_000 ? " and more" : "")"
        if releases > 0 { text += ", \(Words.plural(releases, "resource"))" }
        if let worst { text += ", worst release \(Words.duration(worst.duration)) \(worst.name)" }
        return text
    }

    // MARK: state

    /// Whether nothing below a cancelled task holds it up: it is its own body, or its own releases.
    func isStopping(_ info: LiveTree.TaskInfo, _ slot: LiveTree.Slot) -> Bool {
        info.isCancelled && info.outcome == nil && info.live <= 1
    }

    static func state(_ slot: LiveTree.Slot, _ tree: LiveTree) -> (String, Role) {
        if let outcome = tree.outcome(slot) {
            switch outcome {
            case .succeeded: return ("succeeded", .succeeded)
            case .failed: return ("failed", .failed)
            case .cancelled: return ("cancelled", .cancelled)
            case .abandoned: return tree.isAway(slot) ? ("ABANDONED", .abandoned) : ("returned", .abandoned)
            }
        }
        let phase = tree.phase(slot)
        if phase == .finished { return ("ended", .dim) }
        if tree.cancelledAt(slot) != nil {
            if tree.live(slot) > 1 { return ("waits", .cancelling) }
            if phase == .releasing { return ("releasing", .releasing) }
            return tree.isOverdue(slot) ? ("CANCELLING", .overdue) : ("cancelling", .cancelling)
        }
        if phase == .joining { return ("joining", .joining) }
        if phase == .releasing { return ("releasing", .releasing) }
        if let waiting = tree.waiting(slot) {
            return (wait(waiting.on.kind), tree.waitsTooLong(slot) ? .overdue : .waiting)
        }
        return tree.isDraining(slot) ? ("draining", .joining) : ("running", .running)
    }

    private static func wait(_ kind: String) -> String {
        switch kind {
        case "idle": "idle"
        case "limit": "queued"
        case "sleep", "timer": "sleeps"
        case "cancel", "signal": "running"
        case "children", "child": "joining"
        case "backoff": "backs off"
        default: "waits \(kind)"
        }
    }
}
