import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("The timeline and the list of cascades")
struct TimelineTests {
    private let story = OrdersStory()

    private func replay(at seconds: Double, _ keys: Key...) -> (Driver, Replay) {
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(seconds))
        let driver = Driver(width: 120, height: 50)
        driver.send(.replay(replay.view))
        for key in keys { driver.press(key) }
        return (driver, replay)
    }

    @Test("alike tasks that came one after the other share a row; sorted by start each has its own")
    func lanes() {
        let (driver, _) = replay(at: 31.2, .function(6), .character("f"))
        driver.type("order")
        driver.press(.enter)
        driver.expectLine("order-1000 ")
        driver.press(.escape)
        driver.expectLine("order x20")
        driver.expectLine("by tree")
        driver.press(.character("s"))
        driver.expectLine("by start")
        driver.expectNoLine("order x20")
        driver.press(.character("s"))
        driver.expectLine("by end")
    }

    @Test("a bar shows when a task was told to stop, and what it was at until it ended")
    func bars() {
        let driver = Scenes(width: 120, height: 36).fitted()
        driver.expectLine("workers                               +0ms +5.001s ###x---")
        let lock = driver.screen().split(separator: "\n").first { $0.contains(" lock ") } ?? ""
        #expect(lock.contains("x~~~") && lock.hasSuffix("~A."))
        driver.expectNoLine("order x20")
        for _ in 0..<9 { driver.press(.character("+")) }
        driver.expectLine("+10ms")
        let pack = driver.screen().split(separator: "\n").first { $0.contains(" pack ") } ?? ""
        #expect(pack.contains("x~~") && pack.contains("+11ms"))
        driver.press(.character("c"))
        driver.expectLine("order x20")
    }

    @Test("zoom and moves change what part of the time is shown, and the cursor stays on its task")
    func zooms() {
        let (driver, _) = replay(at: 31.2, .function(6), .down, .down)
        let task = driver.cursorLine().prefix(20)
        driver.expectLine("0:00.000")
        driver.press(.character("+"))
        driver.expectLine("0:15.600")
        driver.press(.character("<"))
        driver.expectLine("0:11.700")
        driver.press(.character(">"), .character("-"))
        driver.expectLine("0:00.000")
        #expect(driver.cursorLine().prefix(20) == task)
    }

    @Test("in a recording it shows the instant that is replayed, forwards and backwards")
    func replayed() {
        var (driver, replay) = replay(at: 36, .function(3))
        driver.expectLine("waits for lock")
        driver.press(.right)
        for case .replay(let command) in driver.takeEffects() { replay.perform(command) }
        driver.send(.replay(replay.view))
        driver.expectLine("held up")
        replay.seek(time: Script.ns(13.5))
        driver.send(.replay(replay.view))
        driver.expectNoLine("orders/workers ")
        driver.press(.function(5))
        let before = driver.cursorLine()
        driver.press(.character("."))
        for case .replay(let command) in driver.takeEffects() { replay.perform(command) }
        driver.send(.replay(replay.view))
        #expect(driver.cursorLine() != before)
        replay.perform(.step(-1))
        driver.send(.replay(replay.view))
        #expect(driver.cursorLine() == before)
    }

    @Test("the cursor stays on its cascade when new ones come, and the report is of the one under it")
    func cascadeIdentity() {
        let driver = Driver(width: 80, height: 24)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        driver.press(.function(3))
        #expect(driver.cursorLine().contains("er-1016/charge"))
        driver.press(.enter)
        driver.expectLine("--- CASCADE 2")
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        #expect(driver.cursorLine().contains("er-1016/charge"))
        driver.expectLine("--- CASCADE 2")
        driver.press(.up)
        #expect(driver.cursorLine().contains("orders/workers"))
        driver.expectLine("--- CASCADE 3")
        driver.press(.escape)
        driver.expectNoLine("--- CASCADE")
        driver.press(.escape)
        driver.expectLine(" TASK ")
    }

    @Test("o shows the ends of a cascade in their order, then its releases with the slowest first, then the summary")
    func report() {
        let driver = Scenes(width: 120, height: 36).report()
        driver.press(.character("o"))
        driver.expectLine("+5.000s lock")
        driver.press(.character("o"))
        let lines = driver.screen().split(separator: "\n").map(String.init)
        let head = lines.firstIndex { $0.contains("TOOK  RESOURCE") } ?? 0
        #expect(lines[head + 1].contains("6ms  process gzip, pid 41877"))
        driver.press(.character("o"))
        driver.expectLine("held up    by lock")
    }

    @Test("the newest cascade is under the cursor until one moves")
    func newest() {
        let driver = Driver(width: 80, height: 24)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        driver.press(.function(3))
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        #expect(driver.cursorLine().contains("orders/workers"))
    }
}
