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

    /// All events, and in a few words how the session stands; what was lost or unknown is said on standard error.
    static func load(_ session: SessionFile) throws -> (events: [TreeEvent], verdict: String) {
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
        return (events, Check.verdictLine(of: events) + cut)
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
