import Canvas
import TreeModel

/// All that the dashboard knows: a value that is changed by `update` and drawn by `render`, and does nothing else.
///
/// Call `prepare(now:)` before drawing: it brings rows and sums up to date, once a frame, whatever came in between.
public struct DashboardState: EventSink, Sendable {
    /// The tree as the events have it.
    public internal(set) var tree: LiveTree
    /// The tree as it stood when the user paused.
    var frozen: LiveTree? {
        didSet { views.freeze(frozen != nil) }
    }
    /// Events that came since.
    var pendingEvents = 0
    public internal(set) var session: SessionStatus
    /// The replay that is shown, if it is one; also the past of a running program.
    public internal(set) var replay: ReplayView?
    public internal(set) var width: Int
    public internal(set) var height: Int
    var clock: Int64 = 0
    var notice: String?

    var rows: [Row] = []
    var cursor: Row.ID?
    var cursorIndex = 0
    /// Where the user put the cursor while the screen goes through the past: there it is wherever that exists.
    var anchor: Row.ID?
    /// The first row on the screen.
    var top = 0
    var folds = Folds()
    /// Groups that have formed; they stay while two members are there.
    var groups: Set<Row.ID> = []

    var pane: Pane = .none
    /// Whether the user asked for the detail or against it; nil leaves it to the height.
    var wantsDetail: Bool?
    var search: Search?
    /// What each key does.
    let keymap: KeyMap
    /// What `x` acts on together.
    var tags: Set<TaskID> = []
    var filter = Filter()
    var filterPrompt: FilterPrompt?
    /// What the filter found, while there is one.
    var hits: FilterHits?
    /// The folds of the whole tree, while a filter has its own.
    var unfiltered: Folds?
    /// Where the cursor was before the filter, for when nothing fits it.
    var unfilteredCursor: Row.ID?
    /// The tasks that were zoomed to, one inside the other.
    var zooms: [TaskID] = []
    var sort = SortOrder.start
    /// The ranks that sorted rows were seen with.
    var ranks: [TaskID: Int64] = [:]
    var follow: Follow?
    var palette: Palette?
    /// What Esc takes away, the newest last.
    var layers: [Layer] = []
    var isAskingToQuit = false
    var showsHelp = false
    var page = CascadePage.summary {
        didSet { pageTop = 0 }
    }
    /// How much of the page is above what is shown.
    var pageTop = 0
    /// Subtrees whose cancel was asked for here: their cascades are shown once they begin.
    var awaited: Set<TaskID> = []
    /// The cascades that were asked for at once, if it was more than one.
    var together: [CascadeID] = []
    var helpTop = 0
    /// Where the last `!` went.
    var lastTrouble: TaskID?
    /// The ended task that the user asked to start again, until its next attempt starts.
    var restarting: TaskID?
    /// The next attempt, until the cursor is on it.
    var arrived: TaskID?
    /// What the shutdown that is under way waits for.
    var shutdownWaitsFor: TaskID?
    /// An instant, and what is different at the one that is shown.
    var comparison: Comparison?
    /// What there is to say about the task under the cursor.
    var detail: Preview?
    private var detailSince: Int64 = 0
    /// The other views, and which one is shown.
    var views = Views()
    var needsRows = true
    var isDirty = true
    var drawnSecond: Int64 = -1

    /// What the pane at the bottom shows.
    enum Pane: Sendable {
        case none
        case preview(Preview)
        case cascade(CascadeID)
        case comparison
    }

    public init(
        width: Int = 80, height: Int = 24, session: SessionStatus = SessionStatus(name: ""),
        limits: LiveTree.Limits = LiveTree.Limits(), keys: KeyMap = KeyMap()
    ) {
        keymap = keys
        self.width = max(0, width)
        self.height = max(0, height)
        self.session = session
        tree = LiveTree(limits: limits)
    }

    /// The tree that is on the screen.
    var shown: LiveTree {
        _read { if frozen != nil { yield frozen! } else { yield tree } }
    }

    /// The time that is on the screen.
    var now: Int64 {
        if let replay { return replay.time }
        if let frozen { return frozen.now }
        return liveNow
    }

    /// The shutdown, while it is under way; also behind a paused screen.
    var runningShutdown: LiveTree.Shutdown? {
        guard !isRecording, tree.ended == nil, let shutdown = tree.shutdown, shutdown.phase != .done else {
            return nil
        }
        return shutdown
    }

    /// Takes in the next event of a live session. There are many: each is looked at where it is.
    @discardableResult
    public mutating func take(_ event: TreeEvent) -> Bool {
        views.tail.append(event, in: tree)
        apply(event)
        if frozen != nil, !event.change.kind.isOfSnapshot { pendingEvents += 1 }
        needsRows = true
        isDirty = true
        return true
    }

    public var wantsRows: Bool {
        mutating get { tree.wantsRows }
    }

    /// The same, with what is kept for going back. It is handed on from here, where the tree need not be copied for it.
    public mutating func take(_ event: TreeEvent, keeping past: inout Replay) {
        take(event)
        past.follow(event, in: tree)
    }

