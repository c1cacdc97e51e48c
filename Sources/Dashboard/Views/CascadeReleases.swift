import Canvas
import TreeModel

/// What the pane says about a cascade.
enum CascadePage: Int, CaseIterable, Sendable {
    case summary, ends, releases

    var next: CascadePage { CascadePage(rawValue: (rawValue + 1) % Self.allCases.count) ?? .summary }

    /// What the key that leads there does.
    var word: String {
        switch self {
        case .summary: "summary"
        case .ends: "full order"
        case .releases: "releases"
        }
    }
}

extension DashboardState {
    /// How much the page of a cascade has, and how much of it is shown at once.
    var pageExtent: (count: Int, room: Int, isMore: Bool) {
        guard case .cascade = pane, page != .summary, let cascade = shownCascade else { return (0, 0, false) }
        let rows = max(1, layout.pane.count - 1)
        let (count, room) =
            page == .ends
            ? (cascade.order.count, rows * max(1, width / 38)) : (cascade.releases.count, max(1, rows - 2))
        // Where there is a line for each nothing is left out.
        return (count, room, count > (page == .ends ? room : rows - 1))
    }

    /// What is shown first.
    var pageStart: Int {
        let extent = pageExtent
        return extent.isMore ? min(pageTop, max(0, extent.count - extent.room)) : 0
    }

    /// Goes a page on or back in what the pane lists. Says no where there is nothing to go to: then the tree moves.
    mutating func scrollPage(_ command: Command) -> Bool {
        let extent = pageExtent
        guard extent.isMore, command == .pageUp || command == .pageDown else { return false }
        let next = pageStart + (command == .pageDown ? extent.room : -extent.room)
        pageTop = min(max(0, next), max(0, extent.count - extent.room))
        return true
    }

    /// Which part of a list is on the screen, in the line above it.
    func drawPlace(_ shown: Range<Int>, of count: Int, _ y: Int, into canvas: inout CellGrid) {
        guard canvas.width >= 40 else { return }
        let text = " \(Words.count(shown.lowerBound + 1))-\(Words.count(shown.upperBound)) of \(Words.count(count)) "
        canvas.putTrailing(text, end: canvas.width - 2, y: y, role: .accent)
    }

    /// The releases of a cascade: those that went wrong first, then the slowest.
    func drawReleases(_ cascade: LiveTree.Cascade, _ rows: Range<Int>, into canvas: inout CellGrid) {
        guard let first = rows.first else { return }
        func badness(_ release: LiveTree.Cascade.Release) -> (Int, Int64) {
            (release.release.outcome == .ok ? 0 : 1, release.release.duration)
        }
        let releases = cascade.releases.sorted { badness($0) > badness($1) }
        let names = 20..<max(30, 20 + (canvas.width - 30) / 2)
        canvas.putTrailing("AT", end: 9, y: first, role: .columnHead)
        canvas.putTrailing("TOOK", end: 18, y: first, role: .columnHead)
        canvas.put("RESOURCE", x: names.lowerBound, y: first, role: .columnHead)
        canvas.put("OF", x: names.upperBound, y: first, role: .columnHead)
        let start = pageStart
        for (index, (released, y)) in zip(releases.dropFirst(start), rows.dropFirst()).enumerated() {
            if y == rows.upperBound - 1, releases.count > start + index + 1 {
                canvas.put(
                    "and \(Words.count(releases.count - start - index)) that were faster", x: 2, y: y, role: .dim)
                break
            }
            let release = released.release
            canvas.putTrailing("+" + Words.at(release.t - cascade.requestedAt, exact: true), end: 9, y: y, role: .dim)
            canvas.putTrailing(Words.duration(release.duration), end: 18, y: y)
            let kind = release.kind.map { "\($0) " } ?? ""
            canvas.put(kind + release.name, x: names.lowerBound, y: y, limit: names.count - 1)
            let used = canvas.put(released.owner, x: names.upperBound, y: y, role: .dim, limit: 24)
            guard release.outcome != .ok else { continue }
            let word = release.outcome == .timedOut ? "timed out" : release.outcome.name
            let error = release.error.map { ": \($0.message)" } ?? ""
            canvas.put(word + error, x: names.upperBound + used + 2, y: y, role: .failed)
        }
        if releases.isEmpty, rows.count > 1 { canvas.put("nothing was released", x: 2, y: first + 1, role: .dim) }
    }
}
