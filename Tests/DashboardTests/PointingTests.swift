import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("The mouse, pastes and copies")
struct PointingTests {
    private func driver(of count: Int) -> Driver {
        var script = Script()
        let root = script.start("root")
        for number in 0..<count {
            let name = String(UnicodeScalar(UInt8(97 + number % 26))) + String(repeating: "o", count: number / 26) + "k"
            script.start("leaf of \(name)", in: script.start(name, in: root))
        }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        _ = driver.screen()
        return driver
    }

    private func point(_ driver: Driver, _ act: Pointer.Act, x: Int = 10, y: Int) {
        driver.send(.pointer(Pointer(act, x: x, y: y)))
    }

    @Test("a click puts the cursor on the row that is there, and elsewhere does nothing")
    func clicks() {
        let driver = driver(of: 3)
        let lines = driver.screen().split(separator: "\n", omittingEmptySubsequences: false)
        for name in ["bk", "leaf of ck", "root", "ak"] {
            let y = lines.firstIndex { $0.contains(" \(name) ") } ?? 0
            point(driver, .press, y: y)
            #expect(driver.cursorLine().contains(" \(name) "))
        }
        for y in [-1, 0, 1, 2, 15, 22, 23, 24, .max, .min] { point(driver, .press, y: y) }
        point(driver, .press, x: 80, y: 4)
        #expect(driver.cursorLine().contains(" ak "))
    }

