import Dashboard
import EventBus
import Recording
import TreeModel

/// A recorded session behind the dashboard. It is read and checked while it is shown, some thousand events between two keys.
final class ReplayActor: Performer {
    private static let part = 4_096
    /// No key waits longer for what is done in the meantime, in nanoseconds.
    private static let patience: Int64 = 6_000_000
    /// So often it is shown how far that is.
    private static let pause: Int64 = 100_000_000
    /// The way to any place of a session with no more events is short: it is gone before there is a screen.
    private static let short: UInt64 = 1 << 16

    private var replay: Replay
    private let session: SessionFile
    private let tape: SessionTape?
    private var reading: CheckedReading?
    /// Where it is to go once there is a screen.
    private var start: Int64?
    private var isLeaving = false
    private var moved: Int64
    private var shown: Int64?
    /// What was found wrong with the file, once all was read.
    private(set) var summary: ReadSummary?

    /// - Parameters:
    ///   - tape: the file that is still to be read; nil for a session that was.
    ///   - start: where it stands still; nil plays from the beginning.
    init(_ replay: Replay, _ session: SessionFile, _ tape: SessionTape?, at start: Int64?) {
        self.replay = replay
        self.session = session
        self.tape = tape
        self.start = start
        reading = tape == nil ? nil : CheckedReading()
        moved = Monitor.now
        if start == nil { self.replay.perform(.play) }
        if session.lastSeq <= Self.short { goToStart() }
    }

    private func goToStart() {
        guard let start else { return }
        self.start = nil
        replay.seek(time: start)
    }

    var now: Int64 { replay.time }
    var isOver: Bool { isLeaving }

    /// A recording brings no news.
    func arm(_ wake: @escaping @Sendable () -> Void) {}

    func pending(_ state: inout DashboardState) -> Int? {
        let time = Monitor.now
        var isNews = replay.isPlaying || replay.isOnTheWay || start != nil
        if let shown {
            if isNews { state.letGo() }
            goToStart()
            _ = replay.advance(realNanoseconds: time - moved)
            if replay.isAtWork {
                isNews = work(until: time + Self.patience) || isNews || time - shown >= Self.pause
            }
        } else {
            // The first screen comes before all else.
            _ = state.update(.session(Sessions.status(session)))
            isNews = true
        }
        moved = time
        if isNews { show(&state) }
        return replay.isAtWork || start != nil ? 0 : replay.isPlaying ? 16 : nil
    }

    private func show(_ state: inout DashboardState) {
        _ = state.update(.replay(replay.view))
        if let failure = tape?.failure { _ = state.update(.notice(failure)) }
        shown = Monitor.now
    }

    /// Reads on. True if something else is to be shown.
    private func work(until end: Int64) -> Bool {
        var hasChanged = false
        repeat {
            hasChanged = replay.work(Self.part) { reading?.note($0, tape?.unknownKinds) } || hasChanged
        } while replay.isAtWork && Monitor.now < end
        guard !replay.isReading, let reading else { return hasChanged }
        self.reading = nil
        let summary = reading.summary(tape?.faults ?? ReadSummary())
        let checked = Sessions.checked(reading.check.verdict(), summary)
        replay.verdict = checked.line
        replay.noteViolations(checked.violations)
        self.summary = summary
        return true
    }

    func perform(_ effect: Effect, _ state: inout DashboardState) {
        switch effect {
        case .replay(let command):
            state.letGo()
            replay.perform(command)
            moved = Monitor.now
            show(&state)
        case .leave, .shutdown: isLeaving = true
        case .cancel, .escalate, .drain, .restart:
            _ = state.update(.notice("this is a recording: nothing can be changed in it"))
        case .suspend, .redraw, .copy: break
        }
    }

    func hangUp() { isLeaving = true }
}

/// The check of a session that is read bit by bit.
private struct CheckedReading {
    private(set) var check = Check()
    private var next: UInt64?
    private var lost: UInt64 = 0

    mutating func note(_ event: TreeEvent, _ unknownKinds: @autoclosure () -> [UInt64: TreeEvent.Kind]?) {
        // What is left out without a gap is of a newer version.
        while let seq = next, seq < event.seq {
            check.skip(seq: seq, kind: unknownKinds()?[seq])
            next = seq + 1
        }
        check.apply(event)
        let places = ChunkDecoder.places(event.change.kind, of: event.change)
        next = places == 0 ? next ?? event.seq &+ 1 : event.seq &+ places
        if case .gap(let gap) = event.change { lost &+= gap.lost }
    }

    /// What is wrong with the file, with the events that are missing.
    func summary(_ faults: ReadSummary) -> ReadSummary {
        var summary = faults
        summary.lostEvents = lost
        return summary
    }
}
