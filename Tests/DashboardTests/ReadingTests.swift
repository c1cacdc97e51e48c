import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("Looking around")
struct ReadingTests {
    private let story = OrdersStory()

    private func live(_ width: Int = 120, _ height: Int = 36) -> Driver {
        let driver = Driver(width: width, height: height)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        return driver
    }

    @Test("a search finds what is folded away, unfolds it, and Esc goes back")
    func searches() {
        let driver = live()
        driver.press(.character("h"))
        driver.expectNoLine("worker-3")
        driver.press(.character("/"))
        driver.type("1017")
        #expect(driver.cursorLine().contains("order-1017"))
        driver.press(.escape)
        #expect(driver.cursorLine().contains("orders"))
        driver.press(.character("/"))
        driver.type("ORDER-10")
        driver.press(.enter)
        let first = driver.cursorLine()
        driver.press(.character("n"))
        #expect(driver.cursorLine() != first)
        driver.press(.character("N"))
        #expect(driver.cursorLine().prefix(30) == first.prefix(30))
        driver.press(.character("/"))
        driver.type("nowhere")
        driver.expectLine("no task is named like this")
    }

    @Test("a search says which of how many it is at, also for n, and round the end")
    func countsMatches() {
        let driver = live()
        driver.press(.character("/"))
        driver.type("worker-")
        driver.expectLine("/worker-_   1 of 5")
        driver.press(.down)
        driver.expectLine("/worker-_   2 of 5")
        driver.press(.enter, .character("N"), .character("N"))
        driver.expectLine("worker-: 5 of 5")
        driver.press(.character("n"))
        driver.expectLine("worker-: 1 of 5")
    }

    @Test("a search paints what it found")
    func paintsMatches() {
        let driver = live()
        driver.press(.character("/"))
        driver.type("1017")
        let canvas = driver.canvas()
        let y = (0..<canvas.height).first { canvas[0, $0].selected }!
        let found = (0..<canvas.width).filter { canvas[$0, y].role == .match }
        #expect(found.count == 4)
        #expect(found.first.map { canvas[$0, y].scalar } == "1")
    }

