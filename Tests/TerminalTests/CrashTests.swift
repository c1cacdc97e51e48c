import Canvas
import Glibc
import Testing

@testable import Terminal

/// Every death is a process of its own, on a pseudo-terminal whose other side is here.
@Suite("A process that dies gives its terminal back first")
struct CrashTests {
    private let terminal: PseudoTerminal
    private let before: [UInt32]

    init() throws {
        terminal = try PseudoTerminal(width: 40, height: 10)
        before = terminal.modes
    }

    /// Opens a screen in the process that is to die, with standard error on the same terminal.
    private static func open(_ path: String) throws -> TerminalScreen {
        let device = Glibc.open(path, O_RDWR | O_NOCTTY)
        dup2(device, STDERR_FILENO)
        var options = ScreenOptions()
        options.device = .descriptors(input: device, output: device)
        options.type = "xterm-256color"
        let screen = try TerminalScreen(options: options)
        var canvas = CellGrid(width: screen.width, height: screen.height)
        canvas.put("up", x: 0, y: 0)
        screen.present(canvas)
        return screen
    }

    private static let left = "\u{1b}[?1049l"

    /// What was written up to the end; where the process could not give the terminal back itself, up to when its guard
    /// has said the last of it.
    private func written(byItsGuard isByGuard: Bool, saying message: String) -> String {
        var bytes: [UInt8] = []
        var looks = 0
        while isByGuard, looks < 100 {
            bytes += terminal.read(milliseconds: 100)
            let output = String(decoding: bytes, as: UTF8.self)
            if let end = output.ends(of: Self.left).last, output[end...].contains(message) { break }
            looks += 1
        }
        return String(decoding: bytes + terminal.output(), as: UTF8.self)
    }

    private func checkGivenBack(saying message: String = "", byItsGuard isByGuard: Bool = false) {
        let output = written(byItsGuard: isByGuard, saying: message)
        #expect(output.ends(of: "\u{1b}[?1049h").count == 1, "the second screen was entered")
        #expect(output.ends(of: "\u{1b}[?1049l").count == 1, "the second screen was left")
        #expect(output.ends(of: "\u{1b}[?1000h").count == 1, "clicks were asked for")
        #expect(output.ends(of: "\u{1b}[?1000l").count == 1, "and no longer")
        #expect(output.ends(of: "\u{1b}[?2004h").count == 1 && output.ends(of: "\u{1b}[?2004l").count == 1)
        #expect(terminal.modes == before)
        guard let down = output.ends(of: "\u{1b}[?1049l").last else { return }
        #expect(output[down...].contains(message), "what was said last is seen after the screen is gone")
        #expect(!output[..<down].contains("last words"))
    }

