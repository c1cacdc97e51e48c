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
        Self.removeWhenInterrupted(draft)
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

    /// Removes the file when a signal ends the program before it is whole.
    private static func removeWhenInterrupted(_ path: String) {
        interrupted = strdup(path)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = NewSession.interrupted { unlink(path) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    /// Written before the handlers are set, and never after.
    nonisolated(unsafe) private static var interrupted: UnsafeMutablePointer<CChar>?
}
