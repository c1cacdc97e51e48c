import Canvas
import Dashboard
import TreeModel

/// A log that keeps some of what was appended, and counts what is read of it.
final class KeptLog: EventTape {
    private(set) var events: [TreeEvent] = []
    /// How many of them it has dropped.
    var dropped = 0
    private(set) var reads = 0

    var range: Range<Int> { dropped..<events.count }

    func append(_ more: [TreeEvent]) { events += more }

    func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void) {
        for event in events[positions.clamped(to: range)] {
            reads += 1
            body(event)
        }
    }

    func position(at instant: Int64) -> Int {
        max(dropped, events.partitioningIndex { $0.t > instant })
    }

    /// How many events a piece of work reads.
    func reads(_ work: () -> Void) -> Int {
        let before = reads
        work()
        return reads - before
    }
}

extension [TreeEvent] {
    /// The first index from which on all fit.
    fileprivate func partitioningIndex(_ fits: (TreeEvent) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if fits(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// A running program behind a dashboard that goes back in its log.
final class RewindDriver {
    let driver: Driver
    let log = KeptLog()
    var past: Replay

    init(width: Int = 120, height: Int = 36) {
        driver = Driver(width: width, height: height)
        past = Replay(following: log)
    }

    /// Things happen in the program, and time passes.
    func happens(_ events: some Sequence<TreeEvent>, until seconds: Double? = nil) {
        let events = Array(events)
        log.append(events)
        for event in events { driver.state.take(event, keeping: &past) }
        if !events.isEmpty { past.follow(driver.state.tree) }
        let now = seconds.map(Script.ns) ?? events.last?.t ?? 0
        driver.send(.tick(now: now))
        past.follow(now: now)
        show()
    }

    func press(_ keys: Key...) {
        for key in keys {
            driver.press(key)
            for effect in driver.takeEffects() {
                if case .replay(let command) = effect { perform(command) } else { others.append(effect) }
            }
        }
    }

    func type(_ text: String) { for character in text { press(.character(character)) } }

    /// What was asked of the program itself.
    var others: [Effect] = []

    func plays(seconds: Double) {
        if past.advance(realNanoseconds: Script.ns(seconds)) { show() }
    }

    func perform(_ command: ReplayCommand) {
        if let paused = driver.state.pausedTree { past.stand(at: paused) }
        past.perform(command)
        driver.send(.replay(past.view))
    }

    private func show() {
        if driver.state.isPaused, driver.state.pausedTree == nil { driver.send(.replay(past.view)) }
    }
}
