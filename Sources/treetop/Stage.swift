import Canvas
import Dashboard
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
final class Stage {
    private static let frame: Int64 = 16_000_000
    private let screen: TerminalScreen
    private let performer: any Performer
    private let isASCII: Bool
    private var state: DashboardState
    private var drawn = Int64.min

    init(_ screen: TerminalScreen, _ look: Look, _ performer: any Performer) {
        self.screen = screen
        self.performer = performer
        isASCII = look.ascii || !screen.isUnicode
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
            let asked = performer.pending(&state)
            if performer.isOver { return }
            draw()
            for input in screen.wait(timeoutMilliseconds: timeout(asked)) { handle(input) }
            // A key is answered before anything else is taken in.
            if drawn == .min { draw() }
        }
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
        drawn = .min
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
        let now = Stage.monotonic
        guard drawn == .min || now - drawn >= Self.frame, state.needsFrame(now: performer.now) else { return }
        state.prepare(now: performer.now)
        var canvas = CellGrid(width: state.width, height: state.height, ascii: isASCII)
        render(state, into: &canvas)
        screen.present(canvas)
        drawn = now
    }

    /// How long to wait: until the next frame may be drawn if one is due, until the screen changes by itself, or until
    /// there is news.
    private func timeout(_ asked: Int?) -> Int? {
        let sinceFrame = Stage.monotonic - max(0, drawn)
        var limits = asked.map { [$0] } ?? []
        if sinceFrame < Self.frame {
            limits.append(Int((Self.frame - sinceFrame) / 1_000_000) + 1)
        } else {
            let handle = screen.handle
            performer.arm { handle.wake() }
            if let next = state.nextFrame { limits.append(max(0, Int((next - performer.now) / 1_000_000) + 1)) }
        }
        return limits.min()
    }

    static var monotonic: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
