import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("A shutdown and a drain under way")
struct ShutdownTests {
    private func start() -> (script: Script, root: TaskID, pool: TaskID) {
        var script = Script()
        let root = script.start("root", grace: 5)
        let pool = script.start("pool", in: root, grace: 5)
        let auditor = script.start("auditor", in: root, grace: 5)
        script.hold(auditor, "lock", "1017.lock")
        let idle = script.start("worker", in: pool, grace: 5)
        script.wait(idle, "idle")
        let lock = script.start("lock", in: pool, grace: 5)
        script.wait(lock, "lock", "1017.lock")
        script.at(2)
        return (script, root, pool)
    }

    @Test("says what it is at, how long still, and what it waits for; a second q cancels now", arguments: [80, 120])
    func shutdown(width: Int) {
        var (script, root, _) = start()
        script.add(.shutdownPhase(.init(phase: .draining, task: root, budget: 10_000_000_000)))
        let driver = Driver(width: width, height: 24)
        driver.watch(script.events, until: 6)
        driver.expectLine("SHUTDOWN drains, 6s left, waits for lock (1017.lock, held by auditor)")
        if width >= 100 { driver.expectLine("held by auditor); q cancels now") }
        driver.expectLine(" q cancel now  ")
        driver.expectNoLine("q shut down")
        driver.press(.character("q"))
        #expect(driver.takeEffects() == [])
        driver.expectLine("Cancel everything now?")
        driver.expectLine("y cancel now  n wait")
        driver.press(.character("y"))
        #expect(driver.takeEffects() == [.shutdown(force: true)])
        driver.send(.session(SessionStatus(name: "orders", isAttached: true)))
        driver.expectLine("SHUTDOWN drains")
        driver.expectNoLine("cancels now")
        driver.press(.character("q"))
        #expect(driver.takeEffects() == [.leave])
    }

    @Test("is known behind a paused screen too")
    func paused() {
        var (script, root, _) = start()
        let driver = Driver()
        driver.watch(script.events)
        driver.press(.character("p"))
        #expect(driver.takeEffects() == [.replay(.pause)])
        let seen = script.events.count
        script.add(.shutdownPhase(.init(phase: .cancelling, task: root, budget: 5_000_000_000)))
        driver.watch(script.events[seen...], until: 3)
        driver.expectLine("SHUTDOWN cancels, 4s left")
        driver.press(.character("q"), .character("y"))
        #expect(driver.takeEffects() == [.shutdown(force: true)])
    }

    @Test("the root of a drain says what it still waits for")
    func drain() {
        var (script, _, pool) = start()
        script.add(.drainRequested(.init(drain: DrainID(1), task: pool, cause: Cause(.user, by: "key d"))))
        script.add(.taskDraining(.init(task: pool, drain: DrainID(1))))
        let driver = Driver()
        driver.watch(script.events)
        driver.expectLine("drains, waits for lock (1017.lock, held by auditor)")
    }

    @Test("the cursor goes to the next attempt of what was started again")
    func restarts() {
        var script = Script()
        let root = script.start("root")
        let workers = script.start("workers", in: root)
        script.start("other", in: root)
        script.finish(workers, .failed, "no luck")
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.down, .character("R"))
        #expect(driver.takeEffects() == [.restart(workers)])
        let seen = script.events.count
        script.start("workers", in: root, attempt: 2, restartOf: workers)
        driver.watch(script.events[seen...])
        driver.expectLine("workers started again, attempt 2")
        #expect(driver.cursorLine().contains("running"))
        driver.press(.character("g"), .character("/"))
        driver.type("work")
        #expect(driver.cursorLine().contains("running"))
    }

    @Test("after the end the tree stands still, and the header says how the root ended")
    func standsStill() {
        var script = Script()
        let root = script.start("root")
        let child = script.start("child", in: root)
        script.at(3)
        script.finish(child)
        script.finish(root, .cancelled)
        script.add(.sessionEnded(.init(reason: .finished)))
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        let before = driver.screen()
        driver.send(.tick(now: Script.ns(500)))
        driver.expectLine("0:03  ENDED (cancelled)")
        driver.expectLine("child")
        driver.expectLine("q leave")
        driver.expectNoLine("x cancel")
        #expect(driver.screen() == before)
        #expect(!driver.state.needsFrame(now: Script.ns(501)))
        #expect(driver.state.nextFrame == nil)
    }
}
