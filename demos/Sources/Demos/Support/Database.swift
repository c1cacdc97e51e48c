import Glibc
import Synchronization

/// A table of rows in a file, of which one handle may be open at a time. Used after it was closed, or closed twice, it
/// says so: what a cleanup in the wrong order does is an error here, not a row in somebody else's file.
final class Database: Sendable {
    struct NotOpen: Error, Hashable, CustomStringConvertible {
        let name: String
        var description: String { "\(name) was closed before" }
    }

    private struct Handle {
        let lock: FileLock
        let file: AppendFile
    }
    let path: String
    private let handle: Mutex<Handle?>

    /// - Throws: `DemoError` if it cannot be opened, or is open already.
    init(_ path: String) throws {
        guard let lock = try FileLock.attempt(path + ".lock") else {
            throw DemoError(code: .fileSystem, message: "\(path) is open already: close that handle first")
        }
        do {
            handle = Mutex(Handle(lock: lock, file: try AppendFile(path)))
        } catch {
            lock.release(removing: true)
            throw error
        }
        self.path = path
    }

    func insert(_ row: String) throws {
        try handle.withLock { handle in
            guard let handle else { throw NotOpen(name: fileName(path)) }
            try handle.file.append(row)
        }
    }

    /// All rows of a table, open or not.
    static func rows(_ path: String) throws -> [String] { try textLines(path) }

    /// Has the disk take what was inserted, and lets others open it.
    func close() throws {
        let open = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        guard let open else { throw NotOpen(name: fileName(path)) }
        defer {
            open.file.close()
            open.lock.release(removing: true)
        }
        try open.file.sync()
    }
}
