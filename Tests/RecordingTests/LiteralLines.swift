import Testing
import TreeModel

/// A change, and its line with seq 7 and t 9.
struct Literal: Sendable, CustomTestStringConvertible {
    var change: TreeEvent.Change
    var json: String
    var testDescription: String { change.kind.name }
    init(_ change: TreeEvent.Change, _ json: String) {
        self.change = change
        self.json = "{\"seq\":7,\"t\":9,\"event\":\"\(change.kind.name)\",\(json)}"
        if json.isEmpty { self.json = "{\"seq\":7,\"t\":9,\"event\":\"\(change.kind.name)\"}" }
    }
}

private let failure = Failure(type: "E", message: "m")
private let cause = Cause(.user, by: "key x", origin: TaskID(3), message: "why")
private let causeJSON = #"{"kind":"user","by":"key x","origin":3,"message":"why"}"#

/// Lines of every kind, with all of its fields and without those that may be absent.
let literalLines: [Literal] = [
    Literal(
        .taskStarted(
            .init(
                task: TaskID(2), parent: TaskID(1), name: "a\"b\\c\n\t\r\u{8}\u{c}\u{1f}é🌲", kind: "job",
                labels: [Label("a", "1"), Label("b", "2")], deadline: -5, grace: 6, policy: .failFast, limit: 8,
                attempt: 2, restartOf: TaskID(1))),
        #""task":2,"parent":1,"name":"a\"b\\c\n\t\r\b\f\u001fé🌲","kind":"job","labels":{"a":"1","b":"2"},"deadline":-5,"grace":6,"policy":"failFast","limit":8,"attempt":2,"restartOf":1"#
    ),
    Literal(.taskStarted(.init(task: TaskID(2), name: "")), #""task":2,"name":"""#),
    Literal(
        .taskProgress(.init(task: TaskID(1), completed: 0, total: 5, message: "m")),
        #""task":1,"completed":0,"total":5,"message":"m""#),
    Literal(.taskProgress(.init(task: TaskID(1))), #""task":1"#),
    Literal(
        .taskLog(.init(task: TaskID(1), level: "info", message: "m")), #""task":1,"level":"info","message":"m""#),
    Literal(
        .taskWaiting(
            .init(task: TaskID(1), on: WaitTarget(kind: "lock", id: 4, name: "journal"), since: 3, deadline: 12)),
        #""task":1,"on":{"kind":"lock","id":4,"name":"journal"},"since":3,"deadline":12"#),
    Literal(
        .taskWaiting(.init(task: TaskID(1), on: WaitTarget(kind: "slot"), since: 3)),
        #""task":1,"on":{"kind":"slot"},"since":3"#),
    Literal(.taskResumed(.init(task: TaskID(1))), #""task":1"#),
    Literal(
        .cancelRequested(.init(cascade: CascadeID(1), task: TaskID(2), force: true, cause: cause)),
        #""cascade":1,"task":2,"force":true,"cause":"# + causeJSON),
    Literal(
        .cancelRequested(.init(cascade: CascadeID(1), task: TaskID(2), force: false, cause: Cause(.signal))),
        #""cascade":1,"task":2,"cause":{"kind":"signal"}"#),
    Literal(.cancelEscalated(.init(cascade: CascadeID(1), by: "pid 7")), #""cascade":1,"by":"pid 7""#),
    Literal(.taskCancelling(.init(task: TaskID(2), cascade: CascadeID(1))), #""task":2,"cascade":1"#),
    Literal(
        .taskJoining(.init(task: TaskID(2), outcome: .failed, error: failure)),
        #""task":2,"outcome":"failed","error":{"type":"E","message":"m"}"#),
    Literal(
        .taskOverdue(.init(task: TaskID(2), since: 1, grace: 5, on: WaitTarget(kind: "read"))),
        #""task":2,"since":1,"grace":5,"on":{"kind":"read"}"#),
    Literal(
        .resourceAcquiring(.init(resource: ResourceID(1), task: TaskID(2), name: "db", kind: "file")),
        #""resource":1,"task":2,"name":"db","kind":"file""#),
    Literal(
        .resourceFailed(.init(resource: ResourceID(1), task: TaskID(2), error: failure)),
        #""resource":1,"task":2,"error":{"type":"E","message":"m"}"#),
    Literal(
        .resourceAcquired(
            .init(
                resource: ResourceID(1), task: TaskID(2), name: "db", kind: "file", budget: 5,
                after: [ResourceID(3), ResourceID(2)])),
        #""resource":1,"task":2,"name":"db","kind":"file","budget":5,"after":[3,2]"#),
    Literal(
        .resourceAcquired(.init(resource: ResourceID(1), task: TaskID(2), name: "db", after: [])),
        #""resource":1,"task":2,"name":"db","after":[]"#),
    Literal(.resourceReleasing(.init(resource: ResourceID(1), task: TaskID(2))), #""resource":1,"task":2"#),
    Literal(
        .resourceReleased(
            .init(resource: ResourceID(1), task: TaskID(2), outcome: .timedOut, error: failure, duration: 5)),
        #""resource":1,"task":2,"outcome":"timedOut","error":{"type":"E","message":"m"},"duration":5"#),
    Literal(
        .resourceQuarantined(.init(resource: ResourceID(1), task: TaskID(2), because: TaskID(3))),
        #""resource":1,"task":2,"because":3"#),
    Literal(
        .resourceReturned(.init(resource: ResourceID(1), outcome: .ok, duration: 5)),
        #""resource":1,"outcome":"ok","duration":5"#),
    Literal(
        .taskFinished(
            .init(task: TaskID(2), outcome: .cancelled, error: failure, suppressed: [failure, failure], cause: cause)),
        #""task":2,"outcome":"cancelled","error":{"type":"E","message":"m"},"suppressed":[{"type":"E","message":"m"},{"type":"E","message":"m"}],"cause":"#
            + causeJSON),
    Literal(.taskFinished(.init(task: TaskID(2), outcome: .succeeded)), #""task":2,"outcome":"succeeded""#),
    Literal(.taskReturned(.init(task: TaskID(2))), #""task":2"#),
    Literal(
        .cancelCompleted(
            .init(cascade: CascadeID(1), tasks: 2, resources: 3, failed: 0, timedOut: 1, abandoned: 1, duration: 9)),
        #""cascade":1,"tasks":2,"resources":3,"failed":0,"timedOut":1,"abandoned":1,"duration":9"#),
    Literal(
        .drainRequested(.init(drain: DrainID(1), task: TaskID(2), cause: Cause(.code))),
        #""drain":1,"task":2,"cause":{"kind":"code"}"#),
    Literal(.taskDraining(.init(task: TaskID(2), drain: DrainID(1))), #""task":2,"drain":1"#),
    Literal(.drainCompleted(.init(drain: DrainID(1), duration: 5)), #""drain":1,"duration":5"#),
    Literal(
        .shutdownPhase(.init(phase: .releasing, task: TaskID(1), budget: 5)),
        #""phase":"releasing","task":1,"budget":5"#),
    Literal(.engineStarved(.init(duration: 5)), #""duration":5"#),
    Literal(.snapshotBegin(.init()), ""),
    Literal(
        .snapshotTask(snapshotTask()),
        #""task":2,"parent":1,"name":"w","phase":"joining","draining":true,"cascade":1,"cause":"# + causeJSON
            + #","since":4"#),
    Literal(
        .snapshotResource(snapshotResource()),
        #""resource":1,"task":2,"name":"db","phase":"releasing","since":4,"because":3"#),
    Literal(.snapshotEnd(.init()), ""),
    Literal(.gap(.init(lost: 12)), #""lost":12"#),
    Literal(.sessionEnded(.init(reason: .signal)), #""reason":"signal""#),
]

private func snapshotTask() -> TreeEvent.SnapshotTask {
    var row = TreeEvent.SnapshotTask()
    row.started = .init(task: TaskID(2), parent: TaskID(1), name: "w")
    row.phase = .joining
    row.draining = true
    row.cascade = CascadeID(1)
    row.cause = cause
    row.since = 4
    return row
}

private func snapshotResource() -> TreeEvent.SnapshotResource {
    var row = TreeEvent.SnapshotResource()
    row.acquired = .init(resource: ResourceID(1), task: TaskID(2), name: "db")
    row.phase = .releasing
    row.since = 4
    row.because = TaskID(3)
    return row
}
