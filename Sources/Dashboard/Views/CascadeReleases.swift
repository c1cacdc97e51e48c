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
        for (index, (released, y)) in zip(releases, rows.dropFirst()).enumerated() {
            if y == rows.upperBound - 1, releases.count > index + 1 {
                canvas.put("and \(Words.count(releases.count - index)) that were faster", x: 2, y: y, role: .dim)
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
