import Glibc
import Measure

/// A session that the program has recorded without a screen; gone with this value.
final class Recorded {
    let path: String

    /// So many tasks, for so many seconds.
    init(scale: Int, seconds: Int) throws {
        var template = Array("/tmp/bench-screen-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Wrong("there is no room for a recording in /tmp") }
        let folder = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/session.treetop"
        // Nobody reads a line a change.
        let line = "'\(Machine.treetop)' demo storm --scale \(scale) --for \(seconds)s --headless --record '\(path)'"
        guard system(line + " >/dev/null 2>&1") == 0 else { throw Wrong("the program could not record: \(line)") }
    }

    deinit {
        unlink(path)
        rmdir(path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
    }
}
