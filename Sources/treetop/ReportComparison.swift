import Dashboard
import Recording
import TreeModel

/// What differs between two sessions, for people, in 80 columns.
struct ReportComparison {
    let a: Report.Summary
    let b: Report.Summary

    func lines(_ first: String, _ second: String) -> [String] {
        var lines = [row("", "A", "B", "change"), "  A is \(first)", "  B is \(second)"]
        for (name, report) in [("A", a), ("B", b)] {
            lines += report.missing.map { "not all of \(name) is there: \($0)" }
        }
        lines += ["", "TASKS"] + counts(Self.tasks)
        lines += ["", "RESOURCES"] + counts(Self.resources)
        lines += ["", "DURATIONS"] + times(Self.durations)
        lines += ["", "TASKS OF ALIKE NAMES"] + (groups.isEmpty ? ["  none"] : groups)
        lines += ["", "FAILURES"] + failures
        return lines
    }

    private typealias Count = (String, (Report.Summary) -> Int)

    private static var tasks: [Count] {
        [
            ("started", { $0.totals.started }), ("failed", { $0.totals.failed }),
            ("cancelled", { $0.totals.cancelled }), ("abandoned", { $0.totals.abandoned }), ("overdue", { $0.overdue }),
            ("live at most", { $0.peakLive.count }), ("live at the end", { $0.totals.live }),
            ("cascades", { $0.cascades }),
        ]
    }
    private static var resources: [Count] {
        [
            ("acquired", { $0.totals.acquired }), ("not acquired", { $0.acquiresFailed }),
            ("released", { $0.totals.released }), ("releases failed", { $0.releases[.failed] ?? 0 }),
            ("releases timed out", { $0.releases[.timedOut] ?? 0 }), ("leaked", { $0.releases[.leaked] ?? 0 }),
            ("quarantined", { $0.quarantined }), ("held at most", { $0.peakHeld.count }),
            ("held at the end", { $0.totals.held }),
        ]
    }
    private static var durations: [(String, (Report.Summary) -> UInt64?)] {
        [
            ("tasks p50", { $0.taskDurations.percentile(50) }), ("tasks p99", { $0.taskDurations.percentile(99) }),
            ("releases p50", { $0.releaseDurations.percentile(50) }),
            ("releases p99", { $0.releaseDurations.percentile(99) }), ("slowest release", { $0.releaseDurations.max }),
            ("longest cascade", { $0.longest.first?.duration.map { UInt64(max(0, $0)) } }),
        ]
    }

    private func counts(_ rows: [Count]) -> [String] {
        rows.map { name, count in
            let (before, after) = (count(a), count(b))
            let change = after - before
            return row(
                name, Words.count(before), Words.count(after),
                change > 0 ? "+\(Words.count(change))" : Words.count(change))
        }
    }

    private func times(_ rows: [(String, (Report.Summary) -> UInt64?)]) -> [String] {
        rows.map { name, time in row(name, time(a), time(b)) }
    }

    private func row(_ name: String, _ before: UInt64?, _ after: UInt64?) -> String {
        func time(_ value: UInt64?) -> String { value.map(ReportText.time) ?? "-" }
        guard let before, let after, before > 0 else { return row(name, time(before), time(after), "") }
        return row(name, time(before), time(after), Self.ratio(Double(after) / Double(before)))
    }

    /// `-12%`, `+40%`, `x3.1`.
    private static func ratio(_ ratio: Double) -> String {
        if ratio >= 2 {
            let tenths = Int(min(ratio * 10, 1e9))
            return tenths < 1_000 ? "x\(tenths / 10).\(tenths % 10)" : "x\(tenths / 10)"
        }
        // What is left of something is not nothing.
        let percent = max(Int((ratio * 100).rounded()) - 100, ratio > 0 ? -99 : -100)
        return percent > 0 ? "+\(percent)%" : "\(percent)%"
    }

    private var groups: [String] {
        let after = Dictionary(b.taskGroups.map { ($0.name, $0) }) { first, _ in first }
        let both = a.taskGroups.compactMap { group in after[group.name].map { (group, $0) } }
        var lines: [String] = []
        for (before, after) in both.prefix(10) {
            lines.append(
                row(
                    "\(before.name) p50", before.durations.percentile(50), after.durations.percentile(50)))
        }
        let gone = Set(a.taskGroups.map(\.name)).subtracting(b.taskGroups.map(\.name)).sorted()
        let new = Set(b.taskGroups.map(\.name)).subtracting(a.taskGroups.map(\.name)).sorted()
        if !gone.isEmpty { lines += Self.list("only in A", gone) }
        if !new.isEmpty { lines += Self.list("only in B", new) }
        return lines
    }

    private static func list(_ title: String, _ names: [String]) -> [String] {
        let shown = names.prefix(12) + (names.count > 12 ? ["and \(names.count - 12) more"] : [])
        return Columns.wrap(Array(shown), separator: ", ", indent: 4, first: "  \(title): ")
    }

    private var failures: [String] {
        func keyed(_ report: Report.Summary) -> [String: Int] {
            Dictionary(
                report.failures.map { ("\($0.of.rawValue) \($0.error.type): \($0.alike)", $0.count) },
                uniquingKeysWith: +)
        }
        let (before, after) = (keyed(a), keyed(b))
        let names = Set(before.keys).union(after.keys).sorted {
            let (x, y) = (max(before[$0] ?? 0, after[$0] ?? 0), max(before[$1] ?? 0, after[$1] ?? 0))
            return (y, $0) < (x, $1)
        }
        if names.isEmpty { return ["  none"] }
        return names.prefix(Report.mostShown).map { name in
            "  \(Columns.right(Words.count(before[name] ?? 0), 6))\(Columns.right(Words.count(after[name] ?? 0), 7))  \(name)"
        }
    }

    private func row(_ name: String, _ before: String, _ after: String, _ change: String) -> String {
        "  " + Columns.left(name, 32) + Columns.right(before, 14) + Columns.right(after, 14)
            + Columns.right(change, 14)
    }
}