    /// Takes in what happened and answers with what the caller is to do.
    public mutating func update(_ input: DashboardInput) -> [Effect] {
        let wasDirty = isDirty
        isDirty = true
        switch input {
        case .key(let key):
            return press(key)
        case .pointer(let pointer):
            return point(pointer)
        case .paste(let text):
            paste(text)
        case .resize(let width, let height):
            self.width = max(0, width)
            self.height = max(0, height)
            needsRows = true
            return [.redraw]
        case .tick(let now):
            isDirty = wasDirty
            guard !isRecording else { break }
            clock = max(clock, now)
            views.tail.keepUp(with: tree, at: now)
            let before = tree.version
            tree.advance(to: now)
            if tree.version != before {
                needsRows = true
                isDirty = true
            }
        case .session(let status):
            session = status
        case .replay(let view) where view.isLive: show(past: view)
        case .replay(let view):
            replay = view
            tree = view.tree
            cursor = anchor ?? cursor
            needsRows = true
        case .notice(let text):
            notice = text
        }
        return []
    }

    private mutating func apply(_ event: TreeEvent) {
        tree.apply(event)
        follow?.note(event)
        if case .taskStarted(let fields) = event.change, let old = fields.restartOf, old == restarting {
            restarting = nil
            arrived = fields.task
            notice = "\(fields.name) started again" + (fields.attempt.map { ", attempt \($0)" } ?? "")
        }
        guard case .cancelRequested(let fields) = event.change, awaited.remove(fields.task) != nil else { return }
        if together.isEmpty { show(fields.cascade) }
        together.append(fields.cascade)
        pin(together)
    }

    /// Shows a cascade, and keeps its rows while it is shown.
    mutating func show(_ cascade: CascadeID) {
        pane = .cascade(cascade)
        notice = nil
        page = .summary
        together = []
        pin([cascade])
    }

    mutating func closePane() {
        pane = .none
        page = .summary
        comparison = nil
        awaited = []
        together = []
        pin([])
    }

    mutating func pin(_ cascades: [CascadeID]) {
        tree.pinned = Set(cascades)
        frozen?.pinned = Set(cascades)
    }

    /// The cascades in the pane: one, or those that were asked for at once.
    var shownCascades: [LiveTree.Cascade] {
        guard case .cascade(let id) = pane else { return [] }
        return (together.count > 1 ? together : [id]).compactMap { shown.cascade($0) }
    }

    /// They in one; nil once they are not remembered.
    var shownCascade: LiveTree.Cascade? { LiveTree.Cascade(together: shownCascades) }

    /// Brings what is drawn up to date with all that came in. Call it before `render`, once a frame.
    public mutating func prepare(now: Int64? = nil) {
        if let now { _ = update(.tick(now: now)) }
        settle()
        lookAtCursor()
        isDirty = false
        drawnSecond = frame(at: isRewound ? liveNow : self.now)
    }

    mutating func settle() {
        if frozen == nil { tree.settle() }
        if view == .events { views.tail.lookUp(in: tree) }
        if let task = arrived, frozen == nil, view == .tree {
            arrived = nil
            go(to: task)
        }
        dropEndedTags()
        if hits != nil, !areHitsFresh { needsRows = true }
        if needsRows {
            refreshRows()
            refreshView()
        }
        followOn()
        shutdownWaitsFor = nil
        if let shutdown = runningShutdown, frozen == nil {
            let root = shown.slot(of: shutdown.task)
            shutdownWaitsFor = shown.laggard(below: root).flatMap { $0 == root ? nil : shown.id($0) }
        }
        if case .preview(let preview) = pane { pane = .preview(Preview(again: preview, in: shown)) }
        if case .comparison = pane, var comparison {
            comparison.refresh(shown, now)
            self.comparison = comparison
        }
    }

    /// Finds out what there is to say about the task under the cursor, for this frame; of a large subtree not for each.
    private mutating func lookAtCursor() {
        guard showsDetail, rows.indices.contains(cursorIndex) else {
            detail = nil
            return
        }
        let row = rows[cursorIndex]
        let tree = shown
        let roots = row.members.isEmpty ? [tree.id(row.slot)] : row.members.map { tree.id($0) }
        let isLarge = roots.reduce(0) { $0 + tree.live(tree.slot(of: $1)) } > Self.largeDetail
        if isLarge, let detail, detail.roots == roots, (0..<Self.detailStays).contains(now - detailSince) { return }
        detail = Preview(holdingsOf: roots, looksAt: Self.mostDetail, in: tree)
        detailSince = now
    }

    /// What there is to say about more tasks than this is found out anew a few times a second.
    private static let largeDetail = 500
    /// So many are looked at for it: the cursor goes on at once wherever it stands.
    private static let mostDetail = 256
    private static let detailStays = Words.second / 4

    // MARK: when to draw

    /// Whether the screen would change if it were drawn at this time.
    public func needsFrame(now: Int64) -> Bool {
        if isDirty { return true }
        if isStill { return false }
        return frame(at: max(now, tree.now)) != drawnSecond
    }

    /// When the screen changes next without any input; nil if it does not.
    public var nextFrame: Int64? {
        if isDirty { return now }
        if isStill { return nil }
        return (frame(at: isRewound ? liveNow : now) + 1) * step
    }

    /// Whether time changes nothing on the screen. How far behind now the past is, it does.
    private var isStill: Bool { tree.ended != nil || !isRewound && (replay != nil || frozen != nil) }

    /// Ages change once a second; a countdown ten times.
    private var step: Int64 { counts ? Words.second / 10 : Words.second }
    private func frame(at t: Int64) -> Int64 { t / step }

    private var counts: Bool {
        if isRewound { return false }
        if case .cascade = pane, shownCascade?.completedAt == nil { return true }
        return shown.totals.overdue > 0 || runningShutdown != nil
    }
}
