import TreeModel

/// What a replay does by itself and at the user's word, and what is shown of it.
extension Replay {
    private static let speeds = 0.1...1_000.0
    /// What is over in an instant is watched as slowly as this.
    private static let slowest = 0.000_1

    /// Lets real time pass; says whether that moved anything.
    public mutating func advance(realNanoseconds: Int64) -> Bool {
        guard isPlaying, realNanoseconds > 0, wanted == nil else { return false }
        let passed = Int64(Double(min(realNanoseconds, 3_600_000_000_000)) * speed)
        var target = skipsIdle ? passingIdle(time + passed) : time + passed
        if let loop, let last = loop.end, target >= last { target = loop.begin }
        seek(time: target)
        hasMoved = true
        if time >= end { isPlaying = false }
        return true
    }

    /// A stretch of a second and more without events is over after half a second of the user's time.
    private func passingIdle(_ target: Int64) -> Int64 {
        guard let next = tape.event(at: position).map({ Self.clamped($0.t) }), next > target else { return target }
        let last = Self.clamped(position > 0 ? tape.event(at: position - 1)?.t ?? 0 : 0)
        guard next - last > 1_000_000_000, target - last > Int64(500_000_000 * speed) else { return target }
        return next
    }

    /// Does what the dashboard asks for.
    public mutating func perform(_ command: ReplayCommand) {
        switch command {
        case .play:
            if position >= eventCount, !isLive { seek(toEvent: 0) }
            isPlaying = true
            hasMoved = true
            return
        case .pause:
            isPlaying = false
            return
        case .speed(let factor):
            loop?.speed = nil
            usualSpeed = min(max(factor, Self.speeds.lowerBound), Self.speeds.upperBound)
            return
        case .skipIdle:
            skipsIdle.toggle()
            return
        case .loop:
            turnLoop()
            return
        case .watch(let begin, let last, let factor):
            loop = ReplayLoop(
                begin: min(begin, last), end: max(begin, last),
                speed: min(max(factor, Self.slowest), Self.speeds.upperBound))
            seek(time: min(begin, last))
            isPlaying = true
        case .step(let count): step(by: count)
        case .skip(let nanoseconds): seek(time: time + min(max(nanoseconds, -end), end))
        case .seek(let instant): seek(time: instant)
        case .seekEvent(let count):
            isPlaying = false
            seek(toEvent: count)
        }
        hasMoved = true
    }

    /// The loop begins here, ends here, is over.
    private mutating func turnLoop() {
        guard let begun = loop, begun.end == nil, begun.begin != time else {
            loop = loop == nil ? ReplayLoop(begin: time, end: nil) : nil
            return
        }
        loop = ReplayLoop(begin: min(begun.begin, time), end: max(begun.begin, time))
        seek(time: min(begun.begin, time))
        isPlaying = true
        hasMoved = true
    }

    // MARK: what is shown

    /// What the dashboard shows of it.
    public var view: ReplayView {
        let first = first
        let last = position > 0 ? tape.event(at: position - 1) : nil
        return ReplayView(
            tree: tree, time: time, begin: min(first?.tree.now ?? end, end), end: end, first: first?.position ?? .max,
            position: position, eventCount: eventCount, seq: last?.seq ?? tree.seq, last: last?.change.kind,
            isPlaying: isPlaying, speed: speed, loop: loop, skipsIdle: skipsIdle, marks: marks, density: density,
            isLive: isLive, hasMoved: hasMoved, verdict: verdict, ahead: isPlaying ? [] : ahead,
            progress: progress, isPartial: isPartial, isOnTheWay: wanted != nil, past: tape as? any PastEvents,
            names: names)
    }

    /// How far it looks ahead, in events.
    private static let sight = 5_000

    /// What will happen soon that may say how something went on: ends, releases, cancels.
    private var ahead: [TreeEvent] {
        let stop = min(eventCount, position + Self.sight)
        guard position < stop else { return [] }
        return tape.events(position..<stop, Self.tellsOn)
    }

    private static func tellsOn(_ kind: TreeEvent.Kind) -> Bool {
        switch kind {
        case .cancelRequested, .taskReturned, .taskFinished, .resourceReleased, .resourceQuarantined, .taskOverdue:
            true
        case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelEscalated, .taskCancelling,
            .taskJoining, .resourceAcquiring, .resourceFailed, .resourceAcquired, .resourceReleasing,
            .resourceReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
            .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .snapshotEnd, .gap, .sessionEnded:
            false
        }
    }
}
