import Canvas
import Dashboard
import TestSupport
import Testing
import TreeModel

@Suite("Going back in a running program")
struct RewindTests {
    private let story = OrdersStory()

    private func live(_ width: Int = 120, _ height: Int = 36) -> RewindDriver {
        let rewind = RewindDriver(width: width, height: height)
        rewind.happens(story.events[..<story.halfMinute], until: 31.2)
        return rewind
    }

    private func fold(_ count: Int) -> LiveTree {
        var tree = LiveTree()
        for event in story.events[..<count] { tree.apply(event) }
        tree.settle()
        return tree
    }

    private func find(_ name: String, _ rewind: RewindDriver) {
        rewind.type("/" + name)
        rewind.press(.enter, .escape)
    }

    @Test("says that it is the past, and how far behind")
    func marksThePast() {
        let rewind = live()
        rewind.press(.character("p"))
        rewind.driver.expectLine("PAUSED, 0 events since")
        rewind.driver.expectNoLine("now 0:31")
        rewind.press(.left)
        rewind.driver.expectLine("PAST 0:26.200  5s behind now")
        rewind.driver.expectLine("now 0:31")
        #expect(rewind.past.tree.snapshotRows() == fold(rewind.past.position).snapshotRows())
        rewind.press(.character("p"))
        rewind.driver.expectLine("  0:31  ")
        rewind.driver.expectNoLine("PAST")
        rewind.driver.expectLine("40 live")
    }

    @Test("has its views, and the views have its keys")
    func viewsThePast() {
        let rewind = live()
        rewind.press(.character("p"), .left, .function(4))
        rewind.driver.expectLine("HOLDER")
        rewind.driver.expectLine("PAST 0:26.200  5s behind now")
        rewind.press(.function(2), .character("p"))
        rewind.driver.expectNoLine("PAST")
        // From a view that was paused, too.
        rewind.press(.character("p"), .function(4))
        rewind.driver.expectLine("PAUSED, 0 events since")
        // The program goes on: it is not left without a question.
        rewind.driver.expectLine("q shut down")
        rewind.press(.character("q"))
        rewind.driver.expectLine("y shut down")
        rewind.press(.character("n"), .left)
        rewind.driver.expectLine("HOLDER")
        rewind.driver.expectLine("PAST 0:26.200  5s behind now")
        rewind.driver.expectLine("q shut down")
        rewind.press(.character("q"))
        rewind.driver.expectLine("y shut down")
        #expect(!rewind.driver.takeEffects().contains(.leave))
    }

    @Test("gives at any place what a fold from the beginning gives", arguments: 0..<20 as Range<UInt64>)
    func seeksExactly(seed: UInt64) {
        var generator = Seeded(seed)
        let rewind = RewindDriver(width: 80, height: 24)
        var told = 0
        for round in 0..<60 {
            let next = min(story.events.count, told + Int.random(in: 0...40, using: &generator))
            rewind.happens(story.events[told..<next])
            told = next
            if round == 10 { rewind.press(.character("p")) }
            guard round > 10 else { continue }
            switch UInt8.random(in: 0..<4, using: &generator) {
            case 0: rewind.press([.left, .right, .home].randomElement(using: &generator)!)
            case 1: rewind.press(.character("[,.]5".randomElement(using: &generator)!))
            case 2: rewind.perform(.seekEvent(Int.random(in: 0...told, using: &generator)))
            default: rewind.perform(.skip(Int64.random(in: -9_000_000_000...9_000_000_000, using: &generator)))
            }
            let past = rewind.past
            #expect(past.position <= told, "seed \(seed)")
            #expect(past.tree.snapshotRows() == fold(past.position).snapshotRows(), "seed \(seed), round \(round)")
            #expect(past.tree.totals.started == fold(past.position).totals.started, "seed \(seed)")
        }
        let now = rewind.driver.state.tree
        #expect(now.snapshotRows() == fold(told).snapshotRows(), "seed \(seed): the program was folded on behind it")
    }

    @Test("stands still while events come, and counts on how far behind it is")
    func eventsKeepComing() {
        let rewind = live()
        rewind.press(.character("p"), .left)
        let before = rewind.driver.screen().split(separator: "\n").dropFirst().prefix(20)
        rewind.happens(story.events[story.halfMinute..<story.heldUp], until: 36)
        rewind.driver.expectLine("PAST 0:26.200  9s behind now")
        rewind.driver.expectLine("now 0:36")
        #expect(rewind.driver.screen().split(separator: "\n").dropFirst().prefix(20) == before)
        #expect(rewind.driver.state.tree.totals.live == 30)
        rewind.press(.end)
        rewind.driver.expectLine("30 live")
        rewind.driver.expectNoLine("PAST")
    }

