import Export
import Foundation
import Testing
import TreeModel

@Suite struct GraphTests {
    private let log = HostileLog()

    private func text(_ format: ExportFormat, at: Int64? = nil, task: UInt64? = nil) throws -> String {
        String(decoding: try export(log.events, format, at: at, task: task), as: UTF8.self)
    }

    private func tasks(_ text: String, _ pattern: String) throws -> Set<UInt64> {
        Set(text.matches(of: try Regex(pattern, as: (Substring, Substring).self)).compactMap { UInt64($0.output.1) })
    }

    /// The grammar of DOT, as its manual has it, for what is used of it: strings between quotes with escapes, and
    /// statements of nodes and edges with lists of attributes.
    private static let dotGrammar = #"""
        import re
        text = data.decode()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", text)
        string = r'"(?:[^"\\]|\\.)*"'
        value = f"(?:{string}|[A-Za-z]+|[0-9]+)"
        attributes = rf"\[{'{0}={1}(?:, {0}={1})*'.format('[a-z]+', value)}\]"
        name = "(?:[tr][0-9]+|graph|node|edge)"
        statement = re.compile(rf"  {name}(?: -> {name})?(?: {attributes})?")
        lines = text.split("\n")
        assert lines[0] == "digraph treetop {" and lines[-2:] == ["}", ""]
        for line in lines[1:-2]: assert statement.fullmatch(line), line

        """#

    private static let mermaidGrammar = #"""
        import re
        text = data.decode()
        label = r'"(?:[A-Za-z0-9 \-_./:,]|[^\x00-\x7f]|#[0-9]+;|<br/>)*"'
        node = "[tr][0-9]+"
        statement = re.compile(
            rf"  (?:{node}\[{label}\]:::[a-z]+|{node}\(\[{label}\]\):::resource|{node} --> {node}"
            rf"|{node} -\.- {node}|{node} -\. {label} \.-> {node}|classDef [a-z]+ [a-z0-9:#,-]+)")
        lines = text.split("\n")
        assert re.fullmatch("%% [^{}]*", lines[0]) and lines[1] == "flowchart LR" and lines[-1] == ""
        for line in lines[2:-1]: assert statement.fullmatch(line), line

        """#

    @Test(.enabled(if: Reader.hasPython, Reader.missing), arguments: [nil, 60_000_000] as [Int64?])
    func bothLanguagesKeepToTheirGrammarWhateverANameIs(_ instant: Int64?) throws {
        try Reader.python(Self.dotGrammar, export(log.events, .dot, at: instant))
        try Reader.python(Self.mermaidGrammar, export(log.events, .mermaid, at: instant))
    }

    @Test(.enabled(if: Reader.has("dot"), "Graphviz is not installed"))
    func graphvizDrawsIt() throws {
        let ended = try Reader.run("dot", ["-Tplain"], over: export(log.events, .dot))
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.errors)")
    }

    @Test func withoutAnInstantItIsEveryTask() throws {
        #expect(try tasks(text(.dot), #"(?m)^  t(\d+) \["#) == Set(log.names.keys))
        #expect(try tasks(text(.mermaid), #"(?m)^  t(\d+)\["#) == Set(log.names.keys))
        let edges = try text(.mermaid).matches(of: /t(\d+) --> t(\d+)/).map { [UInt64($0.1), UInt64($0.2)] }
        #expect(Set(edges) == Set(log.parents.map { [$0.value, $0.key] }))
    }

    @Test func atAnInstantItIsWhatWasAlive() throws {
        // The root, the first two, and what the first held and waited for.
        let index = try #require(log.events.firstIndex { $0.change.kind == .taskWaiting })
        let instant = log.events[index].t
        let graph = try text(.mermaid, at: instant)
        #expect(try tasks(graph, #"(?m)^  t(\d+)\["#) == [1, 10, 50])
        #expect(graph.contains("t50 -.- r1\n"))
        #expect(graph.contains(#/t10 -\. "lock [^"]*" \.-> r1/#))
        #expect(graph.contains("]:::waiting"))
    }

    @Test func whatIsBeingAcquiredOrLeftAloneIsSaidToBe() throws {
        let acquiring = try #require(log.events.firstIndex { $0.change.kind == .resourceAcquiring })
        #expect(try text(.dot, at: log.events[acquiring].t).contains("\\nfile, acquiring\""))
        #expect(try text(.dot, at: log.events[acquiring + 1].t).contains("\\nfile\""))
        let left = try #require(log.events.firstIndex { $0.change.kind == .resourceQuarantined })
        #expect(try text(.dot, at: log.events[left].t).contains("\\nfile, quarantined\""))
    }

    @Test func aSubtreeIsOneTaskAndWhatIsBelow() throws {
        #expect(try tasks(text(.dot, task: 12), #"(?m)^  t(\d+) \["#) == [12, 52])
        #expect(try text(.dot, task: 12).components(separatedBy: " -> ").count == 2)
        for format in [ExportFormat.dot, .mermaid, .svg, .html] {
            let error = #expect(throws: ExportError.self) { try export(log.events, format, task: 7_777) }
            #expect(error?.message.contains("no task 7777") == true)
        }
    }
}
