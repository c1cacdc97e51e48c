import EventBus
import TreeModel

/// Writes the native trace of Perfetto (https://perfetto.dev): a message `Trace` of packets.
///
/// Each task has a track below that of its parent, so that the viewer shows the tree and folds it; on it lie the task and,
/// inside it, its waits and the time in which it waited for its children. Each resource has a track below that of its
/// task. A cancel is an instant, and a flow from there through the marks of its tasks in their order.
struct PerfettoWriter: SpanFormat {
    private var trace = ProtobufWriter()
    /// What tells this session's tracks from those of another one.
    private var base: UInt64 = 0
    private var isFirst = true

    mutating func take() -> [UInt8] { trace.take() }

    mutating func begin(_ session: SessionInfo) {
        // FNV-1a.
        base = session.session.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        packet(nil) { packet in
            packet.message(Field.clockSnapshot) { snapshot in
                for (clock, t) in [(Clock.boottime, 0), (Clock.realtime, session.startedUnixNanoseconds)] {
                    snapshot.message(1) { reading in
                        reading.number(1, clock)
                        reading.number(2, t)
                    }
                }
                snapshot.number(2, Clock.boottime)
            }
        }
        let track = processTrack
        packet(nil) { packet in
            packet.message(Field.trackDescriptor) { descriptor in
                descriptor.number(Track.uuid, track)
                descriptor.message(Track.process) { process in
                    process.number(1, UInt64(UInt32(bitPattern: session.pid)))
                    process.string(6, "treetop \(session.name)")
                }
                descriptor.number(Track.childOrdering, Track.chronological)
            }
        }
    }

    mutating func finish() {}

    // MARK: spans

    mutating func began(_ task: TaskSpan) {
        let parent = task.info.depth > 0 ? task.info.parent : nil
        describe(track(task.info.id), under: parent.map { track($0) } ?? processTrack, task.info.name)
        event(.begin, track(task.info.id), task.info.startedAt, "task", task.info.name) { event in
            event.note("task", task.info.id.rawValue)
            event.note("path", task.path)
            if let kind = task.info.kind { event.note("kind", kind) }
            for label in task.info.labels { event.note("label.\(label.key)", label.value) }
        }
    }

    mutating func ended(_ task: TaskSpan) {
        let track = track(task.info.id)
        if let joined = task.info.bodyEndedAt, joined < task.end {
            event(.begin, track, joined, "task", "joining")
            event(.end, track, task.end)
        }
        event(.end, track, task.end) { event in
            event.note("outcome", task.outcome)
            if let error = task.info.error { event.note("error", "\(error.type): \(error.message)") }
            for error in task.info.suppressed { event.note("suppressed", "\(error.type): \(error.message)") }
            if let cause = task.info.cause { event.note("cause", cause.description) }
            event.note("resources", UInt64(task.acquired))
        }
    }

    mutating func ended(_ wait: WaitSpan) {
        event(.begin, track(wait.task), wait.start, "wait", "waits for \(wait.name)")
        event(.end, track(wait.task), wait.end)
    }

    mutating func ended(_ resource: ResourceSpan) {
        let track = base &+ (resource.id.rawValue << 2 | 2)
        describe(track, under: resource.isOwned ? self.track(resource.task) : processTrack, resource.name)
        event(.begin, track, resource.start, "resource", resource.name) { event in
            event.note("resource", resource.id.rawValue)
            if let kind = resource.kind { event.note("kind", kind) }
        }
        if let acquired = resource.acquiredAt, acquired > resource.start {
            event(.begin, track, resource.start, "resource", "acquiring")
            event(.end, track, acquired)
        }
        if let quarantined = resource.quarantinedAt {
            event(.instant, track, quarantined, "resource", "quarantined")
        }
        if let releasing = resource.releasingAt {
            event(.begin, track, releasing, "resource", "releasing")
            event(.end, track, resource.end)
        }
        event(.end, track, resource.end) { event in
            event.note("outcome", resource.outcome)
            if let error = resource.error { event.note("error", "\(error.type): \(error.message)") }
        }
    }

