import EventBus
import Foundation
import Glibc
import TestSupport
import Testing
import TreeModel

@testable import Recording

/// The reader in another language, written from the description of the format, against the one here: that the
/// description is enough, also for what is damaged.
@Suite(.enabled(if: PythonReader.isThere, "python3 is not installed: the reader in Python was not run"))
struct PythonReaderTests {
    private let directory = Scratch()

    /// What the reader here says; nil for a file that cannot be read.
    private func expected(_ path: String) -> [UInt8]? {
        guard let file = try? SessionFile(path), file.format == .binary else { return nil }
        return try? jsonLines(of: file)
    }

    private func compare(_ names: [String], _ comment: String) async throws {
        let codes = try await PythonReader.read(names.map { directory[$0] })
        #expect(codes.count == names.count)
        for (name, code) in zip(names, codes) {
            guard let expected = expected(directory[name]) else {
                #expect(code == 2, "\(name): \(comment)")
                continue
            }
            let said = contents(directory[name + ".out"])
            #expect(code == 0 && said == expected, "\(name): \(comment): \(difference(said, expected))")
        }
    }

    /// The first lines that differ.
    private func difference(_ said: [UInt8], _ expected: [UInt8]) -> String {
        let (said, expected) = (said.split(separator: 0x0A), expected.split(separator: 0x0A))
        let same = zip(said, expected).prefix { $0 == $1 }.count
        let lines = [said, expected].map {
            $0.dropFirst(same).first.map { String(decoding: $0, as: UTF8.self) } ?? "the end"
        }
        return "line \(same + 1) is \(lines[0]), and not \(lines[1])"
    }

    @Test func everyKindOfEventIsReadAlike() async throws {
        let seed = Seeds.any()
        let names = (0...4).map { "\($0)" }
        for (fullness, name) in names.enumerated() {
            _ = try record(randomEvents(2_000, seed: seed, fullness: fullness), to: directory[name])
        }
        let session = SessionInfo(
            session: "x\"\\\u{1}\u{7F}/", name: "Größe 日本\n\u{2028}", pid: -1, startedUnixNanoseconds: -1)
        let log = EventLog(session, store: try MappedStore(creating: directory["literal"], for: session))
        for line in literalLines { log.append(line.change, at: 9) }
        log.end(.signal, at: 10)
        try await compare(names + ["literal"], "seed \(seed)")
    }

    @Test func whatIsOpenCutOrNewerIsReadAlike() async throws {
        let session = SessionInfo(name: "open")
        let store = try MappedStore(creating: directory["open"], for: session, firstChunk: 4096, largestChunk: 8192)
        let log = EventLog(session, store: store)
        for (change, t) in resumed(3_000) { log.append(change, at: t) }
        let bytes = contents(directory["open"])
        write(bytes.prefix(5_000), to: directory["cut"])
        var newer = bytes
        let entries = try chunks(directory["open"]).entries
        newer[entries[1].offset + 4] = 77
        // A record of an unknown kind, and one with an unknown word.
        newer[entries[2].offset + 64 + 1] = 200
        write(newer, to: directory["newer"])
        try await compare(["open", "cut", "newer"], "")
        log.end(.finished, at: 9_000_000)
        try await compare(["open"], "")
    }

    @Test func whatIsDamagedIsReadAlike() async throws {
        let seed = Seeds.any()
        var random = Seeded(seed)
        _ = try record(randomEvents(300, seed: seed), to: directory["a"])
        let bytes = contents(directory["a"])
        let entries = try chunks(directory["a"]).entries
        var names: [String] = []
        for index in 0..<150 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let chunk = entries.randomElement(using: &random)!
                // Checksums would hide what the records say: some are taken away.
                if Bool.random(using: &random) { damaged[chunk.offset + 5] = 0 }
                let place =
                    Bool.random(using: &random)
                    ? chunk.offset + Int.random(in: 0..<64, using: &random)
                    : Int.random(in: 64..<bytes.count, using: &random)
                damaged[place] = UInt8.random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random))
            }
            names.append("damaged\(index)")
            write(damaged, to: directory[names[index]])
        }
        try await compare(names, "seed \(seed)")
    }
}

/// Runs the reader.
enum PythonReader {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "demos/python").path

    static let isThere = access("/usr/bin/python3", X_OK) == 0 || onPath("python3")

    private static func onPath(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            access("\($0)/\(name)", X_OK) == 0
        }
    }

    /// Reads each file, and writes what it says beside it, as `.out`; returns the exit codes.
    static func read(_ files: [String]) async throws -> [Int] {
        let script = """
            import sys
            sys.path.insert(0, sys.argv[1])
            sys.dont_write_bytecode = True
            import treetop_events
            class Out: pass
            codes = []
            for file in sys.argv[3:]:
                with open(file + ".out", "wb") as out:
                    real, sys.stdout = sys.stdout, Out()
                    sys.stdout.buffer = out
                    try: codes.append(treetop_events.main([file]))
                    finally: sys.stdout = real
            with open(sys.argv[2], "w") as out: print(*codes, file=out)
            """
        let codes = files[0] + ".codes"
        try await run(["-c", script, folder, codes] + files)
        return try String(contentsOfFile: codes, encoding: .utf8).split { $0.isWhitespace }.compactMap { Int($0) }
    }

    /// Waits without a thread: the tests beside it need those of the pool.
    private static func run(_ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardError = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { process in
                if process.terminationStatus == 0 { return ended.resume() }
                ended.resume(throwing: CocoaError(.executableLoad))
            }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
    }
}
