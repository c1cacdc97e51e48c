import Dashboard
import EventBus
import Glibc
import Recording
import Terminal
import TreeModel

/// Follows a session that another process writes, to its end.
struct FollowRun {
    private let follower: SessionFollower

    init(_ path: String, _ options: SessionOptions) throws {
        follower = try Sessions.readable { () throws(SessionError) in
            try SessionFollower(path, redaction: options.redaction)
        }
    }

    var session: SessionInfo { follower.session }

    /// Prints a line for each event that says something; ends with the session, or when nobody reads any more.
    /// - Parameters:
    ///   - last: the instant after which nothing is wanted, in nanoseconds since the session began.
    ///   - line: the line for an event, or nil.
    func print(_ output: Output, until last: Int64 = .max, _ line: (TreeEvent) -> String?) throws -> Exit {
        var isPast = false
        while true {
            let count = try Sessions.readable { () throws(SessionError) in
                try follower.read(limit: 4096) { event in
                    line(event).map { output.line($0) }
                    isPast = isPast || event.t > last
                }
            }
            output.flush()
            if output.isClosed || isPast { return .done }
            switch follower.state {
            case .goesOn: if count == 0 { follower.wait() }
            case .ended: return .done
            case .writerDied:
                complain(Self.death(follower))
                return .undetermined
            }
        }
    }

    /// The same under the dashboard, until its user leaves.
    func show(_ look: Look) throws {
        BacktracePrompt.turnOff()
        let screen = try Stage.open(look)
        Stage(screen, look, FollowActor(follower)).run()
        screen.giveBack()
    }

    static func death(_ follower: SessionFollower) -> String {
        "\(follower.path): its writer (pid \(follower.session.pid)) is gone without an end, after seq \(follower.lastSeq)"
    }
}

/// A session that another process writes, behind the dashboard: watched, and nothing else.
final class FollowActor: Performer {
    private let follower: SessionFollower
    private var isLeaving = false
    private var hasSaidTheEnd = false
    private var isShown = false
    private var failure: String?

    init(_ follower: SessionFollower) { self.follower = follower }

    /// The writer's clock is not known here: what the wall clock says, at least the time of the last event.
    var now: Int64 {
        guard follower.state == .goesOn else { return follower.lastT }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let wall = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        return max(follower.lastT, wall &- follower.session.startedUnixNanoseconds)
    }

    var isOver: Bool { isLeaving }

    /// Nobody tells of news in another process: the file is looked at.
    func arm(_ wake: @escaping @Sendable () -> Void) {}

    func pending(_ state: inout DashboardState) -> Int? {
        if !isShown {
            isShown = true
            let name = Sessions.fileName(follower.path)
            _ = state.update(.session(SessionStatus(name: follower.session.name, file: name, isAttached: true)))
        }
        guard follower.state == .goesOn, failure == nil else { return sayTheEnd(&state) }
        var count = 0
        do {
            count = try follower.read(limit: Stage.mostEvents, into: &state)
        } catch {
            failure = error.message
        }
        return count >= Stage.mostEvents ? 0 : max(1, Int(follower.pause / 1_000_000))
    }

    private func sayTheEnd(_ state: inout DashboardState) -> Int? {
        guard !hasSaidTheEnd else { return nil }
        hasSaidTheEnd = true
        let words =
            failure
            ?? (follower.state == .ended ? "the session is over; look around, q leaves" : FollowRun.death(follower))
        _ = state.update(.notice(words))
        return nil
    }

    func perform(_ effect: Effect, _ state: inout DashboardState) {
        switch effect {
        case .leave, .shutdown: isLeaving = true
        case .cancel, .escalate, .drain, .restart:
            _ = state.update(.notice("it belongs to another process: from here it can only be watched"))
        case .replay(.pause): break
        case .replay:
            _ = state.update(.notice("to go back in it, open it beside this: treetop replay \(follower.path)"))
        case .suspend, .redraw, .copy: break
        }
    }

    func hangUp() { isLeaving = true }
}
