import Synchronization
import TaskTree

/// What the parts of the shop share.
final class OrderShop: Sendable {
    let root: TaskScope
    let settings: DemoSettings
    let store: OrderStore
    let directory: TemporaryDirectory
    let processes: ProcessTable
    let seed: UInt64

    /// The ports, once something listens there.
    let shopUp = Latch<Int>()
    let bankUp = Latch<Int>()
    /// Open when the shop closes and no order is in work any more.
    let workersDone = Latch<Void>()
    private let queue = Mutex<OrderQueue?>(nil)
    /// Orders that were taken by workers that are gone.
    private let leftOver = Mutex<[Int]>([])
    private let auditor = Mutex<Latch<Void>?>(nil)

    init(
        _ root: TaskScope, _ settings: DemoSettings, _ store: OrderStore, _ directory: TemporaryDirectory,
        _ processes: ProcessTable
    ) {
        self.root = root
        self.settings = settings
        self.store = store
        self.directory = directory
        self.processes = processes
        seed = settings.seed ?? 1042
    }

    var ledger: OrderLedger { store.ledger }

    // MARK: Workers

    var hasWorkers: Bool { queue.withLock { $0 != nil } }
    /// Where orders wait; nil while there are no workers.
    var openQueue: OrderQueue? { queue.withLock { $0 } }

    /// Opens the queue of new workers, with what earlier ones have left.
    func makeQueue() -> OrderQueue {
        let opened = OrderQueue(
            leftOver.withLock { numbers in
                defer { numbers = [] }
                return numbers.sorted()
            })
        queue.withLock { $0 = opened }
        return opened
    }

    /// The workers are gone; what waits is for the next ones.
    func endQueue(_ ended: OrderQueue) {
        queue.withLock { queue in
            if queue === ended { queue = nil }
        }
        for number in ended.end() { keep(number) }
        if root.isDraining { workersDone.open() }
    }

    /// Keeps an order for the next workers.
    func keep(_ number: Int) { leftOver.withLock { $0.append(number) } }

    /// For those who serve the workers: returns when the shop closes and no order is in work; at once if only the
    /// caller was told to drain.
    func serveUntilWorkersAreDone() async throws {
        if root.isDraining { try await workersDone.wait() }
    }

    // MARK: The auditor

    /// Has the auditor start, before the order that it looks at is begun, and returns when it holds that order's lock
    /// or cannot.
    func audit(before number: Int) async {
        guard number == Incidents.auditedOrder else { return }
        let holds = Latch<Void>()
        let isFirst = auditor.withLock { auditor in
            guard auditor == nil else { return false }
            auditor = holds
            return true
        }
        guard isFirst else { return }
        do {
            try root.spawn("auditor", restartable: true) { try await Auditor(self, $0, holds).run() }
            try await holds.wait()
        } catch {}  // without an auditor, the order goes through
    }
}

/// What goes wrong, and when: by the numbers of orders and requests, so that it comes the same way every time.
enum Incidents {
    /// The bank says nothing to this one.
    static let silentOrder = 1016
    /// The auditor holds the lock of this one.
    static let auditedOrder = 1017
    /// With this request a client hangs up in the middle of its body.
    static let brokenRequest = 150
    /// One request in so many is an order.
    static let orderEvery = 20
}
