import Export
import Foundation
import Testing
import TreeModel

@Suite struct TimelineTests {
    private let log = HostileLog()

    private var expected: [String: Any] {
        ["names": Dictionary(uniqueKeysWithValues: log.names.map { ("\($0.key)", $0.value) })]
    }

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func aPictureIsXMLWithARowForEachTaskAndNothingFromOutside() throws {
        let script = """
            import re, xml.etree.ElementTree as et
            root = et.fromstring(data)
            svg = "{http://www.w3.org/2000/svg}"
            assert root.tag == svg + "svg"
            rows = {}
            for g in root.iter(svg + "g"):
                title = g.find(svg + "title").text
                task = re.search(r"^task (\\d+), (\\w+)$", title, re.M)
                if task: rows[task[1]] = (g.get("class"), [t.text or "" for t in g.iter(svg + "text")], g)
            assert set(rows) == set(expected["names"])
            for name, texts in [(expected["names"][i], row[1]) for i, row in rows.items()]:
                if name.isascii() and name.isprintable() and len(name) < 30: assert texts[0] == name, (name, texts)
            # The order of the cancel, and what went wrong, can be seen.
            assert rows["50"][0] == "abandoned" and rows["50"][1][1] == "1. ! abandoned"
            assert rows["10"][1][1] == "2." and rows["51"][1][1].startswith("\\u2715 ")
            assert [r for r in rows["10"][2].iter(svg + "rect") if r.get("class") == "stopping"]
            assert len([g for g in root.iter(svg + "g") if g.get("class") == "cancel"]) == 1
            assert all(e.tag.startswith(svg) for e in root.iter())
            allowed = {"svg", "title", "style", "defs", "pattern", "rect", "line", "text", "g"}
            assert {e.tag[len(svg):] for e in root.iter()} <= allowed
            assert not [a for e in root.iter() for a in e.attrib if "href" in a or a.startswith("on")]
            for e in root.iter(svg + "rect"):
                if e.get("class") != "paper": assert float(e.get("width")) > 0 and float(e.get("x") or 0) >= 0
            """
        try Reader.python(script, export(log.events, .svg), expected: expected)
    }

    @Test(.enabled(if: Reader.hasPython, Reader.missing))
    func aPageIsWellFormedHasNoScriptAndLoadsNothing() throws {
        let script = """
            import xml.etree.ElementTree as et, html.parser
            text = data.decode()
            assert text.startswith("<!DOCTYPE html>\\n")
            root = et.fromstring(text.split("\\n", 1)[1].replace("\\x00", "!"))
            tags = {e.tag.split("}")[-1] for e in root.iter()}
            assert not tags & {"script", "link", "img", "iframe", "object", "a"}, tags
            assert not [a for e in root.iter() for a in e.attrib if a in ("src", "href") or a.startswith("on")]
            rows = root.findall(".//tbody/tr")
            assert sorted(r[0].text for r in rows) == sorted(expected["names"])
            assert [li.get("value") for li in root.iter("li")] == ["1", "2"]
            # A reader of HTML sees the same elements: nothing broke out of its place.
            class Seen(html.parser.HTMLParser):
                count = 0
                def handle_starttag(self, tag, attributes): self.count += 1
                def handle_startendtag(self, tag, attributes): self.count += 1
            seen = Seen()
            seen.feed(text)
            assert seen.count == sum(1 for _ in root.iter())
            """
        try Reader.python(script, export(log.events, .html), expected: expected)
    }

    /// Of very many tasks those stay in which something went wrong, with what is above them; the rest is counted.
    @Test func ofTooManyTasksTheOnesThatMatterStay() throws {
        var events: [TreeEvent] = []
        func add(_ change: TreeEvent.Change) {
            events.append(TreeEvent(seq: UInt64(events.count + 1), t: Int64(events.count) * 1_000, change: change))
        }
        add(.taskStarted(.init(task: TaskID(1), name: "root")))
        for id in UInt64(2)...12_000 {
            add(.taskStarted(.init(task: TaskID(id), parent: TaskID(1), name: "short")))
            if id % 4_000 == 0 {
                add(.taskStarted(.init(task: TaskID(id + 100_000), parent: TaskID(id), name: "bad")))
                add(.taskFinished(.init(task: TaskID(id + 100_000), outcome: .failed)))
            }
            add(.taskFinished(.init(task: TaskID(id), outcome: .succeeded)))
        }
        let picture = String(decoding: try export(events, .svg), as: UTF8.self)
        #expect(picture.matches(of: /<title>[^<]*\ntask \d+,/).count == 2_000)
        #expect(picture.contains("10003 further tasks are left out"))
        for id in [1, 4_000, 8_000, 12_000, 104_000, 108_000, 112_000] { #expect(picture.contains("\ntask \(id), ")) }
    }

    @Test func aSubtreeIsDrawnAlone() throws {
        let picture = String(decoding: try export(log.events, .svg, task: 12), as: UTF8.self)
        #expect(picture.matches(of: /\ntask (\d+),/).map { $0.1 } == ["12", "52"])
    }
}
