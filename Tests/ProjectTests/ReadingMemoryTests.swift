import Foundation
import Testing
import TestSupport

private let pythonPath = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// What a file claims costs no memory: of whatever is in it, at most four times its size is taken to read it.
@Suite(.onItsOwnThread, .enabled(if: pythonPath != nil, "python3 is not installed: nothing was measured"))
struct ReadingMemoryTests {
    private let scratch: Scratch

    init() throws { scratch = Scratch() }

    /// The header of a session file, from one that is kept.
    private static func head() throws -> [UInt8] {
        let fixtures = LayeringTests.root.appending(path: "Tests/RecordingTests/Fixtures")
        return try Array(Data(contentsOf: fixtures.appending(path: "current.treetop")).prefix(64))
    }

    private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + varint(value >> 7)
    }

    private static func chunk(_ records: [UInt8], seq: Int, kind: UInt8 = 1) -> [UInt8] {
        let used = 64 + records.count
        let capacity = (used + 7) & ~7
        let header =
            Array("CHNK".utf8) + [kind, 0] + number(64, 2) + number(capacity, 8) + number(used, 8) + number(seq, 8)
        return header + [UInt8](repeating: 0, count: 64 - header.count) + records
            + [UInt8](repeating: 0, count: capacity - used)
    }

    private static func record(_ fields: [UInt8]) -> [UInt8] { varint(fields.count) + fields }

    private static let size = 8 << 20

    /// Files that are meant to take much memory.
    private static func hostile(_ name: String) throws -> [UInt8] {
        var bytes = try head()
        switch name {
        case "one chunk":
            let log = record([2, 0, 2, 2, 0, 2] + varint(1_000) + [UInt8](repeating: 0x61, count: 1_000))
            bytes += chunk((0..<(size / log.count)).flatMap { _ in log }, seq: 1)
        case "nothing but headers": for seq in 1...(size / 64) { bytes += chunk([], seq: seq) }
        case "headers and rubbish":
            for seq in 1...(size / 72) { bytes += chunk([], seq: seq) + [UInt8](repeating: 9, count: 8) }
        case "unknown chunks": for seq in 1...(size / 64) { bytes += chunk([], seq: seq, kind: 77) }
        case "long lists":
            // A task with as many labels as there can be, each of two strings that take a byte.
            let labels = record([0, 0, 2, 0, 1, 0, 0] + varint(65_536) + [UInt8](repeating: 3, count: 131_072))
            bytes += chunk((0..<(size / labels.count)).flatMap { _ in labels }, seq: 1)
        case "a list that is too long":
            bytes += chunk(
                record([0, 0, 2, 0, 1, 0, 0] + varint(size / 2) + [UInt8](repeating: 3, count: size)), seq: 1)
        case "a million strings":
            let log = record([2, 0, 2, 2, 2, 0x61, 0x62, 2, 0])
            bytes += chunk((0..<(size / log.count / 4)).flatMap { _ in log }, seq: 1)
        case "a line without an end":
            bytes = Array("{\"treetop\":1}\n".utf8) + [UInt8](repeating: 0x5B, count: size)
        default:
            bytes = Array("{\"treetop\":1}\n[".utf8)
            while bytes.count < size - 100 { bytes += Array("1,".utf8) }
            bytes += Array("1]\n".utf8)
        }
        return bytes
    }

    /// The most memory, in bytes, that the program had, and whether it ended by itself.
    private func measure(_ words: [String]) throws -> (bytes: Int, status: Int) {
        let script = """
            import resource, subprocess, sys
            code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, code)
            """
        let run = try Program.run(["-c", script, Program.path] + words, of: try #require(pythonPath))
        let numbers = run.output.split { $0.isWhitespace }.compactMap { Int($0) }
        #expect(numbers.count == 2, "\(run.errors)")
        return (numbers.first ?? .max, numbers.last ?? -1)
    }

    @Test(arguments: [
        "one chunk", "nothing but headers", "headers and rubbish", "unknown chunks", "long lists",
        "a list that is too long", "a million strings", "a line without an end", "a line of numbers",
    ])
    func aFileThatIsMeantToTakesNoMoreThanFourTimesItsSize(_ name: String) throws {
        let (small, large) = (scratch.path("small"), scratch.path("large"))
        try Data(Self.head() + Self.chunk([], seq: 1)).write(to: URL(filePath: small))
        let hostile = try Self.hostile(name)
        try Data(hostile).write(to: URL(filePath: large))
        let words = ["--to", "jsonl", "--recover", "salvage"]
        let (least, fine) = try measure(["export", small] + words)
        let (most, status) = try measure(["export", large] + words)
        #expect(fine == 0 && status == 0, "\(status)")
        #expect(most - least <= 4 * hostile.count, "\(Double(most - least) / Double(hostile.count)) times")
    }
}
