import Canvas
import Dashboard
import Testing
import TestSupport
import TreeModel

@Suite("A replay")
struct ReplayTests {
    private let story = OrdersStory()

    private func fold(_ count: Int) -> LiveTree {
        var tree = LiveTree()
        for event in story.events[..<count] { tree.apply(event) }
        tree.settle()
        return tree
    }

    @Test("is after any number of jumps what a fold from the beginning gives", arguments: 0..<20 as Range<UInt64>)
    func seeksExactly(seed: UInt64) {
        var generator = Seeded(seed)
        var replay = Replay(events: story.events)
        for _ in 0..<20 {
            let target = Int.random(in: 0...story.events.count, using: &generator)
            if Bool.random(using: &generator) {
                replay.seek(toEvent: target)
            } else {
                replay.step(by: target - replay.position)
            }
            let fresh = fold(replay.position)
            #expect(replay.position == target, "seed \(seed)")
            #expect(replay.tree.snapshotRows() == fresh.snapshotRows(), "seed \(seed)")
            #expect(replay.tree.totals == fresh.totals, "seed \(seed)")
            #expect(replay.tree.count == fresh.count, "seed \(seed)")
        }
    }

    @Test("steps over the rows of a snapshot, forwards and backwards")
    func stepsOverRows() {
        let start = TreeEvent.Change.taskStarted(.init(task: TaskID(1), name: "a"))
        var row = TreeEvent.SnapshotTask()
        row.started = .init(task: TaskID(1), name: "a")
        let resumed = TreeEvent.Change.taskResumed(.init(task: TaskID(1)))
        let changes = [start, .snapshotBegin(.init()), .snapshotTask(row), resumed, .snapshotEnd(.init()), resumed]
        let places: [UInt64] = [1, 1, 1, 2, 2, 3]
        var replay = Replay(
            events: zip(changes, places).map { TreeEvent(seq: $1, t: Int64($1), change: $0) })
        var positions: [Int] = []
        for count in [1, 1, 1, 1, -1, -1, -1, -1, 2] {
            replay.step(by: count)
            positions.append(replay.position)
        }
        #expect(positions == [1, 4, 6, 6, 5, 3, 0, 0, 4])
    }

    @Test("goes to instants, forwards and backwards, and never beyond its ends")
    func seeksInstants() {
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(31.2))
        #expect(replay.position == story.halfMinute)
        #expect(replay.tree.totals.live == 40)
        replay.seek(time: Script.ns(38.704))
        #expect(replay.tree.totals.abandoned == 1)
        replay.seek(time: Script.ns(31.2))
        #expect(replay.tree.totals.live == 40)
        #expect(replay.tree.now == Script.ns(31.2))
        replay.seek(time: .max)
        #expect(replay.time == replay.end)
        replay.seek(time: .min)
        #expect(replay.time == 0)
        replay.step(by: .max)
        #expect(replay.position == story.events.count)
        replay.step(by: -.max)
        #expect(replay.position == 0)
    }

    @Test("plays at its speed, and stops at the end")
    func plays() {
        var replay = Replay(events: story.events)
        let stands = replay.advance(realNanoseconds: 1_000_000_000)
        #expect(!stands)
        replay.perform(.play)
        replay.perform(.speed(4))
        let moves = replay.advance(realNanoseconds: 2_000_000_000)
        #expect(moves)
        #expect(replay.time == Script.ns(8))
        _ = replay.advance(realNanoseconds: .max)
        #expect(!replay.isPlaying)
        #expect(replay.time == replay.end)
    }

    @Test("lists its marks in order")
    func marks() {
        let replay = Replay(events: story.events)
        #expect(String(replay.marks.map(\.kind.rawValue)) == "fdd!C!ACS")
    }

    @Test("is steered with the keys of the table")
    func keys() {
        var replay = Replay(events: story.events)
        let driver = Driver()
        func press(_ key: Key) {
            driver.send(.replay(replay.view))
            driver.press(key)
            for case .replay(let command) in driver.takeEffects() { replay.perform(command) }
        }
        press(.character("]"))
        #expect(replay.tree.totals.failed == 1)
        press(.character("]"))
        press(.character("["))
        #expect(replay.tree.totals.failed == 1)
        press(.character("."))
        press(.character(","))
        press(.right)
        #expect(replay.time == Script.ns(14.1001))
        press(.left)
        press(.end)
        #expect(replay.position == replay.eventCount)
        press(.home)
        #expect(replay.position == 0)
        press(.character("5"))
        #expect(replay.time == replay.end / 10 * 5)
        press(.character("}"))
        #expect(replay.speed == 2)
        press(.character(" "))
        #expect(replay.isPlaying)
        press(.character(" "))
        #expect(!replay.isPlaying)
    }

    @Test("cancels nothing: what acts on a program is not there")
    func actsOnNothing() {
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(31.2))
        let driver = Driver()
        driver.send(.replay(replay.view))
        for key in ["x", "X", "d", "R", "p"] { driver.press(.character(Character(key)), .character("y"), .enter) }
        #expect(driver.takeEffects() == [])
        driver.press(.character("q"))
        #expect(driver.takeEffects() == [.leave])
    }

    @Test("finds the cause of what ended")
    func findsCauses() {
        var replay = Replay(events: story.events)
        replay.seek(time: Script.ns(38.704))
        let driver = Driver()
        driver.send(.replay(replay.view))
        driver.press(.character("/"))
        driver.type("lock")
        driver.press(.enter, .character("u"))
        driver.expectLine("cancelled by user, key x, orders/workers: cascade 3 on orders/workers")
        for case .replay(let command) in driver.takeEffects() { replay.perform(command) }
        #expect(replay.time == Script.ns(33.7))
        #expect(replay.tree.cascades.last?.id == CascadeID(3))
    }

    @Test("of nothing is harmless")
    func empty() {
        var replay = Replay(events: [])
        replay.perform(.play)
        _ = replay.advance(realNanoseconds: 5)
        replay.perform(.step(1))
        replay.perform(.skip(.min))
        let driver = Driver()
        driver.send(.replay(replay.view))
        driver.press(.character("5"), .character("]"), .character("u"))
        driver.expectLine("nothing has started here")
    }
}
