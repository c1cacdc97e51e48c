import Export
import Foundation
import Testing
import TreeModel

@Suite struct TableTests {
    private let log = HostileLog()

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func aTableHasARowForEachTaskWithItsNameAsItWas() throws {
        let names = log.names.mapValues { $0.replacing("\0", with: "\u{2400}") }
        let expected: [String: Any] = [
            "names": Dictionary(uniqueKeysWithValues: names.map { ("\($0.key)", $0.value) }),
            "parents": Dictionary(uniqueKeysWithValues: log.parents.map { ("\($0.key)", "\($0.value)") }),
            "open": log.open.map { "\($0)" },
        ]
        let script = """
            import csv, io
            csv.field_size_limit(1 << 20)
            table = list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
            assert all(None not in row and None not in row.values() for row in table)
            rows = {row["id"]: row for row in table}
            assert len(rows) == len(table)
            assert {i: row["name"] for i, row in rows.items()} == expected["names"]
            assert {i: row["parent"] for i, row in rows.items() if row["parent"]} == expected["parents"]
            assert sorted(i for i, row in rows.items() if not row["end_ns"]) == sorted(expected["open"])
            for row in table:
                assert (row["outcome"] == "open") == (row["end_ns"] == "")
                if row["end_ns"]: assert int(row["end_ns"]) - int(row["start_ns"]) == int(row["duration_ns"])
            assert rows["10"]["cancelled_ns"] and rows["50"]["overdue_ns"] and rows["50"]["outcome"] == "abandoned"
            assert rows["51"]["error"] == expected["names"]["11"] and rows["51"]["error_type"] == 'Hostile"Error'
            assert rows["51"]["released"] == rows["51"]["resources"] == "1"
            """
        try Reader.python(script, export(log.events, .csv), expected: expected)
    }

    /// What ended behind a gap has no end; what the rows name goes on.
    @Test func whatEndedUnseenIsSaidToBe() throws {
        var log = HostileLog()
        let known = log.events.count
        log.add(.gap(.init(lost: 10)))
        log.add(.snapshotBegin(.init()))
        var row = TreeEvent.SnapshotTask()
        row.started = .init(task: TaskID(1), name: "root")
        log.add(.snapshotTask(row))
        row.started = .init(task: TaskID(500), parent: TaskID(1), name: "new")
        log.add(.snapshotTask(row))
        log.add(.snapshotEnd(.init()))
        log.add(.taskFinished(.init(task: TaskID(500), outcome: .succeeded)))
        let lines = String(decoding: try export(Array(log.events.dropFirst(known)), .csv), as: UTF8.self)
        #expect(lines.contains("\n500,1,root/new,new,"))
        let all = String(decoding: try export(log.events, .csv), as: UTF8.self).split(separator: "\n")
        let unseen = all.filter { $0.contains(",unseen,") }.map { $0.prefix { $0 != "," } }
        #expect(unseen == log.open.dropFirst().reversed().map { "\($0)"[...] })
        #expect(all.filter { $0.contains(",open,") }.map { $0.prefix { $0 != "," } } == ["1"])
        #expect(all.contains { $0.hasPrefix("500,") && $0.contains(",succeeded,") })
    }

    /// A task that is over is forgotten, and its track is used again.
    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func manyShortTasksNeedFewTracks() throws {
        var events: [TreeEvent] = []
        func add(_ change: TreeEvent.Change) {
            events.append(TreeEvent(seq: UInt64(events.count + 1), t: Int64(events.count) * 1_000, change: change))
        }
        add(.taskStarted(.init(task: TaskID(1), name: "root")))
        for number in 0..<2_000 {
            let ids = (1...4).map { TaskID(UInt64(number * 10 + 10 + $0)) }
            for id in ids.prefix(2) { add(.taskStarted(.init(task: id, parent: TaskID(1), name: "conn-\(id)"))) }
            for (id, parent) in zip(ids.suffix(2), ids) {
                add(.taskStarted(.init(task: id, parent: parent, name: "request")))
                add(.taskStarted(.init(task: TaskID(id.rawValue + 4), parent: parent, name: "reply")))
            }
            for id in ids.suffix(2).flatMap({ [TaskID($0.rawValue + 4), $0] }) + ids.prefix(2) {
                add(.taskFinished(.init(task: id, outcome: .succeeded)))
            }
        }
        let script = """
            events = json.loads(data)["traceEvents"]
            assert sum(e["ph"] == "B" for e in events) == sum(e["ph"] == "E" for e in events) == 12001
            names = {e["tid"]: e["args"]["name"] for e in events if e.get("name") == "thread_name"}
            assert sorted(names.values()) == ["root", "root #2", "root #3", "root #4", "session"], names
            """
        try Reader.python(script, export(events, .chrome))
    }
}
