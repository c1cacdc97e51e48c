import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("The cursor")
struct CursorTests {
    /// A root with `count` workers that have nothing in common but their parent.
    private func workers(_ count: Int) -> (Script, [TaskID]) {
        var script = Script()
        let root = script.start("root")
        let names = (0..<count).map {
            String(UnicodeScalar(UInt8(97 + $0 % 26))) + String(repeating: "o", count: $0 / 26) + "k"
        }
        let tasks = names.map { script.start($0, in: root) }
        return (script, tasks)
    }

    @Test("stays on its task, and the task stays where it is on the screen, when rows above it go")
    func staysWhenRowsGo() {
        var (script, tasks) = workers(40)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.character("G"), .up, .up, .up, .up, .up)
        let line = driver.cursorLine()
        let row = rowOfCursor(driver)
        let seen = script.events.count
        script.at(1)
        for task in tasks[0..<10] { script.finish(task) }
        driver.watch(script.events[seen...], until: 10)
        #expect(rowOfCursor(driver) == row)
        #expect(driver.cursorLine().prefix(20) == line.prefix(20))
    }

    @Test("stays on its task when siblings start before and after it")
    func staysWhenRowsCome() {
        var script = Script()
        let root = script.start("root")
        let early = script.start("early", in: root)
        script.start("late", in: root)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.character("G"))
        #expect(driver.cursorLine().contains("late"))
        let seen = script.events.count
        for name in ["red", "green", "blue"] { script.start(name, in: early) }
        driver.watch(script.events[seen...])
        #expect(driver.cursorLine().contains("late"))
    }

    @Test("goes to the next row that is there when its task is gone for good")
    func survivesItsTask() {
        var (script, tasks) = workers(5)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.character("G"))
        let seen = script.events.count
        script.finish(tasks[4])
        driver.watch(script.events[seen...], until: 10)
        #expect(driver.cursorLine().contains("dk"))
    }

    @Test("is not collapsed away into a group")
    func isNotCollapsed() {
        var script = Script()
        let root = script.start("root")
        for number in 1...9 { script.start("conn-\(number)", in: root) }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.expectLine("conn x9")
        driver.press(.character("/"))
        driver.type("conn-7")
        driver.press(.enter)
        driver.expectLine("conn x8")
        #expect(driver.cursorLine().contains("conn-7"))
        driver.press(.character("g"))
        driver.expectLine("conn x9")
    }

    @Test("goes from a group to what is left of it")
    func groupEnds() {
        var script = Script()
        let root = script.start("root")
        let tasks = (1...9).map { script.start("conn-\($0)", in: root) }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.down)
        #expect(driver.cursorLine().contains("conn x9"))
        let seen = script.events.count
        for task in tasks.dropLast() { script.finish(task) }
        driver.watch(script.events[seen...], until: 20)
        #expect(driver.cursorLine().contains("conn-9"))
    }

    @Test("moves with arrows, letters, pages, first and last")
    func moves() {
        let (script, _) = workers(60)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.down, .character("j"), .up)
        #expect(driver.cursorLine().contains("ak"))
        driver.press(.pageDown, .pageDown)
        #expect(driver.cursorLine().contains("oko") == false)
        driver.press(.character("G"))
        #expect(driver.cursorLine().contains("hook"))
        driver.press(.down)
        #expect(driver.cursorLine().contains("hook"))
        driver.press(.character("g"))
        #expect(driver.cursorLine().contains("root"))
    }

    @Test("folds and goes to the parent with h, unfolds and goes to the child with l")
    func folds() {
        let (script, _) = workers(3)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.character("h"))
        driver.expectLine("+ root")
        driver.expectNoLine("ak ")
        driver.press(.character("l"), .character("l"))
        #expect(driver.cursorLine().contains("ak"))
        driver.press(.left)
        #expect(driver.cursorLine().contains("root"))
        driver.press(.character("-"))
        driver.expectLine("+ root")
        driver.press(.character("*"))
        driver.expectLine("v root")
    }

    @Test("finds a large subtree folded, and can open it")
    func largeIsFolded() {
        var script = Script()
        let root = script.start("root")
        let many = script.start("many", in: root)
        for number in 0..<100 { script.start(String(UnicodeScalar(UInt8(97 + number % 26))) + "\(number)x", in: many) }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.expectLine("+ many")
        driver.press(.down, .right)
        driver.expectLine("v many")
        driver.press(.character("/"))
        driver.type("z51x")
        #expect(driver.cursorLine().contains("z51x"))
    }

    private func rowOfCursor(_ driver: Driver) -> Int {
        let canvas = driver.canvas()
        return (0..<canvas.height).first { canvas[0, $0].selected } ?? -1
    }
}