    @Test("a frame a second says how far behind it is; a pause needs none")
    func frames() {
        let rewind = live()
        rewind.press(.character("p"))
        rewind.driver.state.prepare()
        #expect(!rewind.driver.state.needsFrame(now: Script.ns(60)))
        #expect(rewind.driver.state.nextFrame == nil)
        rewind.press(.character(","))
        rewind.driver.state.prepare()
        #expect(!rewind.driver.state.needsFrame(now: Script.ns(31.9)))
        #expect(rewind.driver.state.nextFrame == Script.ns(32))
        #expect(rewind.driver.state.needsFrame(now: Script.ns(32)))
    }

    @Test("what the log drops cannot be gone back to, and that is said")
    func logDrops() {
        let rewind = live(80, 24)
        rewind.press(.character("p"), .home)
        #expect(rewind.past.position == 0)
        rewind.press(.character("."), .character("."), .character("."))
        let shown = rewind.driver.screen()
        rewind.log.dropped = 200
        rewind.happens([], until: 32)
        rewind.driver.expectLine("dropped from the log")
        #expect(rewind.driver.screen().split(separator: "\n")[2] == shown.split(separator: "\n")[2])
        rewind.press(.character(","))
        rewind.driver.expectLine("the log keeps nothing before 0:31.2")
        #expect(rewind.past.position >= 200)
        #expect(rewind.past.tree.snapshotRows() == fold(rewind.past.position).snapshotRows())
        rewind.driver.expectNoLine("dropped from the log")
        rewind.press(.home)
        rewind.driver.expectLine("the log keeps nothing before")
        // Of what was there at the pause nothing is left, and of what came since there is no copy.
        let place = rewind.past.position
        rewind.happens(story.events[story.halfMinute..<story.heldUp], until: 36)
        rewind.log.dropped = rewind.log.events.count - 1
        rewind.happens([], until: 36)
        rewind.press(.left, .character("."), .character("3"), .character(" "))
        rewind.plays(seconds: 1)
        rewind.press(.character(" "), .character(","))
        rewind.driver.expectLine("the log keeps nothing that can be gone to")
        #expect(rewind.past.position == place)
        rewind.press(.end)
        rewind.driver.expectLine("30 live")
    }

    @Test("the cursor comes back to its task, also where that had not started")
    func cursorReturns() {
        let rewind = live(80, 24)
        find("order-1042", rewind)
        #expect(rewind.driver.cursorLine().contains("order-1042"))
        rewind.press(.character("p"), .home)
        #expect(!rewind.driver.cursorLine().contains("order-1042"))
        for _ in 0..<7 { rewind.press(.right) }
        #expect(rewind.driver.cursorLine().contains("order-1042"))
        rewind.press(.home)
        _ = rewind.driver.screen()
        rewind.press(.character("p"))
        #expect(rewind.driver.cursorLine().contains("order-1042"))
        // Where the user goes in the past, it stays.
        rewind.press(.character("p"), .left, .left, .character("G"), .end)
        #expect(rewind.driver.cursorLine().contains("auditor"))
    }

    @Test("nothing is cancelled in the past; at a pause that has not moved it is the present that is asked about")
    func actsOnThePresent() {
        let rewind = live()
        find("worker-3", rewind)
        rewind.press(.character("p"), .character(","))
        for key in ["x", "X", "d", "R"] {
            rewind.press(.character(Character(key)))
            rewind.driver.expectLine("this is the past: nothing can be changed in it; p returns to now")
            rewind.press(.character("y"), .enter)
        }
        #expect(rewind.others == [])
        rewind.press(.end, .character("p"), .character("x"))
        rewind.driver.expectLine("CANCEL orders / workers / worker-3 ?")
        rewind.driver.expectNoLine("PAUSED")
        rewind.press(.character("y"))
        #expect(rewind.others == [.cancel(rewind.driver.state.tree.id(worker3(rewind)), force: false, by: "key x")])
    }

    private func worker3(_ rewind: RewindDriver) -> LiveTree.Slot {
        let tree = rewind.driver.state.tree
        var slot = tree.root
        while slot >= 0, tree.name(slot) != "worker-3" { slot = tree.following(slot) }
        return slot
    }

