import TreeModel

/// Which rows are folded.
struct Folds: Sendable {
    var folded: Set<Row.ID> = []
    var opened: Set<Row.ID> = []
    /// Subtrees that were folded because they are large; they stay so.
    var autoFolded: Set<TaskID> = []
}

extension DashboardState {
    mutating func foldOrParent() {
        guard let row = cursorRow else { return }
        if row.fold == .open {
            setFold(closed: true)
        } else if let parent = rows[..<cursorIndex].lastIndex(where: { $0.depth < row.depth }) {
            move(to: parent)
        }
    }

    mutating func unfoldOrChild() {
        guard let row = cursorRow else { return }
        switch row.fold {
        case .none: break
        case .closed: setFold(closed: false)
        case .open: move(1)
        }
    }

    mutating func setFold(closed: Bool) {
        guard let row = cursorRow, row.fold != .none else { return }
        if closed {
            folds.opened.remove(row.id)
            folds.folded.insert(row.id)
        } else {
            folds.folded.remove(row.id)
            folds.opened.insert(row.id)
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
    mutating func foldAll() {
        guard let row = cursorRow, row.fold != .none else { return }
        guard rowsHere.contains(where: { $0.fold == .closed }) else {
            for row in rowsHere where row.fold == .open {
                folds.opened.remove(row.id)
                folds.folded.insert(row.id)
            }
            needsRows = true
            return
        }
        // Each round may bring up what was hidden in the one before.
        for _ in 0..<64 {
            let closed = rowsHere.filter { $0.fold == .closed }.map(\.id)
            guard !closed.isEmpty, rows.count < 5_000 else { break }
            folds.folded.subtract(closed)
            folds.opened.formUnion(closed)
            refreshRows()
        }
    }
}
