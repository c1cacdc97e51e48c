import Canvas
import Testing
import TreeModel

@testable import Dashboard

@Suite("So many of so many")
struct ShareTests {
    @Test(
        "fits into its columns, the part as exact as it may be",
        arguments: [
            (12, 40, 7, "12/40"), (999, 999, 7, "999/999"), (1_122, 1_122, 7, "1122"), (7, 12_345, 7, "7/12345"),
            (11_127, 11_127, 7, "11127"), (123_456, 456_789, 7, "123k"), (1_000_000, 1_000_000, 7, "1000000"),
            (11_127, 11_127, 9, "11127"),
        ])
    func fits(_ part: Int, _ whole: Int, _ columns: Int, _ text: String) {
        #expect(Words.share(part, of: whole, columns: columns) == text)
    }
}

@Suite("A preview")
struct PreviewTests {
    private let user = Cause(.user, by: "key x")

    private func asked(_ script: Script, about name: String, until seconds: Double, _ width: Int = 120) -> Driver {
        let driver = Driver(width: width, height: width == 80 ? 24 : 36)
        driver.watch(script.events, until: seconds)
        driver.press(.character("/"))
        driver.type(name)
        driver.press(.enter, .character("x"))
        return driver
    }

    @Test("counts what it would newly mark, and says what is cancelling already")
    func partlyCancelling() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let pool = script.start("pool", in: root, grace: 5)
        let one = script.start("one", in: pool, grace: 2)
        let two = script.start("two", in: pool, grace: 5)
        let other = script.start("other", in: root, grace: 5)
        script.start("calm", in: root, grace: 5)
        script.hold(one, "socket", "a")
        script.hold(two, "socket", "b")
        script.at(10)
        _ = script.cancel(one, user, marks: [one])
        _ = script.cancel(other, user, marks: [other])
        script.at(10.3)
        script.add(.taskOverdue(.init(task: one, since: Script.ns(10), grace: 2_000_000_000)))
        let driver = asked(script, about: "pool", until: 10.5)
        driver.expectLine("stops      2 of 6 tasks       3 here, 1 of them is already cancelling; pool, 1 two")
        driver.expectLine("releases   1 of 2 held")
        driver.expectLine("waits for  one, cancelled already,   does not stop since 0s")
        driver.expectLine("at worst   1.5s, then one is abandoned")
        driver.expectLine("goes on    2 tasks            root, calm")
        driver.press(.character("n"), .character("g"))
        driver.press(.character("/"))
        driver.type("other")
        driver.press(.enter, .character("x"))
        driver.expectLine("goes on    4 tasks: root, pool, calm")
    }

    @Test("of what ended meanwhile offers only to leave")
    func over() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let one = script.start("one", in: root, grace: 2)
        let driver = asked(script, about: "one", until: 1, 80)
        driver.expectLine("y cancel 1 task")
        let before = script.events.count
        script.finish(one)
        driver.watch(script.events[before...], until: 2)
        driver.expectLine("it is over already: there is nothing to cancel")
        driver.expectLine(" n leave")
        for word in ["y cancel", "without grace", "list all"] { driver.expectNoLine(word) }
    }

    @Test("the detail of what is cancelling still says what it holds")
    func holdsWhileCancelling() {
        var script = Script()
        let root = script.start("root", grace: 5)
        script.hold(root, "socket", "a")
        _ = script.cancel(root, user, marks: [root])
        let driver = Driver()
        driver.watch(script.events, until: 1)
        driver.expectLine("HOLDS 1, released in this order")
    }

    @Test("takes a short wait on something that somebody holds for the likely blocker, with its own grace")
    func shortWait() {
        var script = Script()
        let root = script.start("root", grace: 9)
        let pool = script.start("pool", in: root, grace: 9)
        let holder = script.start("holder", in: root)
        script.hold(holder, "lock", "a.lock")
        script.at(10)
        let waiter = script.start("waiter", in: pool, grace: 3)
        script.wait(waiter, "lock", "a.lock")
        let driver = asked(script, about: "pool", until: 10.4)
        driver.expectLine("waits for  waiter   in one wait for 0s, on a.lock, held by holder")
        driver.expectLine("at worst   3.0s, then waiter is abandoned")
    }

    @Test("lists all resources: what does not fit is a key away")
    func listsAll() {
        var script = Script()
        let root = script.start("root")
        for number in 1...60 { script.hold(root, "directory", "treetop-orders-number-\(number)") }
        let driver = asked(script, about: "root", until: 1, 80)
        driver.press(.character("v"))
        driver.expectLine("1    directory treetop-orders-numbe~ root")
        driver.expectLine("1-13 of 60")
        driver.press(.down)
        driver.expectLine("2-14 of 60")
        driver.press(.pageDown)
        driver.expectLine("15-27 of 60")
        driver.press(.character("G"), .down)
        driver.expectLine("48-60 of 60")
        driver.expectLine("60   directory")
        driver.press(.up, .pageUp)
        driver.expectLine("34-46 of 60")
        driver.press(.character("g"))
        driver.expectLine("1-13 of 60")
        driver.expectLine("Up Down more")
        driver.expectLine("n leave")
        driver.press(.character("v"), .down)
        driver.expectLine("stops")
    }

    @Test("keeps the way out in the key line of a narrow screen, and then the help")
    func wayOut() {
        let story = OrdersStory()
        let driver = Driver(width: 80, height: 24)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        driver.expectLine("? keys")
        driver.press(.character("x"))
        driver.expectLine("n leave")
        driver.expectNoLine("q shut down")
        driver.press(.character("y"))
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        driver.press(.character("c"))
        driver.expectLine("Esc close")
        driver.expectLine("? keys")
    }

    @Test("numbers and kinds keep a space to what follows them")
    func columnsStayApart() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let storm = script.start("storm", in: root, grace: 5)
        for _ in 0..<1_200 { script.start("t", in: storm) }
        script.hold(storm, "directory", "treetop-orders")
        let driver = asked(script, about: "root", until: 1)
        driver.expectLine("1,202 of 1,202 tasks  ")
        driver.press(.character("n"))
        driver.expectLine("1 directory treetop-orders")
    }

    @Test("looks at so many tasks in all, however many it is asked about")
    func looksAtSoManyInAll() {
        var script = Script()
        let root = script.start("root", grace: 5)
        var groups: [TaskID] = []
        for _ in 0..<50 {
            let group = script.start("group", in: root, grace: 5)
            for _ in 0..<100 { script.start("leaf", in: group) }
            groups.append(group)
        }
        var tree = LiveTree()
        for event in script.events { tree.apply(event) }
        tree.settle()
        let preview = Preview(.drain, roots: groups, title: "", looksAt: 1_000, in: tree)
        #expect(preview.stops == 50 * 101)
        #expect(preview.isPartial && preview.names.reduce(0) { $0 + $1.count } == 1_000)
    }
}

