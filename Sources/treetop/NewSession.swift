import ArgumentParser
import Glibc
import Recording

/// Where a command writes a session file, which gets its name when it is whole.
struct NewSession: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The session file to make; it must not exist.", valueName: "file"))
    var output: String

    /// - Parameter body: writes the file under the name that it is given.
    func write<Result>(_ body: (String) throws(SessionError) -> Result) throws -> Result {
        let draft = "\(output).\(getpid()).part"
        Interrupted.remove(draft)
        do throws(SessionError) {
            let result = try body(draft)
            guard rename(draft, output) == 0 else {
                throw SessionError(.cannotCreate, "cannot write \(output): \(String(cString: strerror(errno)))")
            }
            return result
        } catch {
            unlink(draft)
            throw Problem(.unreadable, error.message.replacing(draft, with: output))
        }
    }

    /// - Throws: where there is something under that name already, before any work is done.
    func refuseExisting() throws {
        if access(output, F_OK) == 0 {
            throw Problem(.unreadable, "\(output) exists already: choose another name or remove it")
        }
    }
}

/// What is not whole yet, and goes when a signal ends the program.
enum Interrupted {
    /// Removes this file then, and what SQLite writes beside it. One at a time: the last one that is named.
    static func remove(_ path: String) {
        names = (strdup(path), strdup(path + "-journal"))
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = Interrupted.names.file { unlink(path) }
                if let path = Interrupted.names.journal { unlink(path) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    /// A command makes one file: it is written before the handlers are set, and never after.
    nonisolated(unsafe) private static var names:
        (file: UnsafeMutablePointer<CChar>?, journal: UnsafeMutablePointer<CChar>?)
}
