import EventBus
import Recording
import TreeModel

/// Writes a session in some format. The bytes so far are taken away now and then, so that what is kept does not grow
/// with the session where the format allows that.
public protocol SessionWriter {
    /// Begins with what describes the session.
    mutating func begin(_ session: SessionInfo)
    /// Takes in the next event.
    mutating func write(_ event: TreeEvent)
    /// There are no more events.
    /// - Throws: when there is nothing to write of what was asked for.
    mutating func end() throws(ExportError)
    /// Gives away the bytes so far and begins anew with none.
    mutating func take() -> [UInt8]
}

/// Why a session cannot be written as asked.
public struct ExportError: Error, Hashable {
    /// What is wrong, and what to do.
    public let message: String
}

/// The events themselves.
struct LinesWriter: SessionWriter {
    private var lines = JSONLinesWriter()

    mutating func begin(_ session: SessionInfo) { lines.begin(session) }
    mutating func write(_ event: TreeEvent) { lines.write(event) }
    mutating func end() {}
    mutating func take() -> [UInt8] { lines.take() }
}
