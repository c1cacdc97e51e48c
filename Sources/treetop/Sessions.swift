import Dashboard
import Glibc
import Recording
import TreeModel

/// Opens recorded sessions for the commands, and tells what was wrong with them.
enum Sessions {
    static func open(_ path: String, _ options: SessionOptions) throws -> SessionFile {
        try readable { () throws(SessionError) in
            try SessionFile(path, recovery: options.recover, redaction: options.redaction)
        }
    }

    /// Does something with a session; that it cannot be read is a problem for whoever named it.
    static func readable<R>(_ body: () throws(SessionError) -> R) throws(Problem) -> R {
        do { return try body() } catch { throw Problem(.unreadable, error.message) }
    }

    /// Says on standard error what reading a session came upon, unless it was said.
    static func tell(_ summary: ReadSummary, of session: SessionFile, except said: [String] = []) {
        for line in summary.lines where !said.contains(line) { complain("\(session.path): \(line)") }
    }

    /// What a check of a session found: in a few words, and by the `seq`s of the events.
    struct Checked {
        var line: String
        var violations: [UInt64: String]
    }

    /// Reads the events, one at a time, for as long as the body says true. What was lost or unknown is said on standard
    /// error, unless it was said.
    static func read(
        _ session: SessionFile, from t: Int64 = .min, except said: [String] = [], _ body: (TreeEvent) -> Bool
    ) throws -> ReadSummary {
        let reader = session.events(from: t)
        try readable { () throws(SessionError) in
            var goesOn = true
            func show(_ event: TreeEvent) -> Bool {
                goesOn = body(event)
                return goesOn
            }
            while goesOn, try reader.read(show) != nil {}
        }
        tell(reader.summary, of: session, except: said)
        return reader.summary
    }

    /// All events, and what a check of them found.
    static func load(_ session: SessionFile) throws -> (events: [TreeEvent], check: Checked) {
        var events: [TreeEvent] = []
        let summary = try read(session) { event in
            events.append(event)
            return true
        }
        return (events, checked(Check.verdict(of: events), summary))
    }

    /// What a check found, and whether the file is whole.
    static func checked(_ verdict: Check.Verdict, _ summary: ReadSummary) -> Checked {
        let cut = summary.isCutOff ? ": cut off" : summary.damagedChunks > 0 ? ": damaged" : ""
        var violations: [UInt64: String] = [:]
        for violation in verdict.violations {
            guard let seq = violation.seqs.last else { continue }
            let place = violation.path.map { "\($0): " } ?? ""
            violations[seq] = violations[seq] ?? "\(place)\(violation.message) (\(violation.rule.rawValue))"
        }
        return Checked(line: verdict.result.rawValue + cut, violations: violations)
    }

    /// The tree at an instant, or at the end if that comes before, settled.
    static func tree(_ session: SessionFile, at instant: Int64) throws -> LiveTree {
        try refuseWhatIsNotKept(session, at: instant)
        let (tree, summary) = try readable { () throws(SessionError) in try session.tree(at: instant) }
        tell(summary, of: session)
        return tree
    }

    /// Of a time before what is kept of a session nothing is known: to say that nothing lived then would be wrong.
    static func refuseWhatIsNotKept(_ session: SessionFile, at instant: Int64) throws {
        // Most often it is known already that there is something.
        guard let begin = session.firstT, instant < begin else { return }
        let reader = session.events()
        guard let first = try readable({ () throws(SessionError) in try reader.nextEvent() }),
            first.seq > 1 || !first.change.kind.isHappening,
            // What damage took is told as such, and what is left is shown.
            reader.summary.damagedChunks == 0, reader.summary.lostBytes == 0
        else { return }
        throw Problem(
            .usage,
            "\(session.path) does not have what was at \(Words.instant(instant)): it begins at \(Words.instant(begin))"
        )
    }

    /// What the header of a replay says.
    static func status(_ session: SessionFile) -> SessionStatus {
        SessionStatus(name: session.session.name, file: fileName(session.path))
    }

    /// A path's last part.
    static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map { String($0) } ?? path
    }
}
