import TaskTree

/// The task `workers`: holds the queue, and has five workers take orders from it.
struct Workshop {
    let shop: OrderShop
    let workers: TaskScope
    static let crew = 5

    init(_ shop: OrderShop, _ workers: TaskScope) {
        self.shop = shop
        self.workers = workers
    }

    func run() async throws {
        try await workers.heedingCancel {
            let queue = try await workers.adopt("orders", kind: "queue", shop.makeQueue()) { shop.endQueue($0) }.value
            workers.onDrain("take no more orders") { queue.close() }
            workers.onCancel { _ in queue.close() }
            note(queue)
            var crew: [ChildTask<Void>] = []
            for number in 1...Self.crew {
                crew.append(
                    try workers.spawn("worker-\(number)", kind: "worker", restartable: true) { worker in
                        try await worker.heedingCancel { try await work(worker, queue) }
                    })
            }
            // When none is left, nobody is there to take orders for.
            for worker in crew { await worker.join() }
        }
    }

    private func work(_ worker: TaskScope, _ queue: OrderQueue) async throws {
        while let number = await worker.waits(for: "idle", operation: { await queue.next() }) {
            note(queue)
            do {
                try await worker.call("order-\(number)", kind: "order") { order in
                    try await order.heedingCancel { try await OrderJob(shop: shop, order: order, number: number).run() }
                }
            } catch is ScopeClosed {
                shop.keep(number)
            } catch {
                // Not rejected, but ended from outside, or by what was not foreseen. An abandoned one was noted as that.
                shop.ledger.set(number, error is TaskCancelled ? .cancelled : .rejected("\(error)"))
                try worker.checkCancelled()
                worker.log("order-\(number): \(error)", level: "warning")
            }
        }
    }

    private func note(_ queue: OrderQueue) {
        workers.progress("queue \(queue.depth) of \(OrderQueue.limit)")
    }
}
