import Foundation
import Glibc

/// The processes of this machine, as /proc has them.
enum Processes {
    /// The children of a process, by the name that they have now.
    static func children(of parent: pid_t, named name: String) -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter {
            status(of: $0).map { $0.name == name && $0.parent == parent } ?? false
        }
    }

    /// Whether it is there, be it only as a zombie.
    static func isThere(_ process: pid_t) -> Bool { status(of: process) != nil }

    /// Whether it is there and no zombie.
    static func runs(_ process: pid_t) -> Bool { status(of: process).map { $0.state != "Z" } ?? false }

    /// Waits until it has ended, and says whether it did.
    static func waitForEnd(of process: pid_t) -> Bool {
        for _ in 0..<2_000 where runs(process) { poll(nil, 0, 5) }
        return !runs(process)
    }

    /// The only child of that name, once there is one.
    static func child(of parent: pid_t, named name: String) -> pid_t? {
        for _ in 0..<2_000 {
            let found = children(of: parent, named: name)
            if found.count == 1 { return found[0] }
            poll(nil, 0, 5)
        }
        return nil
    }

    private static func status(of process: pid_t) -> (name: String, state: Substring, parent: pid_t)? {
        guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")")
        else { return nil }
        let rest = line[line.index(after: close)...].split(separator: " ")
        guard rest.count > 1, let parent = pid_t(rest[1]) else { return nil }
        return (String(line[line.index(after: open)..<close]), rest[0], parent)
    }
}
