import Canvas
import Glibc
import Testing

@testable import Terminal

/// ncurses has one state for the process, and there is one screen at a time.
@Suite("A terminal is taken, drawn on, read from and given back", .serialized)
struct TerminalScreenTests {
    private let terminal: PseudoTerminal

    init() throws { terminal = try PseudoTerminal(width: 40, height: 10) }

    private func open(type: String = "xterm-256color", colour: Bool = true) throws -> TerminalScreen {
        var options = ScreenOptions()
        options.device = .descriptors(input: terminal.inner, output: terminal.inner)
        options.type = type
        options.colour = colour
        options.capturesErrors = false
        return try TerminalScreen(options: options)
    }

    private func frame(_ text: String, role: Role = .normal, y: Int = 2) -> CellGrid {
        var canvas = CellGrid(width: 40, height: 10)
        canvas.put(text, x: 1, y: y, role: role)
        return canvas
    }

    private func written() -> String { String(decoding: terminal.output(), as: UTF8.self) }

    @Test(arguments: ["xterm-256color", "screen-256color", "vt100", "linux", "xterm"])
    func anUnchangedFrameWritesNothing(type: String) throws {
        let screen = try open(type: type)
        screen.present(frame("hello"))
        #expect(written().contains("hello"))
        #expect(screen.present(frame("hello")) == 0)
        #expect(terminal.output() == [])
        #expect(screen.present(frame("jello")) == 1)
        let change = written()
        #expect(change.contains("j") && !change.contains("ello") && change.utf8.count < 40)
    }

    @Test(arguments: ["xterm-256color", "screen-256color", "vt100", "linux"])
    func whatIsGivenBackIsAsItWasFound(type: String) throws {
        let before = terminal.modes
        let screen = try open(type: type)
        screen.present(frame("hello"))
        #expect(terminal.modes != before)
        _ = terminal.output()
        screen.giveBack()
        let end = written()
        if type.hasPrefix("xterm") {
            #expect(end.contains("\u{1b}[?1049l"))
            #expect(end.contains("\u{1b}[?12l\u{1b}[?25h"))
        }
        #expect(terminal.modes == before)
        screen.giveBack()
        #expect(terminal.output() == [])
        #expect(screen.present(frame("too late")) == 0)
        #expect(terminal.output() == [])
    }

    @Test func oneAtATime() throws {
        let screen = try open()
        let error = #expect(throws: TerminalError.self) { _ = try open() }
        #expect(error?.code == .taken)
        screen.giveBack()
    }

    @Test func whatCannotBeUsedSaysWhatToDo() {
        for (type, code) in [
            ("", TerminalError.Code.typeNotSet), ("no-such-type", .typeUnknown), ("dumb", .typeTooSimple),
        ] {
            let error = #expect(throws: TerminalError.self) { _ = try open(type: type) }
            #expect(error?.code == code)
            #expect(error?.message.contains("--headless") == true)
            #expect(error?.message.contains("\n") == false)
        }
        var options = ScreenOptions()
        options.device = .descriptors(input: -1, output: -1)
        let error = #expect(throws: TerminalError.self) { _ = try TerminalScreen(options: options) }
        #expect(error?.code == .noTerminal)
    }

    @Test func hostileTextIsNeverSent() throws {
        let screen = try open(type: "vt100", colour: false)
        screen.present(frame(""))
        _ = terminal.output()
        screen.present(frame("a\u{1b}]0;owned\u{7}b\u{9b}31m\u{202e}c\r\n"))
        let sent = written()
        #expect(sent.contains("a␛]0;owned␇b\u{FFFD}31m\u{FFFD}c␍␊"))
        #expect(!sent.contains("\u{7}") && !sent.contains("\u{9b}") && !sent.contains("\u{202e}"))
        #expect(!sent.contains("\u{1b}]"))
    }

    @Test func wideTextIsSentOnce() throws {
        let screen = try open()
        screen.present(frame("日本語 e\u{301} 👍"))
        #expect(written().contains("日本語 e\u{301} 👍"))
        screen.present(frame("日中語 e\u{301} 👍"))
        let change = written()
        #expect(change.contains("中") && !change.contains("語"))
    }

    @Test func colourIsUsedWhereThereIsSomeAndWanted() throws {
        var screen: TerminalScreen? = try open()
        #expect(screen?.colours == 256)
        screen?.present(frame("failed", role: .failed))
        #expect(written().contains("38;5;210"))
        screen = nil
        screen = try open(type: "linux")
        #expect(screen?.colours == 8)
        screen?.present(frame("failed", role: .failed))
        #expect(written().contains("31m"))
        screen = nil
        screen = try open(colour: false)
        #expect(screen?.colours == 0)
        screen?.present(frame("failed", role: .failed))
        let plain = written()
        #expect(!plain.contains("38;5") && plain.contains("failed"))
    }

