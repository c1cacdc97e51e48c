import Glibc
import Measure
import Terminal

/// The real program on a terminal of 200x60, as a person has it.
final class ProgramRun {
    let terminal: PseudoTerminal
    let pid: pid_t
    /// When it was started.
    let begin: Int64
    /// How many bytes it has painted.
    private(set) var bytes = 0
    private var recent: [UInt8] = []
    private var isOver = false

    /// The sign of the row under the cursor: it is painted where the cursor goes, and with nothing else.
    static let cursor = Array("❯".utf8)

    init(_ arguments: [String]) throws {
        terminal = try PseudoTerminal(width: 200, height: 60)
        let program = Machine.treetop
        begin = Machine.now
        pid = try Self.spawn([program] + arguments, on: terminal.path)
    }

    deinit {
        guard !isOver else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    private static func spawn(_ words: [String], on terminal: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let setSession: Int16 = 0x80
        posix_spawnattr_setflags(&attributes, setSession)
        setenv("TERM", "xterm-256color", 1)
        setenv("LANG", "C.UTF-8", 1)
        setenv("SWIFT_BACKTRACE", "enable=no,interactive=no", 1)
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, words[0], &actions, &attributes, &argv, environ)
        guard status == 0 else { throw Wrong("cannot start \(words[0]): \(String(cString: strerror(status)))") }
        return pid
    }

    /// What it paints within the time, or as soon as there is something.
    @discardableResult
    func read(milliseconds: Int) -> [UInt8] {
        let part = terminal.read(milliseconds: milliseconds)
        bytes += part.count
        return part
    }

    /// Reads until it has painted this, on a screen that it paints in full.
    func waits(for text: String, seconds: Int = 60) throws {
        let wanted = Array(text.utf8)
        let end = Machine.now + Int64(seconds) * 1_000_000_000
        while true {
            if let found = recent.end(of: wanted) {
                recent.removeFirst(found)
                return
            }
            guard Machine.now < end else { throw Wrong("\(text) never came") }
            recent = recent.suffix(wanted.count) + read(milliseconds: 200)
        }
    }

    /// Reads for a while.
    func watch(milliseconds: Int) {
        let end = Machine.now + Int64(milliseconds) * 1_000_000
        while case let rest = end - Machine.now, rest > 0 { read(milliseconds: Int(rest / 1_000_000) + 1) }
    }

    /// Reads until nothing has come for a while.
    func settle(milliseconds: Int) {
        while !read(milliseconds: milliseconds).isEmpty {}
    }

    /// From the key to the first byte that is painted after it; with `untilCursor` to the cursor in its new place.
    func milliseconds(after key: String, untilCursor: Bool) -> Double {
        let begin = Machine.now
        terminal.type(key)
        var part = read(milliseconds: 5_000)
        var last: [UInt8] = []
        while untilCursor, !part.isEmpty, Machine.now - begin < 5_000_000_000, (last + part).end(of: Self.cursor) == nil
        {
            last = part.suffix(2)
            part = read(milliseconds: 5_000)
        }
        return Double(Machine.now - begin) / 1_000_000
    }

    /// Unfolds the root, so that the cursor has somewhere to go.
    func unfold() throws {
        for _ in 0..<100 {
            terminal.type("g+")
            watch(milliseconds: 200)
            recent = []
            terminal.type("j")
            let end = Machine.now + 200_000_000
            while Machine.now < end { recent += read(milliseconds: 20) }
            if recent.end(of: Self.cursor) != nil { return }
        }
        throw Wrong("there is one row only")
    }

    /// Presses two keys in turn, at times that have nothing to do with the frames.
    func latencies(of keys: (String, String), count: Int, untilCursor: Bool) -> [Double] {
        (0..<count).map { number in
            watch(milliseconds: Int.random(in: 30...70))
            return milliseconds(after: number % 2 == 0 ? keys.0 : keys.1, untilCursor: untilCursor)
        }
    }

    /// Ends it at once.
    func end() {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        isOver = true
    }
}

extension [UInt8] {
    /// Where these bytes end in it, the first time.
    func end(of wanted: [UInt8]) -> Int? {
        guard count >= wanted.count else { return nil }
        return (0...(count - wanted.count)).first { self[$0...].starts(with: wanted) }.map { $0 + wanted.count }
    }
}
