import Foundation
import Glibc
import Recording
import Testing
import TestSupport
import TreeModel

/// The program on a real terminal, driven by keys.
@Suite(.serialized, .onItsOwnThread) struct ScreenTests {
    /// ncurses saves the cursor to scroll a part of the screen without moving it.
    @Test func theEmulatedTerminalComesBackToASavedCursor() {
        var screen = TinyTerminal(width: 10, height: 5)
        screen.feed(Array("\u{1B}[4;3H\u{1B}7\u{1B}[1;4r\u{1B}8x\n".utf8))
        #expect(screen.text == "\n\n  x\n\n")
    }

    /// Damaged files too, and those that are meant to do harm.
    @Test func everyFileThatIsKeptIsReplayed() throws {
        let folder = LayeringTests.root.appending(path: "Tests/RecordingTests/Fixtures")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "treetop" && $0.lastPathComponent != "other-major.treetop" }
        #expect(files.count > 20)
        for file in files {
            let run = try TerminalRun(["replay", file.path])
            #expect(run.waits { $0.text.contains("check ") }, "\(file.lastPathComponent)")
            run.type("Gq")
            #expect(run.end() == 0, "\(file.lastPathComponent)")
            #expect(run.terminal.modes == run.modesBefore)
        }
    }

    @Test func aSubtreeIsCancelledByKeyRecordedCheckedAndReplayed() throws {
        let scratch = Scratch()
        let file = scratch.path("orders.treetop")
        let run = try TerminalRun(["demo", "--port", "0", "--record", file])
        #expect(run.shows("order-"))
        run.type("/workers\r")
        #expect(run.waits { $0.text.contains("orders / workers") })
        run.type("x")
        #expect(run.shows("nothing has been sent"))
        #expect(run.screen.text.contains("stops"))
        run.type("y")
        #expect(run.shows("over in"))
        #expect(run.screen.text.contains("http"))
        run.type("q")
        #expect(run.waits { $0.text.contains("y ") && $0.text.lowercased().contains("shut down") })
        run.type("y")
        #expect(run.end() == 0)
        #expect(run.terminal.modes == run.modesBefore)
        #expect(run.screen.text.contains("treetop replay \(file)"))
        try judge(file)

        let replay = try TerminalRun(["replay", file, "--at", "0s"])
        #expect(replay.shows("REPLAY"))
        replay.type("G")
        replay.type("\u{1B}[F")  // End
        #expect(replay.waits { $0.text.contains("workers") })
        replay.type(",,,,")
        replay.type("[")
        #expect(replay.shows("mark"))
        replay.type("q")
        #expect(replay.end() == 0)
    }

    @Test func tabAndFunctionKeysLeadToTheViews() throws {
        let run = try TerminalRun(["demo", "--port", "0", "--no-record"])
        #expect(run.shows("worker-1"))
        run.type("\t")
        #expect(run.shows("CASCADES"))
        run.type("\u{1B}[Z")  // Shift-Tab
        #expect(run.waits { $0.text.contains("NOTE") && !$0.text.contains("CASCADES") })
        for (key, name, content) in [
            ("\u{1B}OS", "RESOURCES", "OF EACH KIND"), ("\u{1B}[15~", "EVENTS", "task.started"),
            ("\u{1B}[17~", "TIMELINE", "runs"), ("\u{1B}[18~", "LOGS", "and below"),
        ] {
            run.type(key)
            #expect(run.waits { $0.text.contains(name) && $0.text.contains(content) }, "\(name)")
        }
    }

    @Test func theRunningProgramIsGoneBackInWhileItGoesOn() throws {
        let run = try TerminalRun(["demo", "--port", "0", "--no-record"])
        #expect(run.shows("order-"))
        run.type("p,,")
        #expect(run.shows("PAST 0:"))
        #expect(run.shows("behind now"))
        run.type("x")
        #expect(run.shows("nothing can be changed in it"))
        run.type("\u{1B}[H")  // Home
        #expect(run.waits { $0.text.contains("PAST 0:00.000") && $0.text.contains("nothing has started here") })
        run.type("=8")
        #expect(run.shows("COMPARE 0:00.000 with"))
        run.type("p")
        #expect(run.waits { !$0.text.contains("PAST") })
        run.type("q")
        #expect(run.shows("Shut down orders?"))
        run.type("y")
        #expect(run.end() == 0)
    }

    /// Children first, newest first, and the rest goes on.
    private func judge(_ file: String) throws {
        let verdict = try Check.verdict(of: try SessionFile(file))
        #expect(verdict.result == .holds, "\(verdict)")
        let events = try SessionFile(file).load()
        var names: [TaskID: String] = [:]
        var ended: [String] = []
        var cascade: CascadeID?
        for event in events {
            switch event.change {
            case .taskStarted(let task): names[task.task] = task.name
            case .cancelRequested(let request) where names[request.task] == "workers":
                #expect(request.cause.kind == .user)
                #expect(request.cause.by == "key x")
                cascade = request.cascade
            case .taskFinished(let end) where cascade != nil: ended.append(names[end.task] ?? "")
            case .cancelCompleted(let end) where end.cascade == cascade:
                #expect(end.tasks >= 6)
                #expect(ended.last == "workers")
                #expect(ended.contains("worker-1"))
                #expect(!ended.contains("http"))
                #expect(!ended.contains("client"))
                return
            default: break
            }
        }
        Issue.record("the cascade never completed")
    }

    @Test func stuckNamesItsBlockerOnTheScreenBeforeItIsAbandoned() throws {
        let run = try TerminalRun(["demo", "stuck", "--no-record"])
        #expect(run.shows("wants-lock"))
        run.type("gx")
        #expect(run.shows("nothing has been sent"))
        run.type("y")
        #expect(run.waits { $0.text.contains("BLOCKER") })
        #expect(run.screen.text.contains("0 abandoned"))
        #expect(!run.screen.text.contains("1 abandoned"))
        // It comes home as soon as the lock is let go, so the word may be there for one frame only; the count stays.
        #expect(run.shows("1 abandoned"))
        run.type("q")
        run.waits { $0.text.lowercased().contains("shut down?") || $0.text.contains("y ") }
        run.type("y")
        #expect(run.end() == 4)
        #expect(run.terminal.modes == run.modesBefore)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func oneSignalShutsDownCleanlyAndGivesTheTerminalBack(_ signal: Int32) throws {
        let run = try TerminalRun(["demo", "storm", "--scale", "40", "--no-record"], type: "xterm-256color")
        run.waits { _ in run.bytes.count > 500 }
        kill(run.pid, signal)
        #expect(run.end() == 0)
        isGivenBack(run)
    }

    @Test(arguments: [SIGQUIT, SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE])
    func aDeadlySignalGivesTheTerminalBackAndIsTheStatus(_ signal: Int32) throws {
        let run = try TerminalRun(["demo", "storm", "--scale", "40", "--no-record"], type: "xterm-256color")
        run.waits { _ in run.bytes.count > 500 }
        kill(run.pid, signal)
        #expect(run.end() == 128 + signal)
        isGivenBack(run)
    }

    @Test func aThirdSignalExitsAtOnce() throws {
        let run = try TerminalRun(
            ["demo", "stuck", "--no-record", "--grace", "1h"], type: "xterm-256color")
        // One that does not heed: a shutdown has to wait for it.
        #expect(run.waits { $0.text.contains("CANCELLING") })
        // Three kinds, since pending ones of one kind merge; the last to be taken is the status.
        let signals = [SIGTERM, SIGINT, SIGHUP]
        for signal in signals { kill(run.pid, signal) }
        let status = run.end()
        #expect(signals.contains(status - 128), "\(status)")
        isGivenBack(run)
    }

    @Test func controlZGivesTheTerminalBackAndForegroundTakesItAgain() throws {
        // A shell with job control, as at a prompt: when the job stops it goes on, and then takes it up again.
        let script = #""$0" "$@"; echo STOPPED; read line; fg"#
        let run = try TerminalRun(
            ["-mc", script, Program.path, "demo", "storm", "--scale", "40", "--no-record"], of: "/bin/bash",
            type: "xterm-256color")
        run.waits { _ in run.bytes.count > 500 }
        run.type("\u{1A}")
        #expect(run.shows("STOPPED"))
        #expect(run.terminal.modes == run.modesBefore)
        isGivenBack(run)
        let before = run.bytes.count
        run.type("\n")
        run.waits { _ in run.bytes.count > before + 500 }
        run.type("qy")
        #expect(run.end() == 0)
        isGivenBack(run)
    }

    private func isGivenBack(_ run: TerminalRun) {
        #expect(run.terminal.modes == run.modesBefore)
        let text = String(decoding: run.bytes, as: UTF8.self)
        let leaves = text.range(of: "\u{1B}[?1049l", options: .backwards)
        let enters = text.range(of: "\u{1B}[?1049h", options: .backwards)
        #expect(leaves != nil)
        if let leaves, let enters { #expect(enters.lowerBound < leaves.lowerBound) }
        let shows = text.range(of: "\u{1B}[?25h", options: .backwards)
        let hides = text.range(of: "\u{1B}[?25l", options: .backwards)
        if let hides { #expect(shows.map { hides.lowerBound < $0.lowerBound } ?? text.contains("\u{1B}[?12;25h")) }
    }

    @Test(arguments: [(nil, "TERM is not set"), ("nonsense", "nonsense"), ("dumb", "dumb")] as [(String?, String)])
    func aTerminalThatCannotShowAScreenIsOneLine(_ type: String?, _ words: String) throws {
        let run = try TerminalRun(["demo", "storm", "--scale", "40", "--no-record"], type: type)
        #expect(run.end() == 69)
        #expect(run.screen.text.contains(words))
        #expect(run.terminal.modes == run.modesBefore)
    }

    @Test func aHostileNameIsShownAndNeverSent() throws {
        let scratch = Scratch()
        let file = scratch.path("hostile.jsonl")
        let attack = #"\u001b]0;owned\u0007\u001b[2J\u001b[31m\r\n\u009b5A\u202edlrow"#
        let name = attack + String(repeating: "x", count: 1_000_000)
        let lines = [
            #"{"treetop":1,"session":"1","started":"2026-01-01T00:00:00Z","name":"\#(attack)","pid":1}"#,
            #"{"seq":1,"t":0,"event":"task.started","task":1,"name":"root"}"#,
            #"{"seq":2,"t":1000,"event":"task.started","task":2,"parent":1,"name":"\#(name)"}"#,
            #"{"seq":3,"t":2000,"event":"task.started","task":3,"parent":1,"name":"after it"}"#,
            #"{"seq":4,"t":3000,"event":"resource.acquired","resource":1,"task":2,"name":"\#(attack)","kind":"\#(attack)"}"#,
        ]
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        for width in [80, 200] {
            let run = try TerminalRun(["replay", file, "--at", "1h"], type: "xterm-256color", width: width, height: 24)
            run.waits { _ in run.bytes.count > 1000 }
            run.type("jj\r")
            #expect(run.shows("after it"))
            run.type("q")
            #expect(run.end() == 0)
            let sent = String(decoding: run.bytes, as: UTF8.self)
            for raw in ["\u{1B}]0;", "\u{7}", "\u{1B}[31m\r", "\u{9B}", "\u{202E}", "owned\u{7}"] {
                #expect(!sent.unicodeScalars.contains(raw.unicodeScalars), "\(raw.debugDescription) was sent")
            }
            #expect(sent.contains("owned"))
            #expect(run.bytes.count < 60_000)
        }
        for arguments in [["replay", file, "--headless"], ["check", file]] {
            let run = try Program.run(arguments)
            #expect(!(run.output + run.errors).contains("\u{1B}"))
        }
    }

    /// Tagged, asked once, cancelled at once: what the preview said is what the cascades came to.
    @Test func taggedTasksAreCancelledTogether() throws {
        let run = try TerminalRun(["demo", "--port", "0", "--no-record"])
        run.shows("user x")
        for name in ["bank", "client"] {
            run.type("/\(name)\r")
            run.waits { $0.text.contains("Esc close") }
            run.type(" ")
        }
        run.shows("2 tagged")
        run.type("x")
        run.shows("CANCEL 2 TAGGED  bank, client ?")
        run.type("y")
        run.shows("2 subtrees   over in")
        run.shows("each       bank +")
        run.type("qy")
        #expect(run.end() == 0)
    }

    @Test func aTerminalOfOneCellIsHarmless() throws {
        let run = try TerminalRun(
            ["demo", "storm", "--scale", "40", "--no-record"], type: "xterm-256color", width: 1, height: 1)
        run.waits { _ in run.bytes.count > 20 }
        try run.terminal.resize(width: 90, height: 30)
        run.waits { _ in run.bytes.count > 1000 }
        run.type("qy")
        #expect(run.end() == 0)
        isGivenBack(run)
    }
}
