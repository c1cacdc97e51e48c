import Glibc

/// What tells one session from another: an id of its own, a name for people, the process, and the wall clock at its
/// beginning. The times of its events count from there, on a monotonic clock.
public struct SessionInfo: Sendable, Hashable {
    /// Unique: 16 random hexadecimal digits.
    public var session: String
    public var name: String
    public var pid: Int32
    /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
    public var startedUnixNanoseconds: Int64

    /// A new session of this process that begins now.
    public init(name: String) {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        self.init(
            session: String(repeating: "0", count: 16 - digits.count) + digits, name: name, pid: getpid(),
            startedUnixNanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }

    /// A session that was described before, in a file.
    public init(session: String, name: String, pid: Int32, startedUnixNanoseconds: Int64) {
        self.session = session
        self.name = name
        self.pid = pid
        self.startedUnixNanoseconds = startedUnixNanoseconds
    }
}
