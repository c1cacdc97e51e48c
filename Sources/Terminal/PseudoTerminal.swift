import CTerminal
import Glibc

/// A terminal without a window, for tests: what a program writes to it can be read, and keys can be typed.
public final class PseudoTerminal {
    /// What the program reads and writes.
    public let inner: Int32
    /// The path of the program's side.
    public let path: String

    private var outer: Int32

    /// A pseudo-terminal of a size.
    public init(width: Int = 80, height: Int = 24) throws(TerminalError) {
        var (outer, inner): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        let status = ct_open_pseudo_terminal(&outer, &inner, &name, name.count)
        guard status == 0 else { throw .system(status, "posix_openpt") }
        self.outer = outer
        self.inner = inner
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try resize(width: width, height: height)
    }

    deinit {
        hangUp()
        close(inner)
    }

    /// Takes the terminal away from the program, as when its window is closed.
    public func hangUp() {
        guard outer >= 0 else { return }
        close(outer)
        outer = -1
    }

    /// Gives it another size. A program that it controls gets SIGWINCH.
    public func resize(width: Int, height: Int) throws(TerminalError) {
        let status = ct_set_window_size(outer, Int32(width), Int32(height))
        guard status == 0 else { throw .system(status, "TIOCSWINSZ") }
    }

    /// Types text.
    public func type(_ text: String) { type(Array(text.utf8)) }

    /// Types bytes.
    public func type(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(outer, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// What the program wrote: waits up to `milliseconds` for the first byte, then takes all there is.
    public func read(milliseconds: Int = 0) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        var waited = pollfd(fd: outer, events: Int16(POLLIN), revents: 0)
        while poll(&waited, 1, bytes.isEmpty ? Int32(milliseconds) : 0) > 0, waited.revents & Int16(POLLIN) != 0 {
            let count = Glibc.read(outer, &part, part.count)
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        return bytes
    }

    /// All that the program wrote since the last look. What was written travels a while, so a mark is sent after it and
    /// waited for: nothing on the way is missed, and nothing at all is a sure answer too.
    public func output() -> [UInt8] {
        var mark = Array("\u{1}end of output\u{2}".utf8)
        guard write(inner, &mark, mark.count) == mark.count else { return read() }
        var bytes: [UInt8] = []
        while true {
            let more = read(milliseconds: 10_000)
            if more.isEmpty { return bytes }
            bytes += more
            if bytes.count >= mark.count, bytes.suffix(mark.count).elementsEqual(mark) {
                return bytes.dropLast(mark.count)
            }
        }
    }

    /// The terminal's modes: input, output, control and local flags.
    public var modes: [UInt32] {
        var modes = termios()
        guard tcgetattr(inner, &modes) == 0 else { return [] }
        return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
    }
}
