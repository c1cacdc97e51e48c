import EventBus
import TreeModel

/// Writes a session as JSON Lines: a line that describes it, then one line an event, keys in the order of the event
/// table. A program in any language can print such lines, and every tool here reads them.
public struct JSONLinesWriter: Sendable {
    /// The version of the lines.
    static let version = 1

    private var json = JSONFieldWriter()

    public init() {}

    /// The lines so far, each with its newline, as UTF-8.
    public var bytes: [UInt8] { json.out }

    /// Adds the first line.
    public mutating func begin(_ session: SessionInfo) {
        json.object { json in
            json.key("treetop")
            json.number(Self.version)
            json.members(of: session)
        }
        json.raw("\n")
    }

    /// Adds the line of an event.
    public mutating func write(_ event: TreeEvent) {
        json.raw("{\"seq\":")
        json.number(event.seq)
        json.key("t")
        json.number(event.t)
        json.key("event")
        json.string(event.change.kind.name)
        event.change.visit(&json)
        json.raw("}\n")
    }

    /// Gives away the lines so far and begins anew with none.
    public mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &json.out)
        return bytes
    }

    /// The line of one event, without a newline.
    public func line(_ event: TreeEvent) -> String {
        var writer = JSONLinesWriter()
        writer.write(event)
        return String(decoding: writer.bytes.dropLast(), as: UTF8.self)
    }

    /// The first line of a session, without a newline.
    public func header(_ session: SessionInfo) -> String {
        var writer = JSONLinesWriter()
        writer.begin(session)
        return String(decoding: writer.bytes.dropLast(), as: UTF8.self)
    }
}

extension JSONFieldWriter {
    /// What describes a session.
    mutating func members(of session: SessionInfo) {
        member("session", session.session)
        member("started", WallClock.text(session.startedUnixNanoseconds))
        member("name", session.name)
        member("pid", session.pid)
    }
}
