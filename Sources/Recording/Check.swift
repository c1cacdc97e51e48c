import TreeModel

/// Holds a session against the engine's promises: a state machine that is fed the events in order. Its memory grows with
/// what is alive at once, not with the length of the log.
///
/// A log that does not tell all (it has no `session.ended`, or a gap, or events of a newer version) can still be
/// violated, but not hold.
public struct Check {
    var tasks: [TaskID: LiveTask] = [:]
    var resources: [ResourceID: LiveResource] = [:]
    var acquiring: Set<ResourceID> = []
    var cascades: [CascadeID: LiveCascade] = [:]
    /// Cascades that ran when events were lost.
    var lostCascades: Set<CascadeID> = []
    /// Abandoned tasks whose bodies have not returned, by their paths.
    var abandoned: [TaskID: String] = [:]
    /// Releases that timed out and have not returned.
    var overran: Set<ResourceID> = []
    var taskIDs = IDSet()
    var resourceIDs = IDSet()
    var cascadeIDs = IDSet()
    /// Not everything that is alive is known: ids that were never seen are no violation.
    var isBlind = false
    /// The log does not tell all from the beginning. A snapshot lists what is alive, but no cascades, acquires that are
    /// under way and releases that overran.
    var isPartial = false
    /// What was acquired, while a snapshot is read, by tasks whose rows have not come yet.
    var early: [TaskID: [ResourceID]] = [:]
    private var hasForgotten = false
    var counts = Counts()
    var abandonedExamples: [String] = []
    var findings: [Finding] = []
    /// The event being applied.
    var seq: UInt64 = 0
    var t: Int64 = 0

    private var expected: UInt64?
    private var ended: EndReason?
    private var violations: [Violation] = []
    private var furtherViolations = 0
    private var reasons: [String] = []
    private var notes: [String] = []

    public init() {}

    /// Checks a whole session.
    /// - Parameter told: is given what reading it came upon.
    public static func verdict(
        of file: SessionFile, told: (ReadSummary) -> Void = { _ in }
    ) throws(SessionError) -> Verdict {
        var check = Check()
        let reader = file.events()
        func see(_ event: TreeEvent) -> Bool {
            check.apply(event)
            return true
        }
        while let found = try reader.read(see) {
            if case .unknown(let seq, let kind) = found { check.skip(seq: seq, kind: kind) }
        }
        var verdict = check.verdict()
        verdict.notes += reader.summary.lines
        told(reader.summary)
        return verdict
    }

    /// Checks the events of a session.
    public static func verdict(of events: [TreeEvent]) -> Verdict {
        var check = Check()
        for event in events { check.apply(event) }
        return check.verdict()
    }

    /// Notes an event that cannot be understood. If its kind is known, it may have changed what the check keeps track of.
    public mutating func skip(seq: UInt64, kind: TreeEvent.Kind?) {
        self.seq = seq
        counts.unknownEvents += 1
        follow(places: 1)
        guard let kind else { return }
        forget("the \(kind.name) at seq \(seq) has a word of a newer version")
    }

    /// Takes the next event.
    public mutating func apply(_ event: TreeEvent) {
        seq = event.seq
        t = event.t
        // Rows of keyframes and gaps are none.
        if event.change.kind.isHappening { counts.events += 1 }
        if ended != nil {
            violate(.endedClean, "an event after session.ended")
            return
        }
        switch event.change {
        case .snapshotBegin:
            if expected == nil {
                isBlind = true
                isPartial = true
                notes.append("the log begins mid-way, behind seq \(seq), with a snapshot")
            }
            follow(places: 0)
        case .snapshotTask, .snapshotResource: follow(places: 0)
        case .snapshotEnd:
            follow(places: 0)
            isBlind = hasForgotten
            early = [:]
        case .gap(let gap):
            follow(places: gap.lost)
            counts.gaps += 1
            forget("\(gap.lost) events are missing from seq \(seq) on")
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
            .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired,
            .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished,
            .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .sessionEnded:
            follow(places: 1)
        }
        fold(event.change)
    }

    private mutating func fold(_ change: TreeEvent.Change) {
        switch change {
        case .taskStarted(let fields): started(fields)
        case .taskJoining(let fields): joining(fields)
        case .taskFinished(let fields): finished(fields)
        case .taskReturned(let fields): returned(fields)
        case .cancelRequested(let fields): requested(fields)
        case .taskCancelling(let fields): marked(fields)
        case .cancelCompleted(let fields): completed(fields)
        case .resourceAcquiring(let fields): acquiring(fields)
        case .resourceFailed(let fields): failed(fields)
        case .resourceAcquired(let fields): acquired(fields)
        case .resourceReleasing(let fields): releasing(fields.resource)
        case .resourceReleased(let fields): released(fields)
        case .resourceQuarantined(let fields): quarantined(fields)
        case .resourceReturned(let fields): returned(fields)
        case .snapshotTask(let row):
            if isBlind { prime(row) }
        case .snapshotResource(let row):
            if isBlind { prime(row) }
        case .sessionEnded(let fields): end(fields.reason)
        case .taskProgress, .taskLog, .taskWaiting, .taskResumed, .taskOverdue, .cancelEscalated, .drainRequested,
            .taskDraining, .drainCompleted, .shutdownPhase, .engineStarved, .snapshotBegin, .snapshotEnd, .gap:
            break
        }
    }

