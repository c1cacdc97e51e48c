/// Where things stand on a screen of some size. A function of the size and the pane only, so that nothing moves by itself.
struct Layout {
    var header = 0..<0
    /// The line that says what of the tree is shown, and how.
    var place = 0..<0
    var heads = 0..<0
    var tree = 0..<0
    var pane = 0..<0
    var transport = 0..<0
    var message = 0..<0
    var keys = 0..<0
    var columns: Columns

    init(width: Int, height: Int, pane wanted: Int, transport: Bool, place isPlaced: Bool = false) {
        columns = Columns(width: width)
        var rest = height
        func take(_ rows: Int, if room: Int) -> Int {
            guard height >= room else { return 0 }
            let taken = max(0, min(rows, rest))
            rest -= taken
            return taken
        }
        // What is left out first stands last.
        let tree = take(1, if: 1)
        let keys = take(1, if: 3)
        let head = take(1, if: 4)
        let header = take(1, if: 5)
        let heads = take(1, if: 6)
        let placed = isPlaced ? take(1, if: 8) : 0
        let message = take(1, if: 10)
        // A pane over a replay leaves the tree its rows: the bar is one line then.
        let isTight = transport && wanted > 0 && height < 30
        let bar = transport ? take(isTight ? 1 : height >= 20 ? 4 : 2, if: 9) : 0
        // On a very low screen a pane is asked for to be read.
        let most = max(0, rest - (isTight && height >= 20 ? 7 : height < 14 ? 1 : max(2, height / 5)))
        let pane = take(min(wanted, most), if: 9)
        let rows = tree + rest
        var y = 0
        func place(_ count: Int) -> Range<Int> {
            defer { y += count }
            return y..<y + count
        }
        self.header = place(head + header)
        self.place = place(placed)
        self.heads = place(heads)
        self.tree = place(rows)
        self.pane = place(pane)
        self.transport = place(bar)
        self.message = place(message)
        self.keys = place(keys)
    }
}

/// The columns of the tree; those without room have no width.
struct Columns {
    var task: Range<Int>
    var state = 0..<0
    /// The column before which the right-aligned numbers end; 0 where they are left out.
    var ageEnd = 0
    var liveEnd = 0
    var heldEnd = 0
    var note = 0..<0

    init(width: Int) {
        func columns(_ task: Int, _ state: Int, _ numbers: Int) -> (Range<Int>, Range<Int>, Int) {
            (1..<1 + task, 1 + task..<1 + task + state, 1 + task + state + numbers)
        }
        let end: Int
        switch width {
        case 110...:
            (task, state, end) = columns(min(60, max(33, width * 28 / 100)), 13, 18)
        case 72..<110:
            (task, state, end) = columns(width * 29 / 100, 11, 16)
        case 50..<72:
            (task, state, end) = columns(width * 38 / 100, 11, 11)
        case 30..<50:
            // A note of a few columns says nothing: the names have them.
            (task, state, end) = columns(width - 18, 11, 6)
        default:
            task = 1..<max(1, width)
            return
        }
        switch width {
        case 110...: (ageEnd, liveEnd, heldEnd) = (end - 12, end - 6, end)
        case 72..<110: (ageEnd, liveEnd, heldEnd) = (end - 10, end - 5, end)
        case 50..<72: (ageEnd, liveEnd) = (end - 5, end)
        default: ageEnd = end
        }
        note = end + 2..<max(end + 2, width)
    }
}

extension DashboardState {
    /// Where things stand now.
    var layout: Layout {
        Layout(
            width: width, height: height, pane: wantedPane, transport: replay != nil && (isRecording || isRewound),
            place: isPlaced)
    }

    /// How many rows the pane would like, its title included.
    private var wantedPane: Int {
        if palette != nil { return max(8, height / 2) }
        guard showsPane else { return 0 }
        switch pane {
        case .preview(let preview):
            return preview.listsAll ? min(max(12, preview.resources.count + 3), height * 2 / 3) : (width >= 100 ? 9 : 8)
        case .cascade: return page == .summary ? (together.count > 1 ? 9 : 8) : max(11, height / 2)
        case .comparison: return height >= 30 ? 13 : 8
        case .none:
            let isShown = wantsDetail ?? (height >= 30)
            return isShown ? 10 : 0
        }
    }

    /// Whether the view has the pane below it: the report of a cascade goes with the list of cascades, too.
    private var showsPane: Bool {
        if view == .tree { return true }
        if case .cascade = pane { return view == .cascades }
        return false
    }

    /// How many resources the list of a preview has room for.
    var listRoom: Int { max(1, layout.pane.count - 1) * max(1, width / Self.listColumn) }

    /// The width of a column of that list.
    static let listColumn = 56

    /// Whether the pane shows the task under the cursor.
    var showsDetail: Bool {
        guard view == .tree else { return false }
        if case .none = pane { return wantsDetail ?? (height >= 30) }
        return false
    }
}
