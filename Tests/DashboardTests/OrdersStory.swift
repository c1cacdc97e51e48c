import TreeModel

/// The `orders` demo as a log: a service with connections, five workers, an auditor that sits on a lock.
struct OrdersStory {
    private(set) var script = Script()
    /// How many events tell the story up to half a minute, up to just before the cancel, while it is held up, to its end.
    private(set) var halfMinute = 0
    private(set) var heldUp = 0
    private(set) var over = 0

    private struct Order {
        var task: TaskID
        var lock: ResourceID?
        var receipt: ResourceID
        var step: TaskID?
        var tool: ResourceID?
    }
    private var root = TaskID(0)
    private var workers = TaskID(0)
    private var auditor = TaskID(0)
    private var queue = ResourceID(0)
    private var auditorLock = ResourceID(0)
    private var pool: [TaskID] = []
    private var orders: [Int: Order] = [:]
    private var stuck = TaskID(0)
    private var unlucky = (task: TaskID(0), socket: ResourceID(0))

    var events: [TreeEvent] { script.events }

    /// With `two`, it ends where two workers were cancelled at once and one of them is held up.
    init(cancelsTwo two: Bool = false) {
        setUp()
        traffic()
        halfMinute = script.events.count
        if two {
            cancelTwoWorkers()
            heldUp = script.events.count
            return
        }
        cancelWorkers()
        heldUp = script.events.count
        script.at(38.700)
        abandonLock()
        over = script.events.count
        comeHome()
    }

    private mutating func setUp() {
        root = script.start("orders", grace: 5)
        script.say(root, "up; try  curl -d 3 127.0.0.1:18080/orders")
        for (kind, name) in [("file", "orders.log"), ("database", "orders.db"), ("metrics", "flush metrics")] {
            script.hold(root, kind, name)
        }
        script.after(ms: 3)
        let http = script.start("http", in: root, kind: "server", grace: 5)
        script.hold(http, "listener", "127.0.0.1:18080")
        for number in 1...9 {
            let conn = script.start("conn-\(number)", in: http, kind: "connection", grace: 5)
            let socket = script.hold(conn, "socket", "127.0.0.1:5\(1_000 + number)")
            if number == 5 { unlucky = (conn, socket) } else { script.wait(conn, "idle") }
        }
        script.say(http, "127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms")
        workers = script.start("workers", in: root, kind: "pool", grace: 5, policy: .isolate, limit: 5)
        queue = script.hold(workers, "queue", "orders")
        for number in 1...5 {
            let worker = script.start("worker-\(number)", in: workers, kind: "worker", grace: 5)
            script.wait(worker, "idle")
            pool.append(worker)
        }
        let bank = script.start("bank", in: root, kind: "server", grace: 5)
        script.say(bank, "127.0.0.1:18081  2 connections, 1 silent")
        script.hold(bank, "listener", "127.0.0.1:18081")
        for number in 1...2 {
            let connection = script.start("connection-\(number)", in: bank, grace: 5)
            script.hold(connection, "socket", "bank-\(number)")
            script.wait(connection, "idle")
        }
        let client = script.start("client", in: root, kind: "client", grace: 5)
        script.say(client, "8 connections, 41 req/s, 1 given up")
        for number in 1...8 {
            let caller = script.start("caller-\(number)", in: client, grace: 5)
            script.hold(caller, "socket", "caller-\(number)")
        }
    }

    private mutating func traffic() {
        script.at(9.1)
        script.release(unlucky.socket, of: unlucky.task, ms: 0.1)
        script.finish(unlucky.task, .failed, "client reset it mid-body")
        for number in 1_000...1_014 { quickOrder(number, at: 9.5 + Double(number - 1_000) * 0.25) }
        lateOrder(1_015, at: 11.5)
        lateOrder(1_016, at: 13.9)
        script.at(15.4)
        auditor = script.start("auditor", in: root, grace: 5)
        auditorLock = script.hold(auditor, "lock", "1017.lock")
        script.hold(auditor, "process", "tail -F orders.log, pid 41702")
        script.say(auditor, "flock 1017.lock  tail -F orders.log, pid 41702")
        script.at(17.006)
        begin(1_017, on: 2)
        let lock = script.start("lock", in: orders[1_017]!.task, kind: "step", grace: 5)
        script.wait(lock, "lock", "1017.lock")
        stuck = lock
        script.say(orders[1_017]!.task, "slow: other orders p99 1.4s")
        for number in 1_018...1_041 { quickOrder(number, at: 17.5 + Double(number - 1_018) * 0.5) }
        script.at(30.402)
        for (number, worker) in [(1_042, 0), (1_043, 3), (1_044, 4)] {
            begin(number, on: worker)
            orders[number]!.lock = script.hold(orders[number]!.task, "lock", "\(number).lock")
            script.after(ms: 11)
        }
        for (number, name) in [(1_042, "charge"), (1_043, "pack"), (1_044, "charge")] {
            let step = script.start(name, in: orders[number]!.task, kind: "step", deadline: 32.1, grace: 5)
            orders[number]!.step = step
            let isPack = name == "pack"
            orders[number]!.tool = script.hold(
                step, isPack ? "process" : "socket", isPack ? "gzip, pid 41877" : "bank:18081")
            script.say(step, isPack ? "gzip, pid 41877" : "bank has not answered")
            script.after(ms: 7)
        }
        script.at(31.188)
        for number in 1...3 { script.start("request", in: TaskID(UInt64(2 + number)), deadline: 33, grace: 5) }
        script.say(workers, "queue 2 of 64")
        script.at(31.2)
    }

