import Canvas
import Glibc

/// Why a terminal cannot be used.
public struct TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of reason.
    public enum Code: Sendable, Equatable {
        /// There is no terminal: neither standard input and output nor a controlling one.
        case noTerminal
        /// `TERM` is empty or missing.
        case typeNotSet
        /// `TERM` names a terminal that the system does not know.
        case typeUnknown
        /// The terminal cannot place its cursor, so that no screen can be drawn.
        case typeTooSimple
        /// Another screen in this process has the terminal.
        case taken
        /// A system call failed.
        case system(Int32)
    }

    /// The kind of reason.
    public let code: Code
    /// One line that says what is wrong and what to do about it.
    public let message: String

    /// The message.
    public var description: String { message }

    static let noTerminal = TerminalError(
        code: .noTerminal, message: "there is no terminal here: start it in one, or use --headless")

    static let typeNotSet = TerminalError(
        code: .typeNotSet,
        message: "TERM is not set: set it to your terminal's type (mostly: export TERM=xterm-256color), "
            + "or use --headless")

    static func typeUnknown(_ type: String) -> TerminalError {
        TerminalError(
            code: .typeUnknown,
            message: "TERM is \"\(shown(type))\", which this system does not know: try TERM=xterm-256color, "
                + "install ncurses-term, or use --headless")
    }

    static func typeTooSimple(_ type: String) -> TerminalError {
        TerminalError(
            code: .typeTooSimple,
            message: "TERM is \"\(shown(type))\", which cannot place a cursor: set TERM to your terminal's real type, "
                + "or use --headless")
    }

    static let taken = TerminalError(
        code: .taken, message: "the terminal is taken by another screen of this program: give that one back first")

    static func system(_ number: Int32, _ what: String) -> TerminalError {
        TerminalError(
            code: .system(number),
            message: "the terminal cannot be used (\(what): \(String(cString: strerror(number)))): try another one, "
                + "or use --headless")
    }

    /// The name of a type comes from the environment: it is shown as a canvas would.
    private static func shown(_ type: String) -> String {
        var line = CellGrid(width: 40, height: 1)
        line.put(type, x: 0, y: 0)
        return line.text
    }
}
