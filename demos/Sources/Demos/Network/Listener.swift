import Glibc
import NIOCore
import NIOPosix

/// A socket that listens on a port of this machine, and the connections that came in. Its owner closes it.
final class Listener<Message: Sendable>: Sendable {
    let port: Int
    /// Connections that nobody has taken yet. Ends when the listener is closed.
    let accepted: AsyncStream<Conduit<Message>>
    private let channel: any Channel
    private let continuation: AsyncStream<Conduit<Message>>.Continuation

    private init(
        _ channel: any Channel, _ accepted: AsyncStream<Conduit<Message>>,
        _ continuation: AsyncStream<Conduit<Message>>.Continuation
    ) {
        self.channel = channel
        self.accepted = accepted
        self.continuation = continuation
        port = channel.localAddress?.port ?? 0
    }

    /// Returns when it really listens.
    /// - Throws: `DemoError` that says what to do if the port is taken.
    static func bind<A: InboundAssembler>(
        port: Int, configure: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        assembler: @escaping @Sendable () -> A
    ) async throws -> Listener where A.Message == Message {
        let (accepted, continuation) = AsyncStream<Conduit<Message>>.makeStream()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    closeOnExec(channel)
                    try configure(channel)
                    let conduit = try Conduit<Message>.attach(to: channel, assembler())
                    if case .terminated = continuation.yield(conduit) { channel.close(promise: nil) }
                }
            }
        do {
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
            closeOnExec(channel)
            return Listener(channel, accepted, continuation)
        } catch let error as IOError {
            throw lack(of: port, error.errnoCode)
        }
    }

    private static func lack(of port: Int, _ number: Int32) -> DemoError {
        if number == EADDRINUSE {
            return DemoError(
                code: .portTaken,
                message: "port \(port) on 127.0.0.1 is taken: stop what listens there, or give another with --port")
        }
        let reason = systemMessage(number)
        return DemoError(
            code: .portRefused,
            message: "cannot listen on port \(port) of 127.0.0.1: \(reason); give another with --port")
    }

    /// Takes no more: `accepted` ends. It listens until it is closed.
    func stop() { continuation.finish() }

    /// Stops listening; connections that nobody took are closed.
    func close() async {
        try? await channel.close()
        continuation.finish()
        for await conduit in accepted { await conduit.close() }
    }
}
