import TreeModel

extension EventReader {
    /// The events from here on, to the log's end, for `for await`. A convenience: it costs a suspension whenever the
    /// reader has caught up. Use the reader for nothing else meanwhile.
    public func events() -> EventStream { EventStream(reader: self) }
}

/// The events of a log, as they come.
public struct EventStream: AsyncSequence {
    fileprivate let reader: EventReader

    public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

    /// Reads the log in batches and suspends when there is nothing to read.
    public struct Iterator: AsyncIteratorProtocol {
        private static let batch = 256
        fileprivate let reader: EventReader
        private var pending: [TreeEvent] = []
        private var position = 0

        fileprivate init(reader: EventReader) { self.reader = reader }

        /// The next event; nil when the log has ended, or when the task that iterates is cancelled.
        public mutating func next() async -> TreeEvent? { await next(isolation: nil) }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> TreeEvent? {
            while position == pending.count {
                pending.removeAll(keepingCapacity: true)
                position = 0
                if reader.read(limit: Self.batch, { pending.append($0) }) > 0 { break }
                if reader.isAtEnd || Task.isCancelled { return nil }
                await ready(isolation: actor)
            }
            defer { position += 1 }
            return pending[position]
        }

        private func ready(isolation actor: isolated (any Actor)?) async {
            let once = OneResume()
            await withTaskCancellationHandler(
                operation: {
                    await withCheckedContinuation(isolation: actor) { continuation in
                        once.set(continuation)
                        reader.whenReady { once.resume() }
                    }
                }, onCancel: { once.resume() }, isolation: actor)
            reader.whenReady(nil)
        }
    }
}
