import Canvas
import Glibc

/// Standard output, a line at a time. It remembers when nobody reads any more.
final class Output {
    private(set) var isClosed = false
    private var buffer: [UInt8] = []

    func line(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        buffer.append(0x0A)
        if buffer.count > 1 << 16 { flush() }
    }

    func flush() {
        var start = 0
        while start < buffer.count, !isClosed {
            let written = buffer.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress! + start, $0.count - start) }
            if written > 0 {
                start += written
            } else if errno != EINTR {
                isClosed = true
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Text from somewhere else, as a terminal may see it: control characters are shown, never sent.
    static func printable(_ text: String, limit: Int = 2000) -> String {
        var line = CellGrid(
            width: min(limit, max(1, CellGrid.columns(of: text, ascii: false, limit: limit))), height: 1)
        line.put(text, x: 0, y: 0)
        return line.text
    }
}
