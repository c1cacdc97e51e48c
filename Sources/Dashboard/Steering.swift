import TreeModel

extension DashboardState {
    /// What the keys of a replay do, in a recording and in the past of a running program.
    mutating func steer(_ steering: Steering) -> [Effect] {
        guard let replay else { return [] }
        if isAtEdge(replay, steering) { notice = edge(of: replay) }
        switch steering {
        case .play: return [.replay(replay.isPlaying ? .pause : .play)]
        case .stepBack: return [.replay(.step(-1))]
        case .stepOn: return [.replay(.step(1))]
        case .skipBack: return [.replay(.skip(-5 * Words.second))]
        case .skipOn: return [.replay(.skip(5 * Words.second))]
        case .markBack:
            guard
                let mark = replay.marks.last(where: { $0.position < replay.position && $0.position >= replay.first })
            else { return none(notice ?? "no mark before") }
            return [.replay(.seekEvent(mark.position))]
        case .markOn:
            guard
                let mark = replay.marks.first(where: { $0.position > replay.position && $0.position >= replay.first })
            else { return none("no mark after") }
            return [.replay(.seekEvent(mark.position))]
        case .slower: return Self.speeds.last { $0 < replay.speed * 0.999 }.map { [.replay(.speed($0))] } ?? []
        case .faster: return Self.speeds.first { $0 > replay.speed * 1.001 }.map { [.replay(.speed($0))] } ?? []
        case .begin: return [.replay(.seekEvent(0))]
        case .finish:
            guard !replay.isLive else {
                returnToNow()
                return []
            }
            return [.replay(.seekEvent(replay.eventCount))]
        case .tenth(let tenth):
            let end = replay.isLive ? liveNow : replay.end
            return [.replay(.seek(to: replay.begin + (end - replay.begin) / 10 * Int64(tenth)))]
        case .findCause: return findCause()
        case .loop: return turnLoop(replay)
        case .skipIdle:
            notice = replay.skipsIdle ? "idle time passes as it was" : "idle time is passed over while it plays"
            return [.replay(.skipIdle)]
        case .compare:
            compare()
            return []
        }
    }

    private static let speeds: [Double] = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

    private mutating func none(_ text: String) -> [Effect] {
        notice = text
        return []
    }

    // MARK: a cascade again

    /// So long it takes to watch one that was over in an instant.
    private static let watched = 8 * Words.second

    /// Plays the cascade in the pane again and again, slowly enough to be seen; a program goes on behind that.
    mutating func watchCascade() -> [Effect] {
        guard let cascade = shownCascade, let end = cascade.completedAt else {
            return none("it is not over yet: it can be watched again then")
        }
        let begin = cascade.requestedAt
        let time = max(1, end - begin)
        views.shown = .tree
        needsRows = true
        let effects = replay == nil && frozen == nil ? pause() : []
        let key = keymap.name(of: replay == nil || replay?.isLive == true ? .pause : .steer(.loop))
        notice = "the cascade of \(Words.duration(time)), again and again; \(key) ends that"
        // For a moment its end stays.
        return effects + [
            .replay(.watch(from: begin, to: end + time / 4, speed: min(1, Double(time) / Double(Self.watched))))
        ]
    }

    private mutating func turnLoop(_ replay: ReplayView) -> [Effect] {
        let key = keymap.name(of: .steer(.loop))
        switch replay.loop {
        case nil: notice = "a loop begins at \(Words.instant(replay.time)): go where it ends, and press \(key) there"
        case .some(let loop) where loop.end == nil && loop.begin != replay.time:
            notice = "plays from \(Words.instant(min(loop.begin, replay.time))) again and again; \(key) ends that"
        case .some: notice = "no loop any more"
        }
        return [.replay(.loop)]
    }

    // MARK: the edge of the log

    /// Whether a key asks for what the log of a running program does not keep any more.
    private func isAtEdge(_ replay: ReplayView, _ steering: Steering) -> Bool {
        guard replay.first > 0 else { return false }
        switch steering {
        case .stepBack, .skipBack, .markBack: return replay.position <= replay.first
        case .begin: return true
        case .stepOn, .skipOn: return replay.isDropped
        case .play, .markOn, .slower, .faster, .finish, .findCause, .tenth, .loop, .skipIdle, .compare: return false
        }
    }

    /// What the log still keeps, in words.
    private func edge(of replay: ReplayView) -> String {
        guard replay.first <= replay.eventCount else { return "the log keeps nothing that can be gone to" }
        return "the log keeps nothing before \(Words.instant(replay.begin))"
    }

    // MARK: causes

    /// Goes to the cancel that ended the task under the cursor.
    private mutating func findCause() -> [Effect] {
        let slot = cursorSlot
        guard slot >= 0 else { return [] }
        let task = shown.info(slot)
        if let id = task.cascade, let cascade = shown.cascade(id) {
            notice = "cancelled by \(cascade.cause.description): cascade \(id) on \(cascade.path)"
            let at = replay?.marks.last { $0.t == cascade.requestedAt && $0.task == cascade.root }
            cursor = .task(cascade.root)
            return [.replay(at.map { .seekEvent($0.position) } ?? .seek(to: cascade.requestedAt))]
        }
        if let cause = task.cause, let origin = cause.origin {
            notice = cause.description
            go(to: origin)
            return []
        }
        if let end = task.finishedAt {
            notice = task.error.map { "it failed by itself: \($0.message)" } ?? "it ended by itself"
            return [.replay(.seek(to: end))]
        }
        return none("\(task.name) is alive: nothing ended it")
    }
}