    @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGQUIT, SIGSYS])
    func ofASignalWithTheSameStatus(number: Int32) async {
        let path = terminal.path
        let result = await #expect(processExitsWith: .failure) { [path = path as String, number = number as Int32] in
            let screen = try CrashTests.open(path)
            _ = write(STDERR_FILENO, "last words", 10)
            withExtendedLifetime(screen) { _ = kill(getpid(), number) }
            while true { pause() }
        }
        #expect(result?.exitStatus == .signal(number))
        checkGivenBack(saying: "last words")
    }

    @Test func ofATrap() async {
        let path = terminal.path
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let screen = try CrashTests.open(path)
            withExtendedLifetime(screen) { fatalError("last words") }
        }
        checkGivenBack(saying: "last words")
    }

    @Test func ofATrapOnAThreadOfThePool() async {
        let path = terminal.path
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let screen = try CrashTests.open(path)
            Task.detached { fatalError("last words") }
            withExtendedLifetime(screen) { while true { pause() } }
        }
        checkGivenBack(saying: "last words")
    }

    @Test func ofAnOverflowOfTheStackThatTheScreenIsOn() async {
        let path = terminal.path
        let result = await #expect(processExitsWith: .failure) { [path = path as String] in
            let screen = try CrashTests.open(path)
            _ = write(STDERR_FILENO, "last words", 10)
            withExtendedLifetime(screen) { _ = dive(0) }
        }
        #expect(result?.exitStatus == .signal(SIGSEGV))
        checkGivenBack(saying: "last words")
    }

    /// Such a thread has no other stack for handlers.
    @Test func ofAnOverflowOfTheStackOfAThreadOfThePool() async {
        let path = terminal.path
        let result = await #expect(processExitsWith: .failure) { [path = path as String] in
            let screen = try CrashTests.open(path)
            _ = write(STDERR_FILENO, "last words", 10)
            Task.detached { dive(0) }
            withExtendedLifetime(screen) { while true { pause() } }
        }
        #expect(result?.exitStatus == .signal(SIGSEGV))
        checkGivenBack(saying: "last words", byItsGuard: true)
    }

    @Test func ofAKillThatNobodyCanHandle() async {
        let path = terminal.path
        let result = await #expect(processExitsWith: .failure) { [path = path as String] in
            let screen = try CrashTests.open(path)
            _ = write(STDERR_FILENO, "last words", 10)
            withExtendedLifetime(screen) { _ = kill(getpid(), SIGKILL) }
        }
        #expect(result?.exitStatus == .signal(SIGKILL))
        checkGivenBack(saying: "last words", byItsGuard: true)
    }

    /// Who has taken the terminal in between has modes of its own.
    @Test func ofAKillAfterSomebodyElseSetTheModes() async {
        let path = terminal.path
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let screen = try CrashTests.open(path)
            let device = Glibc.open(path, O_RDWR | O_NOCTTY)
            var modes = termios()
            tcgetattr(device, &modes)
            modes.c_lflag ^= tcflag_t(NOFLSH)
            tcsetattr(device, TCSANOW, &modes)
            _ = write(STDERR_FILENO, "last words", 10)
            withExtendedLifetime(screen) { _ = kill(getpid(), SIGKILL) }
        }
        #expect(written(byItsGuard: true, saying: "last words").contains(Self.left))
        #expect(terminal.modes != before)
    }

    @Test func byExit() async {
        let path = terminal.path
        await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
            let screen = try CrashTests.open(path)
            _ = write(STDERR_FILENO, "last words", 10)
            withExtendedLifetime(screen) { exit(7) }
        }
        checkGivenBack(saying: "last words")
    }

    @Test func notWhereNobodyCouldContinueIt() async {
        let path = terminal.path
        await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
            setsid()
            let screen = try CrashTests.open(path)
            screen.suspend()
            exit(screen.wait(timeoutMilliseconds: 0).isEmpty ? 7 : 8)
        }
        let output = String(decoding: terminal.output(), as: UTF8.self)
        #expect(output.ends(of: "\u{1b}[?1049h").count == 2 && output.ends(of: "\u{1b}[?1049l").count == 2)
        #expect(output.ends(of: "up").count == 2)
        #expect(terminal.modes == before)
    }

    @Test func byAnotherThreadWhileThisOneDraws() async {
        let path = terminal.path
        await #expect(processExitsWith: .exitCode(143)) { [path = path as String] in
            let screen = try CrashTests.open(path)
            let handle = screen.handle
            Thread.start {
                handle.giveBack()
                _ = write(STDERR_FILENO, "last words", 10)
                _exit(143)
            }
            var canvas = CellGrid(width: screen.width, height: screen.height)
            for round in 0... {
                canvas.put("\(round)", x: 0, y: 0)
                screen.present(canvas)
            }
        }
        checkGivenBack(saying: "last words")
    }
}

/// Needs more stack than there is.
@inline(never)
@discardableResult
private func dive(_ depth: Int) -> Int { depth < 0 ? 0 : dive(depth + 1) &+ dive(depth + 2) }

private enum Thread {
    /// Runs `body` on a thread of its own.
    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
    }

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

extension String {
    /// Where a text ends each time that it occurs, left to right.
    fileprivate func ends(of text: String) -> [String.Index] {
        let wanted = text.utf8
        return utf8.indices.compactMap { index in
            guard utf8[index...].starts(with: wanted) else { return nil }
            return utf8.index(index, offsetBy: wanted.count)
        }
    }
}
