import Foundation
import Glibc
import Testing

/// The program cannot give the terminal back when it is killed: its guard does.
@Suite(.serialized, .onItsOwnThread) struct GuardTests {
    private static let storm = ["demo", "storm", "--scale", "40", "--no-record"]

    /// The program below a shell, as at a prompt: where it leads the session the terminal goes with it.
    private struct Job {
        let run: TerminalRun
        let program: pid_t
        let guardian: pid_t

        init(_ flags: String = "-c", then: String = "read line") throws {
            let run = try TerminalRun(
                [flags, #""$0" "$@"; echo STATUS $?; \#(then)"#, Program.path] + GuardTests.storm, of: "/bin/bash",
                type: "xterm-256color")
            run.waits { _ in run.bytes.count > 500 }
            self.run = run
            program = try #require(Processes.child(of: run.pid, named: "treetop"))
            guardian = try #require(Processes.child(of: program, named: "terminal-guard"))
        }

        var leaves: Int { String(decoding: run.bytes, as: UTF8.self).ranges(of: "\u{1B}[?1049l").count }
    }

    @Test func aKilledProgramsTerminalIsGivenBack() throws {
        let job = try Job()
        // Nothing that is meant for the program ends the guard.
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTOU, SIGPIPE, SIGUSR1] {
            kill(job.guardian, signal)
        }
        kill(job.program, SIGKILL)
        job.run.waits { $0.text.contains("STATUS 137") && job.leaves == 1 }
        #expect(job.run.terminal.modes == job.run.modesBefore)
        let text = String(decoding: job.run.bytes, as: UTF8.self)
        for (on, off) in [
            ("[?1049h", "[?1049l"), ("[?1000h", "[?1000l"), ("[?1006h", "[?1006l"), ("[?2004h", "[?2004l"),
        ] {
            let last = text.range(of: off, options: .backwards)
            let before = text.range(of: on, options: .backwards)
            #expect(before != nil && last != nil)
            if let before, let last { #expect(before.lowerBound < last.lowerBound, "\(off) is the last") }
        }
        #expect(Processes.waitForEnd(of: job.guardian))
        job.run.type("\n")
        #expect(job.run.end() == 0)
    }

    @Test func afterACleanEndNothingIsLeftBehind() throws {
        let job = try Job()
        job.run.type("qy")
        job.run.waits { $0.text.contains("STATUS 0") }
        #expect(!Processes.isThere(job.guardian), "not even as a zombie")
        #expect(job.leaves == 1)
        job.run.type("\n")
        #expect(job.run.end() == 0)
        #expect(job.leaves == 1)
    }

    @Test func afterACrashNothingIsLeftBehindAndNothingIsDoneTwice() throws {
        let job = try Job()
        kill(job.program, SIGSEGV)
        job.run.waits { $0.text.contains("STATUS 139") }
        #expect(!Processes.isThere(job.guardian))
        job.run.type("\n")
        #expect(job.run.end() == 0)
        #expect(job.leaves == 1)
    }

    @Test func aProgramThatIsKilledWhileItIsStoppedHasGivenTheTerminalBackAlready() throws {
        let job = try Job("-mc", then: "echo STOPPED; read line")
        job.run.type("\u{1A}")
        #expect(job.run.shows("STOPPED"))
        #expect(job.leaves == 1)
        kill(job.program, SIGKILL)
        #expect(Processes.waitForEnd(of: job.guardian))
        job.run.type("\n")
        _ = job.run.end()
        #expect(job.leaves == 1)
        #expect(job.run.terminal.modes == job.run.modesBefore)
    }

    @Test func aProgramThatIsStoppedFromOutsideAndContinuedPaintsEverythingAnew() throws {
        let job = try Job()
        kill(job.program, SIGSTOP)
        let before = job.run.bytes.count
        kill(job.program, SIGCONT)
        job.run.waits { _ in
            let later = String(decoding: job.run.bytes[before...], as: UTF8.self)
            return later.contains("\u{1B}[?1049h") && later.contains("storm") && later.contains("\u{1B}[?1000h")
        }
        #expect(Processes.runs(job.guardian))
        job.run.type("qy")
        job.run.waits { $0.text.contains("STATUS 0") }
        #expect(job.run.terminal.modes == job.run.modesBefore)
        #expect(!Processes.isThere(job.guardian))
    }

    @Test func aTerminalThatGoesAwayEndsTheProgramAndItsGuard() throws {
        let run = try TerminalRun(Self.storm, type: "xterm-256color")
        run.waits { _ in run.bytes.count > 500 }
        let guardian = try #require(Processes.child(of: run.pid, named: "terminal-guard"))
        run.terminal.hangUp()
        #expect(run.end() == 0)
        #expect(!Processes.isThere(guardian))
    }

    @Test func withoutADashboardThereIsNone() throws {
        let program = try RunningProgram(Self.storm + ["--headless"])
        program.read(lines: 1)
        #expect(!program.said.isEmpty)
        #expect(Processes.children(of: program.pid, named: "terminal-guard").isEmpty)
        program.kill(SIGTERM)
        program.end()
    }
}