    private mutating func begin(_ number: Int, on worker: Int) {
        script.resume(pool[worker])
        let task = script.start("order-\(number)", in: pool[worker], kind: "order", grace: 5)
        let receipt = script.hold(task, "file", "\(number).receipt.tmp")
        orders[number] = Order(task: task, receipt: receipt)
    }

    private mutating func quickOrder(_ number: Int, at time: Double) {
        script.at(time)
        let worker = number % 2 == 0 ? 0 : 4
        begin(number, on: worker)
        let order = orders[number]!
        script.after(ms: 120)
        script.release(order.receipt, of: order.task, ms: number == 1_030 ? 11 : 0.2)
        script.finish(order.task)
        script.wait(pool[worker], "idle")
        orders[number] = nil
    }

    /// An order whose charge ran into its deadline.
    private mutating func lateOrder(_ number: Int, at time: Double) {
        script.at(time)
        begin(number, on: 1)
        let order = orders[number]!
        let charge = script.start("charge", in: order.task, kind: "step", deadline: time + 0.1, grace: 5)
        let socket = script.hold(charge, "socket", "bank:18081")
        script.after(ms: 100)
        let cause = Cause(.deadline, message: "deadline 2s")
        let cascade = script.cancel(charge, cause, marks: [charge])
        script.after(ms: 1)
        script.release(socket, of: charge, ms: 0.2)
        script.finish(charge, .cancelled, cause: cause)
        script.after(ms: 1.8)
        script.complete(cascade, tasks: 1, resources: 1, seconds: 0.003)
        script.release(order.receipt, of: order.task, ms: 0.3)
        script.finish(order.task)
        script.wait(pool[1], "idle")
        orders[number] = nil
    }

    private mutating func cancelWorkers() {
        script.at(33.7)
        var marks = [workers] + pool
        for number in orders.keys.sorted() {
            marks.append(orders[number]!.task)
            if let step = orders[number]!.step { marks.append(step) }
        }
        marks.append(stuck)
        let cascade = script.cancel(workers, Cause(.user, by: "key x", message: "orders/workers"), marks: marks)
        _ = cascade
        script.after(ms: 1)
        for number in [1_042, 1_044] {
            let order = orders[number]!
            script.release(order.tool!, of: order.step!, ms: 0.1)
            script.finish(order.step!, .cancelled)
        }
        script.finish(pool[1], .cancelled)
        script.after(ms: 2)
        for number in [1_042, 1_044] {
            let order = orders[number]!
            script.release(order.lock!, of: order.task, ms: 0.2)
            script.release(order.receipt, of: order.task, ms: 0.2)
            script.finish(order.task, .cancelled)
            script.finish(pool[number == 1_042 ? 0 : 4], .cancelled)
        }
        let packing = orders[1_043]!
        script.after(ms: 0.5)
        script.release(packing.tool!, of: packing.step!, ms: 6.5)
        script.finish(packing.step!, .cancelled)
        script.release(packing.lock!, of: packing.task, ms: 0.2)
        script.release(packing.receipt, of: packing.task, ms: 0.2)
        script.finish(packing.task, .cancelled)
        script.finish(pool[3], .cancelled)
        for task in [orders[1_017]!.task, pool[2], workers] {
            script.add(.taskJoining(.init(task: task, outcome: .cancelled)))
        }
        script.at(33.95)
        script.add(
            .taskOverdue(
                .init(
                    task: stuck, since: Script.ns(33.7), grace: 5_000_000_000,
                    on: WaitTarget(kind: "flock", name: "1017.lock"))))
    }

    private mutating func cancelTwoWorkers() {
        let order = orders[1_042]!
        let late = orders[1_017]!
        let cause = Cause(.user, by: "key x")
        script.at(31.5)
        let first = script.cancel(pool[0], cause, marks: [pool[0], order.task, order.step!])
        _ = script.cancel(pool[2], cause, marks: [pool[2], late.task, stuck])
        script.after(ms: 1)
        script.release(order.tool!, of: order.step!, ms: 0.1)
        script.finish(order.step!, .cancelled)
        script.release(order.lock!, of: order.task, ms: 0.2)
        script.release(order.receipt, of: order.task, ms: 0.2)
        script.finish(order.task, .cancelled)
        script.after(ms: 1)
        script.finish(pool[0], .cancelled)
        script.complete(first, tasks: 3, resources: 3, seconds: 0.003)
        script.at(31.75)
        script.add(
            .taskOverdue(
                .init(
                    task: stuck, since: Script.ns(31.5), grace: 5_000_000_000,
                    on: WaitTarget(kind: "flock", name: "1017.lock"))))
    }

    private mutating func abandonLock() {
        let order = orders[1_017]!
        script.finish(stuck, .abandoned)
        script.add(.resourceQuarantined(.init(resource: order.receipt, task: order.task, because: stuck)))
        script.after(ms: 1)
        script.finish(order.task, .cancelled)
        script.finish(pool[2], .cancelled)
        script.release(queue, of: workers, ms: 0.1)
        script.finish(workers, .cancelled)
        script.complete(CascadeID(3), tasks: 14, resources: 10, abandoned: 1, seconds: 5.002)
    }

    private mutating func comeHome() {
        script.at(52.114)
        let cascade = script.cancel(auditor, Cause(.user, by: "key x", message: "orders/auditor"), marks: [auditor])
        script.release(auditorLock, of: auditor, ms: 7)
        script.add(.taskReturned(.init(task: stuck)))
        script.finish(auditor, .cancelled)
        script.complete(cascade, tasks: 1, resources: 2, seconds: 0.007)
        script.at(60)
        script.add(.shutdownPhase(.init(phase: .draining, task: root, budget: 10_000_000_000)))
        script.at(72.48)
        script.add(.shutdownPhase(.init(phase: .done, task: root)))
        script.add(.sessionEnded(.init(reason: .finished)))
    }
}
