import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("What a cascade came to")
struct OutcomeTests {
    private let user = Cause(.user, by: "key x")

    /// A root with a subtree `stuck` in which two things may hold a cancel up.
    private func start() -> (script: Script, stuck: TaskID) {
        var script = Script()
        let root = script.start("root", grace: 5)
        let stuck = script.start("stuck", in: root, grace: 5)
        return (script, stuck)
    }

    private func shown(_ script: Script) -> Driver {
        let driver = Driver()
        driver.watch(script.events)
        driver.press(.character("c"))
        return driver
    }

    @Test("a grace that was ended by a key is not said to be spent")
    func escalated() {
        var (script, stuck) = start()
        let lock = script.start("lock", in: stuck, grace: 5)
        script.at(10)
        let cascade = script.cancel(stuck, user, marks: [stuck, lock])
        script.at(10.8)
        script.add(.cancelEscalated(.init(cascade: cascade, by: "key X")))
        script.after(ms: 1)
        script.finish(lock, .abandoned)
        script.finish(stuck, .cancelled)
        script.complete(cascade, tasks: 2, resources: 0, abandoned: 1, seconds: 0.801)
        let driver = shown(script)
        driver.expectLine("held up    by lock: grace was ended by key X at +0.8s, then abandoned")
        driver.expectNoLine("spent in full")
    }

    @Test("the abandoned task is named, not the one with the longest gap")
    func namesTheAbandoned() {
        var (script, stuck) = start()
        let lock = script.start("lock", in: stuck, grace: 5)
        let slow = script.start("slow", in: stuck, grace: 5)
        script.at(10)
        let cascade = script.cancel(stuck, user, marks: [stuck, lock, slow])
        script.at(14.5)
        script.finish(slow, .cancelled)
        script.at(15)
        script.finish(lock, .abandoned)
        script.finish(stuck, .cancelled)
        script.complete(cascade, tasks: 3, resources: 0, abandoned: 1, seconds: 5)
        let driver = shown(script)
        driver.expectLine("of which 5.000s waiting for lock, 4.500s for slow")
        driver.expectLine("held up    by lock 5.000s (abandoned) and slow 4.500s; lock: grace 5s spent in full")
    }

    @Test("a release that was slow, or whose budget was over, is named as such")
    func namesTheRelease() {
        var (script, stuck) = start()
        let worker = script.start("worker", in: stuck, grace: 5)
        let socket = script.hold(worker, "socket", "bank")
        script.at(10)
        let cascade = script.cancel(stuck, user, marks: [stuck, worker])
        script.release(socket, of: worker, ms: 2_000, .timedOut)
        script.finish(worker, .cancelled)
        script.finish(stuck, .cancelled)
        script.complete(cascade, tasks: 2, resources: 1, seconds: 2)
        shown(script).expectLine("held up    by worker, in the release of bank, 2.000s: its budget was over")
    }

    @Test("a root that waited for what an earlier cascade had marked names that, never itself")
    func namesTheEarlier() {
        var (script, stuck) = start()
        let lock = script.start("lock", in: stuck, grace: 5)
        script.at(10)
        let first = script.cancel(lock, user, marks: [lock])
        script.at(11)
        let second = script.cancel(stuck, user, marks: [stuck])
        let live = shown(script)
        live.expectLine("waits for  lock, marked by cascade 1")
        script.at(15)
        script.finish(lock, .abandoned)
        script.complete(first, tasks: 1, resources: 0, abandoned: 1, seconds: 5)
        script.finish(stuck, .cancelled)
        script.complete(second, tasks: 1, resources: 0, seconds: 4)
        let driver = Driver()
        driver.watch(script.events)
        driver.press(.character("/"))
        driver.type("stuck")
        driver.press(.enter, .character("c"))
        driver.expectLine("CASCADE 2")
        driver.expectLine("of which 4.000s waiting for lock")
        driver.expectNoLine("waiting for stuck")
    }

    @Test("a root that is alone is at its own release, and does not wait for itself")
    func rootAlone() {
        var (script, stuck) = start()
        let queue = script.hold(stuck, "queue", "orders")
        script.at(10)
        _ = script.cancel(stuck, user, marks: [stuck])
        script.add(.taskJoining(.init(task: stuck, outcome: .cancelled)))
        script.add(.resourceReleasing(.init(resource: queue, task: stuck)))
        script.after(ms: 300)
        script.add(.engineStarved(.init(duration: 1)))
        let driver = shown(script)
        driver.expectLine("waits for  the release of orders")
        driver.expectNoLine("waits for  stuck")
    }

    /// A root of which so many children were cancelled at once, a millisecond apart.
    private func many(_ count: Int) -> Script {
        var script = Script()
        let root = script.start("root", grace: 5)
        let tasks = (0..<count).map { script.start("t\($0 + 100)", in: root) }
        script.at(10)
        let cascade = script.cancel(root, user, marks: [root] + tasks)
        for task in tasks {
            script.after(ms: 1)
            script.finish(task, .cancelled)
        }
        script.finish(root, .cancelled)
        script.complete(cascade, tasks: UInt64(count + 1), resources: 0, abandoned: 0, seconds: 0.05)
        return script
    }

    @Test("the full order begins with the first end, says what part it is, and goes on by the page")
    func fullOrder() {
        let driver = shown(many(60))
        driver.press(.character("o"))
        driver.expectLine("t100")
        driver.expectLine("1-")
        driver.expectLine(" of 61 ")
        driver.expectNoLine("t159")
        for _ in 0..<10 { driver.press(.pageDown) }
        driver.expectLine("t159")
        driver.expectNoLine("t100 ")
        driver.press(.pageUp, .pageUp, .pageUp, .pageUp, .pageUp, .pageUp, .pageUp, .pageUp, .pageUp, .pageUp)
        driver.expectLine("t100")
    }

    @Test("those that were cancelled are one row, and those that had succeeded before another")
    func endedGroups() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let tasks = (0..<16).map { script.start("cell-\($0)", in: root) }
        script.at(10)
        for task in tasks[..<8] { script.finish(task, .succeeded) }
        for task in tasks[8...] { script.finish(task, .cancelled) }
        let driver = Driver()
        driver.watch(script.events)
        let groups = driver.screen().split(separator: "\n").filter { $0.contains("cell x8") }
        #expect(groups.count == 2, "\(driver.screen())")
        #expect(groups.first?.contains("succeeded") == true && groups.last?.contains("cancelled") == true)
    }

    @Test("a release that went wrong is told in the row of its task and in what is known about it")
    func badRelease() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let task = script.start("writer", in: root)
        let file = script.hold(task, "file", "out.txt")
        script.at(10)
        script.release(file, of: task, ms: 5, .timedOut)
        script.finish(task, .cancelled)
        let driver = Driver()
        driver.watch(script.events)
        driver.expectLine("out.txt took longer than its budget")
        driver.press(.down)
        driver.expectLine("release   out.txt took longer than its budget")
    }

    @Test("where nothing is in trouble any more, the key says what was")
    func earlierTroubles() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let task = script.start("broken", in: root)
        script.at(1)
        script.finish(task, .failed)
        script.at(200)
        script.start("later", in: root)
        let driver = Driver()
        driver.watch(script.events)
        driver.press(.character("!"))
        driver.expectLine("no trouble now; earlier 1 failed: F5 shows the events")
    }
}
