import Foundation
import Testing
import TestSupport

/// The configuration of the dashboard: what it changes, and the one line that a bad one is.
@Suite(.onItsOwnThread) struct ConfigurationTests {
    private let scratch: Scratch
    private let recording: String

    init() throws {
        scratch = Scratch()
        recording = scratch.path("a.jsonl")
        let lines = [
            #"{"treetop":1,"session":"s","started":"2026-01-01T00:00:00Z","name":"shop","pid":1}"#,
            #"{"seq":1,"t":0,"event":"task.started","task":1,"name":"root"}"#,
            #"{"seq":2,"t":5,"event":"task.started","task":2,"parent":1,"name":"till"}"#,
            #"{"seq":3,"t":9,"event":"session.ended","reason":"finished"}"#,
        ]
        try (lines.joined(separator: "\n") + "\n").write(toFile: recording, atomically: true, encoding: .utf8)
    }

    /// The picture of the recording under a configuration.
    private func picture(_ configuration: String?, _ arguments: [String] = ["--to", "text"]) throws -> Program.Ended {
        if let configuration {
            let folder = URL(filePath: scratch["treetop"])
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try configuration.write(
                to: folder.appending(path: "config.yaml"), atomically: true, encoding: .utf8)
        }
        return try Program.run(
            ["replay", recording, "--size", "80x24"] + arguments,
            environment: ["XDG_CONFIG_HOME": scratch.path])
    }

    @Test func withoutAFileAllIsAsItWas() throws {
        let run = try picture(nil)
        #expect(run.status == 0)
        #expect(run.output.contains("▾ root"))
        #expect(try picture("").output == run.output)
        #expect(try picture("# nothing\n").output == run.output)
    }

    @Test func aKeyMayBeAnotherAndTheScreenNamesIt() throws {
        let run = try picture("keys:\n  help: K\n  find-cause: ['!', F8]\n  next-trouble: u\n")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("K keys"))
        let trouble = "keys:\n  find-cause: ['!', F8]\n  next-trouble: u\n"
        #expect(try picture(trouble, ["--to", "text", "--keys", "u"]).output.contains("no trouble anywhere"))
        let help = try picture("keys:\n  help: K\n", ["--to", "text", "--keys", "K"])
        #expect(help.output.contains("all keys"))
    }

    @Test func asciiAndThemeHold() throws {
        #expect(try picture("ascii: true\n").output.contains("v root"))
        let light = try picture("theme: light\n", ["--to", "svg"])
        #expect(light.status == 0 && light.output.contains("<svg"), "\(light.status) \(light.errors)")
        #expect(light.output == (try picture("theme: dark\n", ["--to", "svg", "--theme", "light"])).output)
        #expect(light.output != (try picture("theme: dark\n", ["--to", "svg"])).output)
    }

    @Test func theReadmesExampleHolds() throws {
        let readme = try String(contentsOf: LayeringTests.root.appending(path: "README.md"), encoding: .utf8)
        let parts = readme.components(separatedBy: "```yaml\n")
        #expect(parts.count == 2)
        let example = try #require(parts.last?.components(separatedBy: "```").first)
        #expect(try picture(example).status == 0)
    }

    @Test(arguments: [
        ("keys:\n  help: H\n  canel: K\n", 3, "there is no action canel"),
        ("keys:\n  help: Hyper-x\n", 2, "Hyper-x is no key"),
        ("keys:\n  help: H\n  filter: d\n", 3, "d is drain already"),
        ("keys:\n  help: H\n  zoom: H\n", 2, "H is zoom already"),
        ("keys:\n  help: []\n", 2, "help has no key"),
        ("keys:\n  help:\n", 2, "nothing is no key"),
        ("keys:\n  help: {a: b}\n", 2, "help wants a key or a list of keys"),
        ("keys:\n  next-trouble: !\n  help: *\n", 3, "a sign that is a key stands in quotes"),
        ("keys:\n  help: H\n  help: K\n", 2, "help is there twice"),
        ("keys: help\n", 1, "keys are actions with their keys"),
        ("ascii: true\ncolour: red\n", 2, "there is no setting colour"),
        ("ascii: maybe\n", 1, "ascii is true or false"),
        ("\ntheme: pink\n", 2, "theme is one of dark, light, mono"),
        ("- a\n- b\n", 1, "settings are expected"),
        ("a: [b\nc: d\n", 2, "did not find expected"),
        ("a: \"\\x\n", 1, "did not find expected"),
        ("a: b\n--- \nc: d\n", 2, "another document"),
        ("? {a: b}\n: c\n", 1, "this names no setting"),
    ])
    func aBadOneIsOneLineThatNamesTheLine(text: String, line: Int, words: String) throws {
        let run = try picture(text)
        #expect(run.status == 64, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errorLines.count == 1)
        let start = "treetop: \(scratch.path)/treetop/config.yaml:\(line): "
        #expect(run.errors.hasPrefix(start), "\(run.errors)")
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    @Test func aVeryDeepOneIsNoReasonToCrash() throws {
        let run = try picture(String(repeating: "[", count: 60_000))
        #expect(run.status == 64)
        #expect(run.errorLines.count == 1)
    }

    @Test func aFileThatCannotBeReadIsSaidToBeSo() throws {
        let folder = URL(filePath: scratch["treetop/config.yaml"])
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let run = try picture(nil)
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("treetop: cannot read \(folder.path)"))
        try FileManager.default.removeItem(at: folder)
        try Data([0x61, 0x3A, 0x20, 0xFF]).write(to: folder)
        #expect(try picture(nil).errors.contains("is no text in UTF-8"))
        try Data(repeating: 0x23, count: 70_000).write(to: folder)
        #expect(try picture(nil).errors.contains("larger than 64 KB"))
    }

    @Test func aBadOneEndsTheCommandBeforeAScreenIsOpened() throws {
        _ = try picture("theme: pink\n")
        let run = try TerminalRun(
            ["demo", "--no-record", "--port", "0"], environment: ["XDG_CONFIG_HOME": scratch.path])
        #expect(run.end() == 64)
        #expect(!run.bytes.contains(0x1B))
        #expect(String(decoding: run.bytes, as: UTF8.self).contains("config.yaml:1: theme is one of"))
    }

    @Test func aLiveDashboardTakesTheChangedKeys() throws {
        _ = try picture("keys:\n  quit: [Q, Ctrl-C]\n")
        let run = try TerminalRun(
            ["demo", "storm", "--scale", "40", "--no-record"], environment: ["XDG_CONFIG_HOME": scratch.path])
        run.shows("Q shut down")
        run.type("q")
        run.type("Q")
        run.shows("Shut down storm?")
        run.type("y")
        #expect(run.end() == 0)
    }

    @Test func withoutADashboardNobodyAsksForIt() throws {
        _ = try picture("theme: pink\n")
        let run = try Program.run(
            ["replay", recording, "--headless"], environment: ["XDG_CONFIG_HOME": scratch.path])
        #expect(run.status == 0)
    }
}
