import NIOCore

/// Makes whole messages of the parts that a connection brings. No I/O: one part in, messages out.
protocol InboundAssembler {
    /// What the handlers before it pass on.
    associatedtype Part
    associatedtype Message: Sendable

    /// Takes a part.
    mutating func take(_ part: Part) throws -> [Message]
    /// Who is on the other side, for the errors.
    var peer: String { get }
    /// Where it is in a message (`mid-body`), or nil between two.
    var midway: String? { get }
}

/// The other side let go in the middle of a message.
struct ConnectionLost: Error, Hashable, CustomStringConvertible {
    let description: String
}

/// Lines of text.
struct LineAssembler: InboundAssembler {
    private var pending: [UInt8] = []
    private static let longest = 4096

    mutating func take(_ part: ByteBuffer) throws -> [String] {
        var lines: [String] = []
        for byte in part.readableBytesView {
            if byte == UInt8(ascii: "\n") {
                lines.append(String(decoding: pending, as: UTF8.self))
                pending.removeAll(keepingCapacity: true)
            } else {
                pending.append(byte)
            }
        }
        guard pending.count <= Self.longest else {
            throw ConnectionLost(description: "a line of more than \(Self.longest) bytes")
        }
        return lines
    }

    var peer: String { "the other side" }
    var midway: String? { pending.isEmpty ? nil : "mid-line" }
}
