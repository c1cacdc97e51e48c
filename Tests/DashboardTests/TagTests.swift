import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("Tags")
struct TagTests {
    private let story = OrdersStory()

    private func live(_ width: Int = 80, _ height: Int = 24) -> Driver {
        let driver = Driver(width: width, height: height)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        return driver
    }

    private func tag(_ names: String..., in driver: Driver) {
        for name in names {
            driver.press(.character("/"))
            driver.type(name)
            driver.press(.enter, .escape, .character(" "))
        }
    }

    @Test("x acts on all that is tagged, once, wherever the cursor is")
    func actsOnAll() {
        let driver = live()
        tag("worker-1", "auditor", in: driver)
        driver.press(.character("g"), .character("x"))
        driver.expectLine("CANCEL 2 TAGGED  worker-1, auditor ?")
        driver.expectLine("stops      4 of 40 tasks")
        driver.expectLine("releases   5 of 36 held")
        driver.press(.character("y"))
        #expect(
            driver.takeEffects() == [13, 49].map { .cancel(TaskID($0), force: false, by: "key x") })
        driver.expectNoLine("tagged")
    }

    @Test("a tagged task inside another tagged one is counted and cancelled once")
    func countsOnce() {
        let driver = live()
        tag("order-1017", "workers", "lock", in: driver)
        driver.expectLine("3 tagged: 14 tasks, 11 held")
        driver.press(.character("X"))
        driver.expectLine("CANCEL WITHOUT GRACE 3 TAGGED  workers, 2 inside it ?")
        driver.expectLine("stops      14 of 40 tasks")
        driver.press(.enter)
        #expect(driver.takeEffects() == [.cancel(TaskID(12), force: true, by: "key X")])
    }

    @Test("a drain takes the tags, too")
    func drains() {
        let driver = live()
        tag("bank", "client", in: driver)
        driver.press(.character("d"))
        driver.expectLine("DRAIN 2 TAGGED  bank, client ?")
        driver.press(.character("y"))
        #expect(driver.takeEffects() == [18, 21].map { .drain(TaskID($0), by: "key d") })
    }

    @Test("what was tagged when the key was pressed is cancelled, whatever moved or ended since")
    func staysWithWhatWasTagged() {
        let driver = live()
        tag("charge", "auditor", in: driver)
        driver.press(.character("x"))
        let t = Script.ns(31.4)
        driver.watch([
            TreeEvent(seq: 9_000, t: t, change: .taskStarted(.init(task: TaskID(900), parent: TaskID(1), name: "new"))),
            TreeEvent(seq: 9_001, t: t, change: .taskFinished(.init(task: TaskID(49), outcome: .succeeded))),
        ])
        driver.press(.down, .down, .character("y"))
        let effects = driver.takeEffects()
        #expect(effects.count == 1)
        #expect(effects.first.map { "\($0)".contains("key x") } == true)
        #expect(effects != [.cancel(TaskID(49), force: false, by: "key x")])
    }

    @Test("what is folded away or filtered out is cancelled all the same")
    func reachesWhatIsHidden() {
        let driver = live()
        tag("worker-3", "auditor", in: driver)
        driver.press(.character("f"))
        driver.type("bank")
        driver.press(.enter)
        driver.expectNoLine("worker-3")
        driver.expectLine("2 tagged: 4 tasks, 3 held")
        driver.press(.character("x"))
        driver.expectLine("stops      4 of 40 tasks")
        driver.press(.character("n"), .escape, .character("g"), .character("-"), .character("x"))
        driver.expectLine("stops      4 of 40 tasks")
    }

    @Test("a group is tagged whole, and untagged whole")
    func tagsGroups() {
        let driver = live()
        driver.press(.down, .down, .character(" "))
        driver.expectLine("8 tagged: 11 tasks, 8 held")
        driver.expectLine("+*conn x8")
        #expect(driver.cursorLine().contains("conn-5"))
        driver.press(.up, .character(" "))
        driver.expectNoLine("tagged")
    }

    @Test("a mark takes the place of nothing: tagged rows look like the others but for it")
    func shiftsNothing() {
        let driver = live()
        let before = driver.screen().split(separator: "\n").map(String.init)
        driver.press(.down, .character(" "), .up)
        let after = driver.screen().split(separator: "\n").map(String.init)
        let plain = before.first { $0.contains(" http ") } ?? "no row"
        let marked = after.first { $0.contains("*http ") } ?? ""
        #expect(marked.replacing("*http", with: " http").dropFirst() == plain.dropFirst())
    }

    @Test("what is over cannot be tagged, and what ends is tagged no more; Esc clears the rest")
    func forgetsWhatEnded() {
        let driver = live()
        tag("conn-5", in: driver)
        driver.expectLine("conn-5 is over: what is alive can be tagged")
        tag("auditor", "bank", in: driver)
        driver.expectLine("2 tagged")
        driver.watch([
            TreeEvent(
                seq: 9_000, t: Script.ns(31.4),
                change: .taskFinished(.init(task: TaskID(49), outcome: .succeeded)))
        ])
        driver.expectLine("1 tagged: 3 tasks, 3 held")
        driver.press(.escape)
        driver.expectNoLine("tagged")
        driver.press(.character("g"), .character("x"))
        driver.expectLine("CANCEL orders ?")
    }

    @Test("in a replay Space plays")
    func playsInReplay() {
        let driver = Scenes(width: 80, height: 24).replay()
        _ = driver.takeEffects()
        driver.press(.character(" "))
        #expect(driver.takeEffects() == [.replay(.play)])
        driver.expectNoLine("tagged")
    }

    @Test("cascades that were asked for at once are shown at once, and X ends the grace of those that run")
    func showsAllCascades() {
        let driver = Scenes(width: 120, height: 36).taggedCascades()
        driver.expectLine("CASCADES 3 and 4  2 subtrees   +2.3s   cause: user, key x")
        driver.expectLine("3 of 6 ended")
        driver.expectLine("each       worker-3 0 of 3, worker-1 +2ms")
        _ = driver.takeEffects()
        driver.press(.character("b"))
        #expect(driver.cursorLine().contains("BLOCKER"))
        driver.press(.character("X"))
        #expect(driver.takeEffects() == [.escalate(CascadeID(4), by: "key X")])
        driver.press(.character("o"))
        driver.expectLine("order-1042")
        driver.press(.escape)
        driver.expectNoLine("CASCADES")
    }

    @Test("what is cancelled already is not asked about again: its cascades are shown")
    func asksOnce() {
        let driver = live()
        tag("worker-1", "worker-3", in: driver)
        driver.press(.character("x"), .character("y"))
        let two = OrdersStory(cancelsTwo: true)
        // Both requests, and three marks of each.
        driver.watch(two.events[two.halfMinute...].prefix(8))
        driver.expectLine("CASCADES 3 and 4")
        driver.press(.escape)
        driver.expectNoLine("CASCADES")
        tag("worker-3", "worker-1", in: driver)
        _ = driver.takeEffects()
        driver.press(.character("x"))
        driver.expectLine("CASCADES 3 and 4")
        #expect(driver.takeEffects() == [])
    }

    @Test("a question stays when a cascade begins that was asked for before")
    func asksOn() {
        let driver = live()
        tag("worker-1", "worker-3", in: driver)
        driver.press(.character("x"), .character("y"))
        tag("bank", in: driver)
        driver.press(.character("x"))
        let two = OrdersStory(cancelsTwo: true)
        driver.watch(two.events[two.halfMinute...], until: 33.8)
        driver.expectLine("CANCEL orders / bank ?")
    }
}
