import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("The views beside the tree")
struct ViewTests {
    private let story = OrdersStory()

    private func live(until count: Int, seconds: Double, height: Int = 24) -> Driver {
        let driver = Driver(width: 80, height: height)
        driver.watch(story.events[..<count], until: seconds)
        return driver
    }

    private func lines(_ driver: Driver) -> [String] {
        driver.screen().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func rowOfCursor(_ driver: Driver) -> Int {
        let canvas = driver.canvas()
        return (0..<canvas.height).first { canvas[0, $0].selected } ?? -1
    }

    @Test("Tab goes round all of them and Shift-Tab back; each has a key of its own, live and in a recording")
    func keys() {
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(36))
        let recorded = Driver(width: 80, height: 24)
        recorded.send(.replay(replay.view))
        for driver in [live(until: story.heldUp, seconds: 36), recorded] {
            let names = ["CASCADES", "RESOURCES", "EVENTS", "TIMELINE", "LOGS"]
            for name in names {
                driver.press(.tab)
                driver.expectLine(" \(name)")
            }
            driver.press(.tab)
            driver.expectLine(" TASK ")
            driver.press(.backTab)
            driver.expectLine(" LOGS")
            for (number, name) in names.enumerated() {
                driver.press(.function(number + 3))
                driver.expectLine(" \(name)")
            }
            driver.press(.function(2))
            driver.expectNoLine("cascades")
        }
    }

    @Test("no key means two things at once")
    func noTwoMeanings() {
        func keys(_ contexts: Set<Binding.Context>) -> [Key] {
            Binding.table.filter { !$0.contexts.isDisjoint(with: contexts) }.flatMap(\.keys)
        }
        for context in Binding.Context.allCases {
            let all = keys([context])
            #expect(Set(all).count == all.count, "\(context)")
        }
        for view in [Binding.Context.cascades, .resources, .events, .timeline, .logs] {
            for rest in [Binding.Context.liveView, .replayView] {
                let all = keys([view, rest])
                #expect(Set(all).count == all.count, "\(view), \(rest)")
            }
        }
    }

    @Test("Enter goes to the task of a row in the tree; so does t, and Esc goes back to where the tree was")
    func backToTheTree() {
        let driver = live(until: story.halfMinute, seconds: 31.2)
        driver.press(.function(4), .character("f"))
        driver.type("1017.lock")
        driver.press(.enter)
        #expect(driver.cursorLine().contains("auditor"))
        driver.press(.escape, .escape)
        #expect(driver.cursorLine().contains("orders "))
        driver.press(.function(4), .character("/"))
        driver.type("1017.lock")
        driver.press(.enter, .enter)
        driver.expectLine(" TASK ")
        #expect(driver.cursorLine().contains("auditor"))
        driver.press(.function(5), .character("t"))
        #expect(driver.cursorLine().contains("workers"))
    }

    @Test("a task that has left the tree is named, and the view stays")
    func goneTask() {
        let driver = live(until: story.halfMinute, seconds: 31.2)
        driver.press(.function(5), .character("f"))
        driver.type("order-1000 finished")
        driver.press(.enter, .enter)
        driver.expectLine("order-1000 is not in the tree any more")
        driver.expectLine(" EVENTS")
    }

