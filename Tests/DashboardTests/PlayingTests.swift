import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("Playing and comparing")
struct PlayingTests {
    private let story = OrdersStory()

    /// A recording behind a dashboard.
    private final class Player {
        var replay: Replay
        let driver: Driver

        init(_ replay: Replay, width: Int = 120, height: Int = 36) {
            self.replay = replay
            driver = Driver(width: width, height: height)
            driver.send(.replay(replay.view))
        }

        func press(_ keys: Key...) {
            for key in keys {
                driver.press(key)
                for case .replay(let command) in driver.takeEffects() {
                    replay.perform(command)
                    driver.send(.replay(replay.view))
                }
            }
        }

        func plays(seconds: Double) {
            if replay.advance(realNanoseconds: Script.ns(seconds)) { driver.send(.replay(replay.view)) }
        }
    }

    @Test("the speeds go from a tenth to a thousand")
    func speeds() {
        let player = Player(Replay(events: story.events))
        var seen: [Double] = []
        for _ in 0..<6 { player.press(.character("{")) }
        #expect(player.replay.speed == 0.1)
        player.driver.expectLine("  0.1x")
        for _ in 0..<20 {
            seen.append(player.replay.speed)
            player.press(.character("}"))
        }
        #expect(seen.prefix(13) == [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000])
        #expect(player.replay.speed == 1_000)
        player.driver.expectLine("  1000x")
        player.press(.character(" "))
        player.plays(seconds: 0.01)
        #expect(player.replay.time == Script.ns(10))
        player.replay.perform(.speed(.infinity))
        #expect(player.replay.speed == 1_000)
        player.replay.perform(.speed(0))
        #expect(player.replay.speed == 0.1)
    }

    @Test("a loop plays a stretch again and again, until it is over")
    func loops() {
        let player = Player(Replay(events: story.events))
        player.replay.perform(.seek(to: Script.ns(20)))
        player.driver.send(.replay(player.replay.view))
        player.press(.character("a"))
        player.driver.expectLine("a loop begins at 0:20.000: go where it ends, and press a there")
        player.driver.expectLine("loop 0:20.000-...")
        player.press(.right, .character("a"))
        player.driver.expectLine("loop 0:20.000-0:25.000")
        #expect(player.replay.isPlaying)
        #expect(player.replay.time == Script.ns(20))
        player.plays(seconds: 4)
        #expect(player.replay.time == Script.ns(24))
        player.plays(seconds: 2)
        #expect(player.replay.time == Script.ns(20))
        #expect(player.replay.isPlaying)
        player.press(.character("a"))
        player.driver.expectNoLine("loop 0:20")
        player.plays(seconds: 6)
        #expect(player.replay.time == Script.ns(26))
        // Backwards, and of nothing.
        player.press(.character("a"), .left, .character("a"))
        #expect(player.replay.loop?.begin == Script.ns(21))
        #expect(player.replay.loop?.end == Script.ns(26))
        player.press(.character("a"), .character("a"), .character("a"))
        #expect(player.replay.loop == nil)
    }

    /// A cascade of twelve milliseconds, of a root with one worker.
    private func shortCascade() -> Script {
        var script = Script()
        let root = script.start("root")
        let worker = script.start("worker", in: root)
        script.at(10)
        let cascade = script.cancel(worker, Cause(.user, by: "key x"), marks: [worker])
        script.at(10.012)
        script.finish(worker, .cancelled)
        script.complete(cascade, tasks: 1, resources: 0, seconds: 0.012)
        script.at(20)
        script.say(root, "goes on")
        return script
    }

    @Test("a cascade that was over in an instant is watched slowly, again and again")
    func watchesACascade() {
        let player = Player(Replay(events: shortCascade().events))
        player.press(.end, .character("c"))
        player.driver.expectLine("r slow replay")
        player.press(.character("r"))
        #expect(player.replay.loop?.begin == Script.ns(10))
        #expect(player.replay.loop?.end == Script.ns(10.015))
        #expect(player.replay.time == Script.ns(10))
        player.driver.expectLine("0.002x")
        player.driver.expectLine("again and again; a ends that")
        player.plays(seconds: 4)
        #expect(player.replay.time == Script.ns(10.006))
        player.driver.expectLine("0 of 1 ended")
        player.plays(seconds: 5)
        player.driver.expectLine("1 cancelled")
        player.plays(seconds: 2)
        #expect(player.replay.time == Script.ns(10))
        // Nothing is slower, and the next faster one is the user's.
        player.press(.character("{"))
        #expect(player.replay.speed == 0.0015)
        player.press(.character("}"))
        #expect(player.replay.speed == 0.1)
        player.press(.end, .character("r"))
        #expect(player.replay.speed == 0.0015)
        player.press(.character("a"))
        #expect(player.replay.loop == nil)
        #expect(player.replay.speed == 0.1)
    }

