import Foundation
import Glibc
import Terminal
import Testing
import TestSupport

/// The built program, run as a user runs it.
enum Program {
    /// Beside the tests, where the build puts it.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/treetop"
    }()

    /// This process's environment, without the configuration of who runs the tests.
    static var ownEnvironment: [String: String] {
        // What runs the tests may set NO_COLOR, as `swift test` does where nobody looks.
        ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" }
            .merging(["XDG_CONFIG_HOME": "/nowhere"]) { $1 }
    }

    struct Ended {
        let status: Int32
        let output: String
        let errors: String
        var lines: [Substring] { output.split(separator: "\n") }
        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    /// Runs it to its end, with no terminal and no input.
    static func run(
        _ arguments: [String], of program: String = path, environment: [String: String] = [:]
    ) throws -> Ended {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ownEnvironment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let files = Scratch()
        let (out, err) = (files.path("out"), files.path("err"))
        for path in [out, err] { try Data().write(to: URL(filePath: path)) }
        process.standardOutput = FileHandle(forWritingAtPath: out)
        process.standardError = FileHandle(forWritingAtPath: err)
        try process.run()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Ended(
            status: status, output: try String(contentsOfFile: out, encoding: .utf8),
            errors: try String(contentsOfFile: err, encoding: .utf8))
    }
}

/// The program on a terminal of its own: what it shows can be read, and keys can be typed.
final class TerminalRun {
    let terminal: PseudoTerminal
    let pid: pid_t
    let modesBefore: [UInt32]
    private(set) var screen: TinyTerminal
    /// All bytes that came so far.
    private(set) var bytes: [UInt8] = []

    init(
        _ arguments: [String], of program: String = Program.path, type: String? = "vt100", width: Int = 120,
        height: Int = 36, environment changes: [String: String] = [:]
    ) throws {
        terminal = try PseudoTerminal(width: width, height: height)
        modesBefore = terminal.modes
        screen = TinyTerminal(width: width, height: height)
        var environment = Program.ownEnvironment.merging(changes) { $1 }
        environment["TERM"] = type
        environment["LANG"] = "C.UTF-8"
        environment["SWIFT_BACKTRACE"] = "enable=no,interactive=no"
        pid = try Self.spawn(program, arguments, environment, on: terminal.path)
    }

    /// Starts it in a session of its own that the terminal controls.
    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String], on terminal: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of a test block signals; the program is to be as a shell starts it.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        let setSession: Int16 = 0x80
        posix_spawnattr_setflags(&attributes, setSession | Int16(POSIX_SPAWN_SETSIGMASK))
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EIO) }
        return pid
    }

    func type(_ keys: String) { terminal.type(keys) }

    /// Reads until the screen shows something, or the program ends. Says whether it does; what was there instead, if it
    /// never comes, is told.
    @discardableResult
    func waits(_ isThere: (TinyTerminal) -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(120)
        while !isThere(screen) {
            let more = terminal.read(milliseconds: 200)
            bytes += more
            screen.feed(more)
            if more.isEmpty, hasEnded { return isThere(screen) }
            if ContinuousClock.now > deadline {
                Issue.record("it never came; the screen is\n\(screen.text)")
                return false
            }
        }
        return true
    }

    @discardableResult
    func shows(_ text: String) -> Bool { waits { $0.text.contains(text) } }

    private var ended: Int32?
    private var hasEnded: Bool {
        if ended != nil { return true }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return false }
        ended = status
        return true
    }

    /// Reads to the end of the program. Answers its exit code, or 128 and the signal that ended it.
    func end() -> Int32 {
        let deadline = ContinuousClock.now + .seconds(120)
        while !hasEnded {
            if ContinuousClock.now > deadline {
                Issue.record("it does not end; the screen is\n\(screen.text)")
                kill(pid, SIGKILL)
            }
            let more = terminal.read(milliseconds: 50)
            bytes += more
            screen.feed(more)
        }
        let rest = terminal.output()
        bytes += rest
        screen.feed(rest)
        let status = ended ?? 0
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    deinit {
        guard !hasEnded else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