    @Test("x in a view asks about the task of its row; in a recording nothing can be changed")
    func cancelFromAView() {
        let driver = live(until: story.halfMinute, seconds: 31.2)
        driver.press(.function(4), .character("/"))
        driver.type("tail -F")
        driver.press(.enter, .character("x"))
        driver.expectLine("CANCEL orders / auditor ?")
        driver.press(.character("y"))
        #expect(driver.takeEffects().count == 1)
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(36))
        driver.send(.replay(replay.view))
        driver.press(.escape, .function(4), .character("x"))
        driver.expectLine("this is a recording: nothing can be changed in it")
        driver.expectLine(" RESOURCES")
        #expect(driver.takeEffects() == [])
    }

    @Test("! goes from any view to the next trouble in the tree, and b from a report to the blocker")
    func troubles() {
        let driver = live(until: story.heldUp, seconds: 36)
        driver.press(.function(5), .character("!"))
        #expect(driver.cursorLine().contains("lock"))
        driver.press(.function(3), .enter)
        driver.expectLine("CASCADE 3  orders / workers")
        driver.press(.character("B"))
        #expect(driver.cursorLine().contains("auditor"))
    }

    @Test("each is shown at any size, at once and after some moves", arguments: [(0, 0), (9, 3), (40, 10), (80, 24)])
    func sizes(size: (Int, Int)) {
        let driver = live(until: story.over, seconds: 38.71)
        driver.send(.resize(width: size.0, height: size.1))
        for number in 3...7 {
            driver.press(.function(number), .down, .down, .character("G"), .pageUp, .character("g"))
            let text = driver.screen()
            if size.0 >= 40 { #expect(text.contains(["CASC", "RESO", "EVEN", "TIME", "LOGS"][number - 3])) }
        }
    }

    // MARK: resources

    @Test("resources are sorted by age, kind, holder and state, one after the other, and the sort is shown")
    func sorts() {
        let driver = live(until: story.over, seconds: 38.71)
        driver.press(.function(4))
        let orders = [
            ("age", "orders.log", "38s"), ("kind", "database", "database"), ("holder", "auditor", "auditor"),
            ("state", "quarantined", "quarantined"), ("age", "orders.log", "38s"),
        ]
        for (sort, first, word) in orders {
            driver.expectLine("by \(sort)")
            driver.press(.character("g"))
            #expect(driver.cursorLine().contains(first) && driver.cursorLine().contains(word), "\(sort)")
            driver.press(.character("s"))
        }
    }

    @Test("another sort leaves the cursor on its resource")
    func sortKeepsTheCursor() {
        let driver = live(until: story.over, seconds: 38.71)
        driver.press(.function(4), .down, .down, .down)
        let line = driver.cursorLine()
        for _ in 0..<4 {
            driver.press(.character("s"))
            #expect(driver.cursorLine() == line)
        }
    }

    @Test("the cursor stays on its resource, and that on its line, when others go; then on the next that is left")
    func resourceIdentity() {
        var script = Script()
        let root = script.start("root")
        let held = (1...30).map { script.hold(root, "file", "f\($0).txt") }
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events)
        driver.press(.function(4), .character("G"), .up, .up)
        #expect(driver.cursorLine().contains("f28.txt"))
        let row = rowOfCursor(driver)
        var seen = script.events.count
        for resource in held[..<9] { script.release(resource, of: root, ms: 1) }
        driver.watch(script.events[seen...])
        #expect(driver.cursorLine().contains("f28.txt"))
        #expect(rowOfCursor(driver) == row)
        seen = script.events.count
        script.release(held[27], of: root, ms: 1)
        driver.watch(script.events[seen...])
        #expect(driver.cursorLine().contains("f29.txt"))
    }

    @Test("what others wait for is marked, with who waits longest")
    func wanted() {
        let driver = live(until: story.halfMinute, seconds: 31.2)
        driver.send(.resize(width: 120, height: 36))
        driver.press(.function(4), .character("s"), .character("s"), .character("s"), .character("g"))
        let line = driver.cursorLine()
        #expect(line.contains("1017.lock") && line.contains("wanted") && line.contains("lock waits for it, 14s"))
    }

    @Test("what leaked stays in the list, and is counted for its kind")
    func leaks() {
        var script = Script()
        let root = script.start("root")
        let lease = script.hold(root, "lease", "permit")
        script.release(lease, of: root, ms: 3, .leaked)
        let driver = Driver(width: 120, height: 36)
        driver.watch(script.events, until: 9)
        driver.press(.function(4))
        driver.expectLine("lease       permit")
        driver.expectLine("leaked")
        driver.expectLine("lease             0         1         1       1       0          0            0")
    }

    // MARK: lines

    @Test("events follow the newest until one scrolls up, F follows again, and what is read stays where it is")
    func follows() {
        let driver = live(until: story.halfMinute, seconds: 31.2)
        driver.press(.function(5))
        #expect(driver.cursorLine().contains("queue 2 of 64"))
        driver.watch(story.events[story.halfMinute..<story.halfMinute + 3])
        #expect(driver.cursorLine().contains("task.cancelling"))
        driver.press(.up, .up)
        driver.expectLine("F follows")
        let line = driver.cursorLine()
        let row = rowOfCursor(driver)
        driver.watch(story.events[story.halfMinute + 3..<story.heldUp], until: 36)
        #expect(driver.cursorLine() == line)
        #expect(rowOfCursor(driver) == row)
        driver.press(.character("F"))
        #expect(driver.cursorLine().contains("task.overdue"))
    }

    @Test(
        "a filter lets lines through that have all its words; Esc while typing leaves it as it was, Esc later drops it")
    func filters() {
        let driver = live(until: story.heldUp, seconds: 36)
        driver.press(.function(5), .character("f"))
        driver.type("FINISHED failed")
        driver.expectLine("show only FINISHED failed_   1 line")
        driver.press(.enter)
        driver.expectLine("http/conn-5")
        driver.expectNoLine("resource.released")
        driver.expectLine("Esc no filter")
        driver.press(.character("f"))
        driver.type("xyz")
        driver.expectLine("nothing here has these words")
        driver.press(.escape)
        driver.expectLine("only FINISHED failed")
        driver.expectLine("http/conn-5")
        driver.press(.escape)
        driver.expectLine("task.overdue")
        driver.press(.escape)
        driver.expectLine(" TASK ")
    }

    @Test("/ finds a line as it is typed, n and N go on, and what is read stays; Esc while typing goes back")
    func finds() {
        let driver = live(until: story.heldUp, seconds: 36)
        driver.press(.function(5))
        let before = driver.screen()
        driver.press(.character("/"))
        driver.type("FAILED")
        driver.expectLine("/FAILED_   1 of 1")
        #expect(driver.cursorLine().contains("http/conn-5"))
        driver.press(.escape)
        #expect(driver.screen() == before)
        driver.press(.character("/"))
        driver.type("overdue")
        driver.press(.enter)
        driver.expectLine("Esc close")
        let last = driver.cursorLine()
        #expect(last.contains("task.overdue"))
        driver.watch(story.events[story.heldUp..<story.over], until: 38.71)
        #expect(driver.cursorLine() == last)
        driver.press(.character("n"))
        driver.expectLine("overdue: ")
        driver.press(.character("N"))
        #expect(driver.cursorLine() == last)
        driver.press(.escape)
        driver.expectLine("Esc back")
        driver.press(.character("n"))
        driver.expectLine("nothing to find again: / asks what to find")
        driver.press(.character("/"))
        driver.type("xyzzy")
        driver.expectLine("/xyzzy_   no line has this in it")
        driver.press(.enter, .character("n"))
        driver.expectLine("no line has xyzzy in it")
    }

    @Test("what is found is marked where it stands, and each view has its own", arguments: 3...7)
    func marks(number: Int) {
        let driver = live(until: story.heldUp, seconds: 36)
        driver.press(.function(number), .character("/"))
        driver.type("order")
        driver.press(.enter)
        let canvas = driver.canvas()
        let row = rowOfCursor(driver)
        let marked = (0..<canvas.width).filter { canvas[$0, row].role == .match }
        let line = canvas.row(row)
        let found = line.firstRange(of: "order")
        #expect(marked.count == 5, "\(line)")
        #expect(marked.first == found.map { line.distance(from: line.startIndex, to: $0.lowerBound) })
        driver.press(.function(2))
        driver.expectNoLine("Esc close")
    }

    @Test("a paused screen shows the events up to the pause")
    func pauses() {
        let driver = live(until: story.halfMinute, seconds: 31.2)
        driver.press(.function(5), .character("p"))
        let last = driver.cursorLine()
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        #expect(driver.cursorLine() == last)
        driver.press(.character("p"))
        #expect(driver.cursorLine().contains("task.overdue"))
    }

    @Test("the rows of a snapshot are no events, and only the last 4,096 events are kept")
    func bounds() {
        let driver = Driver(width: 80, height: 24)
        var script = Script()
        let root = script.start("root")
        for number in 0..<9_000 { script.say(root, "step \(number)") }
        script.add(.snapshotBegin(.init()))
        script.add(.snapshotEnd(.init()))
        driver.watch(script.events)
        driver.press(.function(5))
        #expect(driver.cursorLine().contains("step 8999"))
        driver.press(.character("g"))
        #expect(driver.cursorLine().contains("step \(9_000 - 4_096) ") || driver.cursorLine().hasSuffix("step 4904"))
    }

    @Test("what ended long ago has its name in the events, though nobody looked at them before", arguments: [1, 400])
    func forgotten(batch: Int) {
        var script = Script()
        let root = script.start("root")
        let worker = script.start("worker", in: root)
        let file = script.hold(worker, "file", "a.txt")
        script.at(5)
        // Its start is not among the events that are kept.
        for number in 0..<4_096 { script.say(root, "step \(number)") }
        script.at(6)
        script.release(file, of: worker, ms: 1)
        script.finish(worker)
        for second in 7..<20 {
            script.at(Double(second))
            script.say(root, "later")
        }
        let driver = Driver(width: 80, height: 24)
        for start in stride(from: 0, to: script.events.count, by: batch) {
            driver.watch(script.events[start..<min(start + batch, script.events.count)])
        }
        driver.send(.tick(now: Script.ns(300)))
        driver.expectNoLine("worker")
        driver.press(.function(5))
        driver.expectLine("task.finished        root/worker")
        driver.expectLine("resource.released    root/worker         a.txt 1ms")
        driver.expectLine("resource.releasing   root/worker         a.txt")
    }

    @Test("logs and timeline that are shown before anything has started are about the first that does")
    func earlyLogs() {
        let driver = Driver(width: 80, height: 24)
        driver.press(.function(7))
        driver.expectLine("nothing was said yet")
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        driver.expectLine("orders and below")
        driver.expectLine("queue 2 of 64")
        driver.press(.function(6))
        #expect(driver.cursorLine().contains("orders "))
    }

    @Test("logs are those of the subtree under the tree's cursor; * leaves those of the task alone")
    func logs() {
        var script = Script()
        let root = script.start("root")
        let worker = script.start("worker", in: root)
        let other = script.start("other", in: root)
        script.add(.taskLog(.init(task: other, level: "info", message: "not here")))
        script.add(.taskLog(.init(task: worker, level: "error", message: "the pump is dry")))
        let job = script.start("job", in: worker)
        script.say(job, "half done")
        script.finish(job)
        let driver = Driver(width: 80, height: 24)
        driver.watch(script.events, until: 30)
        driver.press(.down, .function(7))
        driver.expectLine("worker and below")
        driver.expectLine("error    root/worker             the pump is dry")
        driver.expectLine("step     worker/job              half done")
        driver.expectNoLine("not here")
        driver.press(.character("*"))
        driver.expectNoLine("half done")
        driver.expectLine("the pump is dry")
        driver.press(.function(2), .up, .function(7), .character("*"))
        driver.expectLine("not here")
        driver.expectLine("half done")
    }
}
