import NIOCore

/// The last handler of a connection: gives its messages to whoever reads the stream.
final class AssemblingHandler<Assembler: InboundAssembler>: ChannelInboundHandler {
    typealias InboundIn = Assembler.Part

    private var assembler: Assembler
    private let messages: AsyncThrowingStream<Assembler.Message, any Error>.Continuation
    /// Whether the stream ends with the message that is under way.
    private var isStopping = false

    init(_ assembler: Assembler, _ messages: AsyncThrowingStream<Assembler.Message, any Error>.Continuation) {
        self.assembler = assembler
        self.messages = messages
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            for message in try assembler.take(unwrapInboundIn(data)) { messages.yield(message) }
            if isStopping, assembler.midway == nil { messages.finish() }
        } catch {
            messages.finish(throwing: error)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end("reset it")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end("closed it")
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is StopReading else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        if assembler.midway == nil { messages.finish() }
    }

    private func end(_ how: String) {
        if let midway = assembler.midway {
            messages.finish(throwing: ConnectionLost(description: "\(assembler.peer) \(how) \(midway)"))
        } else {
            messages.finish()
        }
    }
}

/// Sent down a pipeline: the message under way is the last one wanted.
struct StopReading: Sendable {}
