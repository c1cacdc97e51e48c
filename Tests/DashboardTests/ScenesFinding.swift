import Canvas
import Dashboard
import TreeModel

/// The screens of finding and tagging, each reached the way a person would.
extension Scenes {
    /// Two workers and an order below one of them.
    func tagged() -> Driver {
        let driver = liveTree()
        for name in ["worker-1", "order-1042", "worker-3"] { tag(name, driver) }
        return driver
    }

    private func tag(_ name: String, _ driver: Driver) {
        driver.press(.character("/"))
        driver.type(name)
        driver.press(.enter, .escape, .character(" "))
    }

    func taggedPreview() -> Driver {
        let driver = tagged()
        driver.press(.character("x"))
        return driver
    }

    /// The cascades of two workers, of which one is held up.
    func taggedCascades() -> Driver {
        let driver = taggedPreview()
        driver.press(.character("y"))
        let story = OrdersStory(cancelsTwo: true)
        driver.watch(story.events[story.halfMinute...], until: 33.8)
        return driver
    }

    func filtered() -> Driver {
        let driver = liveTree()
        driver.press(.character("f"))
        driver.type("held:lock")
        driver.press(.enter)
        return driver
    }

    func filterTyped() -> Driver {
        let driver = liveTree()
        driver.press(.character("f"))
        driver.type("!fai")
        return driver
    }

    func zoomed() -> Driver {
        let driver = liveTree()
        driver.press(.character("/"))
        driver.type("worker-3")
        driver.press(.enter, .escape, .character("z"), .down)
        return driver
    }

    func sorted() -> Driver {
        let driver = liveTree()
        driver.press(.character("s"), .character("s"))
        return driver
    }

    /// The connections in one row, and what a cancel of them all would do.
    func collapsed() -> Driver {
        let driver = liveTree()
        driver.press(.down, .down, .character("x"))
        return driver
    }

    func palette() -> Driver {
        let driver = liveTree()
        driver.press(.character(":"))
        driver.type("fold")
        return driver
    }
}

/// What somebody asks who sees the dashboard for the first time: each answered within three keys.
extension Scenes {
    /// What failed, and why? The lock that waits too long is the first trouble, the failure the second.
    func whatFailed() -> Driver {
        let driver = liveTree()
        driver.press(.character("!"), .character("!"), .enter)
        return driver
    }

    /// What holds the shutdown up?
    func shutdownHeldUp() -> Driver {
        let driver = liveTree()
        let t = Script.ns(32)
        driver.watch(
            [
                TreeEvent(
                    seq: 9_000, t: t,
                    change: .shutdownPhase(.init(phase: .draining, task: TaskID(1), budget: 10_000_000_000)))
            ], until: 35)
        return driver
    }

    /// Who cancelled this? The cursor is on it.
    func whoCancelled() -> Driver {
        let driver = replay()
        driver.press(.up, .enter)
        return driver
    }

    /// What does this task hold?
    func whatIsHeld() -> Driver {
        let driver = liveTree()
        driver.press(.character("G"), .enter)
        return driver
    }

    /// What would happen if I cancelled here?
    func whatIf() -> Driver {
        let driver = liveTree()
        driver.press(.character("!"), .character("h"), .character("x"))
        return driver
    }

    /// How long did the last cleanup take?
    func lastCleanup() -> Driver {
        let driver = replay()
        driver.press(.character("c"))
        return driver
    }
}
