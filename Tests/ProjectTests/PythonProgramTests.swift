import Foundation
import Testing
import TestSupport

/// The reader in Python, run as a program on what a demo recorded.
@Suite(
    .onItsOwnThread, .enabled(if: PythonProgram.isThere, "python3 is not installed: the reader in Python was not run"))
struct PythonProgramTests {
    @Test(arguments: ["first-error", "stuck"])
    func itPrintsWhatTheExportPrints(_ demo: String) throws {
        let scratch = Scratch()
        let file = scratch.path("a.treetop")
        _ = try Program.run(["demo", demo, "--headless", "--record", file])
        let run = try Program.run(["python3", PythonProgram.path, file], of: "/usr/bin/env")
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.output == (try Program.run(["export", file, "--to", "jsonl"]).output))
        #expect(run.lines.count > 20)
    }

    @Test func whatItCannotReadIsOneLineAndTwo() throws {
        for file in ["/nonexistent", PythonProgram.path, "/dev/null"] {
            let run = try Program.run(["python3", PythonProgram.path, file], of: "/usr/bin/env")
            #expect(run.status == 2 && run.errorLines.count == 1 && run.output.isEmpty)
            #expect(run.errors.contains(file))
        }
        #expect(try Program.run(["python3", PythonProgram.path], of: "/usr/bin/env").status == 64)
    }
}

enum PythonProgram {
    static let path = LayeringTests.root.appending(path: "demos/python/treetop_events.py").path
    static let isThere = (try? Program.run(["python3", "-c", ""], of: "/usr/bin/env").status) == 0
}
