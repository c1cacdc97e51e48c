import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("Where there is little room")
struct RoomTests {
    private let story = OrdersStory()

    @Test("a recording that failed is said at any width", arguments: [14, 30, 40, 60, 80, 100, 120, 200])
    func recordingFailed(width: Int) {
        let driver = Driver(width: width, height: 24)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        let why = "No space left on device: the volume /var/lib/somewhere/deep/treetop is full; free some and restart"
        driver.send(.session(SessionStatus(name: "orders", file: "x.treetop", bytes: 1, recording: .failed(why))))
        let title = driver.screen().split(separator: "\n").first.map(String.init) ?? ""
        #expect(title.contains("NOT RECORDED") || title.contains("RECORDING ENDED: No space"), "\(title)")
        if width >= 80 { #expect(title.contains("RECORDING ENDED: No space")) }
    }

    @Test("rows beyond the screen are counted")
    func hiddenRows() {
        var script = Script()
        let root = script.start("root")
        for number in 0..<40 { script.start(String(UnicodeScalar(UInt8(97 + number % 26))) + "\(number)k", in: root) }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.expectLine("+22 below")
        driver.press(.character("G"))
        driver.expectLine("+22 above")
        driver.expectNoLine("below")
    }

    @Test("a cascade in a replay leaves the tree eight rows")
    func replayCascade() {
        var replay = Replay(events: story.events, verdict: "undetermined: cut off")
        replay.seek(time: Script.ns(36))
        let driver = Driver(width: 80, height: 24)
        driver.send(.replay(replay.view))
        driver.press(.character("c"))
        let lines = driver.screen().split(separator: "\n", omittingEmptySubsequences: false)
        let rule = lines.firstIndex { $0.hasPrefix("--- CASCADE") } ?? 0
        #expect(rule - 3 >= 8)
        driver.expectLine(" 0:36.000     |___")
        driver.expectLine("check undetermined: cut off")
    }

    @Test("a recording says that nothing can be changed in it", arguments: ["x", "X", "d", "R"])
    func recordingStays(key: String) {
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(36))
        let driver = Driver()
        driver.send(.replay(replay.view))
        driver.press(.character(Character(key)))
        driver.expectLine("this is a recording: nothing can be changed in it")
        driver.press(.character("c"), .character(Character(key)))
        driver.expectLine("this is a recording: nothing can be changed in it")
        #expect(driver.takeEffects() == [])
    }

    @Test("a mark keeps the name of its task, and gives way to one that matters more")
    func marks() {
        var script = Script()
        let root = script.start("root")
        let lock = script.start("lock", in: root, grace: 5)
        script.at(10)
        _ = script.cancel(lock, Cause(.user), marks: [lock])
        script.add(.taskOverdue(.init(task: lock, since: Script.ns(10), grace: 5_000_000_000)))
        script.finish(lock, .failed, "no luck")
        script.at(300)
        script.add(.engineStarved(.init(duration: 1)))
        var replay = Replay(events: script.events)
        replay.seek(time: Script.ns(300))
        let driver = Driver(width: 80, height: 24)
        driver.send(.replay(replay.view))
        driver.expectLine("0:10.000  lock: failed")
        let marks = driver.screen().split(separator: "\n").first { $0.hasPrefix(" marks") } ?? ""
        #expect(marks.contains("C"))
        #expect(!marks.contains("!"))
    }

    @Test("* unfolds everything, groups too, before it folds; + opens a group, and the cursor may go into it")
    func folds() {
        var script = Script()
        let root = script.start("root")
        for number in 1...9 {
            let conn = script.start("conn-\(number)", in: root)
            script.start("request", in: conn)
        }
        let driver = Driver(width: 80, height: 40)
        driver.watch(script.events)
        driver.expectLine("+ conn x9")
        driver.press(.character("*"))
        driver.expectLine("v conn x9")
        driver.expectLine("v conn-9")
        driver.press(.character("*"))
        driver.expectLine("+ root")
        driver.press(.character("+"), .down, .character("l"))
        driver.expectLine("v conn x9")
        driver.expectLine("conn-1 ")
        let before = driver.screen().split(separator: "\n").filter { $0.contains(" running ") }.map { $0.dropFirst() }
        driver.press(.down, .down, .down)
        let after = driver.screen().split(separator: "\n").filter { $0.contains(" running ") }.map { $0.dropFirst() }
        #expect(before == after)
    }

    @Test("a row that is too deep to be shown by its place says how deep it is")
    func deepRows() {
        var script = Script()
        var task = script.start("n0")
        for number in 1..<14 { task = script.start("n\(number)", in: task) }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.character("G"))
        let lines = driver.screen().split(separator: "\n")
        #expect(lines.contains { $0.contains(" 12 n12 ") } && lines.contains { $0.contains(" 11 n11 ") })
        driver.press(.character("g"))
        driver.expectLine("v n1 ")
        driver.expectNoLine(" 1 n1 ")
    }
}
