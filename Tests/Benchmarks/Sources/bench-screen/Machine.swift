import Glibc

/// What the machine says: time, memory, and how long processes ran.
enum Machine {
    /// Nanoseconds of a clock that never goes back.
    static var now: Int64 { reading(CLOCK_MONOTONIC) }

    /// Processor time of this thread, in nanoseconds: what others do on the machine is not in it.
    static var threadTime: Int64 { reading(CLOCK_THREAD_CPUTIME_ID) }

    /// Processor time of a process, in nanoseconds.
    static func time(of process: pid_t) -> Int64 {
        var clock = clockid_t()
        guard clock_getcpuclockid(process, &clock) == 0 else { return 0 }
        return reading(clock)
    }

    /// Processor time of the first thread of a process, in nanoseconds: what the kernel has counted for it.
    static func timeOfFirstThread(of process: pid_t) -> Int64 {
        guard let file = fopen("/proc/\(process)/task/\(process)/schedstat", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, 256, file) != nil else { return 0 }
        return text(buffer).split(separator: " ").first.flatMap { Int64($0) } ?? 0
    }

    /// The resident set of this process, in bytes.
    static var resident: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, 256, file) != nil else { return 0 }
        let words = text(buffer).split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// The program `treetop`, which is built with this one and stands beside it.
    static var treetop: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = count > 0 ? text(buffer) : CommandLine.arguments[0]
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/treetop"
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func reading(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

/// A thread of its own.
struct OwnThread {
    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(body))
        let error = pthread_create(
            &thread, nil,
            { pointer in
                if let pointer { Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            }, start.toOpaque())
        precondition(error == 0, "no thread is to be had")
        self.thread = thread
    }

    /// Blocks until it is over.
    func join() { pthread_join(thread, nil) }

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
