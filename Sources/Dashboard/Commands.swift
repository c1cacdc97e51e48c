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
        case .comparison: contexts.append(.detail)
        case .none: if topLayer != nil { contexts.append(.detail) }
        }
        if frozen == nil { return contexts + [replay == nil ? .live : .replay] }
        // As long as it stands where it was paused, a key that acts returns to now.
        return contexts + (isRewound ? [.past] : [.past, .live])
    }

    mutating func press(_ key: Key) -> [Effect] {
        notice = nil
        settle()
        let before = cursor
        defer { if cursor != before, replay != nil || frozen != nil { anchor = cursor } }
        if isPrompting, !isAskingToQuit { return type(key) }
        guard let command = keymap.command(for: key, in: contexts) else {
            if isRecording || isRewound, contexts.contains(where: { [.replay, .past, .replayView].contains($0) }) {
                refuseToAct(key)
            }
            return []
        }
        return act(command, key)
    }

    /// Does what a key asks for.
    mutating func act(_ command: Command, _ key: Key) -> [Effect] {
        let before = cursor
        if Self.moves[command] == nil { forgetRanks() }
        let effects = perform(command, key)
        if needsRows { settle() }
        if command != .follow, cursor != before { follow = nil }
        return effects
    }

    /// Whether keys go into a line of text.
    var isPrompting: Bool {
        search != nil || filterPrompt != nil || palette != nil
    }

    /// In a recording, and in the past, says why a key that acts on a live program does nothing.
    private mutating func refuseToAct(_ key: Key) {
        let acts: Set<Command> = [.cancel, .cancelNow, .drain, .restart]
        if let command = keymap.command(for: key, in: [.live]), acts.contains(command) { notice = actsOnNothing }
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
        case .search: beginSearch()
        case .searchNext: searchAgain(forwards: true)
        case .searchPrevious: searchAgain(forwards: false)
        case .nextTrouble: goToTrouble()
        case .pause: return pause()
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
        case .watch: return watchCascade()
        case .quit: return quit()
        case .force: return shutDown(force: true)
        // In a view of a running program's past the keys are a replay's, but the program is to be asked about.
        case .leave: return isRecording ? [.leave] : quit()
        case .help:
            showsHelp = true
            helpTop = 0
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .steer(let steering): return steer(steering)
        case .view(let viewing): perform(viewing)
        case .cascade: showCascade()
        case .tag: tag()
        case .filter: beginFilter()
        case .zoom: zoom()
        case .zoomOut: zoomOut()
        case .sort: sortOtherwise()
        case .follow: toggleFollow()
        case .palette:
            palette = Palette()
            needsRows = true
        case .copyPath: return copyPath()
        }
        return []
    }

    /// Closes what was opened last.
    private mutating func close() {
        needsRows = true
        if showsHelp {
            showsHelp = false
        } else if view != .tree {
            closeView()
        } else if case .none = pane {
            takeLayerAway()
        } else {
            closePane()
        }
    }

    // MARK: moving

    /// Moves the cursor, or scrolls what is open.
    mutating func go(_ command: Command) {
        if showsHelp {
            let page = HelpPage(keymap, width: width, height: height)
            helpTop = min(max(0, Self.moved(helpTop, command, page: page.room, last: page.last)), page.last)
            return
        }
        if scrollPage(command) { return }
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

    /// What only moves: a row, a page, or all the way.
    private enum Step { case row(Int), page(Int), first, last }
    private static let moves: [Command: Step] = [
        .up: .row(-1), .down: .row(1), .pageUp: .page(-1), .pageDown: .page(1), .first: .first, .last: .last,
    ]

    static func moved(_ index: Int, _ command: Command, page: Int, last: Int) -> Int {
        switch moves[command] {
        case .row(let rows): index + rows
        case .page(let pages): index + pages * page
        case .first: 0
        case .last: last
        case nil: index
        }
    }

    mutating func move(_ rows: Int) { move(to: cursorIndex + rows) }

    mutating func move(to index: Int) {
        guard !rows.isEmpty else { return }
        cursorIndex = min(max(0, index), rows.count - 1)
        cursor = rows[cursorIndex].id
        scroll()
        // What the cursor leaves may go into its group now.
        needsRows = true
    }

    var cursorRow: Row? { rows.indices.contains(cursorIndex) ? rows[cursorIndex] : nil }

    private mutating func toggleDetail() {
        if case .none = pane {
            wantsDetail = !showsDetail
            add(.detail)
        } else {
            closePane()
            wantsDetail = true
            add(.detail)
        }
        needsRows = true
    }

    // MARK: typing

    private mutating func type(_ key: Key) -> [Effect] {
        if key == .control("l") { return [.redraw] }
        if key == .control("z") { return [.suspend] }
        if palette != nil { return typePalette(key) }
        if filterPrompt != nil { typeFilter(key) } else { typeSearch(key) }
        return []
    }

    /// Pasted text is text: it goes where text is being typed, as one line, and nowhere else.
    mutating func paste(_ text: String) {
        guard isPrompting, !isAskingToQuit else { return }
        settle()
        for scalar in text.unicodeScalars.prefix(String.longestPrompt) {
            let isBreak = scalar.properties.isWhitespace
            guard isBreak || scalar.properties.generalCategory != .control else { continue }
            _ = type(.character(isBreak ? " " : Character(scalar)))
        }
    }

}
