import Synchronization
import TaskTree

@main
struct Example {
    static func main() async throws {
        try await withTaskTree("shop") { shop in
            // Held by the shop: closed after its children ended, exactly once, whatever happens.
            let ledger = try await shop.acquire("ledger", kind: "file") {
                Ledger()
            } release: { ledger, _ in
                ledger.close()
            }
            let workers = try shop.spawn("workers", policy: .isolate, grace: .seconds(5)) { workers in
                for number in 1...3 {
                    try workers.spawn("worker-\(number)") { worker in
                        while true {
                            // Wakes at once when it is cancelled, and throws.
                            try await worker.sleep(for: .milliseconds(10))
                            ledger.add(number)
                        }
                    }
                }
            }
            // One operation with a deadline; what it acquired is released before it throws.
            try await shop.deadline(.seconds(5), "first entries") { task in
                while ledger.entries < 9 { try await task.sleep(for: .milliseconds(10)) }
            }
            // Down the tree, never up: the shop goes on.
            workers.cancel("enough for today")
            await workers.join()
            print("the workers are over")
        }
    }
}

/// Stands for a file.
final class Ledger: Sendable {
    private let numbers = Mutex<[Int]>([])

    var entries: Int { numbers.withLock { $0.count } }
    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    func close() { print("ledger closed after at least 9 entries:", entries >= 9) }
}
