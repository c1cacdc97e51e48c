import Glibc
import TaskTree

/// The task `auditor`: a process that reads along in the log, and meanwhile holds the lock of one order.
struct Auditor {
    let shop: OrderShop
    let auditor: TaskScope
    /// Open when it holds the lock, or never will.
    let holds: Latch<Void>

    init(_ shop: OrderShop, _ auditor: TaskScope, _ holds: Latch<Void>) {
        self.shop = shop
        self.auditor = auditor
        self.holds = holds
    }

    func run() async throws {
        defer { holds.open() }
        try await auditor.heedingCancel { try await audit() }
    }

    private func audit() async throws {
        let lock = "\(Incidents.auditedOrder).lock"
        let reads = Latch<Void>()
        // It runs in the place of flock, so that there is one process, which ends with ours at the latest.
        let process = try await shop.processes.own(auditor) {
            try ChildProcess(
                "flock",
                [
                    "--no-fork", shop.directory.file(lock), "tail", "-n", "+1", "-F", "--pid=\(getpid())",
                    shop.store.log.path,
                ], onOutput: { _ in reads.open() })
        }
        auditor.progress("flock \(lock) tail -F orders.log, pid \(process.pid)")
        auditor.onDrain("audit until no order is in work") {
            try? await shop.serveUntilWorkersAreDone()
            await process.terminate()
        }
        // The first line that it reads shows that it has the lock.
        try await auditor.waits(for: "lock", lock) {
            try await reads.wait()
        }
        try await auditor.adopt(lock, kind: "lock", process) { await $0.terminate() }
        holds.open()
        let ending = try await process.ended.wait()
        if !auditor.isDraining { throw StepFailed(description: "flock ended by itself: \(ending)") }
    }
}
