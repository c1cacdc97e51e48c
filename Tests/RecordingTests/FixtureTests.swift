import Foundation
import Testing
import TestSupport
import TreeModel

@testable import Recording

/// The session files that are kept: of older and newer versions, damaged, and meant to do harm.
@Suite struct FixtureTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    private let directory = Scratch()

    static func path(_ name: String) -> String { folder.appending(path: name).path }

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".treetop") }.map { String($0.dropLast(8)) }.sorted()
    }()

    @Test func theyAreAllThereAndDescribed() throws {
        #expect(Self.names.count >= 23)
        let readme = try String(contentsOfFile: Self.path("README.md"), encoding: .utf8)
        for name in Self.names {
            let isNamed = readme.contains("`\(name)`") || readme.contains("`-\(name.split(separator: "-").last ?? "")`")
            #expect(isNamed, "\(name)")
        }
    }

    @Test(arguments: names)
    func eachIsReadAsItWas(_ name: String) throws {
        guard name != "other-major" else { return }
        #expect(try exported(Self.path(name + ".treetop")) == contents(Self.path(name + ".jsonl")))
    }

    @Test(.enabled(if: PythonReader.isThere, "python3 is not installed: the reader in Python was not run"))
    func theReaderInPythonReadsThemAlike() async throws {
        for name in Self.names { write(contents(Self.path(name + ".treetop")), to: directory[name]) }
        let codes = try await PythonReader.read(Self.names.map { directory[$0] })
        for (name, code) in zip(Self.names, codes) {
            #expect(code == (name == "other-major" ? 2 : 0), "\(name)")
            guard name != "other-major" else { continue }
            #expect(contents(directory[name + ".out"]) == contents(Self.path(name + ".jsonl")), "\(name)")
        }
    }

    @Test func anotherMajorVersionIsRefusedByName() {
        for recovery in Recovery.allCases {
            let path = Self.path("other-major.treetop")
            let refused = error { () throws(SessionError) in _ = try SessionFile(path, recovery: recovery) }
            #expect(refused?.code == .newerVersion && refused?.message.contains("version 2") == true)
        }
    }

    @Test func whatIsOfANewerMinorVersionIsPassedOverAndCounted() throws {
        let file = try SessionFile(Self.path("newer-minor.treetop"), recovery: .strict)
        let (_, summary) = try items(file)
        #expect(summary.unknownChunks == 1 && summary.unknownEvents == 3 && summary.unknownFields == 1)
        #expect(summary.damages.isEmpty && summary.lostEvents == 0)
        #expect(summary.lines.allSatisfy { $0.contains("newer version") } && summary.lines.count == 3)
        #expect(file.isComplete && file.ended == .finished && file.lastSeq == 7)
    }

    @Test func onlyWhatIsDamagedIsRefusedByStrict() throws {
        let whole: Set = [
            "current", "numbered", "rows", "older-minor", "newer-minor", "open", "parent-loop", "largest-ids",
        ]
        for name in Self.names where name != "other-major" {
            let refused = error { () throws(SessionError) in
                _ = try SessionFile(Self.path(name + ".treetop"), recovery: .strict)
            }
            #expect((refused == nil) == whole.contains(name), "\(name): \(refused?.message ?? "is read")")
            #expect(refused == nil || refused?.code == .damaged)
        }
    }

    @Test func eachCanBePackedAndSaysTheSame() throws {
        // What wraps around at the end of the numbers cannot be put into chunks that follow each other.
        for name in Self.names where !["other-major", "largest-ids"].contains(name) {
            let session = try SessionFile(Self.path(name + ".treetop"))
            _ = try SessionPack.write(session, to: directory[name])
            #expect(try exported(directory[name]) == contents(Self.path(name + ".jsonl")), "\(name)")
            let packed = try SessionFile(directory[name], recovery: .strict)
            #expect(try Check.verdict(of: packed).result == Check.verdict(of: session).result, "\(name)")
        }
    }
}
