import TreeModel

@testable import Recording

/// A log in words, one event a line, numbered from 1 and a millisecond apart:
///
///     start 2 1                   task 2 under task 1
///     acquire 5 2 [after 4,3]     resource 5 by task 2; `after none` is an empty list
///     releasing 5 · released 5 [ok] · quarantine 5 2 (because of) · back 5
///     joining 2 · finish 2 [succeeded] · returned 2
///     cancel 1 2 · mark 2 1 · completed 1 tasks resources failed timedOut abandoned
///     gap 10 · end [finished] · seq 9 (the next event's) · anything else is a log line
struct ScriptedLog {
    private(set) var events: [TreeEvent] = []
    private var owners: [UInt64: UInt64] = [:]

    init(_ script: String) {
        var seq: UInt64 = 1
        for line in script.split(separator: "\n") {
            let words = line.split(separator: " ").map { String($0) }
            if words.isEmpty { continue }
            if words[0] == "seq" {
                seq = UInt64(words[1])!
                continue
            }
            let change = change(words)
            let isRow =
                change.kind == .snapshotBegin || change.kind == .snapshotTask || change.kind == .snapshotResource
                || change.kind == .snapshotEnd
            events.append(TreeEvent(seq: isRow ? seq - 1 : seq, t: Int64(seq) * 1_000_000, change: change))
            if case .gap(let gap) = change { seq += gap.lost } else if !isRow { seq += 1 }
        }
    }

    private mutating func change(_ words: [String]) -> TreeEvent.Change {
        func number(_ index: Int) -> UInt64 { index < words.count ? UInt64(words[index])! : 0 }
        func word<W: Word>(_ index: Int, _ otherwise: W) -> W {
            index < words.count ? W(name: words[index])! : otherwise
        }
        let task = TaskID(number(1 < words.count && UInt64(words[1]) != nil ? 1 : 9))
        let resource = ResourceID(task.rawValue)
        let owner = TaskID(owners[resource.rawValue] ?? 1)
        switch words[0] {
        case "start":
            return .taskStarted(
                .init(task: task, parent: words.count > 2 ? TaskID(number(2)) : nil, name: "t\(task)"))
        case "joining": return .taskJoining(.init(task: task, outcome: .succeeded))
        case "finish": return .taskFinished(.init(task: task, outcome: word(2, .succeeded)))
        case "returned": return .taskReturned(.init(task: task))
        case "acquire":
            owners[resource.rawValue] = number(2)
            var after: [ResourceID]?
            if words.count > 3 {
                after = words[4].split(separator: ",").compactMap { UInt64($0) }.map { ResourceID($0) }
            }
            return .resourceAcquired(
                .init(resource: resource, task: TaskID(number(2)), name: "r\(resource)", after: after))
        case "releasing": return .resourceReleasing(.init(resource: resource, task: owner))
        case "released":
            return .resourceReleased(.init(resource: resource, task: owner, outcome: word(2, .ok), duration: 1))
        case "quarantine":
            return .resourceQuarantined(.init(resource: resource, task: owner, because: TaskID(number(2))))
        case "back": return .resourceReturned(.init(resource: resource, outcome: .ok, duration: 1))
        case "cancel":
            return .cancelRequested(
                .init(cascade: CascadeID(number(1)), task: TaskID(number(2)), force: false, cause: Cause(.user)))
        case "mark": return .taskCancelling(.init(task: task, cascade: CascadeID(number(2))))
        case "completed":
            return .cancelCompleted(
                .init(
                    cascade: CascadeID(number(1)), tasks: number(2), resources: number(3), failed: number(4),
                    timedOut: number(5), abandoned: number(6), duration: 1))
        case "gap": return .gap(.init(lost: number(1)))
        case "end": return .sessionEnded(.init(reason: word(1, .finished)))
        case "snapshot": return words[1] == "begin" ? .snapshotBegin(.init()) : .snapshotEnd(.init())
        case "row":
            var row = TreeEvent.SnapshotTask()
            row.started = .init(task: task, parent: words.count > 2 ? TaskID(number(2)) : nil, name: "t\(task)")
            return .snapshotTask(row)
        case "held":
            var row = TreeEvent.SnapshotResource()
            owners[resource.rawValue] = number(2)
            row.acquired = .init(resource: resource, task: TaskID(number(2)), name: "r\(resource)")
            return .snapshotResource(row)
        default: return .taskLog(.init(task: TaskID(1), level: "info", message: words.joined(separator: " ")))
        }
    }

    /// What the check says of it.
    var verdict: Check.Verdict {
        var check = Check()
        for event in events { check.apply(event) }
        return check.verdict()
    }
}
