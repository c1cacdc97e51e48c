import Recording
import Testing
import TreeModel

@testable import Export

/// The database: its rows are the log, and what its views say is what the report says.
@Suite struct DatabaseTests {
    private static let open = """
        import sqlite3
        db = sqlite3.connect(":memory:")
        db.row_factory = sqlite3.Row
        db.executescript(data.decode())
        def rows(query): return [dict(row) for row in db.execute(query)]
        def column(query): return [row[0] for row in db.execute(query)]

        """

    /// A log in which something of each kind went wrong, and a second cancel.
    private func log() -> HostileLog {
        var log = HostileLog()
        func acquire(_ id: UInt64, _ name: String) {
            log.add(.resourceAcquired(.init(resource: ResourceID(id), task: TaskID(1), name: name, kind: "socket")))
        }
        for id: UInt64 in 101...104 { acquire(id, "socket-\(id)") }
        let released: [(UInt64, ReleaseOutcome, UInt64)] = [
            (101, .leaked, 5_000_000), (102, .timedOut, 70_000_000), (103, .ok, 1),
        ]
        for (id, outcome, duration) in released {
            log.add(
                .resourceReleased(
                    .init(
                        resource: ResourceID(id), task: TaskID(1), outcome: outcome,
                        error: outcome == .timedOut ? Failure(type: "Slow", message: "too slow") : nil,
                        duration: duration)))
        }
        log.add(.resourceAcquiring(.init(resource: ResourceID(105), task: TaskID(1), name: "never")))
        log.add(
            .resourceFailed(
                .init(resource: ResourceID(105), task: TaskID(1), error: Failure(type: "Refused", message: "no"))))
        let request = TreeEvent.CancelRequested(
            cascade: CascadeID(2), task: TaskID(1), force: true, cause: Cause(.shutdown))
        log.add(.cancelRequested(request))
        return log
    }

