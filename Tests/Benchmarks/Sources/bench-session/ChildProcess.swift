import Glibc
import Measure

/// This program as a process of its own.
final class ChildProcess {
    let pid: pid_t
    private let output: UnsafeMutablePointer<FILE>?

    /// - Parameter arguments: what it needs to know.
    init(_ child: Child, _ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Wrong("no pipe is to be had") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        let words = [Machine.program, "--child", child.rawValue, "--with"] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var pid = pid_t()
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        let error = posix_spawn(&pid, Machine.program, &actions, nil, &pointers, &environment)
        close(ends[1])
        output = fdopen(ends[0], "r")
        guard error == 0 else { throw Wrong("no process is to be had") }
        self.pid = pid
    }

    /// The next line that it prints; nil at the end.
    func line() -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard let output, fgets(&buffer, 256, output) != nil else { return nil }
        return String(Machine.text(buffer).dropLast())
    }

    func wait() {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        if let output { fclose(output) }
    }
}
