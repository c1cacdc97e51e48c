import TreeModel

/// What the part of the screen between the header and the footer shows.
enum View: Int, CaseIterable, Sendable {
    case tree, cascades, resources, events, timeline, logs

    /// The name on its tab.
    var name: String { "\(self)" }

    /// Where keys go while it is shown; the tree has contexts of its own.
    var context: Binding.Context? {
        switch self {
        case .tree: nil
        case .cascades: .cascades
        case .resources: .resources
        case .events: .events
        case .timeline: .timeline
        case .logs: .logs
        }
    }

    /// The view some tabs to the right, around the end.
    func next(_ count: Int) -> View {
        let all = Self.allCases.count
        return View(rawValue: ((rawValue + count) % all + all) % all) ?? .tree
    }
}

/// What a key does to the views.
enum Viewing: Hashable, Sendable {
    case show(View)
    case next, previous
    /// Goes to the task of the row in the tree.
    case toTask
    case open, sort, follow, onlyTask
    case zoomIn, zoomOut, earlier, later, fit
}

/// The state of all views but the tree.
struct Views: Sendable {
    var shown = View.tree
    var rows = ViewRows.none
    var places: [View: Place] = [:]
    var filters: [View: String] = [:]
    /// What was found last in each, the tree included.
    var founds: [View: String] = [:]
    var sort = LedgerSort.age
    var order = TimelineOrder.tree
    var window = TimeWindow()
    /// The subtrees that the timeline and the logs are about, and what they are called.
    var roots: [TaskID] = []
    var rootName = ""
    /// Whether the logs are those of the task alone.
    var isAlone = false
    /// The last events of a live session, and those as they were when the user paused.
    var tail = EventTail()
    var frozenTail: EventTail?

    /// The filter of the view that is shown.
    var filter: String {
        get { filters[shown] ?? "" }
        set { filters[shown] = newValue.isEmpty ? nil : newValue }
    }

    /// Where the cursor of the view that is shown is.
    var place: Place {
        get { places[shown] ?? Place() }
        set { places[shown] = newValue }
    }

    mutating func freeze(_ isFrozen: Bool) { frozenTail = isFrozen ? frozenTail ?? tail : nil }
}

/// What the view that is shown lists.
enum ViewRows: Sendable {
    case none
    case cascades([LiveTree.Cascade])
    case resources([LedgerRow])
    case events([EventEntry])
    case timeline([TimelineRow])
    case logs([LiveTree.Line])

    /// What a row is about: the cursor is on one of these, wherever the row goes.
    enum ID: Hashable, Sendable {
        case cascade(CascadeID)
        case resource(ResourceID)
        case event(UInt64)
        case task(TaskID)
        /// Tasks that share a row, by the first of them.
        case lane(TaskID)
        case line(UInt64)
    }

    var ids: [ID] {
        switch self {
        case .none: []
        case .cascades(let rows): rows.map { .cascade($0.id) }
        case .resources(let rows): rows.map { .resource($0.id) }
        case .events(let rows): rows.map { .event($0.event.seq) }
        case .timeline(let rows): rows.map { $0.others.isEmpty ? .task($0.id) : .lane($0.id) }
        case .logs(let rows): rows.map { .line($0.order) }
        }
    }

    var count: Int {
        switch self {
        case .none: 0
        case .cascades(let rows): rows.count
        case .resources(let rows): rows.count
        case .events(let rows): rows.count
        case .timeline(let rows): rows.count
        case .logs(let rows): rows.count
        }
    }

    /// The task that a row is about, and what it is called.
    func task(at index: Int) -> (id: TaskID, name: String)? {
        guard index >= 0, index < count else { return nil }
        switch self {
        case .none: return nil
        case .cascades(let rows):
            return (rows[index].root, rows[index].path.split(separator: "/").last.map(String.init) ?? "")
        case .resources(let rows): return rows[index].task.map { ($0, rows[index].holder) }
        case .events(let rows): return rows[index].task.map { ($0, rows[index].name) }
        case .timeline(let rows): return (rows[index].id, rows[index].name)
        case .logs(let rows): return (rows[index].task, rows[index].name)
        }
    }
}
