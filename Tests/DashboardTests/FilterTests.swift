import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("A filter")
struct FilterTests {
    private let story = OrdersStory()

    private func live(_ width: Int = 80, _ height: Int = 24) -> Driver {
        let driver = Driver(width: width, height: height)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        return driver
    }

    private func filter(_ text: String, in driver: Driver) {
        driver.press(.character("f"), .control("u"))
        driver.type(text)
        driver.press(.enter)
    }

    /// The names on the screen, in their order.
    private func names(_ driver: Driver) -> [String] {
        let rows = driver.screen().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = rows.firstIndex { $0.hasPrefix(" TASK") } ?? 0
        return rows.dropFirst(first + 1).prefix { !$0.isEmpty && !$0.hasPrefix("---") }.map { row in
            let name = row.dropFirst(1).prefix(22).drop { " v+>".contains($0) }
            return String(name.prefix { $0 != " " })
        }
    }

    @Test("keeps what fits and the way to it")
    func keepsAncestors() {
        let driver = live()
        filter("LOCK", in: driver)
        #expect(names(driver) == ["orders", "workers", "worker-3", "order-1017", "lock"])
        #expect(driver.cursorLine().contains("lock"))
        driver.expectLine("only LOCK: 1 of 43 tasks")
    }

    @Test(
        "knows states, resources, kinds and labels",
        arguments: [
            ("!failed", ["orders", "http", "conn-5"]),
            ("!stuck", ["orders", "workers", "worker-3", "order-1017", "lock"]),
            ("!tr", ["orders", "http", "conn-5", "workers", "worker-3", "order-1017", "lock"]),
            ("held:process", ["orders", "workers", "worker-4", "order-1043", "pack", "auditor"]),
            ("held:1017.lock", ["orders", "auditor"]),
            ("kind:pool", ["orders", "workers"]),
            ("kind:worker 3", ["orders", "workers", "worker-3"]),
            ("!overdue", ["no"]), ("label:zone=a", ["no"]),
        ])
    func knowsStates(text: String, wanted: [String]) {
        let driver = live()
        filter(text, in: driver)
        #expect(names(driver) == wanted)
    }

    @Test("finds labels by key, and by key and value")
    func findsLabels() {
        var script = Script()
        let root = script.start("root")
        for (id, zone) in [(2, "north"), (3, "south")] {
            script.add(
                .taskStarted(
                    .init(
                        task: TaskID(UInt64(100 + id)), parent: root, name: "t\(id)", labels: [Label("zone", zone)])))
        }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        filter("label:zone=SOU", in: driver)
        #expect(names(driver) == ["root", "t3"])
        filter("label:zo", in: driver)
        #expect(names(driver) == ["root", "t2", "t3"])
    }

    @Test("follows what happens, and changes no sum")
    func isLive() {
        let driver = live()
        filter("!cancelling", in: driver)
        driver.expectLine("no task fits the filter")
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        #expect(names(driver) == ["orders", "workers", "worker-3", "order-1017", "lock"])
        driver.expectLine("workers            waits         35s    4    2")
    }

    @Test("what is under the cursor stays until that goes on, though it fits no more")
    func keepsTheCursor() {
        var script = Script()
        let root = script.start("root")
        let tasks = ["red", "green", "blue"].map { script.start($0, in: root) }
        for task in tasks { script.wait(task, "lock", "a") }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events, until: 1)
        filter("!waiting", in: driver)
        driver.press(.down)
        let seen = script.events.count
        script.resume(tasks[0])
        script.resume(tasks[1])
        driver.watch(script.events[seen...], until: 2)
        #expect(names(driver) == ["root", "green", "blue"])
        #expect(driver.cursorLine().contains("green"))
        driver.expectLine("only !waiting: 1 of 4 tasks")
        driver.press(.down)
        driver.send(.tick(now: Script.ns(3)))
        #expect(names(driver) == ["root", "blue"])
    }

    @Test("a word that is no state is said to be none")
    func saysWhatIsUnknown() {
        let driver = live(120, 36)
        driver.press(.character("f"))
        driver.type("!brokken")
        driver.expectLine("!brokken is no state: !failed !overdue")
    }

    @Test("Esc while typing goes back; Esc afterwards shows all, folded as it was, with the cursor where it is")
    func goesBack() {
        let driver = live()
        driver.press(.down, .character("-"))
        driver.expectLine("+ http")
        let before = driver.screen()
        driver.press(.character("f"))
        driver.type("caller")
        driver.expectNoLine("http")
        driver.press(.escape)
        #expect(driver.screen() == before)
        filter("charge", in: driver)
        driver.press(.down)
        driver.expectLine("only charge")
        let line = driver.cursorLine()
        driver.press(.escape)
        driver.expectNoLine("only charge")
        driver.press(.character("g"), .down)
        driver.expectLine("+ http")
        #expect(line.contains("charge") || line.contains("worker"))
    }

    @Test("after a filter that nothing fits the cursor is where it was before")
    func keepsTheCursorWhereNothingFits() {
        let driver = live()
        driver.press(.character("j"), .character("j"), .character("j"))
        let before = driver.cursorLine()
        filter("zzz", in: driver)
        driver.expectNoLine("conn-5")
        driver.press(.escape)
        #expect(driver.cursorLine() == before)
    }

    @Test("what is below a task that fits can be unfolded")
    func unfolds() {
        let driver = live()
        filter("kind:order 1042", in: driver)
        driver.expectLine("+ order-1042")
        driver.expectNoLine("charge")
        driver.press(.right)
        driver.expectLine("v order-1042")
        driver.expectLine("charge")
    }

    @Test("in a replay it shows what fitted then")
    func goesBackInTime() {
        var replay = Replay(events: story.events)
        let driver = Driver(width: 80, height: 24)
        replay.seek(time: Script.ns(39))
        driver.send(.replay(replay.view))
        filter("!abandoned", in: driver)
        #expect(names(driver) == ["orders", "workers", "worker-3", "order-1017", "lock"])
        replay.seek(time: Script.ns(31))
        driver.send(.replay(replay.view))
        driver.expectLine("only !abandoned: 0 of")
        replay.seek(time: Script.ns(5))
        driver.send(.replay(replay.view))
        driver.expectLine("no task fits the filter")
    }

    @Test("! and b lead out of it; / stays inside")
    func leadsOut() {
        let driver = live()
        filter("kind:connection", in: driver)
        driver.press(.character("/"))
        driver.type("auditor")
        driver.expectLine("no task is named like this")
        driver.press(.escape, .character("!"))
        driver.expectLine("lock does not fit the filter: that has ended")
        #expect(driver.cursorLine().contains("1017.lock"))
    }

    @Test("of a tree of 100,000 tasks finds what is in trouble without looking at the rest")
    func large() {
        var script = Script()
        let root = script.start("root")
        var last = root
        for group in 0..<10 {
            let parent = script.start("group \(group) of many", in: root)
            for number in 0..<10_000 { last = script.start("task-\(number)", in: parent) }
        }
        script.finish(last, .failed, "no luck")
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        filter("!failed", in: driver)
        #expect(names(driver) == ["root", "group", "task-9999"])
        filter("task-77", in: driver)
        driver.expectLine("only task-77: 1,110 of 100,011 tasks")
    }
}
