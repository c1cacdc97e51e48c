import EventBus
import TreeModel

/// A log with so many live tasks and a keyframe now and then, as an engine writes it.
struct Steady {
    let log: EventLog
    private let tasks: UInt64
    private var next: UInt64 = 1
    private(set) var t: Int64 = 0

    private let name: (UInt64) -> String

    init(_ log: EventLog, tasks: UInt64 = 20, name: @escaping (UInt64) -> String = { _ in "task" }) {
        self.log = log
        self.tasks = tasks
        self.name = name
        log.append(.taskStarted(.init(task: TaskID(1), name: "root")), at: 0)
        next = 2
    }

    /// A task starts and another ends, every 1,000 ns; a keyframe every `keyframe` of these.
    mutating func go(_ count: Int, keyframe: Int) {
        for _ in 0..<count {
            t += 1000
            log.append(.taskStarted(.init(task: TaskID(next), parent: TaskID(1), name: name(next))), at: t)
            if next > tasks {
                log.append(.taskFinished(.init(task: TaskID(next - tasks + 1), outcome: .succeeded)), at: t)
            }
            if next % UInt64(keyframe) == 0 { writeKeyframe() }
            next += 1
            // As whoever holds the engine's lock does after it.
            log.tidy()
        }
    }

    private func writeKeyframe() {
        log.beginKeyframe(at: t)
        row(1, parent: nil)
        for task in max(2, next > tasks ? next - tasks + 2 : 2)...next { row(task, parent: 1) }
        log.endKeyframe(at: t)
    }

    private func row(_ task: UInt64, parent: UInt64?) {
        var row = TreeEvent.SnapshotTask()
        row.started = .init(
            task: TaskID(task), parent: parent.map { TaskID($0) }, name: parent == nil ? "root" : name(task))
        log.append(.snapshotTask(row), at: t)
    }

    /// A task of its own fails.
    mutating func fail() {
        t += 1000
        let task = TaskID(1 << 40)
        log.append(.taskStarted(.init(task: task, parent: TaskID(1), name: "weak")), at: t)
        let error = Failure(type: "Weak", message: "no")
        log.append(.taskFinished(.init(task: task, outcome: .failed, error: error)), at: t)
    }
}
