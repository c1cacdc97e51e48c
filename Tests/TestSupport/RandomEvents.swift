import TreeModel

/// Random changes over few ids, so that every kind of nonsense comes up: ends of what never began, loops, duplicates.
package struct RandomEvents {
    package var generator: Seeded
    package var ids: UInt64 = 40
    private var seq: UInt64 = 0
    private var t: Int64 = 0
    /// Whether times jump to the ends of their range.
    package var wildTimes = false

    package init(seed: UInt64) { generator = Seeded(seed) }

    package mutating func next() -> TreeEvent {
        seq += 1
        t += Int64.random(in: 0...40_000_000, using: &generator)
        let at = wildTimes && Bool.random(using: &generator) ? Int64(bitPattern: generator.next()) : t
        return TreeEvent(seq: seq, t: at, change: change())
    }

    private mutating func task() -> TaskID { TaskID(UInt64.random(in: 0...ids, using: &generator)) }
    private mutating func resource() -> ResourceID { ResourceID(UInt64.random(in: 0...ids, using: &generator)) }
    private mutating func number() -> UInt64 {
        wildTimes ? generator.next() : UInt64.random(in: 0...1_000_000_000, using: &generator)
    }

    private mutating func change() -> TreeEvent.Change {
        let cascade = CascadeID(UInt64.random(in: 0...5, using: &generator))
        let drain = DrainID(UInt64.random(in: 0...5, using: &generator))
        let name = ["a", "conn-1", "lock", "\u{1B}[2J", "日本", ""].randomElement(using: &generator)!
        let target = WaitTarget(
            kind: ["lock", "idle", "child"].randomElement(using: &generator)!, id: number(), name: name)
        let failure = Failure(type: "E", message: name)
        let kind = TreeEvent.Kind(rawValue: UInt8.random(in: 0...30, using: &generator))!
        switch kind {
        case .taskStarted, .snapshotBegin:
            return .taskStarted(
                .init(
                    task: task(), parent: Bool.random(using: &generator) ? task() : nil, name: name,
                    deadline: wildTimes ? Int64(bitPattern: generator.next()) : nil))
        case .taskProgress: return .taskProgress(.init(task: task(), completed: number(), total: number()))
        case .taskLog: return .taskLog(.init(task: task(), level: "info", message: name))
        case .taskWaiting: return .taskWaiting(.init(task: task(), on: target, since: Int64(bitPattern: number())))
        case .taskResumed: return .taskResumed(.init(task: task()))
        case .cancelRequested:
            return .cancelRequested(.init(cascade: cascade, task: task(), force: false, cause: Cause(.user)))
        case .cancelEscalated: return .cancelEscalated(.init(cascade: cascade))
        case .taskCancelling: return .taskCancelling(.init(task: task(), cascade: cascade))
        case .taskJoining: return .taskJoining(.init(task: task(), outcome: .failed, error: failure))
        case .taskOverdue: return .taskOverdue(.init(task: task(), since: 0, grace: number(), on: target))
        case .resourceAcquiring: return .resourceAcquiring(.init(resource: resource(), task: task(), name: name))
        case .resourceFailed: return .resourceFailed(.init(resource: resource(), task: task(), error: failure))
        case .resourceAcquired, .snapshotEnd:
            return .resourceAcquired(.init(resource: resource(), task: task(), name: name))
        case .resourceReleasing: return .resourceReleasing(.init(resource: resource(), task: task()))
        case .resourceReleased:
            let outcome = ReleaseOutcome(rawValue: UInt8.random(in: 0...3, using: &generator))!
            return .resourceReleased(.init(resource: resource(), task: task(), outcome: outcome, duration: number()))
        case .resourceQuarantined:
            return .resourceQuarantined(.init(resource: resource(), task: task(), because: task()))
        case .resourceReturned: return .resourceReturned(.init(resource: resource(), outcome: .ok, duration: number()))
        case .taskFinished:
            let outcome = Outcome(rawValue: UInt8.random(in: 0...3, using: &generator))!
            return .taskFinished(.init(task: task(), outcome: outcome, cause: Cause(.deadline)))
        case .taskReturned: return .taskReturned(.init(task: task()))
        case .cancelCompleted:
            return .cancelCompleted(
                .init(
                    cascade: cascade, tasks: number(), resources: number(), failed: number(), timedOut: number(),
                    abandoned: number(), duration: number()))
        case .drainRequested: return .drainRequested(.init(drain: drain, task: task(), cause: Cause(.code)))
        case .taskDraining: return .taskDraining(.init(task: task(), drain: drain))
        case .drainCompleted: return .drainCompleted(.init(drain: drain, duration: number()))
        case .shutdownPhase: return .shutdownPhase(.init(phase: .releasing, task: task(), budget: number()))
        case .engineStarved: return .engineStarved(.init(duration: number()))
        case .snapshotTask:
            guard wildTimes else { return .taskResumed(.init(task: task())) }
            var row = TreeEvent.SnapshotTask()
            row.started = .init(task: task(), parent: task(), name: name)
            row.phase = Phase(rawValue: UInt8.random(in: 0...3, using: &generator))!
            row.since = Int64(bitPattern: generator.next())
            switch UInt8.random(in: 0...5, using: &generator) {
            case 0: return .snapshotBegin(.init())
            case 1: return .snapshotEnd(.init())
            default: return .snapshotTask(row)
            }
        case .snapshotResource:
            guard wildTimes else { return .taskResumed(.init(task: task())) }
            var row = TreeEvent.SnapshotResource()
            row.acquired = .init(resource: resource(), task: task(), name: name)
            row.because = Bool.random(using: &generator) ? task() : nil
            return .snapshotResource(row)
        case .gap: return wildTimes ? .gap(.init(lost: number())) : .taskResumed(.init(task: task()))
        case .sessionEnded: return .sessionEnded(.init(reason: .finished))
        }
    }
}
