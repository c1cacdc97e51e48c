import Canvas
import Dashboard
import TreeModel

/// The screens of the past of a running program, and of comparing and looping, each reached the way a person would.
extension Scenes {
    private var story: OrdersStory { OrdersStory() }

    /// Held up by a lock, ten seconds ago: the program has gone on since.
    func rewound() -> Driver {
        let rewind = RewindDriver(width: width, height: height)
        rewind.happens(story.events[..<story.halfMinute], until: 31.2)
        rewind.happens(story.events[story.halfMinute..<story.over], until: 44)
        rewind.type("/lock")
        rewind.press(.enter, .escape, .character("p"))
        for _ in 0..<4 { rewind.press(.left) }
        rewind.press(.character("]"), .character("]"))
        return rewind.driver
    }

    /// A loop around the cancel, compared with before it.
    func looped() -> Driver {
        let rewind = RewindDriver(width: width, height: height)
        rewind.happens(story.events[..<story.over], until: 44)
        rewind.press(.character("p"), .left, .left, .character("a"), .right, .character("a"), .character("i"))
        rewind.plays(seconds: 3)
        return rewind.driver
    }

    /// Before the cancel held against after it.
    func compared() -> Driver {
        let rewind = RewindDriver(width: width, height: height)
        rewind.happens(story.events[..<story.over], until: 44)
        rewind.press(.character("p"), .left, .left, .left, .character("="), .right, .right)
        return rewind.driver
    }
}
