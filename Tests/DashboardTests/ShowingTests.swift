import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("What of the tree is shown, and how")
struct ShowingTests {
    private let story = OrdersStory()

    private func live(_ width: Int = 80, _ height: Int = 24) -> Driver {
        let driver = Driver(width: width, height: height)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        return driver
    }

    private func find(_ name: String, in driver: Driver) {
        driver.press(.character("/"))
        driver.type(name)
        driver.press(.enter, .escape)
    }

    @Test("a zoom shows one subtree and the way to it; Z and Esc go back, the cursor stays")
    func zooms() {
        let driver = live()
        find("workers", in: driver)
        driver.press(.character("z"))
        driver.expectNoLine("auditor  ")
        find("order-1017", in: driver)
        driver.press(.character("z"))
        driver.expectLine(" orders / workers / worker-3 / order-1017")
        driver.expectNoLine("worker-2")
        driver.expectLine("40 live  36 held")
        driver.press(.down, .character("Z"))
        driver.expectLine(" orders / workers")
        driver.expectLine("worker-2")
        #expect(driver.cursorLine().contains("lock"))
        driver.press(.escape)
        driver.expectLine("auditor")
        driver.press(.character("Z"))
        driver.expectLine("all is shown: z shows one subtree")
    }

    @Test("a cancel in a zoom reaches what it reaches without, and ! leads out of it")
    func zoomChangesNothing() {
        let driver = live()
        find("http", in: driver)
        driver.press(.character("z"), .character("x"))
        driver.expectLine("stops      12 of 40 tasks")
        driver.press(.character("n"), .character("!"))
        driver.expectLine("lock is elsewhere: the zoom has ended")
        #expect(driver.cursorLine().contains("waits lock"))
    }

    @Test("a zoom ends with its task")
    func zoomEnds() {
        var script = Script()
        let root = script.start("root")
        let short = script.start("short", in: root)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.down, .character("z"))
        driver.expectLine(" root / short")
        let seen = script.events.count
        script.finish(short)
        driver.watch(script.events[seen...], until: 20)
        driver.expectLine(">  root")
        driver.expectLine("what was zoomed to is gone")
    }

    @Test("siblings are sorted by age, state, children, resources, and by their start again")
    func sorts() {
        var script = Script()
        let root = script.start("root")
        let old = script.start("old", in: root)
        script.at(1)
        let many = script.start("many", in: root)
        for name in ["red", "green", "blue"] { script.start(name, in: many) }
        script.at(2)
        let rich = script.start("rich", in: root)
        for name in ["a", "b"] { script.hold(rich, "file", name) }
        script.hold(many, "file", "c")
        script.wait(old, "lock", "d")
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events, until: 9)
        let wanted = [
            ("by age", ["rich", "many", "old"]), ("by state", ["old", "many", "rich"]),
            ("by children", ["many", "old", "rich"]), ("by resources", ["rich", "many", "old"]),
            ("by their start", ["old", "many", "rich"]),
        ]
        for (words, order) in wanted {
            driver.press(.character("s"))
            driver.expectLine(words)
            #expect(siblings(driver) == order, "\(words)")
        }
    }

    private func siblings(_ driver: Driver) -> [String] {
        driver.screen().split(separator: "\n").compactMap { row in
            ["old", "many", "rich"].first { row.prefix(12).contains(" \($0)") }
        }
    }

    @Test("sorted rows stand still while events come, and are sorted anew by a key that is no move")
    func standsStill() {
        var script = Script()
        let root = script.start("root")
        for name in ["old", "many", "rich"] { script.start(name, in: root) }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        for _ in 0..<4 { driver.press(.character("s")) }
        #expect(siblings(driver) == ["old", "many", "rich"])
        let seen = script.events.count
        script.hold(TaskID(4), "file", "a")
        driver.watch(script.events[seen...])
        driver.press(.down, .down)
        #expect(siblings(driver) == ["old", "many", "rich"])
        driver.press(.enter)
        #expect(siblings(driver) == ["rich", "old", "many"])
        #expect(driver.cursorLine().contains("many"))
    }

    @Test("a failed, a stuck and an overdue one of alike siblings is shown by itself")
    func troubleStandsAlone() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let tasks = (1...12).map { script.start("conn-\($0)", in: root, grace: 5) }
        script.finish(tasks[2], .failed, "no luck")
        script.wait(tasks[4], "lock", "a")
        _ = script.cancel(tasks[6], Cause(.user), marks: [tasks[6]])
        script.add(.taskOverdue(.init(task: tasks[6], since: 0, grace: 5_000_000_000)))
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events, until: 6)
        driver.expectLine("conn x9")
        for name in ["conn-3 ", "conn-5 ", "conn-7 "] { driver.expectLine(name) }
        driver.expectNoLine("conn-1 ")
    }

    @Test("follows trouble at once and what is new once a second, until somebody moves the cursor")
    func follows() {
        var script = Script()
        let root = script.start("root")
        let calm = script.start("calm", in: root)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.character("F"))
        var seen = script.events.count
        script.at(1)
        script.start("first", in: calm)
        driver.watch(script.events[seen...])
        driver.expectLine("follows")
        #expect(driver.cursorLine().contains("first"))
        seen = script.events.count
        script.at(1.2)
        script.start("second", in: root)
        driver.watch(script.events[seen...])
        #expect(driver.cursorLine().contains("first"))
        driver.send(.tick(now: Script.ns(2.1)))
        #expect(driver.cursorLine().contains("second"))
        seen = script.events.count
        script.at(2.2)
        script.finish(calm, .failed, "no luck")
        driver.watch(script.events[seen...])
        #expect(driver.cursorLine().contains("calm"))
        driver.press(.up)
        driver.expectNoLine("follows")
        seen = script.events.count
        script.at(9)
        script.start("third", in: root)
        driver.watch(script.events[seen...])
        #expect(driver.cursorLine().contains("root"))
    }

    @Test("the cursor does not follow while something is asked")
    func asksInPeace() {
        var script = Script()
        let root = script.start("root")
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.character("F"), .character("x"))
        let seen = script.events.count
        script.at(5)
        script.start("new", in: root)
        driver.watch(script.events[seen...])
        driver.press(.character("y"))
        #expect(driver.takeEffects() == [.cancel(root, force: false, by: "key x")])
    }

    @Test("Esc takes away one thing at a time, the last first")
    func takesLayersAway() {
        let driver = live()
        driver.press(.character("f"))
        driver.type("worker")
        driver.press(.enter, .character(" "))
        find("worker-3", in: driver)
        driver.press(.character("z"))
        for (word, left) in [("zoom out", "only worker"), ("clear tags", "only worker"), ("no filter", "40 live")] {
            driver.expectLine("Esc \(word)")
            driver.press(.escape)
            driver.expectLine(left)
        }
        driver.expectNoLine("Esc ")
    }
}
