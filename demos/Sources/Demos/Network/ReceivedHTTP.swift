import NIOCore
import NIOHTTP1

/// An answer as a client of the shop gets it; `100 Continue` is one without a body.
struct ReceivedHTTP: Sendable {
    var status: Int
    var body: String

    /// The handlers that come before the assembler.
    static func configure(_ channel: any Channel) throws {
        let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward)
        try channel.pipeline.syncOperations.addHandlers(HTTPRequestEncoder(), ByteToMessageHandler(decoder))
    }
}

/// Makes whole answers of their parts.
struct ResponseAssembler: InboundAssembler {
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    var peer: String { "the shop" }
    var midway: String? { head == nil ? nil : "mid-answer" }

    mutating func take(_ part: HTTPClientResponsePart) -> [ReceivedHTTP] {
        switch part {
        case .head(let head):
            if head.status == .continue { return [ReceivedHTTP(status: 100, body: "")] }
            self.head = head
            body = []
            return []
        case .body(let bytes):
            body += bytes.readableBytesView
            return []
        case .end:
            guard let head else { return [] }
            self.head = nil
            return [ReceivedHTTP(status: Int(head.status.code), body: String(decoding: body, as: UTF8.self))]
        }
    }
}

extension Conduit where Message == ReceivedHTTP {
    /// Sends a request; without a body, or with one of which only the beginning may be sent.
    func send(_ method: HTTPMethod, _ path: String, headers more: [(String, String)] = [], body: String? = nil)
        async throws
    {
        var headers = HTTPHeaders([("host", "127.0.0.1")] + more)
        if let body, !headers.contains(name: "content-length") {
            headers.add(name: "content-length", value: String(body.utf8.count))
        }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        let isWhole = more.isEmpty
        try await writing { channel in
            let begun = channel.write(HTTPClientRequestPart.head(head))
            if let body {
                channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
            }
            guard isWhole else {
                channel.flush()
                return begun
            }
            return channel.writeAndFlush(HTTPClientRequestPart.end(nil))
        }
    }

    /// Sends a part of a body that was announced.
    func sendPart(of body: String) async throws {
        try await writing { $0.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body)))) }
    }
}
