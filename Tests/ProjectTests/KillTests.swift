import Foundation
import Glibc
import Recording
import Testing
import TestSupport
import TreeModel

/// A recording survives the death of its program at any moment, with all that the program had said.
@Suite(.onItsOwnThread) struct KillTests {
    @Test(arguments: 0..<10)
    func killedWhileItRecords(_ round: Int) throws {
        let scratch = Scratch()
        let file = scratch.path("a.treetop")
        let program = try RunningProgram([
            "demo", "storm", "--scale", "2000", "--headless", "--format", "jsonl", "--record", file,
        ])
        // The moment is a number of lines, not a time.
        let moment = Int.random(in: 10..<20_000)
        program.read(lines: moment)
        program.kill(SIGKILL)
        program.end()

        let last = try #require(
            program.text.split(separator: "\n").last { $0.hasSuffix("}") })
        let seq = try #require(last.firstMatch(of: #/"seq":(\d+)/#).flatMap { UInt64($0.1) })
        let session = try SessionFile(file)
        #expect(session.lastSeq >= seq, "killed after \(moment) lines")
        let verdict = try Check.verdict(of: session)
        #expect(verdict.result == .undetermined, "\(verdict)")
        #expect(verdict.violations.isEmpty)
        #expect(verdict.counts.events == Int(session.lastSeq))
    }
}
