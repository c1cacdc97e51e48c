import NIOCore
import NIOHTTP1

/// What a client of the shop sends, as far as the shop cares.
enum ServedHTTP: Sendable {
    case request(method: HTTPMethod, path: String, body: String, keepsAlive: Bool)
    /// It asks whether it may send its body.
    case mayISend
    /// Its body is longer than is allowed; the rest of it is not read.
    case tooLarge

    /// The handlers that come before the assembler.
    static func configure(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: true, withErrorHandling: true)
    }
}

/// Makes whole requests of their parts, up to a limit.
struct RequestAssembler: InboundAssembler {
    static let limit = 64 << 10

    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isTooLarge = false

    var peer: String { "client" }
    var midway: String? { head == nil ? nil : "mid-body" }

    mutating func take(_ part: HTTPServerRequestPart) -> [ServedHTTP] {
        switch part {
        case .head(let head):
            self.head = head
            body = []
            let announced = head.headers.first(name: "content-length").flatMap(Int.init) ?? 0
            isTooLarge = announced > Self.limit
            if isTooLarge { return [.tooLarge] }
            return head.headers.first(name: "expect")?.lowercased() == "100-continue" ? [.mayISend] : []
        case .body(let bytes):
            guard !isTooLarge else { return [] }
            body += bytes.readableBytesView
            isTooLarge = body.count > Self.limit
            return isTooLarge ? [.tooLarge] : []
        case .end:
            guard let head else { return [] }
            self.head = nil
            if isTooLarge { return [] }
            let text = String(decoding: body, as: UTF8.self)
            return [.request(method: head.method, path: head.uri, body: text, keepsAlive: head.isKeepAlive)]
        }
    }
}

/// An answer of the shop.
struct Reply: Sendable, Equatable {
    var status: HTTPResponseStatus
    var body: String

    /// A JSON object on a line of its own.
    static func json(_ status: HTTPResponseStatus, _ fields: String) -> Reply {
        Reply(status: status, body: "{\(fields)}\n")
    }
    static func error(_ status: HTTPResponseStatus, _ message: String) -> Reply {
        json(status, "\"error\":\"\(message)\"")
    }
}

extension Conduit where Message == ServedHTTP {
    func send(_ reply: Reply, closing: Bool) async throws {
        var headers = HTTPHeaders([
            ("content-type", "application/json"), ("content-length", String(reply.body.utf8.count)),
        ])
        if closing { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: reply.status, headers: headers)
        try await writing { channel in
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: reply.body))), promise: nil)
            return channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        }
    }

    /// Lets the client send its body.
    func sendContinue() async throws {
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        try await writing { $0.writeAndFlush(HTTPServerResponsePart.head(head)) }
    }
}