    @Test("a second click folds and unfolds the row")
    func secondClicks() {
        let driver = driver(of: 3)
        let y = driver.screen().split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            $0.contains(" bk ")
        }
        point(driver, .press, y: y ?? 0)
        point(driver, .secondPress, y: y ?? 0)
        driver.expectNoLine("leaf of bk")
        driver.expectLine("leaf of ck")
        point(driver, .press, y: y ?? 0)
        point(driver, .secondPress, y: y ?? 0)
        driver.expectLine("leaf of bk")
        point(driver, .secondPress, y: 0)
        driver.expectLine("leaf of bk")
    }

    @Test("the wheel scrolls by three rows, and the cursor stays where it is until it would leave the screen")
    func wheel() {
        let driver = driver(of: 40)
        driver.press(.down, .down, .down, .down, .down)
        let before = driver.cursorLine()
        point(driver, .wheelDown, y: 5)
        driver.expectLine("+3 above")
        #expect(driver.cursorLine() == before)
        point(driver, .wheelDown, y: 5)
        driver.expectLine("+6 above")
        #expect(driver.cursorLine() != before)
        for _ in 0..<100 { point(driver, .wheelDown, y: 5) }
        driver.expectNoLine("below")
        for _ in 0..<100 { point(driver, .wheelUp, y: 5) }
        driver.expectNoLine("above")
        #expect(!driver.cursorLine().isEmpty)
    }

    @Test("the wheel scrolls the help, and a click in it does nothing")
    func helpScrolls() {
        let driver = driver(of: 3)
        driver.press(.character("?"))
        let first = driver.screen()
        point(driver, .wheelDown, y: 5)
        #expect(driver.screen() != first)
        point(driver, .press, y: 5)
        point(driver, .wheelUp, y: 5)
        #expect(driver.screen() == first)
    }

    @Test("the help has pages, a first line and a last one")
    func helpPages() {
        let driver = driver(of: 3)
        driver.press(.character("?"))
        let first = driver.screen()
        driver.press(.pageDown)
        driver.expectNoLine("THE TREE")
        driver.press(.pageUp)
        #expect(driver.screen() == first)
        driver.press(.character("G"))
        driver.expectLine("cancel everything now")
        let last = driver.screen()
        driver.press(.down, .pageDown)
        #expect(driver.screen() == last)
        driver.press(.up)
        #expect(driver.screen() != last)
        driver.press(.home)
        #expect(driver.screen() == first)
    }

    @Test("pasted text goes where text is typed, as one line, and never counts as keys")
    func pastes() {
        let driver = driver(of: 3)
        let before = driver.screen()
        driver.send(.paste("xyqy\r"))
        #expect(driver.screen() == before && driver.takeEffects().isEmpty)
        driver.press(.character("x"))
        driver.send(.paste("y\r"))
        driver.expectLine("CANCEL root")
        driver.press(.escape, .character("/"))
        driver.type("leaf")
        driver.send(.paste(" of\u{7}\rbk\u{1b}"))
        driver.expectLine("/leaf of bk_")
        #expect(driver.cursorLine().contains("leaf of bk"))
        driver.send(.paste("zz"))
        driver.expectLine("no task is named like this")
        driver.send(.paste(String(repeating: "z", count: 1_000_000)))
        driver.expectLine("/leaf of bkzzzz")
        driver.press(.escape)
        #expect(driver.takeEffects().isEmpty)
    }

    @Test("nothing is clicked while a question is open or text is typed")
    func questionsTakeKeys() {
        let driver = driver(of: 3)
        for key in ["q", "/", "f", ":"] as [Character] {
            driver.press(.character(key))
            let before = driver.screen()
            for act in [Pointer.Act.press, .secondPress, .wheelDown] { point(driver, act, y: 6) }
            #expect(driver.screen() == before)
            driver.press(.escape)
        }
    }

    // MARK: the other views

    private let story = OrdersStory()

    private func live(_ key: Key) -> Driver {
        let driver = Driver(width: 80, height: 24)
        driver.watch(story.events[..<story.heldUp], until: 36)
        driver.press(key)
        _ = driver.screen()
        return driver
    }

    /// Where a text stands on the screen.
    private func spot(_ text: String, _ driver: Driver) -> (x: Int, y: Int) {
        let lines = driver.screen().split(separator: "\n", omittingEmptySubsequences: false)
        for (y, line) in lines.enumerated() {
            guard let range = line.firstRange(of: text) else { continue }
            return (line.distance(from: line.startIndex, to: range.lowerBound), y)
        }
        Issue.record("no \(text) in\n\(driver.screen())")
        return (-1, -1)
    }

    /// Clicks on the end of a text.
    private func click(_ text: String, _ driver: Driver, _ act: Pointer.Act = .press) {
        let spot = spot(text, driver)
        point(driver, act, x: spot.x + text.count - 1, y: spot.y)
    }

    @Test(
        "in a view a click puts the cursor on the row that is there, and a second one goes to its task in the tree",
        arguments: [
            (Key.function(4), "http/conn-3", "conn-3"), (.function(5), "workers/worker-4", "worker-4"),
            (.function(6), "conn-3", "conn-3"),
        ])
    func clicksInViews(key: Key, text: String, task: String) {
        let driver = live(key)
        let before = driver.cursorLine()
        click(text, driver)
        #expect(driver.cursorLine().contains(text))
        #expect(driver.cursorLine() != before)
        click(text, driver, .secondPress)
        driver.expectLine(" TASK ")
        #expect(driver.cursorLine().contains(task))
    }

    @Test(
        "a second click on a cascade opens its report, a click on another one shows that, and a second click closes it")
    func clicksOnCascades() {
        let driver = live(.function(3))
        click("0:33.700", driver, .secondPress)
        driver.expectLine("CASCADE 3  orders / workers")
        click("0:14.000", driver)
        driver.expectLine("CASCADE 2  ")
        click("0:14.000", driver, .secondPress)
        driver.expectNoLine("CASCADE 2  ")
    }

    @Test("in a view the wheel scrolls by three rows, and at the end of the events it stops following")
    func wheelInViews() {
        let driver = live(.function(5))
        driver.send(.resize(width: 120, height: 24))
        let end = driver.screen()
        driver.expectLine(" follows")
        point(driver, .wheelUp, y: 9)
        driver.expectLine("3 below")
        driver.expectLine("F follows")
        for _ in 0..<200 { point(driver, .wheelUp, y: 9) }
        driver.expectNoLine(" above")
        #expect(!driver.cursorLine().isEmpty)
        for _ in 0..<200 { point(driver, .wheelDown, y: 9) }
        driver.expectNoLine(" below")
        driver.press(.character("F"))
        #expect(driver.screen() == end)
    }

    @Test("a click on the name of a view shows it")
    func clicksOnTabs() {
        let driver = live(.function(3))
        for name in ["resources", "events", "timeline", "logs", "cascades"] {
            click("  \(name)", driver)
            driver.expectLine(" \(name.uppercased())")
        }
        let tree = spot(" tree  ", driver)
        point(driver, .press, x: tree.x + 1, y: tree.y)
        driver.expectLine(" TASK ")
    }

    @Test("a click on a key of the footer is that key, also where one word has two; but nothing is confirmed so")
    func clicksOnKeys() {
        let driver = live(.function(6))
        driver.send(.resize(width: 120, height: 36))
        #expect(driver.takeEffects() == [.redraw])
        let whole = driver.screen()
        click("+ -", driver)
        #expect(driver.screen() == whole)
        click("  +", driver)
        #expect(driver.screen() != whole)
        click("+ -", driver)
        #expect(driver.screen() == whole)
        click("- zoom", driver)
        #expect(driver.screen() != whole)
        click("Esc back", driver)
        driver.expectLine(" TASK ")
        click("? keys", driver)
        driver.expectLine("all keys")
        point(driver, .press, y: 35)
        driver.expectLine("all keys")
        driver.press(.escape, .character("G"))
        click("x cancel", driver)
        driver.expectLine("CANCEL orders / auditor ?")
        for act in [Pointer.Act.secondPress, .press] {
            for x in 0..<120 { point(driver, act, x: x, y: 35) }
        }
        driver.expectLine("CANCEL orders / auditor ?")
        driver.press(.escape)
        click("q shut down", driver)
        driver.expectLine("Shut down orders?")
        #expect(driver.takeEffects().isEmpty)
    }

    @Test("a click on the bar of a replay goes to the mark that is drawn there, or to the instant")
    func clicksOnTheBar() {
        var replay = Replay(events: story.events, verdict: "holds")
        replay.seek(time: Script.ns(10))
        let driver = Driver(width: 80, height: 24)
        driver.send(.replay(replay.view))
        let marks = spot("marks ", driver)
        let line = driver.screen().split(separator: "\n", omittingEmptySubsequences: false)[marks.y]
        let cancel = line.distance(from: line.startIndex, to: line.firstIndex(of: "C") ?? line.startIndex)
        point(driver, .press, x: cancel, y: marks.y)
        let mark = replay.marks.first { $0.kind == .cancel }
        #expect(driver.takeEffects() == [.replay(.seekEvent(mark?.position ?? -1))])
        point(driver, .press, x: 8, y: marks.y + 1)
        #expect(driver.takeEffects() == [.replay(.seek(to: 0))])
        point(driver, .press, x: 68, y: marks.y + 1)
        #expect(driver.takeEffects() == [.replay(.seek(to: replay.view.end))])
        for (x, y) in [(7, marks.y + 1), (69, marks.y + 1), (cancel, marks.y + 2), (cancel, marks.y + 3)] {
            point(driver, .press, x: x, y: y)
        }
        #expect(driver.takeEffects().isEmpty)
    }

    @Test("Y asks for a copy of the path, without what could act as more than text")
    func copies() {
        var script = Script()
        let root = script.start("root")
        var deep = root
        for number in 0..<12 { deep = script.start("n\(number)", in: deep) }
        script.start("evil\r\u{1b}]rm", in: deep)
        let driver = Driver()
        driver.watch(script.events)
        driver.press(.character("Y"))
        #expect(driver.takeEffects() == [.copy("root")])
        driver.press(.character("G"), .character("Y"))
        #expect(driver.takeEffects() == [.copy("root/n0/n1/n2/n3/n4/n5/n6/n7/n8/n9/n10/n11/evil]rm")])
        let empty = Driver()
        empty.press(.character("Y"))
        #expect(empty.takeEffects().isEmpty)
    }
}
