import Foundation
import Glibc
import Recording

/// A program that runs beside a test, and not longer than it.
final class RunningProgram {
    private let process = Process()
    private let out = Pipe()
    /// What it has printed so far.
    private(set) var said: [UInt8] = []
    private var lines = 0

    /// - Parameter errors: where its standard error goes.
    init(
        _ arguments: [String], of program: String = Program.path, errors: FileHandle = .nullDevice
    ) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = Program.ownEnvironment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = errors
        try process.run()
        try out.fileHandleForWriting.close()
    }

    deinit {
        guard process.isRunning else { return }
        kill(SIGCONT)
        kill(SIGKILL)
        process.waitUntilExit()
    }

    var pid: pid_t { process.processIdentifier }
    func kill(_ signal: Int32) { _ = Glibc.kill(pid, signal) }

    /// Reads so many lines in all, or to the end.
    func read(lines wanted: Int) {
        while lines < wanted {
            let part = out.fileHandleForReading.availableData
            if part.isEmpty { return }
            said += part
            lines += part.count { $0 == 0x0A }
        }
    }

    /// Reads to its end. Answers its exit code, or 128 and the signal that ended it.
    @discardableResult
    func end() -> Int32 {
        read(lines: .max)
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    var text: String { String(decoding: said, as: UTF8.self) }

    /// Waits until it has recorded so many events, or has ended.
    func waits(for count: UInt64, in file: String) {
        // A session that is not there yet, or has no event yet, is no session.
        while process.isRunning, (try? SessionFile(file).lastSeq) ?? 0 < count { poll(nil, 0, 5) }
    }
}