@Suite("Text over several lines")
struct WrapTests {
    private func lines(_ text: String, _ width: Int, _ most: Int) -> [String] {
        Span.wrapped([Span(text)], width: width, lines: most).map { $0.map(\.text).joined() }
    }

    @Test("is broken at spaces, and a word that is longer than a line where the line ends")
    func breaks() {
        #expect(lines("client reset it mid-body", 15, 9) == ["client reset it", "mid-body"])
        #expect(lines("client reset it", 15, 9) == ["client reset it"])
        #expect(lines("client reset it mid", 12, 9) == ["client reset", "it mid"])
        #expect(lines("abcdefgh", 3, 9) == ["abc", "def", "gh"])
        #expect(lines("a very long story", 6, 2) == ["a very", "long story"])
        #expect(lines("", 6, 2) == [""])
        #expect(lines("日本語", 4, 9) == ["日本", "語"])
        // Nothing fits: it is left as it is.
        #expect(lines("日本語", 1, 9).joined() == "日本語" || lines("日本語", 1, 9) == [""])
    }

    @Test("goes on in the next piece where the one before ended")
    func pieces() {
        let spans = [Span("lock 1017.lock", .waiting), Span(", held by "), Span("auditor", .accent)]
        let lines = Span.wrapped(spans, width: 24, lines: 3)
        #expect(lines.map { $0.map(\.text).joined() } == ["lock 1017.lock, held by ", "auditor"])
        #expect(lines.last?.first?.role == .accent)
    }
}