    private func report(_ events: [TreeEvent]) -> [String: String] {
        var report = Report(HostileLog.session)
        for event in events { report.apply(event) }
        return ["report": report.summary().json]
    }

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func itsRowsAreTheLogWithEachTextAsItWas() throws {
        let log = log()
        let expected: [String: Any] = [
            "names": Dictionary(
                uniqueKeysWithValues: log.names.map { ("\($0.key)", $0.value.replacing("\0", with: "\u{2400}")) }),
            "open": log.open.map { Int($0) }.sorted(), "events": log.events.count,
            "session": HostileLog.session.name, "started": "\(HostileLog.session.startedUnixNanoseconds)",
        ]
        let script =
            Self.open + """
                assert {str(r["id"]): r["name"] for r in rows("SELECT * FROM tasks")} == expected["names"]
                assert {str(r["task"]): r["value"] for r in rows("SELECT * FROM labels")} == expected["names"]
                assert column("SELECT id FROM tasks WHERE end_ns IS NULL ORDER BY id") == expected["open"]
                assert column("SELECT id FROM tasks WHERE outcome='open' ORDER BY id") == expected["open"]
                assert column("SELECT seq FROM events") == list(range(1, expected["events"] + 1))
                [session] = rows("SELECT * FROM session")
                assert session["name"] == expected["session"] and str(session["started_unix_ns"]) == expected["started"]
                for event in rows("SELECT * FROM events"): json.loads(event["fields"])
                finished = rows("SELECT * FROM events e JOIN tasks t ON t.id=e.task WHERE event='task.finished'")
                assert len(finished) == len(expected["names"]) - len(expected["open"])
                assert all(row["end_seq"] == row["seq"] and row["end_ns"] == row["t_ns"] for row in finished)
                assert all(row["duration_ns"] == row["end_ns"] - row["start_ns"] > 0 for row in finished)
                logs = rows("SELECT * FROM logs")
                assert [line["message"] for line in logs] == [expected["names"]["14"]]
                waits = rows("SELECT * FROM waits")
                assert [wait["name"] for wait in waits if wait["task"] == 12] == [expected["names"]["12"]]
                kept = rows("SELECT * FROM resources WHERE id=1")
                assert kept[0]["name"] == expected["names"]["10"] and kept[0]["quarantined_ns"] > 0
                assert kept[0]["end_ns"] is None and kept[0]["outcome"] == "open"
                """
        try Reader.python(script, export(log.events, .sqlite), expected: expected)
    }

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func itsViewsSayWhatTheReportSays() throws {
        let log = log()
        let script =
            Self.open + """
                # What ends a text in SQLite is shown.
                report = json.loads(expected["report"].replace(chr(92) + "u0000", chr(0x2400)))
                slow = rows("SELECT * FROM slowest_releases LIMIT 10")
                for key in ["resource", "task", "kind", "name", "path", "outcome"]:
                    assert [row[key] for row in slow] == [r.get(key) for r in report["slowestReleases"]], key
                assert [row["milliseconds"] * 1e6 for row in slow] == [r["duration"] for r in report["slowestReleases"]]
                leaks = rows("SELECT * FROM leaks")
                assert [row["resource"] for row in leaks] == [r["resource"] for r in report["leaks"]] == [101]
                assert [row["released_ns"] for row in leaks] == [r["t"] for r in report["leaks"]]
                abandoned = rows("SELECT * FROM abandoned_tasks")
                assert [row["task"] for row in abandoned] == [r["task"] for r in report["abandoned"]] == [50]
                assert [row["abandoned_ns"] for row in abandoned] == [r["t"] for r in report["abandoned"]]
                assert [row["returned_ns"] for row in abandoned] == [r["returnedAt"] for r in report["abandoned"]]
                assert [[row["kept"]] for row in abandoned] == [r["kept"] for r in report["abandoned"]]
                counts, first = collections.Counter(), {}
                for group in report["failures"]:
                    key = group["of"], group["error"]["type"]
                    counts[key] += group["count"]
                    first[key] = min(first.get(key, (1 << 62, "")), (group["t"], group["path"]))
                failures = rows("SELECT * FROM failures_by_kind")
                assert {(row["failed"], row["error_type"]): row["count"] for row in failures} == counts
                assert {(row["failed"], row["error_type"]): (row["first_ns"], row["first_path"]) for row in failures} == first
                assert {kind for kind, _ in counts} == {"task", "acquire", "release"}
                [peak] = rows("SELECT * FROM live_tasks ORDER BY live DESC, seq LIMIT 1")
                assert {"count": peak["live"], "t": peak["t_ns"]} == report["tasks"]["peak"]
                [last] = rows("SELECT * FROM live_tasks ORDER BY seq DESC LIMIT 1")
                assert last["live"] == report["tasks"]["live"] == 3
                cascades = rows("SELECT * FROM cascade_summary")
                assert len(cascades) == report["cascades"]["count"] == 2
                told = {c["cascade"]: c for c in report["cascades"]["longest"]}
                for row in cascades:
                    cascade = told[row["cascade"]]
                    assert row["path"] == cascade["path"] and row["requested_ns"] == cascade["requestedAt"]
                    if row["milliseconds"] is not None:
                        assert row["milliseconds"] * 1e6 == 7000 and (row["tasks"], row["resources"]) == (2, 1)
                        assert row["overdue"] == 1 and row["last_below"].endswith("child of " + row["path"].split("/", 1)[1])
                assert [row["milliseconds"] is None for row in cascades] == [False, True]
                """
        try Reader.python(script, export(log.events, .sqlite), expected: report(log.events))
    }

    /// Ids that no integer of SQLite holds, tasks that start twice and ends without a beginning make no database fail.
    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func aLogThatMakesNoSenseMakesADatabaseAllTheSame() throws {
        var events: [TreeEvent] = []
        func add(_ change: TreeEvent.Change) {
            events.append(TreeEvent(seq: UInt64.max - UInt64(events.count), t: .min, change: change))
        }
        for _ in 0..<2 {
            add(.taskStarted(.init(task: TaskID(.max), parent: TaskID(.max), name: "'); DROP TABLE tasks;--")))
            add(.resourceReleased(.init(resource: ResourceID(7), task: TaskID(9), outcome: .ok, duration: .max)))
            add(.taskFinished(.init(task: TaskID(3), outcome: .failed)))
            add(
                .cancelCompleted(
                    .init(
                        cascade: CascadeID(.max), tasks: .max, resources: 0, failed: 0, timedOut: 0, abandoned: 0,
                        duration: .max)))
        }
        let script =
            Self.open + """
                views = column("SELECT name FROM sqlite_master WHERE type='view'")
                assert len(views) == 7
                for view in views: rows("SELECT * FROM " + view)
                assert column("SELECT count(*) FROM events") == [8]
                assert column("SELECT typeof(id) FROM tasks") == ["integer"]
                """
        try Reader.python(script, export(events, .sqlite))
    }
}
