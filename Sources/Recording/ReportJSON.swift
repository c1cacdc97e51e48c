import TreeModel

extension Report.Summary {
    /// The report as one JSON object on one line, keys in this order. Numbers are integers; instants and lengths of time
    /// are in nanoseconds, instants since the session began. What is not known is left out. Newer versions add keys.
    ///
    /// - `report`: 1, the version. `session`: `session`, `started`, `name`, `pid`, as in the first line of JSON Lines.
    /// - `from`, `to`, `events`; `ended`, the reason; `missing`, lines that say why these numbers are not all.
    /// - `tasks`: `started`, `succeeded`, `failed`, `cancelled`, `abandoned`, `returned`, `overdue`, `live` at the end,
    ///   `peak` {`count`, `t`}, `durations`, and `groups`, those of alike names: `name`, `failed`, `cancelled`,
    ///   `abandoned`, `durations`; `ungrouped` counts those beyond them. `durations`: `count`, `p50`, `p90`, `p99` (at
    ///   most 3 % too large), `max`.
    /// - `resources`: `acquired`, `acquiresFailed`, `released`, and of those by outcome `ok`, `failed`, `timedOut`,
    ///   `leaked`; `quarantined`, `held` at the end, `peak`, `durations` of releases.
    /// - `slowestReleases`, `leaks`: `seq`, `t`, `resource`, `name`, `kind`, `task`, `path`, `outcome`, `error`,
    ///   `duration`.
    /// - `cascades`: `count`, `causes` (how many by kind), and `longest`: `cascade`, `task`, `path`, `cause`, `force`,
    ///   `requestedAt`, `completedAt`, `duration`, `tasks`, `resources`, `ended` and `released` (how many by outcome),
    ///   `quarantined`, `heldUpBy` (`task`, `name`, `duration`, `rank` one of `slow overdue abandoned`),
    ///   `criticalPath` (`task`, `name`, `outcome`, `duration`, `endedAt`; the one that ended first is first), `order`
    ///   of the first 1,024 ends (`task`, `name`, `outcome`, `t`).
    /// - `abandoned`: `seq`, `t`, `task`, `path`, `on`, `kept` (names), `returnedAt`.
    /// - `failures`: `of` (one of `task acquire release`), `error` of the first, `count`, `path`, `seq`, `t`, `lastT`;
    ///   `ungroupedFailures`. `starved`: how often the pool was.
    public var json: String {
        var json = JSONFieldWriter()
        json.object { json in
            json.member("report", 1)
            json.object("session") { $0.members(of: session) }
            json.member("from", from)
            json.member("to", to)
            json.member("events", totals.events)
            if var ended { json.word("ended", &ended) }
            json.array("missing", missing) { $0.string($1) }
            json.object("tasks") { writeTasks(&$0) }
            json.object("resources") { writeResources(&$0) }
            json.array("slowestReleases", slowest) { json, release in json.object { release.write(&$0) } }
            json.object("cascades") { json in
                json.member("count", cascades)
                json.object("causes") { json in
                    for (kind, count) in causes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                        json.member(kind.name, count)
                    }
                }
                json.array("longest", longest) { json, cascade in json.object { cascade.write(&$0) } }
            }
            json.array("leaks", leaks) { json, release in json.object { release.write(&$0) } }
            json.array("abandoned", abandoned) { json, task in json.object { task.write(&$0) } }
            json.array("failures", failures) { json, group in json.object { group.write(&$0) } }
            json.member("ungroupedFailures", ungroupedFailures)
            json.member("starved", totals.starvations)
        }
        return String(decoding: json.out, as: UTF8.self)
    }

    private func writeTasks(_ json: inout JSONFieldWriter) {
        json.member("started", totals.started)
        json.member("succeeded", totals.succeeded)
        json.member("failed", totals.failed)
        json.member("cancelled", totals.cancelled)
        json.member("abandoned", totals.abandoned)
        json.member("returned", totals.returned)
        json.member("overdue", overdue)
        json.member("live", totals.live)
        peakLive.write(&json)
        taskDurations.write(&json)
        json.array("groups", taskGroups) { json, group in
            json.object { json in
                json.key("name")
                json.string(group.name)
                json.member("failed", group.failed)
                json.member("cancelled", group.cancelled)
                json.member("abandoned", group.abandoned)
                group.durations.write(&json)
            }
        }
        json.member("ungrouped", ungroupedTasks)
    }

    private func writeResources(_ json: inout JSONFieldWriter) {
        json.member("acquired", totals.acquired)
        json.member("acquiresFailed", acquiresFailed)
        json.member("released", totals.released)
        for outcome in [ReleaseOutcome.ok, .failed, .timedOut, .leaked] {
            json.member(outcome.name, releases[outcome] ?? 0)
        }
        json.member("quarantined", quarantined)
        json.member("held", totals.held)
        peakHeld.write(&json)
        releaseDurations.write(&json)
    }
}

