import Dashboard
import Glibc
import Recording
import TreeModel

/// Opens recorded sessions for the commands, and tells what was wrong with them.
enum Sessions {
    static func open(_ path: String) throws -> SessionFile {
        do {
            return try SessionFile(path)
        } catch {
            throw Problem(.unreadable, error.message)
        }
    }

    /// What a check of a session found: in a few words, and by the `seq`s of the events.
    struct Checked {
        var line: String
        var violations: [UInt64: String]
    }

    /// All events, and what a check of them found; what was lost or unknown is said on standard error.
    static func load(_ session: SessionFile) throws -> (events: [TreeEvent], check: Checked) {
        let reader = session.events()
        var events: [TreeEvent] = []
        do {
            while let item = try reader.next() {
                if case .event(let event) = item { events.append(event) }
            }
        } catch {
            throw Problem(.unreadable, error.message)
        }
        for line in reader.summary.lines { complain("\(session.path): \(line)") }
        let cut = reader.summary.isCutOff ? ": cut off" : reader.summary.damagedChunks > 0 ? ": damaged" : ""
        return (events, check(events, cut))
    }

    private static func check(_ events: [TreeEvent], _ cut: String) -> Checked {
        var check = Check()
        for event in events { check.apply(event) }
        let verdict = check.verdict()
        var violations: [UInt64: String] = [:]
        for violation in verdict.violations {
            guard let seq = violation.seqs.last else { continue }
            let place = violation.path.map { "\($0): " } ?? ""
            violations[seq] = violations[seq] ?? "\(place)\(violation.message) (\(violation.rule.rawValue))"
        }
        return Checked(line: verdict.result.rawValue + cut, violations: violations)
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
