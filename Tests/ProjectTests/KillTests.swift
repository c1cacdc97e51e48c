import Foundation
import Glibc
import Recording
import Testing
import TreeModel

/// A recording survives the death of its program at any moment, with all that the program had said.
@Suite(.onItsOwnThread) struct KillTests {
    @Test(arguments: 0..<10)
    func killedWhileItRecords(_ round: Int) throws {
        let scratch = try Scratch()
        let file = scratch.path("a.treetop")
        let process = Process()
        process.executableURL = URL(filePath: Program.path)
        process.arguments = ["demo", "storm", "--scale", "2000", "--headless", "--format", "jsonl", "--record", file]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // The moment is a number of lines, not a time.
        let moment = Int.random(in: 10..<20_000)
        var said: [UInt8] = []
        var lines = 0
        let reader = output.fileHandleForReading
        while lines < moment {
            let part = reader.availableData
            if part.isEmpty { break }
            said += part
            lines += part.count { $0 == 0x0A }
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        said += reader.readDataToEndOfFile()

        let last = try #require(
            String(decoding: said, as: UTF8.self).split(separator: "\n").last { $0.hasSuffix("}") })
        let seq = try #require(last.firstMatch(of: #/"seq":(\d+)/#).flatMap { UInt64($0.1) })
        let session = try SessionFile(file)
        #expect(session.lastSeq >= seq, "killed after \(lines) lines")
        let verdict = try Check.verdict(of: session)
        #expect(verdict.result == .undetermined, "\(verdict)")
        #expect(verdict.violations.isEmpty)
        #expect(verdict.counts.events == Int(session.lastSeq))
    }
}
