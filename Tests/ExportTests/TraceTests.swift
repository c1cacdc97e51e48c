import Export
import Foundation
import TestSupport
import Testing
import TreeModel

/// What viewers of traces get: read by a reader that is not ours, and compared with what was written.
@Suite(.serialized) struct TraceTests {
    private let log = HostileLog()
    private var expected: [String: Any] {
        [
            "names": Dictionary(uniqueKeysWithValues: log.names.map { ("\($0.key)", $0.value) }),
            "parents": Dictionary(uniqueKeysWithValues: log.parents.map { ("\($0.key)", Int($0.value)) }),
            "open": log.open.map { Int($0) }, "resources": hostileNames + ["held to the end"],
        ]
    }

    /// Slices of a track nest; asynchronous ones of an id too.
    private static let chromeBalance = """
        trace = json.loads(data)
        events = sorted(trace["traceEvents"], key=lambda e: e["ts"])
        tracks, asyncs = collections.defaultdict(list), collections.defaultdict(list)
        begun, nested = {}, {}
        for e in events:
            stack = tracks[e["tid"]]
            if e["ph"] == "B":
                task = e["args"]["task"]
                begun[task] = e
                nested[task] = stack[-1] if stack else None
                stack.append(task)
            elif e["ph"] == "E":
                ended = stack.pop()
                if "args" in e: begun[ended]["outcome"] = e["args"]["outcome"]
            elif e["ph"] == "b":
                asyncs[e["cat"], e["id"]].append(e["name"])
            elif e["ph"] == "e":
                assert asyncs[e["cat"], e["id"]].pop() == e["name"]
        assert not any(tracks.values()) and not any(asyncs.values())

        """

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func aChromeTraceNestsAndHoldsEveryName() throws {
        let script =
            Self.chromeBalance + """
                assert len(begun) == sum(e["ph"] == "B" for e in events)
                assert {str(t): e["name"] for t, e in begun.items()} == expected["names"]
                assert {str(t): e["args"]["parent"] for t, e in begun.items() if "parent" in e["args"]} == expected["parents"]
                for task, outside in nested.items():
                    assert outside is None or outside == expected["parents"][str(task)], task
                # A first child lies inside its parent; siblings that overlap have tracks of their own.
                assert sum(outside is not None for outside in nested.values()) == 1 + len(expected["resources"]) - 1
                assert {e["outcome"] for e in begun.values()} == {"succeeded", "failed", "cancelled", "abandoned", "open"}
                assert sorted(t for t, e in begun.items() if e["outcome"] == "open") == sorted(expected["open"])
                held = [e["name"] for e in events if e["ph"] == "b" and e["cat"] == "resource" and "args" in e]
                assert sorted(held) == sorted(expected["resources"])
                assert "".join(e["ph"] for e in events if e["ph"] in "stf") == "sttf"
                names = {e["tid"] for e in events if e.get("name") == "thread_name"}
                assert {e["tid"] for e in events} == names
                assert all(e["ts"] >= 0 and isinstance(e["pid"], int) for e in events)
                """
        try Reader.python(script, export(log.events, .chrome), expected: expected)
    }

    /// A reader of the wire format, as its specification has it, and the numbers of Perfetto's protos.
    private static let perfettoReader = """
        def varint(b, i):
            value = shift = 0
            while True:
                value |= (b[i] & 0x7F) << shift
                shift += 7
                i += 1
                if b[i - 1] < 0x80: return value, i

        def fields(b):
            i, found = 0, collections.defaultdict(list)
            while i < len(b):
                tag, i = varint(b, i)
                kind = tag & 7
                if kind == 0: value, i = varint(b, i)
                elif kind == 1: value, i = int.from_bytes(b[i:i + 8], "little"), i + 8
                elif kind == 2:
                    size, i = varint(b, i)
                    assert i + size <= len(b)
                    value, i = b[i:i + size], i + size
                else: raise AssertionError(kind)
                found[tag >> 3].append(value)
            return found

        trace = fields(data)
        assert set(trace) == {1}
        packets = [fields(p) for p in trace[1]]
        assert all(p[10] == [1] for p in packets) and packets[0][13] == [1]
        tracks, order, notes = {}, [], collections.defaultdict(dict)
        for p in packets:
            for d in map(fields, p[60]):
                tracks[d[1][0]] = (d[2][0].decode() if d[2] else None, d[5][0] if d[5] else None)
            for e in map(fields, p[11]): order.append((p[8][0], e))
        order.sort(key=lambda item: item[0])
        stacks, tasks, outermost, flows = collections.defaultdict(list), {}, [], []
        for t, e in order:
            stack, track = stacks[e[11][0]], e[11][0]
            assert track in tracks, track
            for n in map(fields, e[4]):
                notes[track][n[10][0].decode()] = n[3][0] if n[3] else n[6][0].decode()
            if e[9] == [1]:
                name, category = e[23][0].decode(), e[22][0].decode()
                if not stack: outermost.append((category, track, name))
                stack.append(name)
            elif e[9] == [2]: stack.pop()
            else: assert e[9] == [3]
            flows += e[47] + e[48]
        assert not any(stacks.values())

        """

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func inAPerfettoTraceTheTracksAreTheTree() throws {
        let script =
            Self.perfettoReader + """
                tasks = {notes[track]["task"]: track for kind, track, name in outermost if kind == "task"}
                assert {str(t): tracks[track][0] for t, track in tasks.items()} == expected["names"]
                for task, parent in expected["parents"].items():
                    assert tracks[tasks[int(task)]][1] == tasks[parent], task
                assert tracks[tracks[tasks[1]][1]] == (None, None)
                assert sorted(name for kind, _, name in outermost if kind == "resource") == sorted(expected["resources"])
                outcomes = {task: notes[track]["outcome"] for task, track in tasks.items()}
                assert sorted(task for task, outcome in outcomes.items() if outcome == "open") == sorted(expected["open"])
                assert outcomes[50] == "abandoned" and outcomes[10] == "cancelled"
                assert len(flows) == 4 and len(set(flows)) == 1
                """
        try Reader.python(script, export(log.events, .perfetto), expected: expected)
    }

