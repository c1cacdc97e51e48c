import Glibc

/// A file that a command writes: it is there when it is whole, and not before.
enum OutputFile {
    /// Writes the file anew. What is no regular file, such as a pipe, is written to as it is.
    /// - Throws: `Problem` with what the system says.
    static func write(_ text: String, to path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else {
            let draft = draft(of: path)
            do {
                try put(text, draft, O_CREAT | O_EXCL, says: path)
                try move(draft, to: path)
            } catch {
                unlink(draft)
                throw error
            }
            return
        }
        try put(text, path, 0, says: path)
    }

    /// Where a file is made before it gets its name, in the same directory.
    static func draft(of path: String) -> String { "\(path).\(getpid()).part" }

    static func move(_ draft: String, to path: String) throws {
        if rename(draft, path) != 0 { throw problem(path) }
    }

    /// Removes the file when a signal ends the program before it is whole.
    static func removeWhenInterrupted(_ path: String) {
        interrupted = strdup(path)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = OutputFile.interrupted { unlink(path) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    /// Written before the handlers are set, and never after.
    nonisolated(unsafe) private static var interrupted: UnsafeMutablePointer<CChar>?

    private static func put(_ text: String, _ path: String, _ flags: Int32, says name: String) throws {
        let file = open(path, O_WRONLY | O_CLOEXEC | flags, 0o666)
        guard file >= 0 else { throw problem(name) }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { throw problem(name) }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private static func problem(_ path: String) -> Problem {
        Problem(.unreadable, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