extension JSONFieldWriter {
    mutating func member(_ key: String, _ value: some BinaryInteger & CustomStringConvertible) {
        self.key(key)
        number(value)
    }

    mutating func member(_ key: String, _ value: String) {
        self.key(key)
        string(value)
    }
}

extension Report.Peak {
    fileprivate func write(_ json: inout JSONFieldWriter) {
        json.object("peak") { json in
            json.member("count", count)
            json.member("t", t)
        }
    }
}

extension Spread {
    fileprivate func write(_ json: inout JSONFieldWriter) {
        json.object("durations") { json in
            json.member("count", count)
            for percent in [50, 90, 99] { json.member("p\(percent)", percentile(percent)) }
            json.member("max", max)
        }
    }
}

extension Report.Release {
    fileprivate func write(_ json: inout JSONFieldWriter) {
        json.member("seq", seq)
        json.member("t", t)
        json.member("resource", resource.rawValue)
        json.member("name", name)
        if let kind { json.member("kind", kind) }
        json.member("task", task.rawValue)
        json.member("path", path)
        json.member("outcome", outcome.name)
        if var error { json.failure("error", &error) }
        json.member("duration", duration)
    }
}

extension Report.Abandoned {
    fileprivate func write(_ json: inout JSONFieldWriter) {
        json.member("seq", seq)
        json.member("t", t)
        json.member("task", task.rawValue)
        json.member("path", path)
        if var on { json.target("on", &on) }
        json.array("kept", kept) { $0.string($1) }
        if let returnedAt { json.member("returnedAt", returnedAt) }
    }
}

extension Report.FailureGroup {
    fileprivate func write(_ json: inout JSONFieldWriter) {
        json.member("of", of.rawValue)
        var error = error
        json.failure("error", &error)
        json.member("count", count)
        json.member("path", path)
        json.member("seq", seq)
        json.member("t", t)
        json.member("lastT", lastT)
    }
}

extension Report.CascadeReport {
    fileprivate func write(_ json: inout JSONFieldWriter) {
        json.member("cascade", cascade.id.rawValue)
        json.member("task", cascade.root.rawValue)
        json.member("path", cascade.path)
        var (cause, force) = (cascade.cause, cascade.force)
        json.cause("cause", &cause)
        json.flag("force", &force)
        json.member("requestedAt", cascade.requestedAt)
        if let completedAt = cascade.completedAt { json.member("completedAt", completedAt) }
        if let duration { json.member("duration", duration) }
        json.member("tasks", cascade.marked)
        json.member("resources", cascade.resources)
        json.object("ended") { json in
            for (outcome, count) in cascade.ended.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                json.member(outcome.name, count)
            }
        }
        json.object("released") { json in
            for (outcome, count) in cascade.released.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                json.member(outcome.name, count)
            }
        }
        json.member("quarantined", cascade.quarantined)
        json.array("heldUpBy", cascade.mainHoldUps) { json, task in
            json.object { json in
                json.member("task", task.task.rawValue)
                json.member("name", task.name)
                json.member("duration", task.duration)
                json.member("rank", "\(task.rank)")
            }
        }
        json.array("criticalPath", criticalPath) { json, step in
            json.object { json in
                json.member("task", step.task.rawValue)
                json.member("name", step.name)
                json.member("outcome", step.outcome.name)
                json.member("duration", step.duration)
                json.member("endedAt", step.endedAt)
            }
        }
        json.array("order", cascade.order) { json, end in
            json.object { json in
                json.member("task", end.task.rawValue)
                json.member("name", end.name)
                json.member("outcome", end.outcome.name)
                json.member("t", end.t)
            }
        }
    }
}
