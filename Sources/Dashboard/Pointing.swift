import Canvas

/// What the mouse does: a click puts the cursor on a row, a second one folds it or follows it into the tree, the wheel
/// scrolls. A click on the name of a view shows that, one on a key of the footer is that key, and one on the bar of a replay
/// goes there.
extension DashboardState {
    /// So many rows for a click of the wheel.
    private static let wheelRows = 3

    mutating func point(_ pointer: Pointer) -> [Effect] {
        // What asks or takes text is answered by keys.
        guard !isPrompting, !isAskingToQuit else { return [] }
        settle()
        defer { if needsRows { settle() } }
        switch pointer.act {
        case .press, .secondPress:
            if let key = key(at: pointer) { return press(key) }
            if let place = place(at: pointer) { return [.replay(place)] }
            if let tab = tab(at: pointer) {
                show(tab)
                needsRows = true
            } else if let index = row(at: pointer) {
                let isOnIt = index == (view == .tree ? cursorIndex : views.place.index)
                if pointer.act == .press { point(to: index) } else if isOnIt { pointAgain() }
            }
        case .wheelUp: wheel(-Self.wheelRows)
        case .wheelDown: wheel(Self.wheelRows)
        }
        return []
    }

    private mutating func point(to index: Int) {
        if view == .tree { move(to: index) } else { moveInView(to: index) }
    }

    /// A second click on a row: folds it, or does what Enter does in a view.
    private mutating func pointAgain() {
        switch view {
        case .tree: if let row = cursorRow { setFold(closed: row.fold == .open) }
        case .cascades:
            needsRows = true
            openCascade()
        case .resources, .events, .timeline, .logs: _ = goToRowsTask()
        }
    }

    /// The index of the row that is drawn there.
    private func row(at pointer: Pointer) -> Int? {
        let lines = view == .tree ? layout.tree : viewLayout.list
        guard !showsHelp, lines.contains(pointer.y), (0..<width).contains(pointer.x) else { return nil }
        let index = (view == .tree ? top : views.place.top) + pointer.y - lines.lowerBound
        return index < (view == .tree ? rows.count : views.rows.count) ? index : nil
    }

    /// The view whose name is drawn there.
    private func tab(at pointer: Pointer) -> View? {
        guard !showsHelp, view != .tree, pointer.y == viewLayout.tabs else { return nil }
        return tabs.first { $0.columns.contains(pointer.x) }?.view
    }

    /// The key whose name, or what it does, is drawn there. Nothing is confirmed with the mouse: a second click may come
    /// when the question has just appeared.
    private func key(at pointer: Pointer) -> Key? {
        if case .preview = pane { return nil }
        guard !showsHelp, pointer.y == layout.keys.first, pointer.x < width else { return nil }
        let piece = footer(width: width).first { piece in
            (piece.x..<piece.x + CellGrid.columns(of: piece.text, ascii: false)).contains(pointer.x)
        }
        return piece?.key
    }

    /// Scrolls what is open as its keys do; the list moves below the cursor, which stays on the screen.
    private mutating func wheel(_ distance: Int) {
        var lists = false
        if case .preview(let preview) = pane { lists = preview.listsAll }
        if showsHelp || lists {
            for _ in 0..<abs(distance) { go(distance < 0 ? .up : .down) }
            return
        }
        guard view == .tree else { return scrollView(by: distance) }
        let room = max(1, layout.tree.count)
        top = min(max(0, top + distance), max(0, rows.count - room))
        move(to: min(max(cursorIndex, top), top + room - 1))
    }

    /// How many tasks a copied path names at most.
    private static let longestPath = 1_000

    /// Asks for the path of the task under the cursor to be copied. A name is text from somewhere else, and what is copied
    /// may be pasted into a shell: control characters are left out.
    func copyPath() -> [Effect] {
        let tree = shown
        var names: [String] = []
        var slot = cursorSlot
        while slot >= 0, names.count < Self.longestPath {
            names.append(String(tree.name(slot).unicodeScalars.filter { $0.properties.generalCategory != .control }))
            slot = tree.parent(slot)
        }
        return names.isEmpty ? [] : [.copy(names.reversed().joined(separator: "/"))]
    }
}
