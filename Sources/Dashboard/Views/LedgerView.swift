import Canvas
import TreeModel

/// In what order the resources stand.
enum LedgerSort: Int, CaseIterable, Sendable {
    case age, kind, holder, state

    var next: LedgerSort { LedgerSort(rawValue: (rawValue + 1) % Self.allCases.count) ?? .age }
}

/// A resource that is not released, or whose release went wrong.
struct LedgerRow: Sendable {
    /// How it is, the worst first.
    enum State: Int, Sendable {
        case leaked, failed, timedOut, quarantined, wanted, releasing, acquiring, held

        var name: String { self == .timedOut ? "timed out" : "\(self)" }
    }

    /// How many are listed.
    static let most = 5_000

    var id: ResourceID
    var kind: String
    var name: String
    var task: TaskID?
    var holder: String
    var state: State
    /// When it was acquired, when the acquire began, or when its release went wrong.
    var since: Int64
    var resource: LiveTree.Resource?
    var bad: LiveTree.BadRelease?
    /// Who waits for it.
    var wanted: LiveTree.Wanted?

    /// The line as text.
    var text: String { "\(kind) \(name) \(bad?.path ?? holder) \(state.name) \(wanted?.name ?? "")" }

    static func rows(_ tree: LiveTree, _ sort: LedgerSort, _ filter: WordFilter) -> [LedgerRow] {
        let wanted = tree.wanted()
        var rows = tree.ledger(limit: most).map { LedgerRow($0, wanted[$0.id], tree) }
        rows += tree.badReleases.map { LedgerRow($0) }
        rows = rows.filter { filter.lets($0.text) }
        // What is over comes last, but where the worst is asked for.
        func age(_ row: LedgerRow) -> (Int, Int64, ResourceID) { (row.bad == nil ? 0 : 1, row.since, row.id) }
        switch sort {
        case .age: rows.sort { age($0) < age($1) }
        case .kind: rows.sort { $0.kind == $1.kind ? age($0) < age($1) : $0.kind < $1.kind }
        case .holder:
            rows.sort { a, b in
                if a.holder != b.holder { return a.holder < b.holder }
                if a.task != b.task { return a.task?.rawValue ?? 0 < b.task?.rawValue ?? 0 }
                return age(a) < age(b)
            }
        case .state:
            rows.sort { ($0.state.rawValue, $0.since, $0.id) < ($1.state.rawValue, $1.since, $1.id) }
        }
        return rows
    }

    private init(_ resource: LiveTree.Resource, _ wanted: LiveTree.Wanted?, _ tree: LiveTree) {
        id = resource.id
        kind = resource.kind ?? "-"
        name = resource.name
        task = resource.task
        let slot = resource.task.map { tree.slot(of: $0) } ?? -1
        holder = slot >= 0 ? tree.name(slot) : ""
        since = resource.since
        self.resource = resource
        self.wanted = wanted
        switch resource.state {
        case .acquiring: state = .acquiring
        case .held: state = wanted == nil ? .held : .wanted
        case .releasing: state = .releasing
        case .quarantined: state = .quarantined
        }
    }

    private init(_ bad: LiveTree.BadRelease) {
        id = bad.resource
        kind = bad.release.kind ?? "-"
        name = bad.release.name
        task = bad.task
        holder = bad.path.split(separator: "/").last.map(String.init) ?? ""
        since = bad.release.t
        self.bad = bad
        switch bad.release.outcome {
        case .ok, .failed: state = .failed
        case .timedOut: state = .timedOut
        case .leaked: state = .leaked
        }
    }
}

extension DashboardState {
    func drawLedger(_ rows: [LedgerRow], _ place: ViewLayout, into canvas: inout CellGrid) {
        let columns = LedgerColumns(width: canvas.width)
        if let y = place.heads {
            canvas.put("KIND", x: columns.kind.lowerBound, y: y, role: .columnHead)
            canvas.put("NAME", x: columns.name.lowerBound, y: y, role: .columnHead)
            canvas.put("HOLDER", x: columns.holder.lowerBound, y: y, role: .columnHead)
            if !columns.state.isEmpty { canvas.put("STATE", x: columns.state.lowerBound, y: y, role: .columnHead) }
            canvas.putTrailing("AGE", end: columns.ageEnd, y: y, role: .columnHead)
            if !columns.note.isEmpty { canvas.put("NOTE", x: columns.note.lowerBound, y: y, role: .columnHead) }
        }
        drawList(rows, place, into: &canvas) { row, y, canvas in
            let role = Self.role(row.state)
            canvas.put(row.kind, x: columns.kind.lowerBound, y: y, role: .dim, limit: columns.kind.count - 1)
            canvas.put(
                row.name, x: columns.name.lowerBound, y: y, role: row.bad == nil ? .normal : .dim,
                limit: columns.name.count - 1)
            canvas.put(
                Self.tail(path(of: row), columns.holder.count - 1, in: canvas), x: columns.holder.lowerBound, y: y,
                role: .normal)
            canvas.put(row.state.name, x: columns.state.lowerBound, y: y, role: role, limit: columns.state.count - 1)
            canvas.putTrailing(Words.age(now - row.since), end: columns.ageEnd, y: y, role: .dim, limit: 6)
            canvas.put(note(row), x: columns.note.lowerBound, y: y, end: columns.note.upperBound)
            return row.state.rawValue < LedgerRow.State.wanted.rawValue
        }
        drawTotals(place.below, into: &canvas)
    }

