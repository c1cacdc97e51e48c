import Canvas
import TreeModel

extension DashboardState {
    /// Shows what a cancel or a drain of what is under the cursor would do.
    mutating func ask(_ act: Preview.Act) {
        guard rows.indices.contains(cursorIndex) else { return }
        let tree = shown
        let row = rows[cursorIndex]
        var roots: [TaskID] = []
        var title = ""
        switch row.id {
        case .task(let task):
            roots = [task]
            title = tree.pathNames(row.slot).joined(separator: " / ")
        case .group(_, let stem):
            roots = row.members.map { tree.id($0) }
            let names = tree.pathNames(row.slot).dropLast()
            title = (names + ["\(Self.shownStem(stem)) x\(row.count)"]).joined(separator: " / ")
        case .more:
            notice = "these are too many to list: cancel their parent, or find one by its name with /"
            return
        }
        let live = roots.filter { task in
            let slot = tree.slot(of: task)
            return slot >= 0 && tree.phase(slot) != .finished
        }
        guard !live.isEmpty else {
            notice = "\(tree.name(row.slot)) is over"
            return
        }
        if live.count == 1, let cascade = tree.cascade(tree.slot(of: live[0])), act != .drain {
            // It is being cancelled already: that is what there is to see.
            show(cascade)
            needsRows = true
            return
        }
        frozen = nil
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
        let by = "key " + (preview.act == .drain ? "d" : now || preview.act == .cancelNow ? "X" : "x")
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
            notice = "\(shown.name(rows[cursorIndex].slot)) is still alive; R starts again what ended"
            return []
        }
        restarting = task
        return [.restart(task)]
    }

    mutating func escalate(_ key: Key) -> [Effect] {
        guard case .cascade(let id) = pane, let cascade = shown.cascade(id) else { return [] }
        guard replay == nil else {
            notice = Self.recordingStays
            return []
        }
        guard cascade.completedAt == nil else {
            notice = "this cascade is over"
            return []
        }
        return [.escalate(id, by: "key \(key.name)")]
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

    /// What the cascade on the screen waits for.
    var cascadeBlocker: LiveTree.Slot? {
        guard case .cascade(let id) = pane, let cascade = shown.cascade(id), cascade.completedAt == nil else {
            return nil
        }
        return shown.blocker(below: shown.slot(of: cascade.root))
    }

    mutating func goToBlocker() {
        guard let blocker = cascadeBlocker else {
            if case .cascade(let id) = pane, let held = shown.cascade(id)?.heldUp { go(to: held.task) }
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

    /// The answer to keys that would act on a program, where there is none.
    static let recordingStays = "this is a recording: nothing can be changed in it"

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

    // MARK: replay

    mutating func steer(_ steering: Steering) -> [Effect] {
        guard let replay else { return [] }
        switch steering {
        case .play: return [.replay(replay.isPlaying ? .pause : .play)]
        case .stepBack: return [.replay(.step(-1))]
        case .stepOn: return [.replay(.step(1))]
        case .skipBack: return [.replay(.skip(-5 * Words.second))]
        case .skipOn: return [.replay(.skip(5 * Words.second))]
        case .markBack:
            guard let mark = replay.marks.last(where: { $0.position < replay.position }) else {
                return none("no mark before")
            }
            return [.replay(.seekEvent(mark.position))]
        case .markOn:
            guard let mark = replay.marks.first(where: { $0.position > replay.position }) else {
                return none("no mark after")
            }
            return [.replay(.seekEvent(mark.position))]
        case .slower: return [.replay(.speed(replay.speed / 2))]
        case .faster: return [.replay(.speed(replay.speed * 2))]
        case .begin: return [.replay(.seekEvent(0))]
        case .finish: return [.replay(.seekEvent(replay.eventCount))]
        case .tenth(let tenth): return [.replay(.seek(to: replay.end / 10 * Int64(tenth)))]
        case .findCause: return findCause()
        }
    }

    private mutating func none(_ text: String) -> [Effect] {
        notice = text
        return []
    }

    /// Goes to the cancel that ended the task under the cursor.
    private mutating func findCause() -> [Effect] {
        let slot = cursorSlot
        guard slot >= 0 else { return [] }
        let task = shown.info(slot)
        if let id = task.cascade, let cascade = shown.cascade(id) {
            notice = "cancelled by \(cascade.cause.description): cascade \(id) on \(cascade.path)"
            let at = replay?.marks.last { $0.t == cascade.requestedAt && $0.task == cascade.root }
            cursor = .task(cascade.root)
            return [.replay(at.map { .seekEvent($0.position) } ?? .seek(to: cascade.requestedAt))]
        }
        if let cause = task.cause, let origin = cause.origin {
            notice = cause.description
            go(to: origin)
            return []
        }
        if let end = task.finishedAt {
            notice = task.error.map { "it failed by itself: \($0.message)" } ?? "it ended by itself"
            return [.replay(.seek(to: end))]
        }
        return none("\(task.name) is alive: nothing ended it")
    }
}
