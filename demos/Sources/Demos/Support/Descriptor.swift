import Glibc

/// Calls again while a signal interrupts.
func retrying<R: SignedInteger>(_ call: () -> R) -> R {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// A file descriptor that its owner closes once.
struct Descriptor: Sendable {
    let number: Int32

    /// - Throws: `DemoError` with the path and what the system said.
    static func open(_ path: String, _ flags: Int32, creating mode: mode_t = 0o600) throws -> Descriptor {
        let number = retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard number >= 0 else { throw DemoError.file("open", path) }
        return Descriptor(number: number)
    }

    /// Both ends of a pipe, to read from and to write to.
    static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw DemoError.file("make", "a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Descriptor(number: ends[0]), Descriptor(number: ends[1]))
    }

    /// Two connected sockets.
    static func pair() throws -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw DemoError.file("make", "a pair of sockets") }
        return (Descriptor(number: ends[0]), Descriptor(number: ends[1]))
    }

    /// Writes all of it.
    /// - Throws: `DemoError`, for example for a full disk.
    func write(_ text: String, path: @autoclosure () -> String) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = retrying { Glibc.write(number, rest.baseAddress, rest.count) }
                guard count >= 0 else { throw DemoError.file("write", path()) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// At most `count` bytes; none at the end of the file.
    func read(upTo count: Int, path: @autoclosure () -> String) throws -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let result = retrying { Glibc.read(number, buffer.baseAddress, count) }
            failed = result < 0
            filled = max(0, result)
        }
        if failed { throw DemoError.file("read", path()) }
        return bytes
    }

    func close() { _ = Glibc.close(number) }
}
