import Dashboard
import Recording
import TreeModel

/// A report for people, in 80 columns.
struct ReportText {
    private let report: Report.Summary
    private var totals: LiveTree.Totals { report.totals }

    init(_ report: Report.Summary) { self.report = report }

    func lines(_ file: String) -> [String] {
        head(file) + counts + durations + slowest + cascades + leaks + abandoned + failures
    }

    private func head(_ file: String) -> [String] {
        let end = report.ended.map { "ended: \($0.name)" } ?? "no end"
        return [
            "\(report.session.name)  \(file)",
            "\(Words.instant(report.from)) to \(Words.instant(report.to)), "
                + "\(Words.plural(totals.events, "event")), \(end)",
        ] + report.missing.flatMap { Self.wrap("not all is there: \($0)", indent: 2) }
    }

    private var counts: [String] {
        var lines = ["", "TASKS"]
        lines.append(
            "  \(Words.count(totals.started)) started: \(Words.count(totals.succeeded)) succeeded, "
                + "\(Words.count(totals.failed)) failed, \(Words.count(totals.cancelled)) cancelled, "
                + "\(Words.count(totals.abandoned)) abandoned")
        lines.append("  \(peak(report.peakLive, "live")), \(Words.count(totals.live)) at the end" + overdue)
        lines += ["", "RESOURCES"]
        let releases = [ReleaseOutcome.failed, .timedOut, .leaked].map { outcome in
            "\(Words.count(report.releases[outcome] ?? 0)) \(Self.word(outcome))"
        }
        lines.append(
            "  \(Words.count(totals.acquired)) acquired, \(Words.count(totals.released)) released: "
                + releases.joined(separator: ", "))
        lines.append(
            "  \(peak(report.peakHeld, "held")), \(Words.count(totals.held)) at the end"
                + (report.quarantined > 0 ? "; \(Words.count(report.quarantined)) quarantined" : "")
                + (report.acquiresFailed > 0 ? "; \(Words.count(report.acquiresFailed)) not acquired" : ""))
        if totals.starvations > 0 {
            lines.append("  the pool was starved \(Words.plural(totals.starvations, "time"))")
        }
        return lines
    }

    private var overdue: String {
        (report.overdue > 0 ? "; \(Words.count(report.overdue)) overdue" : "")
            + (totals.returned > 0 ? "; \(Words.count(totals.returned)) returned late" : "")
    }

    private func peak(_ peak: Report.Peak, _ word: String) -> String {
        "at most \(Words.count(peak.count)) \(word) at \(Words.instant(peak.t))"
    }

    static func word(_ outcome: ReleaseOutcome) -> String { outcome == .timedOut ? "timed out" : outcome.name }

    private var durations: [String] {
        var lines = ["", "DURATIONS" + heads]
        lines.append(Self.row("all tasks", report.taskDurations))
        lines.append(Self.row("releases", report.releaseDurations))
        let groups = report.taskGroups.filter { $0.durations.count > 1 }
        lines += groups.prefix(8).map { Self.row($0.name, $0.durations) }
        if groups.count > 8 { lines.append("  and \(groups.count - 8) more kinds of names") }
        return lines
    }

    private var heads: String {
        Columns.right("count", 27) + ["p50", "p90", "p99", "max"].map { Columns.right($0, 11) }.joined()
    }

    private static func row(_ name: String, _ spread: Spread) -> String {
        "  " + Columns.left(name, 24) + Columns.right(Words.count(spread.count), 10)
            + [spread.percentile(50), spread.percentile(90), spread.percentile(99), spread.max]
            .map { Columns.right(Self.time($0), 11) }.joined()
    }

    static func time(_ nanoseconds: UInt64) -> String { Words.duration(Int64(min(nanoseconds, 1 << 60))) }

    private var slowest: [String] {
        guard !report.slowest.isEmpty else { return [] }
        return ["", "SLOWEST RELEASES"] + report.slowest.map(release)
    }

    private func release(_ release: Report.Release) -> String {
        let outcome = release.outcome == .ok ? "" : "\(Self.word(release.outcome)) "
        return Columns.right(Self.time(release.duration), 9) + "  "
            + Columns.left(outcome + (release.kind.map { "\($0) " } ?? "") + release.name, 32) + " "
            + Columns.path(release.path, 36)
    }

    private var cascades: [String] {
        guard report.cascades > 0 else { return ["", "CASCADES  none"] }
        let causes = report.causes.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($1) by \($0.name)" }
        return ["", "CASCADES  \(Words.count(report.cascades)): \(causes.joined(separator: ", "))"]
            + report.longest.flatMap(cascade)
    }

