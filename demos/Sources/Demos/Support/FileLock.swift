import Glibc

/// A lock on a file, as flock(2) has it: it belongs to the open file, and is free when the last descriptor of that is
/// closed.
struct FileLock: Sendable {
    let path: String
    private let descriptor: Descriptor

    /// The lock, or nil if somebody else has it.
    static func attempt(_ path: String) throws -> FileLock? {
        let descriptor = try Descriptor.open(path, O_RDWR | O_CREAT)
        if retrying({ flock(descriptor.number, LOCK_EX | LOCK_NB) }) == 0 {
            return FileLock(path: path, descriptor: descriptor)
        }
        defer { descriptor.close() }
        if errno == EWOULDBLOCK { return nil }
        throw DemoError.file("lock", path)
    }

    /// The lock, however long that takes. It blocks its thread, and nothing but the lock ends that.
    static func wait(_ path: String) throws -> FileLock {
        let descriptor = try Descriptor.open(path, O_RDWR | O_CREAT)
        guard retrying({ flock(descriptor.number, LOCK_EX) }) == 0 else {
            defer { descriptor.close() }
            throw DemoError.file("lock", path)
        }
        return FileLock(path: path, descriptor: descriptor)
    }

    /// Another hold on the same lock, to hand over: it is free when both are released.
    func shared() throws -> FileLock {
        let copy = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw DemoError.file("share", path) }
        return FileLock(path: path, descriptor: Descriptor(number: copy))
    }

    /// Gives it back, and removes the file if nobody else is to find it.
    func release(removing: Bool) {
        if removing { unlink(path) }
        descriptor.close()
    }
}