    /// The path of who holds a resource, without the root that all have in common.
    private func path(of row: LedgerRow) -> String {
        let slot = row.task.map { shown.slot(of: $0) } ?? -1
        let path = slot >= 0 ? shown.path(slot) : row.bad?.path ?? "nobody known"
        let names = path.split(separator: "/", maxSplits: 1)
        return names.count == 2 ? String(names[1]) : path
    }

    private func note(_ row: LedgerRow) -> [Span] {
        if let bad = row.bad {
            let error = bad.release.error.map { ": \($0.message)" } ?? ""
            return [Span("its release took \(Words.duration(bad.release.duration))\(error)", .failed)]
        }
        guard let resource = row.resource else { return [] }
        switch resource.state {
        case .acquiring: return [Span("for \(Words.left(now - resource.since))", .dim)]
        case .held:
            guard let wanted = row.wanted else { return [] }
            let others = wanted.count > 1 ? ", and \(Words.plural(wanted.count - 1, "other"))" : ""
            return [Span("\(wanted.name) waits for it, \(Words.age(now - wanted.since))\(others)", .waiting)]
        case .quarantined:
            let because = resource.because.map { task in
                let slot = shown.slot(of: task)
                return slot >= 0 ? shown.name(slot) : "task \(task)"
            }
            return [Span("left alone because of \(because ?? "an abandoned task")", .abandoned)]
        case .releasing:
            guard let since = resource.releasingSince else { return [] }
            let budget = resource.budget.map { ", at most \(Words.setting($0))" } ?? ""
            return [Span("for \(Words.left(now - since))\(budget)", .releasing)]
        }
    }

    private static func role(_ state: LedgerRow.State) -> Role {
        switch state {
        case .leaked, .failed, .timedOut: .failed
        case .quarantined: .abandoned
        case .releasing: .releasing
        case .acquiring, .wanted: .waiting
        case .held: .normal
        }
    }

    /// What became of all resources of each kind, most held first.
    private func drawTotals(_ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let first = rows.first else { return }
        let heads = ["HELD", "ACQUIRED", "RELEASED", "LEAKED", "FAILED", "TIMED OUT", "QUARANTINED"]
        let ends = Self.totalEnds(canvas.width)
        canvas.rule(y: first, title: "OF EACH KIND")
        guard rows.count > 1 else { return }
        canvas.put("KIND", x: 1, y: first + 1, role: .columnHead)
        for (head, end) in zip(heads, ends) { canvas.putTrailing(head, end: end, y: first + 1, role: .columnHead) }
        // Where something went wrong is said first.
        func bad(_ kind: LiveTree.KindTotals) -> Int {
            kind.leaked + kind.failed + kind.timedOut + kind.quarantined > 0 ? 1 : 0
        }
        let kinds = shown.kinds.enumerated().sorted {
            (bad($1.element), $1.element.held, $0.offset) < (bad($0.element), $0.element.held, $1.offset)
        }
        let room = rows.count - 2
        for (index, kind) in kinds.prefix(room).enumerated() {
            let y = first + 2 + index
            guard index < room - 1 || kinds.count <= room else {
                canvas.put("and \(kinds.count - index) more kinds", x: 1, y: y, role: .dim)
                break
            }
            let totals = kind.element
            canvas.put(totals.kind ?? "-", x: 1, y: y, limit: 14)
            let numbers: [(Int, Role)] = [
                (totals.held, .accent), (totals.acquired, .normal), (totals.released, .normal),
                (totals.leaked, .failed), (totals.failed, .failed), (totals.timedOut, .failed),
                (totals.quarantined, .abandoned),
            ]
            for (number, end) in zip(numbers, ends) {
                canvas.putTrailing(
                    Words.short(number.0), end: end, y: y, role: number.0 > 0 ? number.1 : .dim, limit: 9)
            }
        }
    }

    private static func totalEnds(_ width: Int) -> [Int] {
        let widths = width >= 76 ? [6, 10, 10, 8, 8, 11, 13] : width >= 50 ? [5, 9, 9, 7, 7] : [5, 9, 9]
        var end = width >= 76 ? 14 : 12
        return widths.map {
            end += $0
            return end
        }
    }
}

/// The columns of the resources; those without room have no width.
private struct LedgerColumns {
    var kind: Range<Int>
    var name: Range<Int>
    var holder: Range<Int>
    var state = 0..<0
    var ageEnd: Int
    var note = 0..<0

    init(width: Int) {
        let hasState = width >= 60
        let kinds = width >= 110 ? 12 : width >= 60 ? 10 : 8
        let notes = width >= 110 ? width / 3 : 0
        let rest = max(2, width - 1 - kinds - (hasState ? 12 : 0) - 8 - notes)
        kind = 1..<1 + kinds
        name = kind.upperBound..<kind.upperBound + rest / 2
        holder = name.upperBound..<name.upperBound + rest - rest / 2
        if hasState { state = holder.upperBound..<holder.upperBound + 12 }
        ageEnd = (hasState ? state.upperBound : holder.upperBound) + 6
        if notes > 0 { note = ageEnd + 2..<max(ageEnd + 2, width) }
    }
}
