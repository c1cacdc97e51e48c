import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("Asking for something")
struct ActingTests {
    private var story = OrdersStory()

    private func atWorkers(_ width: Int = 120, _ height: Int = 36) -> Driver {
        let driver = Driver(width: width, height: height)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        driver.press(.character("/"))
        driver.type("workers")
        driver.press(.enter)
        return driver
    }

    @Test("cancels what was under the cursor when x was pressed, whatever moved since")
    func cancelsWhatWasAsked() {
        let driver = atWorkers()
        driver.press(.character("x"), .down, .down, .down)
        driver.watch(story.events[story.halfMinute..<story.halfMinute])
        driver.expectLine("CANCEL orders / workers ?")
        driver.press(.character("y"))
        #expect(driver.takeEffects() == [.cancel(TaskID(12), force: false, by: "key x")])
    }

    @Test("counts live until it is answered")
    func countsLive() {
        let driver = atWorkers()
        driver.press(.character("x"))
        driver.expectLine("stops      14 of 40 tasks")
        driver.expectLine("releases   11 of 36 held")
        var seq: UInt64 = 90_000
        func event(_ change: TreeEvent.Change) -> TreeEvent {
            seq += 1
            return TreeEvent(seq: seq, t: Script.ns(31.3), change: change)
        }
        driver.watch([event(.taskStarted(.init(task: TaskID(900), parent: TaskID(12), name: "worker-6")))])
        driver.expectLine("stops      15 of 41 tasks")
    }

    @Test("sends nothing for n, Esc, or an answer that comes too late")
    func refuses() {
        for key in [Key.character("n"), .escape] {
            let driver = atWorkers()
            driver.press(.character("x"), key)
            #expect(driver.takeEffects() == [])
            driver.expectNoLine("CANCEL orders")
        }
        let driver = atWorkers()
        driver.press(.character("x"))
        driver.watch(story.events[story.halfMinute..<story.over])
        driver.press(.character("y"))
        #expect(driver.takeEffects() == [])
        driver.expectLine("nothing was sent")
    }

    @Test("goes without grace for X")
    func withoutGrace() {
        var driver = atWorkers()
        driver.press(.character("x"), .character("X"))
        #expect(driver.takeEffects() == [.cancel(TaskID(12), force: true, by: "key X")])
        driver = atWorkers()
        driver.press(.character("X"))
        driver.expectLine("CANCEL WITHOUT GRACE")
        driver.press(.enter)
        #expect(driver.takeEffects() == [.cancel(TaskID(12), force: true, by: "key X")])
    }

    @Test("stands for every member of a group")
    func cancelsGroups() {
        let driver = Driver()
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        driver.press(.down, .down)
        #expect(driver.cursorLine().contains("conn x8"))
        driver.press(.character("x"))
        driver.expectLine("CANCEL orders / http / conn x8 ?")
        driver.expectLine("stops      11 of 40 tasks     8 conn, 3 request")
        driver.press(.character("y"))
        let ids = [3, 4, 5, 6, 8, 9, 10, 11].map { TaskID($0) }
        #expect(driver.takeEffects() == ids.map { .cancel($0, force: false, by: "key x") })
    }

    @Test("drains after a preview of its own")
    func drains() {
        let driver = atWorkers()
        driver.press(.character("d"))
        driver.expectLine("DRAIN orders / workers ?")
        driver.expectLine("nothing new is taken")
        driver.press(.character("y"))
        #expect(driver.takeEffects() == [.drain(TaskID(12), by: "key d")])
    }

    @Test("restarts what ended, and nothing else")
    func restarts() {
        let driver = atWorkers()
        driver.press(.character("R"))
        #expect(driver.takeEffects() == [])
        driver.expectLine("workers is still alive")
        driver.press(.character("/"))
        driver.type("conn-5")
        driver.press(.enter, .character("R"))
        #expect(driver.takeEffects() == [.restart(TaskID(7))])
    }

    @Test("shows the cascade once it begins, names the blocker, goes there and to who holds what it wants")
    func followsTheCascade() {
        let driver = atWorkers()
        driver.press(.character("x"), .character("y"))
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        driver.expectLine("CASCADE 3  orders / workers   +2.3s")
        driver.expectLine("waits for  lock, since +0.0s, on 1017.lock, held by auditor")
        driver.expectLine("BLOCKER 2.7s left, 1017.lock held by auditor")
        driver.press(.character("b"))
        #expect(driver.cursorLine().contains("CANCELLING"))
        driver.press(.character("B"))
        #expect(driver.cursorLine().contains("auditor"))
        _ = driver.takeEffects()
        driver.press(.character("X"))
        #expect(driver.takeEffects() == [.escalate(CascadeID(3), by: "key X")])
        driver.press(.escape)
        driver.expectNoLine("CASCADE 3")
    }

    @Test("shows the cascade instead of asking again for what is cancelled already")
    func asksOnce() {
        let driver = Driver()
        driver.watch(story.events[..<story.heldUp], until: 36)
        driver.press(.character("/"))
        driver.type("workers")
        driver.press(.enter, .character("x"))
        driver.expectLine("CASCADE 3  orders / workers")
        #expect(driver.takeEffects() == [])
    }

    @Test("asks before it shuts down; a second q forces")
    func quits() {
        let driver = atWorkers()
        driver.press(.character("q"))
        #expect(driver.takeEffects() == [])
        driver.expectLine("Shut down orders?  40 tasks live, 36 held")
        driver.press(.character("n"))
        driver.expectNoLine("Shut down orders?")
        driver.press(.character("q"), .character("y"))
        #expect(driver.takeEffects() == [.shutdown(force: false)])
        driver.press(.control("c"), .control("c"))
        #expect(driver.takeEffects() == [.shutdown(force: true)])
    }

    @Test("only leaves what belongs to somebody else, or has ended")
    func leaves() {
        var driver = atWorkers()
        driver.send(.session(SessionStatus(name: "orders", isAttached: true)))
        driver.press(.character("q"))
        #expect(driver.takeEffects() == [.leave])
        driver = Driver()
        driver.watch(story.events)
        driver.press(.character("q"))
        #expect(driver.takeEffects() == [.leave])
    }

    @Test("suspends and repaints wherever the keys go")
    func suspends() {
        let driver = atWorkers()
        for key in [Key.character("/"), .character("?"), .character("x"), .character("q")] {
            driver.press(key, .control("z"), .control("l"), .escape)
            #expect(driver.takeEffects() == [.suspend, .redraw])
        }
    }
}