    // MARK: Order

    /// Compares an event's `seq` with the one that is due. Rows of a snapshot take no place; theirs is that of the state.
    private mutating func follow(places: UInt64) {
        guard let due = expected else {
            expected = places == 0 ? seq &+ 1 : seq &+ places
            if places > 0, seq != 1 {
                isBlind = true
                isPartial = true
                hasForgotten = true
                reasons.append("the log begins at seq \(seq), without a snapshot")
            }
            return
        }
        if places == 0 {
            if seq < due { return }
        } else if seq == due {
            expected = due &+ places
            return
        }
        if seq < due {
            violate(.seqGapless, "seq \(due) is due here")
            return
        }
        violate(.seqGapless, "seq \(due) is due here: \(seq - due) events are missing, and no gap says so")
        forget("\(seq - due) events are missing from seq \(due) on")
        expected = seq &+ max(places, 1)
    }

    /// Events are missing: what was alive may be so no longer.
    private mutating func forget(_ reason: String) {
        if reasons.count < Self.examples { reasons.append(reason) }
        isBlind = true
        isPartial = true
        hasForgotten = true
        tasks = [:]
        resources = [:]
        acquiring = []
        lostCascades.formUnion(cascades.keys)
        cascades = [:]
        overran = []
        abandoned = [:]
        early = [:]
    }

    private mutating func end(_ reason: EndReason) {
        ended = reason
        let isOpen = !tasks.isEmpty || resources.values.contains { !$0.isQuarantined }
        switch reason {
        case .finished:
            if isOpen { reportOpen() }
        case .signal:
            if isOpen {
                reasons.append("a signal ended the session with \(openWords) left; what is open at a cut is no leak")
            }
        case .recordingFailed: reasons.append("the recording failed at seq \(seq): what came after is missing")
        }
        for id in cascades.keys.sorted() { judgeCover(id) }
        let running = cascades.count
        if running > 0 {
            notes.append(running == 1 ? "1 cascade never completed" : "\(running) cascades never completed")
        }
    }

    private var openWords: String {
        let held = resources.values.count { !$0.isQuarantined }
        let first = tasks.count == 1 ? "1 task" : "\(tasks.count) tasks"
        return held == 0 ? first : first + (held == 1 ? " and 1 resource" : " and \(held) resources")
    }

    private mutating func reportOpen() {
        for id in tasks.keys.sorted() { violate(.endedClean, "it is not finished when the session is", task: id) }
        for (id, resource) in resources.sorted(by: { $0.key < $1.key })
        where !resource.isQuarantined && tasks[resource.task] == nil {
            violate(.endedClean, "\(name(id)) is still held when the session is over", task: resource.task)
        }
    }

    // MARK: Findings

    mutating func violate(
        _ rule: Rule, _ message: String, task: TaskID? = nil, path: String? = nil, earlier: [UInt64] = []
    ) {
        guard violations.count < Self.mostViolations else {
            furtherViolations += 1
            return
        }
        let path = path ?? task.map(self.path)
        violations.append(Violation(rule: rule, seqs: earlier + [seq], t: t, path: path, message: message))
    }

    /// The names from the root down to a task; an id for one that is not alive any more.
    func path(_ id: TaskID) -> String {
        guard tasks[id] != nil else { return abandoned[id] ?? "task \(id)" }
        var names: [String] = []
        var place: TaskID? = id
        while let id = place, names.count < 32 {
            names.append(tasks[id]?.name ?? "task \(id)")
            place = tasks[id]?.parent
        }
        if place != nil { names.append("…") }
        return names.reversed().joined(separator: "/")
    }

    func name(_ id: ResourceID) -> String {
        resources[id].map { "resource \(id) (\($0.name))" } ?? "resource \(id)"
    }

    /// What was found. More events may follow.
    public func verdict() -> Verdict {
        var reasons = reasons
        if ended == nil { reasons.append("there is no session.ended: the log is cut off, or the session still runs") }
        let result: Result = !violations.isEmpty ? .violated : reasons.isEmpty ? .holds : .undetermined
        return Verdict(
            result: result, violations: violations, furtherViolations: furtherViolations, findings: findings,
            reasons: reasons,
            notes: lines + notes, counts: counts)
    }

    private var lines: [String] {
        var lines: [String] = []
        func say(_ count: Int, _ one: String, _ many: String, _ examples: [String] = []) {
            if count == 0 { return }
            let names = examples.joined(separator: ", ") + (count > examples.count ? ", …" : "")
            lines.append("\(count) \(count == 1 ? one : many)" + (examples.isEmpty ? "" : ": \(names)"))
        }
        say(counts.abandoned, "task was abandoned", "tasks were abandoned", abandonedExamples)
        say(counts.returned, "abandoned task returned later", "abandoned tasks returned later")
        say(counts.quarantined, "resource was quarantined", "resources were quarantined")
        say(counts.leaked, "resource leaked", "resources leaked")
        say(counts.timedOut, "release timed out", "releases timed out")
        say(counts.releasesFailed, "release failed", "releases failed")
        say(counts.unknownEvents, "event is of a newer version", "events are of a newer version")
        return lines
    }
}
