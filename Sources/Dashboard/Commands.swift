import Canvas
import TreeModel

extension DashboardState {
    /// Where keys go, the first first.
    var contexts: [Binding.Context] {
        if isAskingToQuit { return [.quit] }
        if showsHelp { return [.help] }
        if view != .tree { return viewContexts }
        var contexts: [Binding.Context] = []
        switch pane {
        case .preview: return [.preview]
        case .cascade: contexts.append(.cascade)
        case .none: if !found.isEmpty || (showsDetail && wantsDetail == true) { contexts.append(.detail) }
        }
        contexts.append(replay == nil ? .live : .replay)
        return contexts
    }

    mutating func press(_ key: Key) -> [Effect] {
        notice = nil
        settle()
        if search != nil, !isAskingToQuit { return type(key) }
        if views.filterBefore != nil, !isAskingToQuit { return typeFilter(key) }
        guard let command = Binding.command(for: key, in: contexts) else {
            if replay != nil, !contexts.allSatisfy({ $0 != .replay && $0 != .replayView }) { refuseToAct(key) }
            return []
        }
        let effects = perform(command, key)
        if needsRows { settle() }
        return effects
    }

    /// In a recording, says why a key that acts on a live program does nothing.
    private mutating func refuseToAct(_ key: Key) {
        let acts: Set<Command> = [.cancel, .cancelNow, .drain, .restart]
        if let command = Binding.command(for: key, in: [.live]), acts.contains(command) { notice = Self.recordingStays }
    }

    private mutating func perform(_ command: Command, _ key: Key) -> [Effect] {
        switch command {
        case .up, .down, .pageUp, .pageDown, .first, .last: go(command)
        case .fold: foldOrParent()
        case .unfold: unfoldOrChild()
        case .detail: toggleDetail()
        case .foldHere: setFold(closed: true)
        case .unfoldHere: setFold(closed: false)
        case .foldAll: foldAll()
        case .close:
            close()
        case .search: search = Search(origin: cursor, originTop: top)
        case .searchNext: searchAgain(forwards: true)
        case .searchPrevious: searchAgain(forwards: false)
        case .nextTrouble: goToTrouble()
        case .pause: pause()
        case .cancel: if view == .tree || goToRowsTask() { ask(.cancel) }
        case .cancelNow: ask(.cancelNow)
        case .drain: ask(.drain)
        case .restart: return restart()
        case .confirm: return isAskingToQuit ? shutDown(force: runningShutdown != nil) : confirm(key, now: false)
        case .confirmNow: return confirm(key, now: true)
        case .refuse:
            if isAskingToQuit { isAskingToQuit = false } else { closePane() }
            needsRows = true
        case .listAll:
            if case .preview(var preview) = pane {
                preview.listsAll.toggle()
                preview.listTop = 0
                pane = .preview(preview)
                needsRows = true
            }
        case .escalate: return escalate(key)
        case .toBlocker: goToBlocker()
        case .toHolder: goToHolder()
        case .order:
            page = page.next
            needsRows = true
        case .quit: return quit()
        case .force: return shutDown(force: true)
        case .leave: return [.leave]
        case .help:
            showsHelp = true
            helpTop = 0
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .steer(let steering): return steer(steering)
        case .view(let viewing): perform(viewing)
        case .cascade: showCascade()
        }
        return []
    }

    /// Closes what was opened last; what was found is marked no more.
    private mutating func close() {
        needsRows = true
        if showsHelp {
            showsHelp = false
        } else if view != .tree {
            closeView()
        } else if case .none = pane {
            if found.isEmpty { wantsDetail = false } else { found = "" }
        } else {
            closePane()
        }
    }

    // MARK: moving

    /// Moves the cursor, or scrolls what is open.
    private mutating func go(_ command: Command) {
        if showsHelp {
            helpTop = max(0, helpTop + (command == .up ? -1 : 1))
            return
        }
        guard view == .tree else { return moveInView(command) }
        if case .preview(var preview) = pane, preview.listsAll {
            let room = listRoom
            let last = max(0, preview.resources.count - room)
            preview.listTop = min(max(0, Self.moved(preview.listTop, command, page: room, last: last)), last)
            pane = .preview(preview)
            return
        }
        move(to: Self.moved(cursorIndex, command, page: max(1, layout.tree.count - 1), last: rows.count - 1))
    }

