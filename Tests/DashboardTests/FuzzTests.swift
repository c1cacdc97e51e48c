import Canvas
import Dashboard
import Testing
import TestSupport
import TreeModel

@Suite("Whatever happens")
struct FuzzTests {
    private static let keys: [Key] =
        "xXdRyYvnbBoqfzZsF: ?/NN!+-*ghjklGppc .,[]{}0123456789u\u{1B}=aiatTm<>".map { Key.character($0) } + [
            .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .escape, .tab, .backspace,
            .control("c"),
            .control("l"), .control("u"), .function(1), .unknown("zz"), .escape, .escape, .escape, .enter, .enter,
            .tab, .backTab,
        ] + (2...7).map { Key.function($0) }

    /// 250 steps each: `TREETOP_FUZZ_SEEDS=4000` is a million, `TREETOP_SEED=n` that one alone.
    private static let seeds = Seeds.range(60, variable: "TREETOP_FUZZ_SEEDS", from: 0)

    @Test("nothing traps and every frame is drawn", arguments: seeds)
    func survives(seed: UInt64) {
        var generator = Seeded(seed)
        var events = RandomEvents(seed: seed)
        events.wildTimes = seed % 4 == 3
        let story = OrdersStory().events
        var told = 0
        let driver = Driver(width: 80, height: 24)
        driver.ascii = seed % 2 == 0
        var replay: Replay? = seed % 3 == 0 ? Replay(events: story + (0..<300).map { _ in events.next() }) : nil
        let log = KeptLog()
        var past = Replay(following: log)
        func happens(_ events: [TreeEvent]) {
            log.append(events)
            for event in events { driver.state.take(event, keeping: &past) }
            past.follow(driver.state.tree)
        }
        for _ in 0..<250 {
            switch UInt8.random(in: 0..<10, using: &generator) {
            case 0:
                let sizes = [(0, 0), (1, 1), (3, 2), (40, 10), (80, 24), (120, 36), (200, 60), (7, 50), (300, 4)]
                let size = sizes.randomElement(using: &generator)!
                driver.send(.resize(width: size.0, height: size.1))
            case 1, 2:
                if seed % 3 == 1 {
                    let next = min(story.count, told + Int.random(in: 1...40, using: &generator))
                    happens(Array(story[told..<next]))
                    told = next
                } else {
                    happens((0..<20).map { _ in events.next() })
                }
            case 3: driver.send(.tick(now: Int64.random(in: 0...80_000_000_000, using: &generator)))
            case 5:
                let act = [Pointer.Act.press, .secondPress, .wheelUp, .wheelDown].randomElement(using: &generator)!
                let (x, y) = (Int.random(in: -2...220, using: &generator), Int.random(in: -2...70, using: &generator))
                driver.send(.pointer(Pointer(act, x: x, y: y)))
                driver.send(.paste("\u{1B}[A\r日\(x)"))
            case 4:
                if let replay { driver.send(.replay(replay.view)) }
                if seed % 5 == 0 { log.dropped = min(log.events.count, log.dropped + 30) }
                if replay == nil, past.advance(realNanoseconds: 500_000_000) { driver.send(.replay(past.view)) }
            default: driver.press(Self.keys.randomElement(using: &generator)!)
            }
            for case .replay(let command) in driver.takeEffects() {
                replay?.perform(command)
                guard replay == nil else { continue }
                if let paused = driver.state.pausedTree { past.stand(at: paused) }
                past.follow(now: driver.state.tree.now)
                past.perform(command)
                driver.send(.replay(past.view))
            }
            let canvas = driver.canvas()
            for y in 0..<canvas.height {
                let row = canvas.row(y)
                guard CellGrid.columns(of: row, ascii: driver.ascii) <= canvas.width else {
                    Issue.record("seed \(seed): row \(y) is too wide: \(row)")
                    return
                }
            }
        }
    }

    @Test(
        "any size of screen is filled or harmless",
        arguments: [(0, 0), (1, 1), (2, 9), (40, 10), (200, 60), (500, 200)])
    func sizes(size: (Int, Int)) {
        let story = OrdersStory()
        let driver = Driver(width: size.0, height: size.1)
        driver.watch(story.events[..<story.heldUp], until: 36)
        driver.press(.character("c"))
        _ = driver.screen()
        driver.press(.escape, .enter, .enter)
        let text = driver.screen()
        if size.0 >= 40 { #expect(text.contains("orders")) }
        if size.0 >= 200 { #expect(text.contains("RECENT")) }
        driver.press(.character("?"))
        _ = driver.screen()
    }

    @Test("a tree of 200,000 tasks is drawn from a few rows")
    func large() {
        var script = Script()
        let root = script.start("root")
        for group in 0..<20 {
            let parent = script.start("group \(group) of many", in: root)
            for number in 0..<10_000 { script.start("task-\(number)", in: parent) }
        }
        let driver = Driver()
        driver.watch(script.events)
        driver.expectLine("200k live")
        for _ in 0..<50 {
            driver.send(.resize(width: driver.state.width, height: driver.state.height))
            _ = driver.screen()
        }
        driver.press(.down, .right, .pageDown, .character("G"))
        _ = driver.screen()
        driver.press(.character("/"))
        driver.type("task-9999")
        _ = driver.screen()
    }

    @Test("what is said about a large subtree may be a moment old, and counts again soon")
    func largeDetail() {
        var script = Script()
        let root = script.start("root")
        let tasks = (0..<6_000).map { script.start("task-\($0)", in: root) }
        let held = tasks.map { script.hold($0, "file", "f-\($0.rawValue)") }
        let driver = Driver()
        driver.watch(script.events)
        driver.expectLine("HOLDS 6,000")
        let seen = script.events.count
        // More than are remembered, so that the first of them are gone at once.
        for index in 0..<5_000 {
            script.release(held[index], of: tasks[index], ms: 0)
            script.finish(tasks[index])
        }
        driver.watch(script.events[seen...])
        driver.expectLine("1001 live")
        driver.expectLine("HOLDS 6,000")
        driver.send(.tick(now: 300_000_000))
        driver.send(.resize(width: driver.state.width, height: driver.state.height))
        driver.expectLine("HOLDS 1,000")
    }

    @Test("a chain of 50,000 starts folded and can be searched")
    func deep() {
        var script = Script()
        var last = script.start("root")
        for number in 1..<50_000 { last = script.start("t\(number)", in: last) }
        let driver = Driver()
        driver.watch(script.events)
        _ = driver.screen()
        driver.press(.character("/"))
        driver.type("t49999")
        #expect(driver.cursorLine().contains("t49999") || driver.screen().contains("t49999"))
        driver.press(.enter, .character("x"))
        _ = driver.screen()
    }
}