    @Test("a program goes on while its last cascade is watched")
    func watchesACascadeOfAProgram() {
        let rewind = RewindDriver(width: 100, height: 24)
        rewind.happens(shortCascade().events, until: 20)
        rewind.press(.character("c"), .character("r"))
        rewind.driver.expectLine("PAST 0:10.000  10s behind now")
        rewind.plays(seconds: 4)
        #expect(rewind.past.time == Script.ns(10.006))
        #expect(rewind.others.isEmpty)
        rewind.press(.character("p"))
        rewind.driver.expectNoLine("PAST")
        // What is looked at after that is as fast as ever.
        rewind.press(.character("p"), .left, .character(" "))
        #expect(rewind.past.speed == 1)
    }

    @Test("idle time is passed over only where that was asked for")
    func skipsIdle() {
        var script = Script()
        let root = script.start("root")
        script.at(1)
        script.start("early", in: root)
        script.at(60)
        script.start("late", in: root)
        let player = Player(Replay(events: script.events))
        player.press(.character(" "))
        player.plays(seconds: 3)
        #expect(player.replay.time == Script.ns(3))
        player.press(.character("i"))
        player.driver.expectLine("skips idle")
        player.plays(seconds: 0.1)
        #expect(player.replay.time == Script.ns(60))
        player.press(.character("i"))
        player.driver.expectNoLine("skips idle")
        // Half a second of it is left, so that it is seen.
        player.press(.home, .character("."), .character("."), .character("i"), .character(" "))
        player.plays(seconds: 0.4)
        #expect(player.replay.time == Script.ns(1.4))
        player.plays(seconds: 0.2)
        #expect(player.replay.time == Script.ns(60))
    }

    @Test("marks stand at leaks, at gaps and at what a check found")
    func marks() {
        var script = Script()
        let root = script.start("root")
        let child = script.start("child", in: root)
        let lease = script.hold(child, "lock", "a.lock")
        script.at(1)
        script.release(lease, of: child, ms: 1, .leaked)
        script.at(2)
        script.finish(root)
        script.at(3)
        script.add(.gap(.init(lost: 7)))
        let replay = Replay(
            events: script.events, verdict: "violated",
            violations: [6: "root: a child is not finished (children-first)"])
        #expect(String(replay.marks.map(\.kind.rawValue)) == "LV~")
        let player = Player(replay, width: 80, height: 24)
        player.press(.character("]"), .character("]"))
        player.driver.expectLine("last mark  V 0:02.000  root: a child is not finished (children-first): violated")
        player.driver.expectLine("V violated")
        player.driver.expectLine("L leaked")
        player.press(.character("]"))
        player.driver.expectLine("~ 0:03.000  events are lost")
    }

    @Test("two instants are compared, in either direction")
    func compares() {
        let player = Player(Replay(events: story.events))
        player.replay.perform(.seek(to: Script.ns(31.2)))
        player.driver.send(.replay(player.replay.view))
        player.press(.character("="))
        player.driver.expectLine("0:31.200 is marked")
        player.driver.expectLine("This instant is marked.")
        player.replay.perform(.seek(to: Script.ns(38.8)))
        player.driver.send(.replay(player.replay.view))
        let lines = [
            "COMPARE 0:31.200 with 0:38.800", "started       0", "ended        14  13 cancelled  1 abandoned",
            "released     10", "lock waits lock -> ABANDONED", "changed       1",
        ]
        for line in lines { player.driver.expectLine(line) }
        player.press(.character("="), .left, .left)
        player.driver.expectLine("COMPARE 0:28.800 with 0:38.800")
        player.driver.expectLine("lock waits lock -> ABANDONED")
        player.press(.escape)
        player.driver.expectNoLine("COMPARE")
        #expect(player.replay.time == Script.ns(28.8))
    }

    @Test("what came and went between two instants is counted, and what is there is named")
    func countsWhatIsGone() {
        let player = Player(Replay(events: story.events))
        player.replay.perform(.seek(to: Script.ns(16)))
        player.driver.send(.replay(player.replay.view))
        player.press(.character("="))
        player.replay.perform(.seek(to: Script.ns(31.2)))
        player.driver.send(.replay(player.replay.view))
        player.driver.expectLine("started      35  13 there: request x3, order x6, charge x2, lock, pack")
        player.driver.expectLine("ended        24  24 succeeded")
    }

    @Test("in the past of a program, and on to its present")
    func comparesWithThePresent() {
        let rewind = RewindDriver()
        rewind.happens(story.events[..<story.halfMinute], until: 31.2)
        rewind.press(.character("p"), .left, .character("="), .right)
        rewind.driver.expectLine("COMPARE 0:26.200 with 0:31.2")
        rewind.press(.end)
        rewind.happens(story.events[story.halfMinute..<story.heldUp], until: 36)
        rewind.driver.expectLine("COMPARE 0:26.200 with 0:36.000")
        rewind.press(.escape)
        rewind.driver.expectNoLine("COMPARE")
    }
}