    @Test(.enabled(if: Reader.has("protoc"), "protoc is not installed"))
    func protocDecodesAPerfettoTrace() throws {
        let ended = try Reader.run("protoc", ["--decode_raw"], over: export(log.events, .perfetto))
        #expect(ended.status == 0, "\(ended.errors)")
    }

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func openTelemetrySpansAreWhatTheSchemaSays() throws {
        let script = """
            import re
            spans = []
            for line in data.splitlines():
                top = json.loads(line)
                assert set(top) == {"resourceSpans"}
                for r in top["resourceSpans"]:
                    attributes = {a["key"]: a["value"] for a in r["resource"]["attributes"]}
                    assert attributes["service.name"] == {"stringValue": 'ho"stile <&> name'}
                    for scope in r["scopeSpans"]: spans += scope["spans"]
            ids = {s["spanId"]: s for s in spans}
            assert len(ids) == len(spans) == len(expected["names"]) + len(expected["resources"])
            tasks = {}
            for s in spans:
                assert re.fullmatch("[0-9a-f]{32}", s["traceId"]) and re.fullmatch("[0-9a-f]{16}", s["spanId"])
                assert s["kind"] == 1 and "parentSpanId" not in s or s["parentSpanId"] in ids
                start, end = int(s["startTimeUnixNano"]), int(s["endTimeUnixNano"])
                assert 1772366400123456789 <= start <= end
                attributes = {a["key"]: a["value"] for a in s["attributes"]}
                assert len(attributes) == len(s["attributes"])
                if "treetop.task" in attributes: tasks[attributes["treetop.task"]["intValue"]] = s
            assert len({s["traceId"] for s in spans}) == 1
            assert {t: s["name"] for t, s in tasks.items()} == expected["names"]
            for task, parent in expected["parents"].items():
                assert tasks[task]["parentSpanId"] == tasks[str(parent)]["spanId"]
            assert tasks["50"]["status"]["code"] == 2 and tasks["11"]["status"]["code"] == 1
            assert [e["name"] for e in tasks["50"]["events"]] == ["cancelled", "overdue"]
            assert tasks["51"]["events"][0]["name"] == "exception"
            """
        try Reader.python(script, export(log.events, .otlp), expected: expected)
    }

    /// Logs that make no sense, whose tasks come back after their ends and under parents that never were: what is written
    /// is still a trace, and each format gets through.
    @Test(.enabled(if: Reader.hasPython, Reader.missing), arguments: [UInt64(8), 40, 400])
    func whateverTheLogSaysATraceNests(_ ids: UInt64) throws {
        let seed = Seeds.any()
        var random = RandomEvents(seed: seed)
        random.ids = ids
        let events = (0..<3_000).map { _ in random.next() }
        try Reader.python("seed = \(seed)\n" + Self.chromeBalance, export(events, .chrome))
        try Reader.python("seed = \(seed)\n" + Self.perfettoReader, export(events, .perfetto))
        try Reader.python("for line in data.splitlines(): json.loads(line)", export(events, .otlp))
        random.wildTimes = true
        let wild = events + (0..<3_000).map { _ in random.next() }
        for format in ExportFormat.allCases { #expect(try !export(wild, format).isEmpty, "seed \(seed)") }
    }
}
