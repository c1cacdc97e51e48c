import Glibc
import TaskTree

/// A task `order-N`: lock, receipt, charge, pack. What it holds it gives back in reverse.
struct OrderJob {
    let shop: OrderShop
    let order: TaskScope
    let number: Int

    /// An order that cannot be carried out; the shop goes on.
    struct Rejected: Error {
        let reason: String
    }

    func run() async throws {
        shop.ledger.set(number, .inWork)
        let path = shop.directory.file("\(number).lock")
        let isLocked = try await lockAtOnce(path)
        let receipt = try await openReceipt()
        do {
            if !isLocked { try await step("lock") { try await lockInTheEnd(path) } }
            try await step("charge") { try await charge() }
            let size = try await step("pack") { try await pack(receipt) }
            try shop.store.end(number, .shipped)
            order.progress("shipped, receipt of \(size) bytes")
        } catch let rejected as Rejected {
            try shop.store.end(number, .rejected(rejected.reason))
            order.progress("rejected: \(rejected.reason)")
            order.log("rejected: \(rejected.reason)", level: "warning")
        }
    }

    /// Runs a step. Whatever ends it, but for the cancel of the order, rejects the order.
    private func step<T>(_ name: String, _ run: () async throws -> T) async throws -> T {
        do {
            return try await run()
        } catch {
            if error is TaskAbandoned { shop.ledger.set(number, .abandoned) }
            try order.checkCancelled()
            switch error {
            case is DeadlineExceeded: throw Rejected(reason: name == "charge" ? "bank silent" : "\(name) too slow")
            case is TaskCancelled: throw Rejected(reason: "\(name) cancelled")
            case is TaskAbandoned: throw Rejected(reason: "\(name) abandoned")
            case let failure as StepFailed: throw Rejected(reason: failure.description)
            default: throw Rejected(reason: name == "charge" ? "bank unreachable" : "\(name) failed")
            }
        }
    }

    // MARK: Lock and receipt

    /// The order's lock, if nobody has it; then it is held beneath all else.
    private func lockAtOnce(_ path: String) async throws -> Bool {
        guard let lock = try FileLock.attempt(path) else { return false }
        try await adopt(lock)
        return true
    }

    /// Waits for the lock in a blocking flock(2), on a thread of its own, with no deadline. When the step is cancelled the
    /// call goes on; a lock that comes then is given back at once.
    private func lockInTheEnd(_ path: String) async throws {
        try await order.call("lock", kind: "step") { [order, number] step in
            let held = try await step.waits(for: "lock", "\(number).lock") {
                try await step.hold("\(number).lock", kind: "lock") {
                    try await step.blocking("flock") { try FileLock.wait(path) }
                } release: { lock, _ in
                    lock.release(removing: false)
                }
            }
            // The order takes it over; the step's own hold ends with the step.
            try await OrderJob(shop: shop, order: order, number: number).adopt(held.value.shared())
        }
    }

    private func adopt(_ lock: FileLock) async throws {
        try await order.adopt("\(number).lock", kind: "lock", lock) { $0.release(removing: true) }
    }

    private func openReceipt() async throws -> String {
        let name = "\(number).receipt.tmp"
        let path = shop.directory.file(name)
        let file = try await order.adopt(name, kind: "file", try AppendFile(path)) { file in
            file.close()
            unlink(file.path)
        }.value
        for line in 1...40 { try file.append("order \(number)  item \(line)  1 piece  \(line * 7 % 90 + 10).00") }
        return path
    }

    // MARK: Charge and pack

    private func charge() async throws {
        try await order.call("charge", kind: "step", deadline: Bank.patience) { [number] charge in
            try await charge.heedingCancel {
                let port = try await bankPort(charge)
                let bank = try await charge.hold("bank:\(port)", kind: "socket") {
                    try await Conduit<String>.connect(port: port) { LineAssembler() }
                } release: { bank, _ in
                    await bank.close()
                }.value
                try await bank.send("charge \(number)\n")
                charge.progress("bank has not answered")
                let answer = try await charge.waits(for: "bank", "answer", deadline: Bank.patience) {
                    var answers = bank.messages.makeAsyncIterator()
                    return try await answers.next()
                }
                try charge.checkCancelled()
                guard let answer else { throw StepFailed(description: "bank hung up") }
                guard answer == "paid \(number)" else { throw StepFailed(description: "bank says \(answer)") }
            }
        }
    }

    /// Where the bank listens; it may have been cancelled before it did.
    private func bankPort(_ charge: TaskScope) async throws -> Int {
        if shop.bankUp.isOpen { return try await shop.bankUp.wait() }
        return try await charge.waits(for: "bank", "bank is not open") { try await shop.bankUp.wait() }
    }

    /// Compresses the receipt as its pages are printed, and answers the size.
    private func pack(_ receipt: String) async throws -> Int {
        try await order.call("pack", kind: "step") { [shop, number] pack in
            try await pack.heedingCancel {
                let packed = shop.directory.file("\(number).receipt.gz")
                defer { unlink(packed) }
                let gzip = try await shop.processes.own(pack) {
                    try ChildProcess("gzip", ["-c"], feeding: true, outputPath: packed)
                }
                pack.progress("gzip, pid \(gzip.pid)")
                let file = try Descriptor.open(receipt, O_RDONLY)
                defer { file.close() }
                while case let page = try file.read(upTo: 256, path: receipt), !page.isEmpty {
                    try gzip.feed(String(decoding: page, as: UTF8.self))
                    try await pack.sleep(for: SeededRandom.delay(20...60, seed: shop.seed, for: number))
                }
                gzip.closeInput()
                let ending = try await pack.waits(for: "process", "gzip \(gzip.pid)") {
                    try await gzip.ended.wait()
                }
                guard ending == .exit(0) else { throw StepFailed(description: "gzip ended with \(ending)") }
                let file2 = try Descriptor.open(packed, O_RDONLY)
                defer { file2.close() }
                return try file2.read(upTo: 1 << 16, path: packed).count
            }
        }
    }
}

/// A step that did not do what it should.
struct StepFailed: Error, Hashable, CustomStringConvertible {
    let description: String
}
