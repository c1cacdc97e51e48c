import Glibc

/// A client that knows nothing of the shop: a socket, and text as curl would send it.
enum PlainClient {
    /// Sends a request and answers what came back. Blocks, so it runs on a thread of its own.
    static func send(_ request: String, to port: UInt16) async -> String {
        await withCheckedContinuation { continuation in
            let start = Unmanaged.passRetained(Exchange(request, port) { continuation.resume(returning: $0) })
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { pointer in
                    let exchange = Unmanaged<Exchange>.fromOpaque(pointer!).takeRetainedValue()
                    exchange.done(exchange.run())
                    return nil
                }, start.toOpaque())
            pthread_detach(thread)
        }
    }

    /// The status of `curl -d BODY 127.0.0.1:PORT/orders`.
    static func post(_ body: String, to port: UInt16) async -> String {
        await send(
            "POST /orders HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)",
            to: port)
    }

    static func get(_ path: String, from port: UInt16) async -> String {
        await send("GET \(path) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", to: port)
    }

    private final class Exchange {
        let request: String
        let port: UInt16
        let done: (String) -> Void
        init(_ request: String, _ port: UInt16, _ done: @escaping (String) -> Void) {
            (self.request, self.port, self.done) = (request, port, done)
        }

        func run() -> String {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(socket) }
            guard withLoopback(port, { connect(socket, $0, $1) }) == 0 else { return "refused" }
            let bytes = Array(request.utf8)
            guard Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return "lost" }
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(socket, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
            return String(decoding: answer, as: UTF8.self)
        }
    }
}

/// A port that something else listens on.
final class TakenPort {
    private let socket: Int32
    let port: Int

    init() {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        _ = withLoopback(0) { bind(socket, $0, $1) }
        listen(socket, 1)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        self.socket = socket
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}

private func withLoopback<R>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