    @Test func keysArrive() throws {
        let screen = try open()
        terminal.type("aé\u{1b}OA\u{1b}[B\u{1b}[5~\r\u{3}")
        var keys: [Input] = []
        while keys.count < 7 { keys += screen.wait(timeoutMilliseconds: 5000) }
        #expect(
            keys == [
                .key(.character("a")), .key(.character("é")), .key(.up), .key(.down), .key(.pageUp), .key(.enter),
                .key(.control("c")),
            ])
        terminal.type("\u{1b}")
        #expect(screen.wait(timeoutMilliseconds: 5000) == [.key(.escape)])
    }

    @Test(arguments: ["xterm-256color", "screen-256color"])
    func clicksTheWheelAndPastesArrive(type: String) throws {
        let screen = try open(type: type)
        terminal.type("\u{1b}[<0;3;4M\u{1b}[<0;3;4m\u{1b}[<0;3;4M\u{1b}[<0;9;4M\u{1b}[<64;1;1M")
        terminal.type("\u{1b}[200~two\rlines q\u{1b}[201~x")
        var inputs: [Input] = []
        while inputs.last != .key(.character("x")) {
            let more = screen.wait(timeoutMilliseconds: 5000)
            inputs += more
            if more.isEmpty { break }
        }
        #expect(
            inputs == [
                .pointer(Pointer(.press, x: 2, y: 3)), .pointer(Pointer(.secondPress, x: 2, y: 3)),
                .pointer(Pointer(.press, x: 8, y: 3)), .pointer(Pointer(.wheelUp, x: 0, y: 0)),
                .paste("two\rlines q"), .key(.character("x")),
            ])
    }

    @Test func aSecondPressIsSoonInTheSamePlaceAndNoThird() throws {
        let screen = try open()
        let press = Pointer(.press, x: 5, y: 5)
        func acts(_ pointers: (Pointer, Int64)...) -> [Pointer.Act] {
            screen.lastPress = nil
            return pointers.map { screen.countPresses($0, at: $1).act }
        }
        #expect(acts((press, 0), (press, 400), (press, 500)) == [.press, .secondPress, .press])
        #expect(acts((press, 0), (press, 401)) == [.press, .press])
        #expect(acts((press, 0), (Pointer(.press, x: 5, y: 6), 1)) == [.press, .press])
        #expect(acts((press, 0), (Pointer(.press, x: 6, y: 5), 1)) == [.press, .secondPress])
        #expect(acts((Pointer(.wheelUp, x: 5, y: 5), 0), (press, 1)) == [.wheelUp, .press])
    }

    @Test func aPasteThatNeverEndsHoldsUpNothing() throws {
        let screen = try open()
        terminal.type("\u{1b}[200~begun")
        #expect(screen.wait(timeoutMilliseconds: 5000) == [.paste("begun")])
        terminal.type("q")
        #expect(screen.wait(timeoutMilliseconds: 5000) == [.key(.character("q"))])
    }

    @Test func theMouseIsAskedForWhereThereIsOneAndWantedAndGivenBack() throws {
        let (on, off) = ("\u{1b}[?1000h\u{1b}[?1006h", "\u{1b}[?1006l\u{1b}[?1000l")
        let (pastes, noPastes) = ("\u{1b}[?2004h", "\u{1b}[?2004l")
        for (type, isWanted) in [
            ("xterm-256color", true), ("screen-256color", true), ("xterm", false), ("vt100", true),
        ] {
            var options = ScreenOptions()
            options.device = .descriptors(input: terminal.inner, output: terminal.inner)
            options.type = type
            options.capturesErrors = false
            options.usesMouse = isWanted
            let screen = try TerminalScreen(options: options)
            let begin = written()
            #expect(begin.contains(on) == (isWanted && type != "vt100"))
            #expect(begin.contains(pastes) == (type != "vt100"))
            screen.giveBack()
            let end = written()
            #expect(end.contains(off) == (type != "vt100") && end.contains(noPastes) == (type != "vt100"))
            #expect(!end.contains(on) && !end.contains(pastes))
        }
    }

    @Test func aCopyGoesToTheClipboardOfTheTerminalThatHasOne() throws {
        var screen: TerminalScreen? = try open()
        screen?.present(frame("hello"))
        _ = terminal.output()
        for (text, code) in [
            ("orders", "b3JkZXJz"), ("orders/", "b3JkZXJzLw=="), ("orders/é", "b3JkZXJzL8Op"), ("\u{7}", "Bw=="),
        ] {
            #expect(screen?.copy(text) == true)
            #expect(written() == "\u{1b}]52;c;\(code)\u{7}")
        }
        #expect(screen?.copy("") == false && screen?.copy(String(repeating: "x", count: 100_000)) == false)
        #expect(terminal.output() == [])
        screen?.giveBack()
        _ = terminal.output()
        #expect(screen?.copy("too late") == false && terminal.output() == [])
        for type in ["vt100", "linux"] {
            screen = nil
            screen = try open(type: type)
            _ = terminal.output()
            #expect(screen?.copy("orders") == false && terminal.output() == [])
        }
    }

    @Test func readingKeysWritesNothing() throws {
        let screen = try open()
        screen.present(frame("hello"))
        _ = terminal.output()
        terminal.type("abc\u{1b}[A")
        var keys: [Input] = []
        while keys.count < 4 { keys += screen.wait(timeoutMilliseconds: 5000) }
        #expect(terminal.output() == [])
    }

    @Test func aPasteOfThousandsIsReadInPieces() throws {
        let screen = try open()
        terminal.type(String(repeating: "x", count: 3000))
        var count = 0
        while count < 3000 {
            let inputs = screen.wait(timeoutMilliseconds: 5000)
            #expect(inputs.count <= 256 && inputs.allSatisfy { $0 == .key(.character("x")) })
            if inputs.isEmpty { break }
            count += inputs.count
        }
        #expect(count == 3000)
    }

    @Test func aWakeEndsTheWaitAndManyAreOne() throws {
        let screen = try open()
        let handle = screen.handle
        for _ in 0..<1000 { handle.wake() }
        #expect(screen.wait(timeoutMilliseconds: 5000) == [.wake])
        #expect(screen.wait(timeoutMilliseconds: 0) == [])
        let waker = Task.detached { handle.wake() }
        #expect(screen.wait() == [.wake])
        waker.cancel()
    }

    @Test func anotherSizeIsReportedAndPaintedInFull() throws {
        let screen = try open()
        screen.present(frame("hello"))
        _ = terminal.output()
        try terminal.resize(width: 60, height: 5)
        kill(getpid(), SIGWINCH)
        #expect(screen.wait(timeoutMilliseconds: 5000) == [.resize(width: 60, height: 5)])
        #expect(screen.width == 60 && screen.height == 5)
        screen.present(frame("hello"))
        #expect(written().contains("hello"))
        for (width, height) in [(1, 1), (300, 100), (2, 50), (40, 10)] {
            try terminal.resize(width: width, height: height)
            kill(getpid(), SIGWINCH)
            #expect(screen.wait(timeoutMilliseconds: 5000) == [.resize(width: width, height: height)])
            screen.present(frame("日本語"))
        }
        #expect(written().contains("日本語"))
    }

    @Test func aTerminalThatIsGoneIsReportedOnce() throws {
        var gone: PseudoTerminal? = try PseudoTerminal()
        let inner = dup(gone?.inner ?? -1)
        defer { close(inner) }
        var options = ScreenOptions()
        options.device = .descriptors(input: inner, output: inner)
        options.type = "xterm"
        let screen = try TerminalScreen(options: options)
        gone = nil
        #expect(screen.wait(timeoutMilliseconds: 5000).last == .hangup)
        #expect(screen.wait(timeoutMilliseconds: 0) == [])
        #expect(screen.present(frame("hello")) == 0)
    }

    @Test func whatWasStoppedAndContinuedIsPaintedInFull() throws {
        let screen = try open()
        screen.present(frame("hello"))
        _ = terminal.output()
        kill(getpid(), SIGCONT)
        #expect(screen.wait(timeoutMilliseconds: 5000) == [.resumed])
        let again = written()
        #expect(again.contains("\u{1b}[?1049h") && again.contains("hello"))
        #expect(again.contains("\u{1b}[?1000h"), "clicks are asked for again")
        #expect(screen.present(frame("hello")) == 0)
        #expect(terminal.output() == [])
    }

    @Test func aRedrawPaintsEverythingAgain() throws {
        let screen = try open()
        screen.present(frame("hello"))
        _ = terminal.output()
        screen.redraw()
        screen.present(frame("hello"))
        #expect(written().contains("hello"))
    }

    @Test func signalHandlersAreGivenBackToo() throws {
        func handler(_ number: Int32) -> Bool {
            var action = sigaction()
            sigaction(number, nil, &action)
            return action.__sigaction_handler.sa_handler == nil
        }
        let numbers = [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT, SIGQUIT]
        let before = numbers.map(handler)
        let screen = try open()
        #expect(numbers.prefix(3).map(handler) == Array(before.prefix(3)))
        screen.giveBack()
        #expect(numbers.map(handler) == before)
    }
}
