import EventBus
import Synchronization
import TaskTree
import TaskTreeTesting
import TreeModel

/// The bodies of a random tree: they do whatever can be done in a scope.
struct RandomTree: Sendable {
    let engine: TreeEngine
    let ledger = Ledger()

    private struct Oops: Error {}

    func grow(_ scope: TaskScope, depth: Int = 0, _ random: SeededRandom) async throws {
        /// What can be lent, or named in an order.
        var held: [Resource] = []
        for step in 0..<random.below(6) {
            let name = "\(scope.name).\(step)"
            switch random.below(depth < 4 ? 18 : 12) {
            case 0, 1: held.append(try own(name, in: scope, some(of: held, random), random))
            case 2:
                let opened = try await open(name, in: scope, some(of: held, random), random)
                if random.chance(2) { try? await opened.release() } else { held.append(opened.resource) }
            case 3: try await lease(name, in: scope, random)
            case 4: handle(name, in: scope, random)
            case 5: if random.chance(2) { await scope.draining() }
            case 6:
                try await scope.waiting(on: WaitTarget(kind: "time", name: name)) {
                    try await scope.sleep(for: .milliseconds(random.below(20)))
                }
            case 7: disturb(scope, random)
            case 8:
                if random.chance(6) { throw Oops() }
                if random.chance(8) { await ledger.late.pass() }
            case 9: if random.chance(8) { engine.drain(scope.id, cause: Cause(.code)) }
            case 10, 11: await Task.yield()
            case 12, 13, 14: try spawn(name, in: scope, depth, lending: some(of: held, random) ?? [], random)
            case 15:
                let random = random.fork()
                _ = try? await scope.call(name, deadline: random.chance(2) ? .milliseconds(random.below(20)) : nil) {
                    try await grow($0, depth: depth + 1, random)
                }
            case 16:
                let group = try scope.scope(name, policy: policy(random), limit: limit(random), restarts: rules(random))
                _ = try own(name, in: group, nil, random)
                try spawn("\(name).in", in: group, depth, lending: some(of: held, random) ?? [], random)
                if random.chance(2) { await group.close() }
            default: try await control(name, in: scope, depth, random)
            }
        }
        if random.chance(3) { await scope.cancelled() }
    }

    // MARK: Children

    private func policy(_ random: SeededRandom) -> Policy { [.failFast, .isolate, .restart][random.below(3)] }
    private func limit(_ random: SeededRandom) -> Int? { random.chance(3) ? 1 + random.below(2) : nil }
    private func rules(_ random: SeededRandom) -> Restarts {
        Restarts(limit: random.below(3), within: .milliseconds(50), backoff: .milliseconds(random.below(5)))
    }

    private func spawn(
        _ name: String, in scope: TaskScope, _ depth: Int, lending: [Resource], _ random: SeededRandom
    ) throws {
        let random = random.fork()
        try scope.spawn(
            name, policy: policy(random), limit: limit(random), restarts: rules(random),
            deadline: random.chance(5) ? .milliseconds(random.below(30)) : nil, lending: lending
        ) { try await grow($0, depth: depth + 1, random) }
    }

    /// A controller that is stopped, or dropped.
    private func control(_ name: String, in scope: TaskScope, _ depth: Int, _ random: SeededRandom) async throws {
        let controller = try TaskController(name, under: scope, policy: policy(random), restarts: rules(random))
        for number in 0..<random.below(3) {
            try spawn("\(name).\(number)", in: controller.scope, depth, lending: [], random)
        }
        guard !random.chance(4) else { return }
        await controller.stop(
            within: .milliseconds(random.below(60)),
            draining: .milliseconds(random.chance(2) ? random.below(30) : 0))
    }

    /// Cancels any task; now and then the whole tree is shut down.
    private func disturb(_ scope: TaskScope, _ random: SeededRandom) {
        guard random.chance(3) else { return }
        let id = TaskID(UInt64(1 + random.below(30)))
        engine.cancel(id, cause: Cause(.user, by: "test"), force: random.chance(4))
        if random.chance(20) { engine.shutDown(cause: Cause(.signal, by: "test")) }
    }

    /// The task waits for it, but not beyond its budget.
    private func handle(_ name: String, in scope: TaskScope, _ random: SeededRandom) {
        let isLate = random.chance(4)
        let run: @Sendable () async -> Void = { if isLate { await ledger.late.pass() } else { await Task.yield() } }
        if random.chance(2) { scope.onDrain(name, run) } else { scope.onCancel { _ in await run() } }
    }

    // MARK: Resources

    private func some(of held: [Resource], _ random: SeededRandom) -> [Resource]? {
        random.chance(3) ? held.filter { _ in random.chance(2) } : nil
    }

    private func own(
        _ name: String, in scope: TaskScope, _ after: [Resource]?, _ random: SeededRandom
    ) throws -> Resource {
        try scope.own(name, after: after, ledger.acquire()) { _, _ in
            ledger.release()
            if random.chance(8) { throw Oops() }
        }.resource
    }

    private func open(
        _ name: String, in scope: TaskScope, _ after: [Resource]?, _ random: SeededRandom
    ) async throws -> Held<Int> {
        try await scope.hold(name, after: after) {
            await Task.yield()
            return ledger.acquire()
        } release: { _, _ in
            if random.chance(6) { await ledger.late.pass() } else { await Task.yield() }
            ledger.release()
        }
    }

    /// A lease that is given back, dropped, or left over.
    private func lease(_ name: String, in scope: TaskScope, _ random: SeededRandom) async throws {
        let lease = try await scope.lease(name) {
            await Task.yield()
            return ledger.acquire()
        } release: { _, _ in
            await Task.yield()
            ledger.release()
        }
        switch random.below(3) {
        case 0: try await lease.release()
        case 1: return
        default: ledger.keep(lease)
        }
    }
}

/// Counts what is open; keeps leases that are left over, and the gate for those who come late.
final class Ledger: Sendable, CustomStringConvertible {
    private let acquired = Atomic<Int>(0)
    private let released = Atomic<Int>(0)
    private let leases = Lock<[Lease<Int>]>([])
    let late = Gate()

    func acquire() -> Int { acquired.add(1, ordering: .sequentiallyConsistent).newValue }
    func release() { released.add(1, ordering: .sequentiallyConsistent) }
    /// What is kept has handlers that keep this.
    func forget() { leases.withLock { $0 = [] } }
    func keep(_ lease: Lease<Int>) { leases.withLock { $0.append(lease) } }
    var open: Int {
        acquired.load(ordering: .sequentiallyConsistent) - released.load(ordering: .sequentiallyConsistent)
    }
    var isEven: Bool { open == 0 }
    var description: String { "\(acquired.load(ordering: .relaxed)) acquired, \(open) open" }
}
