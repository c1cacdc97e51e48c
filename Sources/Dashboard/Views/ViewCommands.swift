import Canvas
import TreeModel

extension DashboardState {
    /// The view that is shown.
    var view: View { views.shown }

    /// Where keys go while another view than the tree is shown.
    var viewContexts: [Binding.Context] {
        var contexts: [Binding.Context] = []
        if case .cascade = pane, view == .cascades { contexts.append(.cascade) }
        if let own = view.context { contexts.append(own) }
        if isRecording || isRewound { return contexts + [.replayView] }
        return contexts + (frozen == nil ? [.liveView] : [.replayView, .liveView])
    }

    mutating func perform(_ viewing: Viewing) {
        needsRows = true
        switch viewing {
        case .show(let view): show(view)
        case .next: show(view.next(1))
        case .previous: show(view.next(-1))
        case .toTask: _ = goToRowsTask()
        case .open: openCascade()
        case .sort: if view == .timeline { views.order = views.order.next } else { views.sort = views.sort.next }
        case .follow: views.place.follows = true
        case .onlyTask: views.isAlone.toggle()
        case .zoomIn: views.window.zoom(in: true, of: timeSpan, in: wholeTime, anchor: fittedCascade?.requestedAt)
        case .zoomOut: views.window.zoom(in: false, of: timeSpan, in: wholeTime, anchor: fittedCascade?.requestedAt)
        case .earlier: views.window.move(-1, of: timeSpan, in: wholeTime)
        case .later: views.window.move(1, of: timeSpan, in: wholeTime)
        case .fit: fitCascade()
        }
    }

    mutating func show(_ next: View) {
        if view == .tree, next != .tree { pickRoots() }
        views.shown = next
    }

    /// What is under the tree's cursor is what the timeline and the logs are about.
    private mutating func pickRoots() {
        let before = views.roots
        let tree = shown
        guard rows.indices.contains(cursorIndex) else {
            (views.roots, views.rootName) = ([], "")
            return
        }
        let row = rows[cursorIndex]
        switch row.id {
        case .task(let task), .more(let task):
            views.roots = [task]
            views.rootName = tree.name(tree.slot(of: task))
        case .group(_, let stem):
            views.roots = row.members.map { tree.id($0) }
            views.rootName = "\(Self.shownStem(stem)) x\(row.count)"
        }
        guard views.roots != before else { return }
        views.window = TimeWindow()
        views.places[.timeline] = nil
        views.places[.logs] = nil
    }

    /// Shows the task of the row under the cursor in the tree; false if it is not there any more.
    mutating func goToRowsTask() -> Bool {
        guard let task = views.rows.task(at: views.place.index) else { return false }
        guard shown.slot(of: task.id) >= 0 else {
            notice = "\(task.name) is not in the tree\(isRecording || isRewound ? " at this moment" : " any more")"
            return false
        }
        go(to: task.id)
        return true
    }

    /// Closes what was opened last, at the end the view itself.
    mutating func closeView() {
        if case .cascade = pane, view == .cascades {
            closePane()
        } else if !found.isEmpty {
            found = ""
        } else if !views.filter.isEmpty {
            views.filter = ""
        } else {
            views.shown = .tree
        }
    }

    // MARK: rows

    /// Makes the rows of the view anew. The cursor stays on what it is on, and that stays where it is on the screen.
    mutating func refreshView() {
        guard view != .tree else {
            views.rows = .none
            return
        }
        // Shown before anything had started, they are about the first that does.
        if views.roots.isEmpty { pickRoots() }
        let was = views.rows.ids
        let filter = WordFilter(views.filter)
        switch view {
        case .tree: break
        case .cascades: views.rows = .cascades(cascadeRows(filter))
        case .resources: views.rows = .resources(LedgerRow.rows(shown, views.sort, filter))
        case .events: views.rows = .events(eventRows(filter))
        case .timeline: views.rows = .timeline(timelineRows(filter))
        case .logs: views.rows = .logs(logRows(filter))
        }
        views.place.settle(in: views.rows.ids, was: was, newest: newest, room: viewLayout.list.count)
        followCascade()
    }

    /// At which end of the list the newest entry is.
    private var newest: Place.Newest {
        switch view {
        case .tree, .resources, .timeline: .nowhere
        case .cascades: .first
        case .events, .logs: .last
        }
    }

    mutating func moveInView(_ command: Command) {
        let page = max(1, viewLayout.list.count - 1)
        moveInView(to: Self.moved(views.place.index, command, page: page, last: views.rows.count - 1))
    }

    mutating func moveInView(to index: Int) {
        views.place.move(to: index, in: views.rows.ids, newest: newest, room: viewLayout.list.count)
        followCascade()
        needsRows = true
    }

    /// Scrolls the list by some rows below the cursor, which stays on the screen.
    mutating func scrollView(by distance: Int) {
        views.place.scroll(by: distance, in: views.rows.ids, newest: newest, room: viewLayout.list.count)
        followCascade()
        needsRows = true
    }

    /// The report that is open is that of the cascade under the cursor.
    private mutating func followCascade() {
        guard case .cascade(let open) = pane, case .cascades(let rows) = views.rows,
            rows.indices.contains(views.place.index), case let id = rows[views.place.index].id, id != open
        else { return }
        show(id)
    }

    mutating func openCascade() {
        guard case .cascades(let rows) = views.rows, rows.indices.contains(views.place.index) else { return }
        if case .cascade = pane { return closePane() }
        // What is read stays, whatever is cancelled meanwhile.
        views.place.follows = false
        show(rows[views.place.index].id)
    }
}