    @Test("! goes to what the line above the keys names, then to old failures, round and round")
    func goesToTrouble() {
        let driver = live()
        driver.expectLine("! 1 task waits too long: ! goes there.")
        driver.press(.character("!"))
        #expect(
            driver.cursorLine().contains("waits lock      14s     1     0  1017.lock, held by auditor; no deadline"))
        driver.press(.character("!"))
        #expect(driver.cursorLine().contains("conn-5"))
        driver.press(.character("!"))
        #expect(driver.cursorLine().contains("1017.lock, held by auditor"))
        driver.press(.character("g"), .character("!"))
        #expect(driver.cursorLine().contains("1017.lock, held by auditor"))
        var script = Script()
        script.start("calm")
        let calm = Driver()
        calm.watch(script.events)
        calm.press(.character("!"))
        calm.expectLine("no trouble anywhere")
    }

    @Test("! takes the overdue first, then the abandoned, the leaked, the long waits, and old failures last")
    func ordersTroubles() {
        var script = Script()
        let root = script.start("root", grace: 5)
        let names = ["failed", "waits", "leaked", "abandoned", "overdue"]
        let tasks = names.map { script.start($0, in: root, grace: 5) }
        script.finish(tasks[0], .failed, "no luck")
        script.wait(tasks[1], "lock", "a")
        let leak = script.hold(tasks[2], "socket", "b")
        script.release(leak, of: tasks[2], ms: 1, .leaked)
        for task in tasks[3...] { _ = script.cancel(task, Cause(.user), marks: [task]) }
        script.finish(tasks[3], .abandoned)
        script.add(.taskOverdue(.init(task: tasks[4], since: 0, grace: 5_000_000_000)))
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events, until: 6)
        driver.expectLine("! 1 task is overdue: ! goes there.")
        for name in names.reversed() + ["overdue"] {
            driver.press(.character("!"))
            #expect(driver.cursorLine().contains(" \(name) "))
        }
    }

    @Test("a paused screen stands still and counts what goes on")
    func pauses() {
        let driver = live()
        driver.press(.character("p"))
        let before = driver.screen()
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        driver.expectLine("PAUSED, \(story.heldUp - story.halfMinute) events since")
        // The rows of a keyframe are no events.
        let last = story.events[story.heldUp - 1]
        let keyframe: [TreeEvent.Change] = [
            .snapshotBegin(.init()), .snapshotTask(.init()), .snapshotEnd(.init()),
        ]
        driver.watch(keyframe.map { TreeEvent(seq: last.seq, t: last.t, change: $0) }, until: 36)
        driver.expectLine("PAUSED, \(story.heldUp - story.halfMinute) events since")
        let after = driver.screen()
        // What works there as it does in a live tree is named once.
        for word in ["p now", "? keys", "x cancel"] {
            #expect(after.split(separator: "\n").last?.ranges(of: word).count == 1, "\(word)")
        }
        #expect(before.split(separator: "\n").dropFirst() == after.split(separator: "\n").dropFirst())
        driver.press(.character("p"))
        driver.expectLine("0:36")
        driver.expectLine("30 live")
    }

    @Test("the detail comes and goes with Enter")
    func detail() {
        let driver = live(80, 24)
        driver.expectNoLine("RECENT")
        driver.press(.enter)
        driver.expectLine("RECENT")
        driver.expectLine("HOLDS 36, released in this order")
        driver.press(.escape)
        driver.expectNoLine("RECENT")
    }

    @Test("a gap, a recording that failed, and starvation are on the screen")
    func showsWhatIsMissing() {
        let driver = live()
        driver.send(
            .session(SessionStatus(name: "orders", file: "x.treetop", bytes: 1, recording: .failed("the disk is full")))
        )
        driver.expectLine("RECORDING ENDED: the disk is full")
        let t = Script.ns(31.3)
        driver.watch([
            TreeEvent(seq: 900, t: t, change: .gap(.init(lost: 1_024))),
            TreeEvent(seq: 1_924, t: t, change: .engineStarved(.init(duration: 1_200_000_000))),
        ])
        driver.expectLine("GAP: 1,024 events lost")
        driver.expectLine("STARVED 1.2s")
    }

    @Test("a quiet tree is drawn once a second, a replay that stands still never")
    func isCalm() {
        let driver = live()
        _ = driver.screen()
        #expect(!driver.state.needsFrame(now: Script.ns(31.9)))
        #expect(driver.state.needsFrame(now: Script.ns(32.0)))
        #expect(driver.state.nextFrame == Script.ns(32))
        driver.send(.notice("something"))
        driver.send(.tick(now: Script.ns(31.3)))
        #expect(driver.state.needsFrame(now: Script.ns(31.4)))
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(20))
        driver.send(.replay(replay.view))
        #expect(driver.state.needsFrame(now: 0))
        _ = driver.screen()
        #expect(!driver.state.needsFrame(now: Script.ns(99)))
        #expect(driver.state.nextFrame == nil)
    }

    @Test(
        "names are shown, never obeyed",
        arguments: ["\u{1B}[2J\u{1B}]0;x\u{7}", "a\nb\tc", "日本語のタスク", "\u{202E}evil", ""])
    func hostileNames(name: String) {
        var script = Script()
        let root = script.start(name)
        script.hold(root, name, name)
        script.say(root, name)
        script.wait(root, name, name)
        for _ in 0..<5 { script.start(name, in: root) }
        let cascade = script.cancel(root, Cause(.user, by: name, message: name), marks: [root])
        let driver = Driver()
        driver.watch(script.events)
        driver.press(.character("c"), .character("o"))
        _ = cascade
        let text = driver.screen()
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        #expect(!text.unicodeScalars.contains { $0.value == 0x202E })
    }

    @Test("no key means two things in one place, and the footer and the help come from the same table")
    func oneTable() {
        for context in Binding.Context.allCases {
            var seen: Set<Key> = []
            for binding in Binding.table where binding.contexts.contains(context) {
                for key in binding.keys { #expect(seen.insert(key).inserted, "\(key) in \(context)") }
            }
        }
        let driver = live(120, 60)
        driver.press(.character("?"))
        for binding in Binding.table where !binding.help.isEmpty && binding.contexts.contains(.live) {
            driver.expectLine(binding.help)
        }
    }
}
