import Glibc
import TaskTree

/// Something that a scenario needs is not there: a port, a program, a folder. A command line ends with `exitCode`.
public struct DemoError: Error, Hashable, CustomStringConvertible {
    public enum Code: Hashable, Sendable { case portTaken, portRefused, programMissing, fileSystem }

    public let code: Code
    /// What is missing, and what to do about it.
    public let message: String
    /// `EX_UNAVAILABLE` of sysexits(3).
    public var exitCode: Int32 { 69 }
    public var description: String { message }
}

extension DemoError {
    /// What the system said about a file.
    static func file(_ action: String, _ path: String, _ number: Int32 = errno) -> DemoError {
        DemoError(code: .fileSystem, message: "cannot \(action) \(path): \(systemMessage(number))")
    }

    /// Runs a scenario's tree; what it lacks is thrown as it is, not as the failure of the task that noticed.
    static func unwrapped<T>(_ run: () async throws -> T) async throws -> T {
        do {
            return try await run()
        } catch let failure as TaskFailure {
            if let lack = failure.error as? DemoError { throw lack }
            throw failure
        }
    }
}

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String { String(cString: strerror(number)) }