    private func cascade(_ report: Report.CascadeReport) -> [String] {
        let cascade = report.cascade
        let duration = report.duration.map { "in " + Words.duration($0) } ?? "not completed"
        var lines = ["  \(Words.instant(cascade.requestedAt))  \(Columns.path(cascade.path, 40))  \(duration)"]
        let came = "\(Words.plural(cascade.marked, "task")), \(Words.plural(cascade.resources, "resource"))"
        lines += Columns.wrap(
            ["\(cascade.cause)", came + Self.troubles(cascade)], separator: "; ", indent: 6, first: "    ")
        for task in cascade.mainHoldUps {
            lines.append("    held up by \(task.name) for \(Words.duration(task.duration)), \(task.rank)")
        }
        if report.criticalPath.count > 1 {
            let steps = report.criticalPath.map { "\($0.name) \(Words.duration($0.duration))" }
            lines += Columns.wrap(steps, separator: " > ", indent: 6, first: "    critical path ")
        }
        if cascade.order.count > 1 {
            var names = cascade.order.prefix(8).map(\.name)
            if cascade.endedCount > 8 { names.append("and \(Words.count(cascade.endedCount - 8)) more") }
            lines += Columns.wrap(names, separator: ", ", indent: 6, first: "    order ")
        }
        return lines
    }

    private static func troubles(_ cascade: LiveTree.Cascade) -> String {
        var words: [String] = []
        if let count = cascade.ended[.abandoned] { words.append("\(count) abandoned") }
        if let count = cascade.ended[.failed] { words.append("\(count) failed") }
        for outcome in [ReleaseOutcome.failed, .timedOut, .leaked] {
            if let count = cascade.released[outcome] {
                words.append("\(count) release\(count == 1 ? "" : "s") \(word(outcome))")
            }
        }
        return words.isEmpty ? "" : "; " + words.joined(separator: ", ")
    }

    private var leaks: [String] {
        let count = report.releases[.leaked] ?? 0
        guard count > 0 else { return ["", "LEAKS  none"] }
        return ["", "LEAKS  \(Words.count(count))"]
            + report.leaks.map { "  \(Words.instant($0.t))  \(Columns.left($0.name, 32)) \(Columns.path($0.path, 34))" }
            + Self.more(count, report.leaks.count)
    }

    private var abandoned: [String] {
        guard totals.abandoned > 0 else { return ["", "ABANDONED  none"] }
        var lines = ["", "ABANDONED  \(Words.count(totals.abandoned))"]
        for task in report.abandoned {
            lines.append("  \(Words.instant(task.t))  \(Columns.path(task.path, 66))")
            var words: [String] = []
            if let on = task.on { words.append("waited for \(on.kind)\(on.name.map { " " + $0 } ?? "")") }
            if !task.kept.isEmpty { words.append("keeps \(task.kept.joined(separator: ", "))") }
            if let returned = task.returnedAt { words.append("returned at \(Words.instant(returned))") }
            if !words.isEmpty { lines += Columns.wrap(words, separator: "; ", indent: 6, first: "    ") }
        }
        return lines + Self.more(totals.abandoned, report.abandoned.count)
    }

    private var failures: [String] {
        guard !report.failures.isEmpty else { return ["", "FAILURES  none"] }
        let count = report.failures.reduce(report.ungroupedFailures) { $0 + $1.count }
        var lines = ["", "FAILURES  \(Words.count(count)), alike ones together"]
        for group in report.failures.prefix(Report.mostShown) {
            let type = group.error.type.isEmpty ? "" : group.error.type + ": "
            // Three lines of it are enough to know it by.
            lines += Self.wrap(
                Columns.fit(type + group.error.message, 200), indent: 9,
                first: "  \(Columns.right(Words.count(group.count), 5))  ")
            lines.append(
                "         \(group.of.rawValue), first at \(Words.instant(group.t)) in \(Columns.path(group.path, 46))")
        }
        return lines + Self.more(report.failures.count, Report.mostShown)
    }

    /// A sentence, broken between words.
    private static func wrap(_ text: String, indent: Int, first: String = "") -> [String] {
        Columns.wrap(text.split(separator: " ").map(String.init), separator: " ", indent: indent, first: first)
    }

    private static func more(_ count: Int, _ shown: Int) -> [String] {
        count > shown ? ["  and \(Words.count(count - shown)) more"] : []
    }
}
