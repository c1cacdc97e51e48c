import Glibc

/// What the machine says: time, memory, and how long processes ran.
package enum Machine {
    /// Nanoseconds of a clock that never goes back.
    @inlinable package static var now: Int64 { reading(CLOCK_MONOTONIC) }

    /// Processor time of this thread, in nanoseconds: what others do on the machine is not in it.
    package static var threadTime: Int64 { reading(CLOCK_THREAD_CPUTIME_ID) }

    /// Processor time of a process, in nanoseconds.
    package static func time(of process: pid_t) -> Int64 {
        var clock = clockid_t()
        guard clock_getcpuclockid(process, &clock) == 0 else { return 0 }
        return reading(clock)
    }

    /// Processor time of the first thread of a process, in nanoseconds: what the kernel has counted for it.
    package static func timeOfFirstThread(of process: pid_t) -> Int64 {
        words(of: "/proc/\(process)/task/\(process)/schedstat").first.flatMap { Int64($0) } ?? 0
    }

    /// The resident set of this process, in bytes.
    package static var resident: Int {
        let words = words(of: "/proc/self/statm")
        return words.count > 1 ? (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// The path of this program.
    package static var program: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return count > 0 ? text(buffer) : CommandLine.arguments[0]
    }

    /// The program `treetop`, which is built with this one and stands beside it.
    package static var treetop: String {
        program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/treetop"
    }

    /// Text that C wrote, up to its zero.
    package static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The words of a file's first line.
    private static func words(of path: String) -> [Substring] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, 256, file) != nil else { return [] }
        return text(buffer).split(separator: " ")
    }

    @usableFromInline static func reading(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
