import Glibc
import Measure
import Recording

/// How large the file of the storm is that the program shows.
enum StormSize {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let folder = try Folder()
        let file = folder["storm.treetop"]
        let line =
            "'\(Machine.treetop)' demo storm --for \(isQuick ? 3 : 15)s --headless --record '\(file)' >/dev/null 2>&1"
        guard system(line) == 0 else { throw Wrong("the program could not record: \(line)") }
        var status = stat()
        stat(file, &status)
        let events = try SessionFile(file).lastSeq
        return [
            Figure("demo storm: \(events) events", Double(status.st_size) / Double(events), "bytes/event", .atMost(12))
        ]
    }
}
