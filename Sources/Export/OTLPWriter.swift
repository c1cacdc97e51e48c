import EventBus
import Recording
import TreeModel

/// Writes OpenTelemetry's OTLP/JSON file format: lines that are each a whole `TracesData`. A session is a trace; a task is
/// a span, a resource is one below that of its task.
struct OTLPWriter: SpanFormat {
    /// How many spans stand in a line.
    private static let batch = 64

    private var out: [UInt8] = []
    private var spans = JSONFieldWriter()
    private var count = 0
    private var session = SessionInfo(session: "", name: "", pid: 0, startedUnixNanoseconds: 0)
    private var trace = ""

    mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &out)
        return bytes
    }

    mutating func begin(_ session: SessionInfo) {
        self.session = session
        // 16 bytes: two FNV-1a hashes of the session's id, the second begun elsewhere.
        let hashes = [0xCBF2_9CE4_8422_2325, 0x9E37_79B9_7F4A_7C15].map { (start: UInt64) in
            session.session.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        trace = hashes.map { Self.hex(max(1, $0)) }.joined()
    }

    mutating func finish() { flush() }

    mutating func ended(_ task: TaskSpan) {
        let info = task.info
        let parent = info.parent.map { Self.hex($0.rawValue) }
        let started = session.startedUnixNanoseconds
        span(Self.hex(info.id.rawValue), parent, info.name, info.startedAt, task.end) { span in
            span.attributes { list in
                list.add("treetop.task", info.id.rawValue)
                list.add("treetop.path", task.path)
                list.add("treetop.outcome", task.outcome)
                list.add("treetop.resources", UInt64(task.acquired))
                if let kind = info.kind { list.add("treetop.kind", kind) }
                if let attempt = info.attempt { list.add("treetop.attempt", attempt) }
                if let cascade = info.cascade { list.add("treetop.cascade", cascade.rawValue) }
                if let cause = info.cause { list.add("treetop.cause", cause.description) }
                for label in info.labels { list.add(label.key, label.value) }
            }
            span.list("events") { events in
                if let t = info.cancelledAt {
                    events.point(started &+ t, "cancelled", info.cause.map { ["treetop.cause": $0.description] } ?? [:])
                }
                if let t = task.overdueAt { events.point(started &+ t, "overdue", [:]) }
                for error in [info.error].compactMap(\.self) + info.suppressed {
                    events.point(
                        started &+ task.end, "exception",
                        ["exception.type": error.type, "exception.message": error.message])
                }
            }
            let isError = info.outcome == .failed || info.outcome == .abandoned
            span.status(
                isError ? 2 : info.outcome == .succeeded ? 1 : 0,
                isError ? info.error?.message ?? task.outcome : nil)
        }
    }

    mutating func ended(_ resource: ResourceSpan) {
        let parent = Self.hex(resource.task.rawValue)
        let started = session.startedUnixNanoseconds
        span(Self.hex(1 << 63 | resource.id.rawValue), parent, resource.name, resource.start, resource.end) { span in
            span.attributes { list in
                list.add("treetop.resource", resource.id.rawValue)
                list.add("treetop.outcome", resource.outcome)
                if let kind = resource.kind { list.add("treetop.kind", kind) }
            }
            span.list("events") { events in
                if let t = resource.acquiredAt { events.point(started &+ t, "acquired", [:]) }
                if let t = resource.quarantinedAt { events.point(started &+ t, "quarantined", [:]) }
                if let t = resource.releasingAt { events.point(started &+ t, "releasing", [:]) }
            }
            let isError = resource.error != nil || resource.released.map { $0 != .ok } ?? false
            span.status(isError ? 2 : 0, isError ? resource.error?.message ?? resource.outcome : nil)
        }
    }

    private mutating func span(
        _ id: String, _ parent: String?, _ name: String, _ start: Int64, _ end: Int64,
        _ more: (inout JSONFieldWriter) -> Void
    ) {
        if count > 0 { spans.raw(",") }
        let (trace, started) = (trace, session.startedUnixNanoseconds)
        spans.object { span in
            span.member("traceId", trace)
            span.member("spanId", id)
            if let parent { span.member("parentSpanId", parent) }
            span.member("name", name)
            span.key("kind")
            span.number(1)
            span.member("startTimeUnixNano", String(max(0, started &+ start)))
            span.member("endTimeUnixNano", String(max(0, started &+ end)))
            more(&span)
        }
        count += 1
        if count == Self.batch { flush() }
    }

    private mutating func flush() {
        guard count > 0 else { return }
        var line = JSONFieldWriter()
        let (session, spans) = (session, spans)
        line.raw("{\"resourceSpans\":[{\"resource\":{")
        line.attributes { list in
            list.add("service.name", session.name)
            list.add("service.instance.id", session.session)
            list.add("process.pid", UInt64(UInt32(bitPattern: session.pid)))
        }
        line.raw("},\"scopeSpans\":[{\"scope\":{\"name\":\"treetop\"},\"spans\":[")
        line.out += spans.out
        line.raw("]}]}]}\n")
        out += line.out
        self.spans = JSONFieldWriter()
        count = 0
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// The pieces of OTLP/JSON: 64-bit numbers are strings, ids hexadecimal.
extension JSONFieldWriter {
    fileprivate mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    fileprivate mutating func list(_ name: String, _ body: (inout JSONFieldWriter) -> Void) {
        key(name)
        raw("[")
        body(&self)
        raw("]")
    }

    fileprivate mutating func attributes(_ body: (inout JSONFieldWriter) -> Void) { list("attributes", body) }

    private mutating func item(_ body: (inout JSONFieldWriter) -> Void) {
        if out.last == UInt8(ascii: "}") { raw(",") }
        object(body)
    }

    fileprivate mutating func add(_ name: String, _ value: String) {
        item { item in
            item.member("key", name)
            item.object("value") { $0.member("stringValue", value) }
        }
    }

    fileprivate mutating func add(_ name: String, _ value: UInt64) {
        item { item in
            item.member("key", name)
            item.object("value") { $0.member("intValue", String(value)) }
        }
    }

    fileprivate mutating func point(_ t: Int64, _ name: String, _ attributes: KeyValuePairs<String, String>) {
        item { item in
            item.member("timeUnixNano", String(max(0, t)))
            item.member("name", name)
            item.attributes { list in for (key, value) in attributes { list.add(key, value) } }
        }
    }

    fileprivate mutating func status(_ code: Int, _ message: String?) {
        object("status") { status in
            if let message { status.member("message", message) }
            if code > 0 {
                status.key("code")
                status.number(code)
            }
        }
    }
}
