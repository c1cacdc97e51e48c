import Synchronization

/// The shop's files: what was promised is in the write-ahead file before the client hears of it, what became of it in
/// the log.
final class OrderStore: Sendable {
    let ledger: OrderLedger
    let log: AppendFile
    private let intents: AppendFile
    /// Orders that ended since the last checkpoint. Also keeps two checkpoints apart.
    private let ended = Mutex(0)
    private static let checkpointEvery = 32

    init(_ ledger: OrderLedger, log: AppendFile, intents: AppendFile) {
        self.ledger = ledger
        self.log = log
        self.intents = intents
    }

    /// Takes orders and has the disk remember them. Blocks.
    func take(_ count: Int) throws -> [Int] {
        let numbers = ledger.take(count)
        do {
            try intents.append(numbers.map { "take \($0)" }.joined(separator: "\n"))
            try intents.sync()
        } catch {
            for number in numbers { ledger.set(number, .rejected("disk full")) }
            throw error
        }
        return numbers
    }

    /// Notes the end of an order. Now and then the log is synced, and the write-ahead file begins anew.
    func end(_ number: Int, _ state: OrderState) throws {
        ledger.set(number, state)
        try log.append("\(number) \(state.text)")
        try ended.withLock { ended in
            ended += 1
            guard ended == Self.checkpointEvery else { return }
            ended = 0
            try log.sync()
            try intents.rewrite(ledger.open.map { "take \($0)" })
        }
    }
}