    static func moved(_ index: Int, _ command: Command, page: Int, last: Int) -> Int {
        if command == .first { return 0 }
        if command == .last { return last }
        let steps: [Command: Int] = [.up: -1, .down: 1, .pageUp: -page, .pageDown: page]
        return index + (steps[command] ?? 0)
    }

    private mutating func move(_ rows: Int) { move(to: cursorIndex + rows) }

    private mutating func move(to index: Int) {
        guard !rows.isEmpty else { return }
        cursorIndex = min(max(0, index), rows.count - 1)
        cursor = rows[cursorIndex].id
        scroll()
        // What the cursor leaves may go into its group now.
        needsRows = true
    }

    private var cursorRow: Row? { rows.indices.contains(cursorIndex) ? rows[cursorIndex] : nil }

    private mutating func foldOrParent() {
        guard let row = cursorRow else { return }
        if row.fold == .open {
            setFold(closed: true)
        } else if let parent = rows[..<cursorIndex].lastIndex(where: { $0.depth < row.depth }) {
            move(to: parent)
        }
    }

    private mutating func unfoldOrChild() {
        guard let row = cursorRow else { return }
        switch row.fold {
        case .none: break
        case .closed: setFold(closed: false)
        case .open: move(1)
        }
    }

    private mutating func setFold(closed: Bool) {
        guard let row = cursorRow, row.fold != .none else { return }
        if closed {
            opened.remove(row.id)
            folded.insert(row.id)
        } else {
            folded.remove(row.id)
            opened.insert(row.id)
        }
        needsRows = true
    }

    /// The rows of the cursor's subtree, its own included.
    private var rowsHere: ArraySlice<Row> {
        guard let row = cursorRow else { return [] }
        let end = rows[(cursorIndex + 1)...].firstIndex { $0.depth <= row.depth } ?? rows.endIndex
        return rows[cursorIndex..<end]
    }

    /// Unfolds all below, groups too, up to a bound; folds if nothing below is folded.
    private mutating func foldAll() {
        guard let row = cursorRow, row.fold != .none else { return }
        guard rowsHere.contains(where: { $0.fold == .closed }) else {
            for row in rowsHere where row.fold == .open {
                opened.remove(row.id)
                folded.insert(row.id)
            }
            needsRows = true
            return
        }
        // Each round may bring up what was hidden in the one before.
        for _ in 0..<64 {
            let closed = rowsHere.filter { $0.fold == .closed }.map(\.id)
            guard !closed.isEmpty, rows.count < 5_000 else { break }
            folded.subtract(closed)
            opened.formUnion(closed)
            refreshRows()
        }
    }

    private mutating func toggleDetail() {
        if case .none = pane {
            wantsDetail = !showsDetail
        } else {
            closePane()
            wantsDetail = true
        }
        needsRows = true
    }

    // MARK: searching

    private mutating func type(_ key: Key) -> [Effect] {
        guard var current = search else { return [] }
        switch key {
        case .enter:
            found = current.text
            search = nil
        case .escape, .control("c"):
            search = nil
            cursor = current.origin
            needsRows = true
            settle()
        case .backspace:
            if !current.text.isEmpty { current.text.removeLast() }
            search = current
            searchTyped()
        case .character(let character):
            if current.text.count < 200 { current.text.append(character) }
            search = current
            searchTyped()
        case .control("l"): return [.redraw]
        case .control("z"): return [.suspend]
        case .down: _ = find(current.text, forwards: true, fromHere: false)
        case .up: _ = find(current.text, forwards: false, fromHere: false)
        case .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backTab, .delete, .insert, .function, .control,
            .alt, .unknown:
            break
        }
        return []
    }

    private mutating func searchTyped() {
        guard let current = search else { return }
        cursor = current.origin
        refreshRows()
        let isFound = find(current.text, forwards: true, fromHere: true)
        search?.isFound = isFound
    }

    private mutating func searchAgain(forwards: Bool) {
        guard !found.isEmpty else {
            notice = "nothing to find again: / asks for a name"
            return
        }
        if !find(found, forwards: forwards, fromHere: false) { notice = "no task is named like \(found)" }
    }

    private mutating func pause() {
        if frozen == nil {
            tree.settle()
            frozen = tree
            pendingEvents = 0
        } else {
            frozen = nil
            pendingEvents = 0
        }
        needsRows = true
    }
}
