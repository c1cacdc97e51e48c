import Foundation
import TestSupport
import Testing
import TreeModel

#if canImport(FoundationXML)
    import FoundationXML
#endif

@testable import Recording

@Suite struct JUnitTests {
    /// A test case of the document, read back with a reader that is not ours.
    private struct Case {
        var suite: String
        var name: String
        var failure: String?
        var skipped: String?
    }

    private func cases(_ verdict: Check.Verdict) throws -> [Case] {
        let document = try XMLDocument(xmlString: JUnit(verdict, of: "a.treetop").xml())
        let suites = document.rootElement()?.elements(forName: "testsuite") ?? []
        var found: [Case] = []
        for suite in suites {
            let name = suite.attribute(forName: "name")?.stringValue ?? ""
            let cases = suite.elements(forName: "testcase")
            #expect(suite.attribute(forName: "tests")?.stringValue == "\(cases.count)")
            for element in cases {
                found.append(
                    Case(
                        suite: name, name: element.attribute(forName: "name")?.stringValue ?? "",
                        failure: element.elements(forName: "failure").first?.stringValue,
                        skipped: element.elements(forName: "skipped").first?.attribute(forName: "message")?.stringValue
                    ))
            }
            let failed = found.count { $0.suite == name && $0.failure != nil }
            let skipped = found.count { $0.suite == name && $0.skipped != nil }
            #expect(suite.attribute(forName: "failures")?.stringValue == "\(failed)")
            #expect(suite.attribute(forName: "skipped")?.stringValue == "\(skipped)")
        }
        return found
    }

    @Test func everyPromiseAndEveryWishIsACase() throws {
        let found = try cases(ScriptedLog("start 1\nfinish 1\nend").verdict)
        #expect(found.filter { $0.suite == "promises" }.map(\.name) == Check.Rule.allCases.map(\.rawValue))
        #expect(found.filter { $0.suite == "wishes" }.map(\.name) == Check.Wish.allCases.map(\.rawValue))
        #expect(found.allSatisfy { $0.failure == nil && $0.skipped == nil })
    }

    /// Of each bad log the case of its promise fails, and no other.
    @Test(arguments: badLogs)
    func theCaseOfABrokenPromiseFails(_ log: BadLog) throws {
        let failed = try cases(ScriptedLog(log.script).verdict).filter { $0.suite == "promises" && $0.failure != nil }
        #expect(failed.map(\.name) == [log.rule.rawValue])
        let seqs = log.seqs.map { String($0) }.joined(separator: ", ")
        #expect(failed.first?.failure?.hasPrefix("seq \(seqs), ") == true)
    }

    @Test func aLeakAnAbandonedTaskAndABadReleaseFailTheirCasesWithTheirPlace() throws {
        let verdict = ScriptedLog(
            """
            start 1
            start 2 1
            acquire 1 2
            acquire 2 2
            acquire 3 2
            releasing 3
            released 3 leaked
            releasing 2
            released 2 timedOut
            releasing 1
            released 1 failed
            finish 2 abandoned
            finish 1
            end
            """
        ).verdict
        #expect(verdict.result == .holds)
        let found = try cases(verdict)
        func failure(_ wish: Check.Wish) -> String? { found.first { $0.name == wish.rawValue }?.failure }
        #expect(failure(.nothingLeaked) == "seq 7, 0.007 s, t1/t2: r3 leaked (nothing-leaked)")
        #expect(
            failure(.releasesInTime) == "seq 9, 0.009 s, t1/t2: the release of r2 timed out (releases-in-time)")
        #expect(failure(.releasesSucceed) == "seq 11, 0.011 s, t1/t2: the release of r1 failed (releases-succeed)")
        #expect(failure(.nothingAbandoned) == "seq 12, 0.012 s, t1/t2: it was abandoned (nothing-abandoned)")
        #expect(found.allSatisfy { $0.suite == "wishes" || $0.failure == nil })
    }

    @Test func whatIsUndeterminedIsSkippedWithTheReason() throws {
        let found = try cases(ScriptedLog("start 1\nstart 2 1\nfinish 2 abandoned").verdict)
        #expect(found.filter { $0.failure != nil }.map(\.name) == ["nothing-abandoned"])
        #expect(found.filter { $0.skipped != nil }.count == found.count - 1)
        #expect(found.first?.skipped?.contains("no session.ended") == true)
    }

    @Test func hostileNamesStayText() throws {
        var check = Check()
        let name = "<a & \"b\">\u{1B}[2J\u{0}\n"
        check.apply(TreeEvent(seq: 1, t: 1, change: .taskStarted(.init(task: TaskID(1), name: name))))
        check.apply(TreeEvent(seq: 2, t: 2, change: .taskFinished(.init(task: TaskID(1), outcome: .abandoned))))
        let found = try cases(check.verdict())
        let failure = try #require(found.first { $0.failure != nil }?.failure)
        #expect(failure.contains("<a & \"b\">\u{FFFD}[2J\u{FFFD}\n"))
    }
}
