import Glibc
import Measure

/// A session that the program has recorded without a screen; gone with this value.
final class Recorded {
    let path: String
    private let folder: Folder

    /// So many tasks, for so many seconds.
    init(scale: Int, seconds: Int) throws {
        folder = try Folder()
        path = folder["session.treetop"]
        // Nobody reads a line a change.
        let line = "'\(Machine.treetop)' demo storm --scale \(scale) --for \(seconds)s --headless --record '\(path)'"
        guard system(line + " >/dev/null 2>&1") == 0 else { throw Wrong("the program could not record: \(line)") }
    }
}
