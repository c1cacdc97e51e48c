import Glibc

/// Why a session cannot be read or recorded: one line that says what, where, and what to do about it.
public struct SessionError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// It is there and may not be read.
        case unreadable
        case directory
        case empty
        /// It is a session file, and ends inside its header.
        case cutOff
        case notASession
        /// It is damaged, and was to be read only if it is not.
        case damaged
        /// Its major version is newer than this program.
        case newerVersion
        /// A line of JSON Lines that is no event.
        case badLine
        /// A session file where lines are asked for.
        case notLines
        /// Sessions whose ids cannot be made distinct.
        case idsTooLarge
        /// The file to record to cannot be created.
        case cannotCreate
    }

    public var code: Code
    public var message: String
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The system's words for an error number.
    static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}
