import TreeModel

/// What Esc takes away again from the tree, the last first.
enum Layer: Sendable {
    case found, filter, zoom, tags, detail

    /// What the footer says that Esc does.
    var word: String {
        switch self {
        case .found, .detail: "close"
        case .filter: "no filter"
        case .zoom: "zoom out"
        case .tags: "clear tags"
        }
    }
}

extension DashboardState {
    /// The last thing that Esc takes away, while nothing else is open.
    var topLayer: Layer? { layers.last { isOn($0) } }

    private func isOn(_ layer: Layer) -> Bool {
        switch layer {
        case .found: !found.isEmpty
        case .filter: !filter.isEmpty
        case .zoom: !zooms.isEmpty
        case .tags: !tags.isEmpty
        case .detail: showsDetail && wantsDetail == true
        }
    }

    mutating func add(_ layer: Layer) {
        layers.removeAll { $0 == layer }
        layers.append(layer)
    }

    mutating func takeLayerAway() {
        switch topLayer {
        case .found: found = ""
        case .filter: use(Filter())
        case .zoom: zoomOut()
        case .tags: tags = []
        case .detail: wantsDetail = false
        case nil: break
        }
    }

    // MARK: zoom

    /// The task whose subtree is all that is shown; -1 without a zoom.
    var zoomSlot: LiveTree.Slot { zooms.last.map { shown.slot(of: $0) } ?? -1 }

    /// Shows only the subtree under the cursor.
    mutating func zoom() {
        guard rows.indices.contains(cursorIndex) else { return }
        guard case .task(let task) = rows[cursorIndex].id else {
            notice = "a zoom shows what is below one task: go to one"
            return
        }
        guard zooms.last != task else {
            notice =
                "\(shown.name(rows[cursorIndex].slot)) is all that is shown already: \(keymap.name(of: .zoomOut)) goes back"
            return
        }
        zooms.append(task)
        add(.zoom)
        needsRows = true
    }

    /// Back to what was shown before the last zoom.
    mutating func zoomOut() {
        guard zooms.popLast() != nil else {
            notice = "all is shown: \(keymap.name(of: .zoom)) shows one subtree"
            return
        }
        unfoldToCursor()
    }

    /// A zoom ends with its task.
    mutating func leaveLostZooms() {
        while let task = zooms.last, shown.slot(of: task) < 0 {
            zooms.removeLast()
            notice = "what was zoomed to is gone: this is what was shown before"
        }
    }

    // MARK: what is in view

    /// Whether neither zoom nor filter keeps a task out.
    func isInView(_ slot: LiveTree.Slot) -> Bool {
        let zoom = zoomSlot
        guard zoom < 0 || shown.isBelow(slot, zoom) else { return false }
        return hits?.contains(slot) ?? true
    }

    /// Ends the zooms and the filter that keep a task out.
    mutating func makeRoom(for slot: LiveTree.Slot) {
        let task = shown.id(slot)
        guard !isInView(slot), !rows.contains(where: { $0.id == .task(task) }) else { return }
        let name = shown.name(slot)
        while zoomSlot >= 0, !shown.isBelow(slot, zoomSlot) {
            zooms.removeLast()
            notice = "\(name) is elsewhere: the zoom has ended"
        }
        needsRows = true
        guard hits != nil else { return }
        refreshHits()
        guard !isInView(slot) else { return }
        restoreFolds()
        notice = "\(name) does not fit the filter: that has ended"
    }

    /// After a change of what is shown: the row under the cursor is shown still.
    mutating func unfoldToCursor() {
        if case .task(let task) = cursor { go(to: task) } else { refreshRows() }
    }
}
