import Demos
import TaskTree
import Testing
import TreeModel

@Suite("orders", .serialized, .timeLimit(.minutes(10))) struct OrdersTests {
    /// Runs the shop without its own clients, up to where it listens.
    private func openShop() async throws -> (DemoRun, UInt16) {
        let run = DemoRun("orders")
        let port = await run.port(of: "orders/http")
        await run.watch.until { $0.isLive("orders/client") }
        return (run, port)
    }

    @Test("it comes up and takes orders") func takesOrders() async throws {
        let (run, port) = try await openShop()
        let answer = await PlainClient.post("3", to: port)
        #expect(answer.hasPrefix("HTTP/1.1 202 "))
        let numbers =
            answer.split(separator: "[").last?.prefix { $0 != "]" }.split(separator: ",").compactMap { Int($0) } ?? []
        #expect(numbers.count == 3)
        #expect(await PlainClient.get("/orders/\(numbers.first ?? 0)", from: port).contains("\"state\":"))
        #expect(await PlainClient.get("/orders/1", from: port).hasPrefix("HTTP/1.1 404 "))
        #expect(await PlainClient.get("/nothing", from: port).hasPrefix("HTTP/1.1 404 "))
        #expect(await PlainClient.post("many", to: port).hasPrefix("HTTP/1.1 400 "))
        #expect(await PlainClient.post(String(repeating: "1", count: 70_000), to: port).hasPrefix("HTTP/1.1 413 "))
        run.engine.cancel(TaskID(1), cause: Cause(.user))
        let lines = try await run.lines
        #expect(lines.first?.contains("taken") == true)
        #expect(run.leftInDirectory.isEmpty)
    }

    @Test("a taken port is said, with what to do") func takenPort() async throws {
        let taken = TakenPort()
        let run = DemoRun("orders") { $0.port = taken.port }
        let error = await #expect(throws: DemoError.self) { try await run.lines }
        #expect(error?.code == .portTaken)
        #expect(error?.exitCode == 69)
        #expect(
            error?.message
                == "port \(taken.port) on 127.0.0.1 is taken: stop what listens there, or give another with --port")
        #expect(run.leftInDirectory.isEmpty)
        await run.watch.until { _ in false }
        #expect(run.watch.tree.live.isEmpty)
        #expect(run.watch.tree.held.isEmpty)
    }

    @Test("a cancel of the workers releases what they hold, and the shop says so until they are back")
    func cancelWorkers() async throws {
        let (run, port) = try await openShop()
        _ = await PlainClient.post("3", to: port)
        await run.watch.until { tree in
            tree.tasks.values.contains { $0.name == "charge" && $0.waitsFor?.kind == "bank" }
        }
        let workers = try #require(run.watch.tree.task("orders/workers"))
        await run.cancel("orders/workers")
        await run.watch.until { !$0.isLive("orders/workers") }
        let tree = run.watch.tree
        #expect(tree.held(below: "orders/workers").isEmpty)
        #expect(!tree.live.contains { $0.hasPrefix("orders/workers") })
        #expect(tree.endings.last { $0.hasPrefix("released orders/workers") } == "released orders/workers: orders")
        let order = try #require(tree.endings.last { $0.hasSuffix(".lock") }?.split(separator: ":").first)
        let ofOrder = tree.endings.filter { $0.contains(order.dropFirst("released ".count)) }.suffix(5)
        // The charge's socket, the charge, the receipt, the lock, the order.
        #expect(
            ofOrder.map { $0.split(separator: "/").last.map(String.init) ?? "" }.first?.hasPrefix("charge: bank")
                == true)
        #expect(Array(ofOrder)[2].hasSuffix(".receipt.tmp"))
        #expect(Array(ofOrder)[3].hasSuffix(".lock"))

        #expect(await PlainClient.post("1", to: port).hasPrefix("HTTP/1.1 503 "))
        try run.engine.restart(workers)
        await run.watch.until { $0.isLive("orders/workers/worker-5") }
        #expect(await PlainClient.post("1", to: port).hasPrefix("HTTP/1.1 202 "))
        run.engine.cancel(TaskID(1), cause: Cause(.user))
        _ = try await run.lines
    }

    @Test("the lock that the auditor holds is waited for, given up, and given back when it comes")
    func auditedOrder() async throws {
        let run = DemoRun("orders") { $0.grace = .milliseconds(1500) }
        let port = await run.port(of: "orders/http")
        await run.watch.until { $0.isLive("orders/client") }
        _ = await PlainClient.post("17", to: port)
        await run.watch.until { tree in
            tree.tasks.values.contains {
                $0.name == "lock" && $0.waitsFor == WaitTarget(kind: "lock", name: "1017.lock")
            }
        }
        #expect(run.watch.tree.held(below: "orders/auditor").contains("1017.lock"))
        await run.cancel("orders/workers")
        await run.watch.until { tree in tree.tasks.values.contains { $0.name == "lock" && $0.isOverdue } }
        #expect(await PlainClient.post("1", to: port).hasPrefix("HTTP/1.1 503 "))
        await run.watch.until { !$0.isLive("orders/workers") }
        let lock = try #require(run.watch.tree.tasks.values.first { $0.name == "lock" })
        #expect(lock.isOverdue)
        #expect(lock.outcome == .abandoned)
        await run.cancel("orders/auditor")
        await run.watch.until { tree in tree.tasks.values.contains { $0.name == "lock" && $0.hasReturned } }
        await run.watch.until { tree in
            tree.resources.values.filter { $0.name == "1017.lock" }.allSatisfy { $0.timesReleased == 1 }
        }
        run.engine.cancel(TaskID(1), cause: Cause(.user))
        let lines = try await run.lines
        #expect(lines.first?.contains("1 abandoned") == true)
        #expect(run.engine.abandoned.isEmpty)
        await run.watch.until { _ in false }
        #expect(run.watch.tree.held.isEmpty)
        #expect(run.watch.verdict.result == .holds, "\(run.watch.verdict)")
    }

    @Test("a client that hangs up in its body, and a bank that is silent, are met by themselves")
    func incidents() async throws {
        let (run, port) = try await openShop()
        _ = await PlainClient.post("16", to: port)
        await run.watch.until { tree in
            tree.tasks.values.contains { $0.note == "rejected: bank silent" }
                && tree.tasks.values.contains {
                    $0.error?.message == "client reset it mid-body" && $0.outcome == .failed
                }
        }
        let charge = run.watch.tree.tasks.values.first { $0.error?.type == "DeadlineExceeded" }
        #expect(charge?.name == "charge")
        #expect(run.watch.tree.isLive("orders/http"))
        run.engine.cancel(TaskID(1), cause: Cause(.user))
        _ = try await run.lines
    }

    @Test("a program that is started meanwhile inherits no socket of the shop") func closeOnExec() async throws {
        let (run, port) = try await openShop()
        await run.watch.until { tree in
            tree.resources.values.filter { $0.kind == "socket" && $0.isHeld }.count >= 18
        }
        #expect(inheritableSockets(of: port, and: run.watch.tree).isEmpty)
        run.engine.cancel(TaskID(1), cause: Cause(.user))
        _ = try await run.lines
    }

    @Test("a shutdown finishes the orders in work and leaves nothing behind") func shutDown() async throws {
        let (run, port) = try await openShop()
        _ = await PlainClient.post("2", to: port)
        await run.watch.until { tree in tree.resources.values.contains { $0.kind == "process" && $0.isHeld } }
        run.engine.shutDown(cause: Cause(.shutdown))
        let lines = try await run.lines
        await run.watch.until { _ in false }
        let tree = run.watch.tree
        #expect(tree.live.isEmpty)
        #expect(tree.held.isEmpty)
        #expect(tree.tasks[TaskID(1)]?.outcome == .succeeded)
        #expect(lines.first?.contains("not begun") == false)
        #expect(run.leftInDirectory.isEmpty)
        let processes = tree.resources.values.filter { $0.kind == "process" }
            .compactMap { $0.name.split(separator: " ").last.flatMap { Int32($0) } }
        #expect(!processes.isEmpty)
        #expect(processes.filter(isAlive).isEmpty)
        #expect(await PlainClient.get("/health", from: port) == "refused")
    }
}