    mutating func saw(_ event: TreeEvent, _ tree: LiveTree) {
        guard let instant = Instant(event) else { return }
        // What is said of a task that is not known is said of the process.
        let task = (instant.task ?? instant.cascade.flatMap { tree.cascade($0.id)?.root }).flatMap {
            tree.slot(of: $0) >= 0 ? $0 : nil
        }
        let base = base
        self.event(.instant, task.map { track($0) } ?? processTrack, event.t, instant.category, instant.name) { event in
            guard let cascade = instant.cascade else { return }
            event.fixed64(
                cascade.place == .end ? Event.lastOfFlow : Event.flow, base &+ (cascade.id.rawValue << 2 | 3))
        }
    }

    // MARK: packets

    private var processTrack: UInt64 { base &+ 1 }
    private func track(_ task: TaskID) -> UInt64 { base &+ (task.rawValue << 2) }

    private mutating func describe(_ track: UInt64, under parent: UInt64, _ name: String) {
        packet(nil) { packet in
            packet.message(Field.trackDescriptor) { descriptor in
                descriptor.number(Track.uuid, track)
                descriptor.string(Track.name, name)
                descriptor.number(Track.parent, parent)
                descriptor.number(Track.childOrdering, Track.chronological)
                // Siblings of one name are not one.
                descriptor.number(Track.mergeBehavior, Track.mergeNone)
            }
        }
    }

    private mutating func event(
        _ kind: Event.Kind, _ track: UInt64, _ t: Int64, _ category: String? = nil, _ name: String? = nil,
        _ more: (inout ProtobufWriter) -> Void = { _ in }
    ) {
        packet(max(0, t)) { packet in
            packet.message(Field.trackEvent) { event in
                event.number(Event.kind, kind.rawValue)
                event.number(Event.track, track)
                if let category { event.string(Event.category, category) }
                if let name { event.string(Event.name, name) }
                more(&event)
            }
        }
    }

    private mutating func packet(_ t: Int64?, _ body: (inout ProtobufWriter) -> Void) {
        let isFirst = isFirst
        self.isFirst = false
        trace.message(1) { packet in
            if let t { packet.number(Field.timestamp, t) }
            packet.number(Field.sequence, UInt64(1))
            if isFirst { packet.number(Field.sequenceFlags, UInt64(1)) }
            body(&packet)
        }
    }
}

/// The numbers of `TracePacket` in Perfetto's protos.
private enum Field {
    static let clockSnapshot = 6
    static let timestamp = 8
    static let sequence = 10
    static let trackEvent = 11
    /// 1: what was said before on this sequence is over.
    static let sequenceFlags = 13
    static let trackDescriptor = 60
}

private enum Clock {
    static let realtime: UInt64 = 1
    static let boottime: UInt64 = 6
}

/// The numbers of `TrackDescriptor`.
private enum Track {
    static let uuid = 1
    static let name = 2
    static let process = 3
    static let parent = 5
    static let childOrdering = 11
    static let chronological: UInt64 = 2
    static let mergeBehavior = 15
    static let mergeNone: UInt64 = 2
}

/// The numbers of `TrackEvent`.
private enum Event {
    enum Kind: UInt64 { case begin = 1, end, instant }
    static let note = 4
    static let kind = 9
    static let track = 11
    static let category = 22
    static let name = 23
    static let flow = 47
    static let lastOfFlow = 48
}

extension ProtobufWriter {
    /// A `DebugAnnotation`.
    fileprivate mutating func note(_ name: String, _ text: String) {
        message(Event.note) { note in
            note.string(10, name)
            note.string(6, text)
        }
    }

    fileprivate mutating func note(_ name: String, _ value: UInt64) {
        message(Event.note) { note in
            note.string(10, name)
            note.number(3, value)
        }
    }
}
