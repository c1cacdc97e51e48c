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
        for key in ["q", "/"] as [Character] {
            driver.press(.character(key))
            let before = driver.screen()
            for act in [Pointer.Act.press, .secondPress, .wheelDown] { point(driver, act, y: 6) }
            #expect(driver.screen() == before)
            driver.press(.escape)
        }
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
