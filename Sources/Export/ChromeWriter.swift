import EventBus
import Recording
import TreeModel

/// Writes the trace format of Chrome, which many viewers read: a JSON object with `traceEvents`, times in microseconds.
///
/// Tasks are slices on tracks (see `Lanes`), inside those of their parents. Resources and waits are asynchronous slices
/// of their own. A cancel is an instant, and a flow from there through the marks of its tasks in their order.
struct ChromeWriter: SpanFormat {
    private var json = JSONFieldWriter()
    private var lanes = Lanes()
    private var pid: Int32 = 0
    private var session = ""
    private var isFirst = true

    mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &json.out)
        return bytes
    }

    mutating func begin(_ session: SessionInfo) {
        pid = session.pid
        self.session = session.name
        json.raw("{\"displayTimeUnit\":\"ns\",\"otherData\":")
        json.object { json in
            json.key("session")
            json.string(session.session)
            json.key("name")
            json.string(session.name)
            json.key("started")
            json.string(WallClock.text(session.startedUnixNanoseconds))
        }
        json.raw(",\"traceEvents\":[")
        name("process_name", 0, "treetop \(session.name)")
        name("thread_name", 0, "session")
    }

    mutating func finish() {
        for (index, lane) in lanes.inOrder(session).enumerated() {
            name("thread_name", lane.lane, lane.name)
            event("M", nil, "thread_sort_index", lane.lane, 0) { json in
                json.object("args") { args in
                    args.key("sort_index")
                    args.number(index + 1)
                }
            }
        }
        json.raw("\n]}\n")
    }

    // MARK: spans

    mutating func began(_ task: TaskSpan) {
        let (lane, t) = lanes.begin(task)
        event("B", "task", task.info.name, lane, t) { json in
            json.object("args") { json in
                var info = task.info
                json.id("task", &info.id)
                json.id("parent", &info.parent)
                json.key("path")
                json.string(task.path)
                json.text("kind", &info.kind)
                json.labels("labels", &info.labels)
            }
        }
    }

    mutating func ended(_ task: TaskSpan) {
        guard let (lane, t, ended) = lanes.end(task.info.id, at: task.end) else { return }
        for id in ended {
            event("E", "task", nil, lane, t) { json in
                // One that had to wait for those inside it has lost what is said of it.
                if id == task.info.id { json.object("args") { $0.ending(task) } }
            }
        }
    }

    mutating func ended(_ wait: WaitSpan) {
        for (phase, t) in [("b", wait.start), ("e", wait.end)] {
            event(phase, "wait", "waits for \(wait.name)", lanes.lane(of: wait.task) ?? 0, t) {
                $0.name(id: wait.task.rawValue)
            }
        }
    }

    mutating func ended(_ resource: ResourceSpan) {
        let lane = lanes.lane(of: resource.task) ?? 0
        func stage(_ json: inout ChromeWriter, _ phase: String, _ name: String, _ t: Int64) {
            json.event(phase, "resource", name, lane, t) { $0.name(id: resource.id.rawValue) }
        }
        event("b", "resource", resource.name, lane, resource.start) { json in
            json.name(id: resource.id.rawValue)
            json.object("args") { json in
                var resource = resource
                json.id("resource", &resource.id)
                json.id("task", &resource.task)
                json.text("kind", &resource.kind)
                json.key("outcome")
                json.string(resource.outcome)
                json.failure("error", &resource.error)
            }
        }
        if let acquired = resource.acquiredAt, acquired > resource.start {
            stage(&self, "b", "acquiring", resource.start)
            stage(&self, "e", "acquiring", acquired)
        }
        if let quarantined = resource.quarantinedAt { stage(&self, "n", "quarantined", quarantined) }
        if let releasing = resource.releasingAt {
            stage(&self, "b", "releasing", releasing)
            stage(&self, "e", "releasing", resource.end)
        }
        stage(&self, "e", resource.name, resource.end)
    }

    // MARK: instants

    mutating func saw(_ event: TreeEvent, _ tree: LiveTree) {
        guard let instant = Instant(event) else { return }
        let lane = instant.task.flatMap { lanes.lane(of: $0) } ?? 0
        self.event("i", instant.category, instant.name, lane, event.t) { json in
            json.key("s")
            json.string(lane > 0 ? "t" : "p")
            json.object("args") { event.change.visit(&$0) }
        }
        guard let cascade = instant.cascade else { return }
        let phase = cascade.place == .request ? "s" : cascade.place == .mark ? "t" : "f"
        let root = tree.cascade(cascade.id)?.root
        let place = lanes.lane(of: instant.task ?? root ?? TaskID(0)) ?? 0
        self.event(phase, "cancel", "cancel", place, event.t) { json in
            json.name(id: cascade.id.rawValue)
            if phase == "f" {
                json.key("bp")
                json.string("e")
            }
        }
    }

    // MARK: events

    /// Names the process, or a track.
    private mutating func name(_ what: String, _ lane: Int, _ name: String) {
        event("M", nil, what, lane, 0) { json in
            json.object("args") { args in
                args.key("name")
                args.string(name)
            }
        }
    }

    private mutating func event(
        _ phase: String, _ category: String?, _ name: String?, _ lane: Int, _ t: Int64,
        _ more: (inout JSONFieldWriter) -> Void
    ) {
        json.raw(isFirst ? "\n" : ",\n")
        isFirst = false
        let pid = pid
        json.object { json in
            json.key("ph")
            json.string(phase)
            if let category {
                json.key("cat")
                json.string(category)
            }
            if let name {
                json.key("name")
                json.string(name)
            }
            json.key("pid")
            json.number(pid)
            json.key("tid")
            json.number(lane)
            json.key("ts")
            json.microseconds(t)
            more(&json)
        }
    }
}

extension JSONFieldWriter {
    fileprivate mutating func name(id: UInt64) {
        key("id")
        number(id)
    }

    /// Nanoseconds as microseconds, exactly.
    fileprivate mutating func microseconds(_ t: Int64) {
        let t = max(0, t)
        number(t / 1_000)
        let rest = t % 1_000
        if rest > 0 { out += ".\(rest < 100 ? "0" : "")\(rest < 10 ? "0" : "")\(rest)".utf8 }
    }

    /// What is known of a task when it is over.
    mutating func ending(_ task: TaskSpan) {
        var info = task.info
        key("outcome")
        string(task.outcome)
        failure("error", &info.error)
        failures("suppressed", &info.suppressed)
        cause("cause", &info.cause)
        id("cascade", &info.cascade)
        var acquired = UInt64(task.acquired)
        amount("resources", &acquired)
    }
}
