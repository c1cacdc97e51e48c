import Canvas
import Dashboard
import TreeModel

/// The screens of the story, each reached the way a person would.
struct Scenes {
    var width: Int
    var height: Int
    private let story = OrdersStory()

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    func liveTree() -> Driver {
        let driver = Driver(width: width, height: height)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        return driver
    }

    func search() -> Driver {
        let driver = liveTree()
        driver.press(.character("/"))
        driver.type("1017")
        return driver
    }

    /// The detail of `workers`.
    func detail() -> Driver {
        let driver = liveTree()
        driver.press(.character("/"))
        driver.type("workers")
        driver.press(.enter, .escape)
        if height < 30 { driver.press(.enter) }
        return driver
    }

    func preview() -> Driver {
        let driver = detail()
        driver.press(.character("x"))
        return driver
    }

    func list() -> Driver {
        let driver = preview()
        driver.press(.character("v"))
        return driver
    }

    func drain() -> Driver {
        let driver = detail()
        driver.press(.character("d"))
        return driver
    }

    func cascade() -> Driver {
        let driver = preview()
        driver.press(.character("y"))
        driver.watch(story.events[story.halfMinute..<story.heldUp], until: 36)
        return driver
    }

    func result() -> Driver {
        let driver = cascade()
        driver.watch(story.events[story.heldUp..<story.over], until: 38.71)
        return driver
    }

    func order() -> Driver {
        let driver = result()
        driver.press(.character("o"))
        return driver
    }

    func help() -> Driver {
        let driver = liveTree()
        driver.press(.character("?"))
        return driver
    }

    func quit() -> Driver {
        let driver = liveTree()
        driver.press(.character("q"))
        return driver
    }

    /// The recorded session, at the moment after the lock was abandoned.
    func replay() -> Driver {
        var replay = Replay(events: story.events, verdict: "holds")
        replay.seek(time: Script.ns(38.704))
        let driver = Driver(width: width, height: height)
        driver.send(.replay(replay.view))
        driver.press(.character("/"))
        driver.type("lock")
        driver.press(.enter, .escape)
        return driver
    }

    /// Another view, reached from `workers` with its key, while the cascade is held up.
    func view(_ key: Key) -> Driver {
        let driver = cascade()
        driver.press(.escape, key)
        return driver
    }

    /// The report of the cascade that held everything up.
    func report() -> Driver {
        let driver = result()
        driver.press(.escape, .function(3), .enter)
        return driver
    }

    /// The timeline of `workers`, fitted to its cancel.
    func fitted() -> Driver {
        let driver = result()
        driver.press(.escape, .function(6), .character("c"))
        return driver
    }

    /// The last events of a recorded session.
    func replayedEvents() -> Driver {
        let driver = replay()
        driver.press(.function(5))
        return driver
    }
}
