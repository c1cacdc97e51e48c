import Canvas

/// What the mouse does: a click puts the cursor on a row, a second one folds it, the wheel scrolls.
extension DashboardState {
    /// So many rows for a click of the wheel.
    private static let wheelRows = 3

    mutating func point(_ pointer: Pointer) {
        // What asks or takes text is answered by keys.
        guard search == nil, !isAskingToQuit else { return }
        settle()
        switch pointer.act {
        case .press:
            if let index = row(at: pointer) { move(to: index) }
        case .secondPress:
            if row(at: pointer) == cursorIndex, let row = cursorRow { setFold(closed: row.fold == .open) }
        case .wheelUp: wheel(-Self.wheelRows)
        case .wheelDown: wheel(Self.wheelRows)
        }
        if needsRows { settle() }
    }

    /// The index of the row that is drawn there.
    private func row(at pointer: Pointer) -> Int? {
        let tree = layout.tree
        guard !showsHelp, tree.contains(pointer.y), (0..<width).contains(pointer.x) else { return nil }
        let index = top + pointer.y - tree.lowerBound
        return rows.indices.contains(index) ? index : nil
    }

    /// Scrolls what is open as its keys do; the tree moves below the cursor, which stays on the screen.
    private mutating func wheel(_ distance: Int) {
        var lists = false
        if case .preview(let preview) = pane { lists = preview.listsAll }
        if showsHelp || lists {
            for _ in 0..<abs(distance) { go(distance < 0 ? .up : .down) }
            return
        }
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
