import Canvas
import Dashboard
import EventBus
import Glibc
import Terminal

/// What stands behind a dashboard: a live program, or a replay.
protocol Performer: AnyObject {
    /// The time that the screen shows, in nanoseconds.
    var now: Int64 { get }
    /// Calls `wake` once, when there is something new to show.
    func arm(_ wake: @escaping @Sendable () -> Void)
    /// Takes in what is new; answers in how many milliseconds it wants to be asked again, or nil.
    func pending(_ state: inout DashboardState) -> Int?
    /// Does what the user asked for.
    func perform(_ effect: Effect, _ state: inout DashboardState)
    /// Whether the dashboard is to end.
    var isOver: Bool { get }
    /// The terminal is gone.
    func hangUp()
}

/// The one loop of a dashboard: waits for keys, news and time; folds; draws at most 60 times a second.
///
/// A key is answered by a frame at once, of what was taken in before it. News is taken in where a frame is due, and frames
/// are further apart the longer they take: whoever uses less than its share of a busy processor gets it as soon as a key
/// comes.
final class Stage {
    private static let frame: Int64 = 16_000_000
    /// News and their frames take one in so many parts of a processor.
    private static let share: Int64 = 3
    private static let longestRest: Int64 = 100_000_000
    /// A performer takes in as many events at once, so that no key waits for more.
    static let mostEvents = 2_048
    private let screen: TerminalScreen
    private let performer: any Performer
    private var state: DashboardState
    private var canvas: CellGrid
    /// Whether a key came since the last frame.
    private var isAsked = true
    /// Whether there is more news than was taken in.
    private var isBehind = false
    /// When the next frame may be drawn that no key asked for.
    private var due = Int64.min

    init(_ screen: TerminalScreen, _ look: Look, _ performer: any Performer) {
        self.screen = screen
        self.performer = performer
        canvas = CellGrid(width: screen.width, height: screen.height, ascii: look.ascii || !screen.isUnicode)
        state = DashboardState(width: screen.width, height: screen.height, keys: look.keys)
    }

    /// Takes the terminal.
    /// - Throws: `Problem` with what to do if there is none, or none that can show a screen.
    static func open(_ look: Look) throws -> TerminalScreen {
        do {
            return try TerminalScreen(options: look.screen)
        } catch {
            throw Problem(.unavailable, error.message)
        }
    }

    func run() {
        while true {
            var asked: Int?
            let (begin, used) = (Monitor.now, Stage.processorTime)
            let isDue = begin >= due || isBehind
            if isDue {
                asked = performer.pending(&state)
                isBehind = asked == 0
                if performer.isOver { return }
            }
            // A key that came while news was taken in is on the same frame.
            let isNews = begin >= due && (isAsked || state.needsFrame(now: performer.now))
            let patience = isNews ? 0 : isDue ? timeout(asked) : untilDue
            for input in screen.wait(timeoutMilliseconds: patience) { handle(input) }
            if isNews || isAsked { draw() }
            if isNews { rest(from: begin, after: Stage.processorTime - used) }
        }
    }

    /// Lets some time pass before the next frame that no key asked for.
    private func rest(from begin: Int64, after work: Int64) {
        due = begin + max(Self.frame, min(work * Self.share, Self.longestRest))
    }

    private func handle(_ input: Input) {
        let effects: [Effect]
        switch input {
        case .key(let key): effects = state.update(.key(key))
        case .pointer(let pointer): effects = state.update(.pointer(pointer))
        case .paste(let text): effects = state.update(.paste(text))
        case .resize(let width, let height): effects = state.update(.resize(width: width, height: height))
        case .resumed: effects = [.redraw]
        case .hangup:
            performer.hangUp()
            return
        case .wake: return
        }
        isAsked = true
        for effect in effects {
            switch effect {
            case .suspend: screen.suspend()
            case .redraw: screen.redraw()
            case .copy(let text):
                let isCopied = screen.copy(text)
                let words = isCopied ? "copied: \(text)" : "this terminal takes no copy: \(text)"
                _ = state.update(.notice(words))
            case .cancel, .escalate, .drain, .restart, .shutdown, .leave, .replay: performer.perform(effect, &state)
            }
        }
    }

    private func draw() {
        isAsked = false
        state.prepare(now: performer.now)
        if canvas.width != state.width || canvas.height != state.height {
            canvas = CellGrid(width: state.width, height: state.height, ascii: canvas.ascii)
        }
        render(state, into: &canvas)
        screen.present(canvas)
    }

    /// How long it is until a frame is due, in milliseconds.
    private var untilDue: Int { max(0, Int((due - Monitor.now) / 1_000_000)) + 1 }

    /// How long to wait: until a frame is due, or until the screen changes by itself or there is news.
    private func timeout(_ asked: Int?) -> Int? {
        if isBehind { return 0 }
        if due > Monitor.now { return untilDue }
        let handle = screen.handle
        performer.arm { handle.wake() }
        var limits = asked.map { [$0] } ?? []
        if let next = state.nextFrame { limits.append(max(0, Int((next - performer.now) / 1_000_000) + 1)) }
        return limits.min()
    }

    /// What this thread has used of a processor.
    private static var processorTime: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
