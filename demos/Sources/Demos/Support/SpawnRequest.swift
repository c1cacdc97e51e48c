import Glibc

/// The arguments of one posix_spawn(3).
struct SpawnRequest {
    private var actions = posix_spawn_file_actions_t()
    private var attributes = posix_spawnattr_t()

    /// A group of its own, all signals as at the beginning of a program, nothing open but the standard three.
    init() {
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
    }

    /// Reads from the descriptor, or from nothing.
    mutating func setInput(_ input: Descriptor?) {
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input.number, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
    }

    /// Writes to the descriptor, to a new file, or to nowhere; complaints go nowhere.
    mutating func setOutput(_ output: Descriptor?, _ path: String?) {
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output.number, 1)
        } else {
            let flags = O_WRONLY | (path == nil ? 0 : O_CREAT | O_TRUNC)
            posix_spawn_file_actions_addopen(&actions, 1, path ?? "/dev/null", flags, 0o600)
        }
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        closeOthers()
    }

    /// NIO's sockets are not closed on exec: a child that kept one would keep a port taken. The function for it is no
    /// part of Swift's Glibc module, and before glibc 2.34 of none; then what is open now is closed one by one.
    private mutating func closeOthers() {
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        if let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") {
            _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
        } else if let entries = opendir("/proc/self/fd") {
            defer { closedir(entries) }
            while let entry = readdir(entries) {
                let number = Int32(nameOf(entry)) ?? 0
                if number > 2 { posix_spawn_file_actions_addclose(&actions, number) }
            }
        }
    }

    /// - Throws: `DemoError` that says what to install.
    mutating func start(_ program: String, _ arguments: [String]) throws -> pid_t {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=\(path)"), strdup("LC_ALL=C"), nil]
        defer {
            for word in words + environment { free(word) }
        }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, program, &actions, &attributes, &words, &environment)
        guard result == 0 else {
            let reason = systemMessage(result)
            throw DemoError(
                code: .programMissing,
                message: "cannot start \(program): \(reason); it is needed on the PATH (gzip; util-linux for flock)")
        }
        return pid
    }

    mutating func destroy() {
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }
}
