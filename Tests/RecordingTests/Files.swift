import EventBus
import Glibc
import TreeModel

@testable import Recording

/// All bytes of a file.
func contents(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(file, &block, block.count)
        if count <= 0 { return bytes }
        bytes += block[..<count]
    }
}

func write(_ bytes: some Sequence<UInt8>, to path: String) {
    let bytes = Array(bytes)
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(file) }
    _ = write(file, bytes, bytes.count)
}

func write(_ text: String, to path: String) { write(Array(text.utf8), to: path) }

/// Records these changes into a file and ends the session.
func record(
    _ changes: [(change: TreeEvent.Change, t: Int64)], to path: String, chunk: Int = 4096
) throws -> EventLog {
    let session = SessionInfo(name: "test")
    let store = try MappedStore(creating: path, for: session, firstChunk: chunk, largestChunk: chunk)
    let log = EventLog(session, store: store)
    for (change, t) in changes { log.append(change, at: t) }
    log.end(.finished, at: changes.last?.t ?? 0)
    return log
}

/// What an error says, or nil if the body throws none.
func error(_ body: () throws(SessionError) -> Void) -> SessionError? {
    do throws(SessionError) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// Reads all items.
func items(_ file: SessionFile) throws -> ([SessionItem], ReadSummary) {
    let reader = file.events()
    var items: [SessionItem] = []
    while let item = try reader.next() { items.append(item) }
    return (items, reader.summary)
}

/// Events without the session's end.
func resumed(_ count: Int) -> [(change: TreeEvent.Change, t: Int64)] {
    (0..<count).map { (.taskResumed(.init(task: TaskID(UInt64($0 + 1)))), Int64($0 * 1000)) }
}

/// The chunks of a session file.
func chunks(_ path: String) throws -> ChunkIndex {
    let file = try InputFile(path)
    return try ChunkIndex(file, from: FileHeader(file.bytes(at: 0, count: FileHeader.longest), path: path).length)
}

/// Events as JSON Lines.
func jsonLines(_ events: [TreeEvent], of session: SessionInfo = SessionInfo(name: "lines")) -> [UInt8] {
    var writer = JSONLinesWriter()
    writer.begin(session)
    for event in events { writer.write(event) }
    return writer.take()
}

/// All that is in a session, as JSON Lines.
func jsonLines(of file: SessionFile) throws -> [UInt8] { jsonLines(try file.load(), of: file.session) }