    @Test("the question before a shutdown is about the present")
    func quits() {
        let rewind = live()
        rewind.press(.character("p"), .home, .character("q"))
        rewind.driver.expectLine("Shut down orders?  40 tasks live, 36 held")
        rewind.press(.character("y"))
        #expect(rewind.others == [.shutdown(force: false)])
    }

    @Test("plays, and is at the present again when it has caught up")
    func catchesUp() {
        let rewind = live()
        rewind.press(.character("p"), .left, .character(" "))
        rewind.plays(seconds: 2)
        rewind.driver.expectLine("PAST 0:28.200  3s behind now, plays")
        rewind.press(.character("}"), .character("}"))
        rewind.plays(seconds: 2)
        rewind.driver.expectLine("it has caught up")
        rewind.driver.expectLine("40 live")
        #expect(!rewind.driver.state.isPaused)
        // What comes late from before is nothing to show.
        rewind.driver.send(.replay(rewind.past.view))
        rewind.driver.expectNoLine("PAST")
    }

    @Test("finds causes, and marks")
    func findsCauses() {
        let rewind = RewindDriver()
        rewind.happens(story.events[..<story.over], until: 39)
        find("lock", rewind)
        rewind.press(.character("p"), .character("u"))
        rewind.driver.expectLine("cascade 3 on orders/workers")
        #expect(rewind.past.time == Script.ns(33.7))
        rewind.press(.character("]"))
        #expect(rewind.past.time == Script.ns(33.95))
        rewind.press(.character("["), .character("["))
        rewind.driver.expectLine("PAST 0:22.120")
    }

    @Test("of a program that is over is possible still")
    func afterTheEnd() {
        let rewind = RewindDriver(width: 80, height: 24)
        rewind.happens(story.events)
        rewind.driver.expectLine("p go back")
        rewind.press(.character("p"), .character("5"))
        rewind.driver.expectLine("PAST 0:36.2")
        #expect(!rewind.driver.state.needsFrame(now: .max / 2) || rewind.driver.state.nextFrame != nil)
        rewind.press(.character("p"), .character("q"))
        #expect(rewind.others == [.leave])
    }

    @Test("a step back among 200,000 events reads few of them, and the copies of the tree are few")
    func stepsCheaply() {
        var script = Script()
        let root = script.start("root")
        var last = root
        for number in 0..<50_000 {
            last = script.start("task-\(number)", in: root)
            script.wait(last, "idle")
            script.after(ms: 1)
            script.resume(last)
            script.finish(last)
        }
        let rewind = RewindDriver(width: 80, height: 24)
        var rest = script.events[...]
        while !rest.isEmpty {
            rewind.happens(rest.prefix(8_000))
            rest = rest.dropFirst(8_000)
        }
        rewind.press(.character("p"))
        let first = rewind.log.reads { rewind.perform(.seekEvent(123_456)) }
        #expect(first < 20_000)
        for _ in 0..<300 {
            let step = rewind.log.reads { rewind.press(.character(",")) }
            // The way from a copy of the tree, and what it looks ahead.
            #expect(step < 15_000)
        }
        #expect(rewind.past.position == 123_156)
    }

    @Test("an instant before that at which a copy of the tree was kept is reached from an earlier one")
    func copiesOfLater() {
        var script = Script()
        let root = script.start("root")
        for number in 0..<2_500 { script.say(root, "\(number)") }
        let rewind = RewindDriver(width: 80, height: 24)
        // The clock of the screen was ahead of the program's.
        rewind.happens([], until: 5)
        rewind.happens(script.events, until: 5)
        script.at(9)
        script.say(root, "late")
        rewind.happens(script.events.suffix(1), until: 10)
        rewind.press(.character("p"), .character("3"))
        #expect(rewind.past.time == Script.ns(3))
        #expect(rewind.past.tree.now == Script.ns(3))
        #expect(rewind.past.position == 2_501)
    }

    @Test("a gap in what the screen has read leaves nothing before it")
    func gap() {
        let rewind = RewindDriver(width: 80, height: 24)
        rewind.happens(story.events[..<100])
        rewind.log.append(Array(story.events[100..<300]))
        rewind.log.dropped = 300
        rewind.happens([TreeEvent(seq: 101, t: Script.ns(20), change: .gap(.init(lost: 200)))], until: 20)
        rewind.press(.character("p"), .left, .character(","), .home, .character("."))
        #expect(rewind.others == [])
        rewind.press(.end)
        rewind.driver.expectLine("GAP: 200 event")
    }
}
