import Canvas
import Glibc
import Synchronization

/// Standard output or error, a line at a time. It remembers when nobody reads any more.
final class Output {
    private let file: Int32
    /// Why it could not be written, where somebody would still have read it.
    private static let failure = Atomic<Int32>(0)
    private(set) var isClosed = false
    private var buffer: [UInt8] = []

    init(_ file: Int32 = STDOUT_FILENO) { self.file = file }

    func line(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        buffer.append(0x0A)
        if buffer.count > 1 << 16 { flush() }
    }

    func flush() {
        var start = 0
        while start < buffer.count, !isClosed {
            let written = buffer.withUnsafeBytes { write(file, $0.baseAddress! + start, $0.count - start) }
            if written > 0 {
                start += written
            } else if errno != EINTR {
                Self.note(errno)
                isClosed = true
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Says that not all could be written, if so.
    static func complete() throws {
        if fflush(nil) != 0 { note(errno) }
        let code = failure.load(ordering: .relaxed)
        if code != 0 { throw Destination.problem("standard output", code) }
    }

    /// Notes what is no reader that left, and no terminal that went away.
    private static func note(_ code: Int32) {
        var status = stat()
        let isDevice = fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
        if code == EPIPE || code == EIO && isDevice { return }
        failure.store(code, ordering: .relaxed)
    }

    /// Text from somewhere else, as a terminal may see it: control characters are shown, never sent.
    static func printable(_ text: String, limit: Int = 2000) -> String {
        var line = CellGrid(
            width: min(limit, max(1, CellGrid.columns(of: text, ascii: false, limit: limit))), height: 1)
        line.put(text, x: 0, y: 0)
        return line.text
    }
}
