import Glibc
import NIOCore
import NIOPosix

/// One connection: the messages that come in, and the channel to write to. Its owner closes it.
final class Conduit<Message: Sendable>: Sendable {
    let channel: any Channel
    /// One reader at a time. Ends when the other side closes, or when the reader's Swift task is cancelled.
    let messages: AsyncThrowingStream<Message, any Error>
    /// The other side, as `127.0.0.1:54321`.
    let peer: String

    private init(_ channel: any Channel, _ messages: AsyncThrowingStream<Message, any Error>) {
        self.channel = channel
        self.messages = messages
        peer = channel.remoteAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? "unknown"
    }

    /// Adds the handler that feeds the messages; on the channel's event loop.
    static func attach<A: InboundAssembler>(to channel: any Channel, _ assembler: A) throws -> Conduit
    where A.Message == Message {
        let (messages, continuation) = AsyncThrowingStream<Message, any Error>.makeStream()
        try channel.pipeline.syncOperations.addHandler(AssemblingHandler(assembler, continuation))
        return Conduit(channel, messages)
    }

    /// Connects to a port of this machine.
    static func connect<A: InboundAssembler>(
        port: Int, configure: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        assembler: @escaping @Sendable () -> A
    ) async throws -> Conduit where A.Message == Message {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(1))
        do {
            let conduit: Conduit = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try configure(channel)
                    return try attach(to: channel, assembler())
                }
            }
            closeOnExec(conduit.channel)
            return conduit
        } catch let error as NIOConnectionError {
            let cause = error.connectionErrors.first?.error as? IOError
            let reason = cause.map { systemMessage($0.errnoCode) } ?? "no answer"
            throw ConnectionLost(description: "cannot connect to 127.0.0.1:\(port): \(reason)")
        }
    }

    /// Takes the message that is under way, and no other.
    func stopReading() {
        channel.pipeline.fireUserInboundEventTriggered(StopReading())
    }

    /// Writes on the event loop, and returns when that has gone out. The other side may never read it: when the caller's
    /// Swift task is cancelled, the connection is closed.
    func writing(_ write: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>) async throws {
        try await withTaskCancellationHandler {
            try await channel.eventLoop.flatSubmit { [channel] in write(channel) }.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    func send(_ text: String) async throws {
        try await writing { $0.writeAndFlush(ByteBuffer(string: text)) }
    }

    /// Closes it; nothing if it is closed.
    func close() async { try? await channel.close() }

    /// Closes it so that the other side sees a reset, not an end.
    func reset() async {
        let atOnce = linger(l_onoff: 1, l_linger: 0)
        try? await (channel as? any SocketOptionProvider)?.setSoLinger(atOnce).get()
        await close()
    }
}
