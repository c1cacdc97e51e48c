import Foundation
import Testing
import TestSupport

/// The README says what is so: its commands run, its code is the example's, its picture is the product's.
@Suite(.onItsOwnThread) struct ReadmeTests {
    private static func file(_ path: String) throws -> String {
        try String(contentsOf: LayeringTests.root.appending(path: path), encoding: .utf8)
    }

    /// The fenced blocks of one language.
    private static func blocks(_ language: String, of path: String = "README.md") throws -> [String] {
        let parts = try file(path).components(separatedBy: "```")
        return parts.indices.filter { $0 % 2 == 1 && parts[$0].hasPrefix(language + "\n") }
            .map { String(parts[$0].dropFirst(language.count + 1)) }
    }

    @Test func thereAreTwoCommandsAndContinuousIntegrationRunsThem() throws {
        let commands = try Self.blocks("sh").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        #expect(commands.count == 2)
        let setUp = try #require(commands.first)
        #expect(setUp.contains("apt-get install -y libncurses-dev"))
        #expect(setUp.hasSuffix("&& swift run -c release treetop demo"))
        #expect(commands.last == "swift test")
        let script = try Self.file(".ci/run")
        #expect(script.split(separator: "\n").contains("within_time swift test"))
        #expect(script.contains("libncurses-dev"))
    }

    @Test func everyCommandRuns() throws {
        let scratch = Scratch()
        let recording = try StuckRecording(scratch.path("a.treetop")).path
        let state = ["XDG_STATE_HOME": scratch.path("state")]
        let lines = try Self.blocks("console").flatMap { $0.split(separator: "\n") }
        #expect(lines.count >= 7)
        for line in lines {
            var words = line.prefix { $0 != "#" }.split(separator: " ").map { word in
                // What a command makes goes where it is gone with the test.
                word == "FILE" ? recording : word.hasSuffix(".treetop") ? scratch.path(String(word)) : String(word)
            }
            #expect(words.removeFirst() == "treetop")
            let isDemo = words.first == "demo"
            let expected = Self.exitCode(line)
            // The shop never ends by itself, and its port may be taken.
            if words == ["demo"] { words += ["--for", "200ms", "--port", "0"] }
            let run = try Program.run(words, environment: state)
            #expect(run.status == expected, "\(line): \(run.errors)")
            #expect(isDemo || !run.output.isEmpty, "\(line)")
        }
    }

    /// What a line says that its command ends with.
    private static func exitCode(_ line: Substring) -> Int32 {
        line.firstMatch(of: /exit code (\d+)/).flatMap { Int32($0.1) } ?? 0
    }

    /// Each pattern has its place in the table and a section; program and demo end as that says, and keep the promises.
    @Test func everyPatternIsThereAndRuns() throws {
        let scratch = Scratch()
        let readme = try Self.file("demos/README.md")
        let lines = try Self.blocks("console", of: "demos/README.md").flatMap { $0.split(separator: "\n") }
        var codes: [String: Int32] = [:]
        for line in lines {
            let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
            if words.prefix(3) == ["swift", "run", "pattern"] {
                codes[words[3]] = Self.exitCode(line)
            } else {
                #expect(words.first == "treetop")
                let state = ["XDG_STATE_HOME": scratch.path("state")]
                let ended = try Program.run(Array(words.dropFirst()), environment: state)
                #expect(ended.status == Self.exitCode(line), "\(line): \(ended.errors)")
            }
        }
        let list = try Program.run(["demo", "--list"]).lines.drop { !$0.hasPrefix("Patterns") }.dropFirst()
        let names = list.map { String($0.prefix { $0 != " " }) }
        #expect(Set(names) == Set(codes.keys))
        for (name, code) in codes {
            #expect(readme.contains("| `\(name)` |"))
            let program = try Program.run([name], of: Program.path.replacing(/treetop$/, with: "pattern"))
            #expect(program.status == code, "\(name): \(program.errors)")
            #expect(code == 1 ? program.output.isEmpty : program.lines.count == 1)
            let file = scratch.path("\(name).treetop")
            let demo = try Program.run(["demo", name, "--headless", "--port", "0", "--record", file])
            #expect(demo.status == code, "\(name): \(demo.errors)")
            let check = try Program.run(["check", file])
            #expect(check.status == 0 && check.output.hasPrefix("holds: "), "\(name): \(check.output)")
        }
    }

    @Test func theCodeIsTheExamplesAndRuns() throws {
        let code = try #require(try Self.blocks("swift").first)
        #expect(code == (try Self.file("demos/Sources/Example/Example.swift")))
        let run = try Program.run([], of: Program.path.replacing(/treetop$/, with: "example"))
        #expect(run.status == 0)
        #expect(run.output == "the workers are over\nledger closed after at least 9 entries: true\n")
    }

    @Test func thePictureIsThere() throws {
        let readme = try Self.file("README.md")
        let picture = try #require(readme.firstMatch(of: #/!\[[^\]]*\]\(([^)]+\.svg)\)/#)?.1)
        #expect(try Self.file(String(picture)).hasPrefix("<svg"))
    }

    @Test func theExitCodesAreThoseOfTheHelp() throws {
        let help = try Program.run(["--help"]).output.replacing(/\s+/, with: " ")
        for code in [
            "0 done", "1 the tree failed", "2 a file", "3 a check", "4 something", "5 the recording", "64 bad",
            "69 what",
        ] {
            #expect(help.contains(code))
        }
    }
}
