import Measure
import TreeModel

/// Events folded into the model.
enum Folding {
    static func measure(_ isQuick: Bool) -> [Figure] {
        let tasks = isQuick ? 100_000 : 1_000_000
        let speed = eventsPerSecond(live: 10_000, count: isQuick ? 500_000 : 3_000_000)
        let (bytes, large) = million(tasks)
        return [
            Figure("fold, 10,000 live tasks", speed, "events/s", .atLeast(5_000_000)),
            Figure("fold, \(tasks) live tasks", large, "events/s", .atLeast(5_000_000)),
            Figure("model of a task, \(tasks) live tasks", bytes, "bytes", .atMost(300)),
        ]
    }

    /// The median of rounds of a second's worth, each settled as for a frame.
    private static func eventsPerSecond(live: Int, count: Int) -> Double {
        var storm = Storm()
        var tree = LiveTree()
        for event in storm.rise(live) { tree.apply(event) }
        return rate(&storm, &tree, rounds: 11, of: count / 11)
    }

    private static func rate(_ storm: inout Storm, _ tree: inout LiveTree, rounds: Int, of count: Int) -> Double {
        var rates: [Double] = []
        for _ in 0..<rounds {
            var events = storm.churn(count)
            let begin = Machine.threadTime
            var next = 0
            while next < events.count {
                // As many as come between two frames at 100,000 a second.
                let end = min(next + 1_667, events.count)
                for index in next..<end { fold(&events[index], into: &tree) }
                tree.settle()
                next = end
            }
            rates.append(Double(events.count) / Double(Machine.threadTime - begin) * 1e9)
        }
        return rates.quantile(0.5)
    }

    /// Folds an event where it is, as one is that was just decoded: `inout` keeps it from being copied out of its array.
    private static func fold(_ event: inout TreeEvent, into tree: inout LiveTree) { tree.apply(event) }

    /// Bytes of the model a task, and the events a second that it folds then.
    private static func million(_ tasks: Int) -> (bytes: Double, rate: Double) {
        var storm = Storm()
        var tree = LiveTree()
        let before = Machine.resident
        var left = tasks
        while left > 0 {
            let part = min(left, 10_000)
            for event in storm.rise(part) { tree.apply(event) }
            left -= part
        }
        tree.settle()
        let bytes = Double(Machine.resident - before) / Double(tasks)
        return (bytes, rate(&storm, &tree, rounds: 11, of: tasks / 11))
    }
}

/// The events of many tasks that come and go below some thousand parents; one in thirty holds something.
struct Storm {
    private var seq: UInt64 = 0
    private var t: Int64 = 0
    private var nextTask: UInt64 = 1
    private var living: [UInt64] = []
    private var oldest = 0

    /// Starts so many, a hundred below each parent.
    mutating func rise(_ count: Int) -> [TreeEvent] {
        var events: [TreeEvent] = []
        events.reserveCapacity(count + count / 100 + 2)
        if seq == 0 { add(.taskStarted(.init(task: TaskID(1), name: "storm")), &events) }
        for number in 0..<count {
            if number % 100 == 0 { startParent(&events) }
            start(&events)
        }
        return events
    }

    /// About so many events: the oldest ends, and another one starts.
    mutating func churn(_ count: Int) -> [TreeEvent] {
        var events: [TreeEvent] = []
        events.reserveCapacity(count + 4)
        while events.count < count {
            let task = living[oldest]
            let holds = task % 30 == 0
            if holds {
                add(.resourceReleasing(.init(resource: ResourceID(task), task: TaskID(task))), &events)
                add(
                    .resourceReleased(
                        .init(resource: ResourceID(task), task: TaskID(task), outcome: .ok, duration: 1_000)), &events)
            }
            add(.taskFinished(.init(task: TaskID(task), outcome: .succeeded)), &events)
            let place = oldest
            start(&events)
            living[place] = living.removeLast()
            oldest = (oldest + 1) % living.count
        }
        return events
    }

    private var parent: UInt64 = 1

    private mutating func startParent(_ events: inout [TreeEvent]) {
        nextTask += 1
        parent = nextTask
        add(
            .taskStarted(
                .init(task: TaskID(parent), parent: TaskID(1), name: "district-\(parent)", kind: "district")), &events)
    }

    private mutating func start(_ events: inout [TreeEvent]) {
        nextTask += 1
        let task = TaskID(nextTask)
        living.append(nextTask)
        add(.taskStarted(.init(task: task, parent: TaskID(parent), name: "cell-\(nextTask)", kind: "cell")), &events)
        guard nextTask % 30 == 0 else { return }
        add(
            .resourceAcquired(
                .init(
                    resource: ResourceID(nextTask), task: task, name: "drop-\(nextTask)", kind: "pipe",
                    budget: 5_000_000_000)), &events)
    }

    private mutating func add(_ change: TreeEvent.Change, _ events: inout [TreeEvent]) {
        seq += 1
        t += 10_000
        events.append(TreeEvent(seq: seq, t: t, change: change))
    }
}
