import Canvas
import TreeModel

/// A filter that is being typed.
struct FilterPrompt: Sendable {
    var text: String
    /// What Esc goes back to.
    let before: String
    let origin: Row.ID?
}

extension DashboardState {
    mutating func beginFilter() {
        let text = view == .tree ? filter.text : views.filter
        filterPrompt = FilterPrompt(text: text, before: text, origin: cursor)
    }

    mutating func typeFilter(_ key: Key) {
        guard var prompt = filterPrompt else { return }
        if key == .enter {
            filterPrompt = nil
        } else if key == .escape || key == .control("c") {
            filterPrompt = nil
            cursor = prompt.origin
            use(prompt.before)
        } else if key == .up || key == .down {
            go(key == .up ? .up : .down)
        } else if prompt.text.edit(key) {
            filterPrompt = prompt
            cursor = prompt.origin
            use(prompt.text)
        }
    }

    /// Shows only the tasks of the tree, or the lines of the view, that fit.
    private mutating func use(_ text: String) {
        guard view != .tree else { return use(Filter(text)) }
        views.filter = text
        needsRows = true
        settle()
    }

    /// Shows only what fits, and the way to it; with an empty filter all, folded as it was.
    mutating func use(_ new: Filter) {
        guard new != filter else { return }
        if new.isEmpty {
            restoreFolds()
            unfoldToCursor()
            return
        }
        if filter.isEmpty { (unfiltered, unfilteredCursor) = (folds, cursor) }
        folds = Folds()
        filter = new
        add(.filter)
        refreshRows()
        goToAHit()
    }

    /// Ends the filter.
    mutating func restoreFolds() {
        if let unfiltered { folds = unfiltered }
        cursor = cursor ?? unfilteredCursor
        (unfiltered, unfilteredCursor) = (nil, nil)
        filter = Filter()
        hits = nil
        needsRows = true
    }

    /// Looks for what fits, unless that is known.
    mutating func refreshHits() {
        guard !filter.isEmpty, !areHitsFresh else { return }
        hits = FilterHits(filter, below: zoomSlot, keeping: keptSlot, in: shown, at: now)
    }

    /// Whether what the filter found is known.
    var areHitsFresh: Bool {
        hits?.isFresh(filter, below: zoomSlot, keeping: keptSlot, in: shown, at: now) ?? false
    }

    /// The task under the cursor, unless the filter is a new one.
    private var keptSlot: LiveTree.Slot {
        guard let hits, hits.isOf(filter), case .task(let task) = cursor else { return -1 }
        return shown.slot(of: task)
    }

    /// From a task that is only on the way, the cursor goes to the first one that fits.
    private mutating func goToAHit() {
        guard let hits else { return }
        func fits(_ row: Row) -> Bool {
            if case .task = row.id { return hits.matches.contains(row.slot) }
            return false
        }
        if rows.indices.contains(cursorIndex), fits(rows[cursorIndex]) { return }
        if let index = rows.firstIndex(where: fits) { move(to: index) }
    }
}

extension String {
    /// What is typed at a prompt is cut there.
    static let longestPrompt = 200

    /// Changes it as a line at a prompt changes; false for a key that means something else.
    mutating func edit(_ key: Key) -> Bool {
        if key == .backspace {
            if !isEmpty { removeLast() }
        } else if key == .control("u") {
            self = ""
        } else if key == .control("w") {
            while last == " " { removeLast() }
            while let last, last != " " { removeLast() }
        } else if case .character(let character) = key {
            if count < Self.longestPrompt { append(character) }
        } else {
            return false
        }
        return true
    }
}
