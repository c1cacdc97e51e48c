import Glibc

/// The file of a session that a command makes: it is there when it is whole, and not before. (Text goes to a `Destination`.)
enum OutputFile {
    /// Where a file is made before it gets its name, in the same directory.
    static func draft(of path: String) -> String { "\(path).\(getpid()).part" }

    static func move(_ draft: String, to path: String) throws {
        // A link stays, and leads to the new file.
        let final = realpath(path, nil)
        defer { free(final) }
        if rename(draft, final.map { String(cString: $0) } ?? path) != 0 { throw problem(path) }
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

    private static func problem(_ path: String) -> Problem {
        Problem(.unreadable, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
