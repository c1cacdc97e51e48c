/// Writes a verdict as JUnit XML, which continuous integration shows beside other tests: a test case for each promise,
/// and one for each wish.
///
/// A case fails with a line for each event that breaks it: `seq`, time, task. Where the log does not tell all, the
/// others are skipped, with what is missing.
public struct JUnit {
    private let verdict: Check.Verdict
    private let name: String
    private var out = ""

    /// - Parameters:
    ///   - name: what the cases are of: the session's file.
    public init(_ verdict: Check.Verdict, of name: String) {
        self.verdict = verdict
        self.name = name
    }

    /// The document.
    public func xml() -> String {
        var writer = self
        writer.write()
        return writer.out
    }

    private mutating func write() {
        let promises = Check.Rule.allCases.map { rule in
            (rule.rawValue, verdict.violations.filter { $0.rule == rule }.map(\.description))
        }
        let wishes = Check.Wish.allCases.map { wish in
            (wish.rawValue, verdict.findings.filter { $0.wish == wish }.map(\.description))
        }
        out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"treetop check\">\n"
        suite("promises", promises)
        suite("wishes", wishes)
        out += "</testsuites>\n"
    }

    private mutating func suite(_ suite: String, _ cases: [(name: String, failures: [String])]) {
        let failed = cases.count { !$0.failures.isEmpty }
        let skipped = verdict.reasons.isEmpty ? 0 : cases.count - failed
        out += "  <testsuite name=\(quoted(suite)) tests=\"\(cases.count)\" failures=\"\(failed)\" errors=\"0\""
        out += " skipped=\"\(skipped)\">\n"
        for (title, failures) in cases {
            out += "    <testcase classname=\(quoted("\(name) \(suite)")) name=\(quoted(title))"
            if let first = failures.first {
                out += ">\n      <failure type=\(quoted(title)) message=\(quoted(first))>"
                out += escaped(failures.joined(separator: "\n")) + "</failure>\n    </testcase>\n"
            } else if !verdict.reasons.isEmpty {
                let reasons = verdict.reasons.joined(separator: "; ")
                out += ">\n      <skipped message=\(quoted("undetermined: \(reasons)"))/>\n    </testcase>\n"
            } else {
                out += "/>\n"
            }
        }
        out += "  </testsuite>\n"
    }

    private func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// What XML cannot hold, which is most control characters, becomes U+FFFD.
    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t", " "..."\u{7E}", "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}",
                "\u{10000}"..."\u{10FFFF}":
                result.unicodeScalars.append(scalar)
            default: result += "\u{FFFD}"
            }
        }
        return result
    }
}
