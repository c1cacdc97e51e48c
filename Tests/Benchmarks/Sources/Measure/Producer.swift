import EventBus
import TreeModel

/// Appends three common events in turn: a task starts, opens something, ends. The times are made up: to read the clock is
/// no part of an append.
public struct Producer {
    @usableFromInline let log: EventLog
    @usableFromInline var task: UInt64 = 0

    public init(_ log: EventLog) { self.log = log }

    // In the loop that is measured, as if it stood there.
    @inlinable @inline(__always)
    public mutating func append() {
        task += 1
        let time = Int64(task) * 100
        switch task % 3 {
        case 0:
            log.append(at: time) { (fields: inout TreeEvent.TaskStarted) in
                fields.task = TaskID(task)
                fields.parent = TaskID(1)
                fields.name = "task"
            }
        case 1:
            log.append(at: time) { (fields: inout TreeEvent.ResourceAcquired) in
                fields.resource = ResourceID(task)
                fields.task = TaskID(task)
                fields.name = "held"
                fields.budget = 5_000_000_000
            }
        default:
            log.append(at: time) { (fields: inout TreeEvent.TaskFinished) in
                fields.task = TaskID(task)
                fields.outcome = .succeeded
            }
        }
    }
}
