import Canvas
import TreeModel

extension DashboardState {
    /// Shows what a cancel or a drain of what is tagged would do, else of what is under the cursor.
    mutating func ask(_ act: Preview.Act) {
        let tagged = orderedTags
        if !tagged.isEmpty {
            ask(act, tagged, title(of: tagged))
            return
        }
        guard rows.indices.contains(cursorIndex) else { return }
        let tree = shown
        let row = rows[cursorIndex]
        let path = tree.pathNames(row.slot)
        switch row.id {
        case .task(let task): ask(act, [task], path.joined(separator: " / "))
        case .group(_, let stem):
            let name = "\(Self.shownStem(stem)) x\(row.count)"
            ask(act, row.members.map { tree.id($0) }, (path.dropLast() + [name]).joined(separator: " / "))
        case .more: notice = Self.tooMany(keymap)
        }
    }

    /// What a question about tagged tasks is headed with: who they are, and that some are inside others.
    private func title(of roots: [TaskID]) -> String {
        let tree = shown
        let inside = tags.count - roots.count
        if roots.count == 1, inside == 0 { return tree.pathNames(tree.slot(of: roots[0])).joined(separator: " / ") }
        let names = roots.prefix(4).map { tree.name(tree.slot(of: $0)) } + (roots.count > 4 ? ["..."] : [])
        let rest = inside == 0 ? "" : ", \(inside) inside \(roots.count == 1 ? "it" : "them")"
        return "\(tags.count) TAGGED  \(names.joined(separator: ", "))\(rest)"
    }

    private mutating func ask(_ act: Preview.Act, _ roots: [TaskID], _ title: String) {
        let tree = shown
        let live = roots.filter { task in
            let slot = tree.slot(of: task)
            return slot >= 0 && tree.phase(slot) != .finished
        }
        guard let first = live.first else {
            notice = "\(roots.first.map { tree.name(tree.slot(of: $0)) } ?? "it") is over"
            return
        }
        let running = live.compactMap { tree.cascade(tree.slot(of: $0)) }
        if act != .drain, running.count == live.count, let cascade = tree.cascade(tree.slot(of: first)) {
            // It is being cancelled already: that is what there is to see.
            show(cascade)
            if Set(running).count > 1 {
                together = Set(running).sorted()
                pin(together)
            }
            needsRows = true
            return
        }
        leavePause()
        awaited = []
        pane = .preview(Preview(act, roots: live, title: title, in: self.tree))
        needsRows = true
    }

    static func shownStem(_ stem: String) -> String {
        stem.split(separator: "\u{0}").first.map(String.init) ?? stem
    }

    /// The answer to a preview.
    mutating func confirm(_ key: Key, now: Bool) -> [Effect] {
        guard case .preview(let preview) = pane else { return [] }
        closePane()
        needsRows = true
        let by = "key " + keymap.name(of: preview.act.command(now: now))
        // What was tagged has been acted on.
        if preview.roots.contains(where: tags.contains) { tags = [] }
        let alive = preview.roots.filter { task in
            let slot = tree.slot(of: task)
            return slot >= 0 && tree.phase(slot) != .finished
        }
        guard !alive.isEmpty else {
            notice = "it ended before the answer; nothing was sent"
            return []
        }
        switch preview.act {
        case .drain:
            notice = "the drain of \(preview.title) was sent"
            return alive.map { .drain($0, by: by) }
        case .cancel, .cancelNow:
            awaited = Set(alive)
            notice = "the cancel of \(preview.title) was sent"
            return alive.map { .cancel($0, force: now || preview.act == .cancelNow, by: by) }
        }
    }

    mutating func restart() -> [Effect] {
        guard rows.indices.contains(cursorIndex), case .task(let task) = rows[cursorIndex].id else { return [] }
        guard shown.outcome(rows[cursorIndex].slot) != nil else {
            notice =
                "\(shown.name(rows[cursorIndex].slot)) is still alive; \(keymap.name(of: .restart)) starts again what ended"
            return []
        }
        restarting = task
        return [.restart(task)]
    }

    mutating func escalate(_ key: Key) -> [Effect] {
        guard let cascade = shownCascade else { return [] }
        guard !isRecording, !isRewound else {
            notice = actsOnNothing
            return []
        }
        guard cascade.completedAt == nil else {
            notice = "this cascade is over"
            return []
        }
        return shownCascades.filter { $0.completedAt == nil }.map { .escalate($0.id, by: "key \(key.name)") }
    }

    /// Shows the cascade that the task under the cursor is in, else the last one.
    mutating func showCascade() {
        let tree = shown
        let slot = cursorSlot
        let mine = slot >= 0 ? tree.cascade(slot) : nil
        guard let id = mine.flatMap({ tree.cascade($0)?.id }) ?? tree.cascades.last?.id else {
            notice = "nothing was cancelled yet"
            return
        }
        if mine != id, let cascade = tree.cascade(id) { go(to: cascade.root) }
        show(id)
        needsRows = true
    }

    /// What the cascade on the screen waits for; of several, what was cancelled first.
    var cascadeBlocker: LiveTree.Slot? {
        let tree = shown
        // Of very many that run at once some are looked at.
        let blockers = shownCascades.filter { $0.completedAt == nil }.prefix(32).compactMap { cascade in
            tree.blocker(below: tree.slot(of: cascade.root))
        }
        return blockers.min {
            (tree.isOverdue($0) ? 0 : 1, tree.cancelledAt($0) ?? .max)
                < (tree.isOverdue($1) ? 0 : 1, tree.cancelledAt($1) ?? .max)
        }
    }

    mutating func goToBlocker() {
        guard let blocker = cascadeBlocker else {
            if let held = shownCascade?.heldUp { go(to: held.task) }
            return
        }
        go(to: shown.id(blocker))
    }

    mutating func goToHolder() {
        let tree = shown
        guard let blocker = cascadeBlocker, let target = tree.waitTarget(blocker),
            let holder = tree.holder(of: target, for: tree.id(blocker))
        else {
            notice = "nobody in the tree is known to hold it"
            return
        }
        go(to: holder.task)
    }

    // MARK: leaving

    mutating func quit() -> [Effect] {
        if session.isAttached || tree.ended != nil { return [.leave] }
        isAskingToQuit = true
        return []
    }

    mutating func shutDown(force: Bool) -> [Effect] {
        isAskingToQuit = false
        return [.shutdown(force: force)]
    }
}
